"""Models whose outputs are what AIPP makes of their inputs, and dynamic AIPP settings."""

import numpy as np
from aipp_reference import config_text
from onnx_builder import GraphBuilder

DYNAMIC_NAME = "ascend_dynamic_aipp_data"
STATIC, DYNAMIC = 1, 2
ACL_FORMATS = {"YUV420SP_U8": 1, "XRGB8888_U8": 2, "RGB888_U8": 3, "YUV400_U8": 4}


def pass_through(path, *shapes, dtype=np.float32):
    """Writes an ONNX model that returns its inputs, named data0, data1..."""
    graph = GraphBuilder("pass_through", opset=13)
    for i, shape in enumerate(shapes):
        x = graph.input(f"data{i}", list(shape), dtype)
        graph.output(graph.node("Identity", [x]), None, dtype)
    graph.save(path)
    return path


def convert_with(atc, folder, shapes, blocks, *options, name="m"):
    """Converts pass_through with these configuration blocks; path of the .om."""
    onnx = pass_through(folder / f"{name}.onnx", *shapes)
    config = folder / f"{name}.cfg"
    config.write_text(config_text(*blocks))
    return atc(onnx, folder / name, f"--insert_op_conf={config}", *options)


class Settings:
    """acl.mdl.create_aipp with the fields of a configuration; every call is checked."""

    def __init__(self, acl, pictures, size, batch=None):
        """`pictures`: the fields of each picture of the batch; `size`: (width, height)."""
        self.acl, mdl = acl, acl.mdl
        first = pictures[0]
        self.handle = mdl.create_aipp(batch or len(pictures))
        assert self.handle != 0, acl.get_recent_err_msg()
        calls = [
            mdl.set_aipp_input_format(self.handle, ACL_FORMATS[first["input_format"]]),
            mdl.set_aipp_src_image_size(self.handle, *size),
            mdl.set_aipp_rbuv_swap_switch(self.handle, int(first.get("rbuv_swap_switch", 0))),
            mdl.set_aipp_ax_swap_switch(self.handle, int(first.get("ax_swap_switch", 0))),
        ]
        if first.get("csc_switch"):
            names = [f"matrix_r{r}c{c}" for r in range(3) for c in range(3)]
            names += [f"{side}_bias_{i}" for side in ("output", "input") for i in range(3)]
            calls.append(mdl.set_aipp_csc_params(self.handle, 1, *(first[n] for n in names)))
        for index, fields in enumerate(pictures):
            calls += self._picture(fields, index)
        assert calls == [0] * len(calls), acl.get_recent_err_msg()

    def _picture(self, fields, index):
        mdl = self.acl.mdl
        four = lambda name, default: [fields.get(f"{name}_chn_{c}", default) for c in range(4)]
        calls = [
            mdl.set_aipp_dtc_pixel_mean(self.handle, *four("mean", 0), index),
            mdl.set_aipp_dtc_pixel_min(self.handle, *map(float, four("min", 0)), index),
            mdl.set_aipp_pixel_var_reci(self.handle, *map(float, four("var_reci", 1)), index),
        ]
        if fields.get("crop"):
            names = ("load_start_pos_w", "load_start_pos_h", "crop_size_w", "crop_size_h")
            calls.append(
                mdl.set_aipp_crop_params(self.handle, 1, *(fields.get(n, 0) for n in names), index))
        if fields.get("padding"):
            names = [f"{side}_padding_size" for side in ("top", "bottom", "left", "right")]
            calls.append(mdl.set_aipp_padding_params(self.handle, 1,
                                                     *(fields.get(n, 0) for n in names), index))
        return calls

    def __enter__(self):
        return self.handle

    def __exit__(self, *unused):
        assert self.acl.mdl.destroy_aipp(self.handle) == 0


def put(model, index, array):
    """Writes an array to the beginning of a model's input buffer, which may be larger."""
    acl = model.acl
    pointer, size, _ = model.inputs[1][index]
    array = np.ascontiguousarray(array)
    assert array.nbytes <= size
    model.check(acl.rt.memcpy(pointer, size, acl.util.numpy_to_ptr(array), array.nbytes, 1),
                "acl.rt.memcpy")  # fmt: skip


def execute(model):
    model.check(model.acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]),
                "acl.mdl.execute")  # fmt: skip
    return [model.get_output(i) for i in range(len(model.outputs[1]))]


def random_bytes(count, seed=1):
    return np.random.default_rng(seed).integers(0, 256, count, np.uint8)
