"""spec/dynamic-shape.md and section 6 of spec/model.md: gears and ranges."""

import ctypes
import functools
import pathlib
import struct
import tempfile

import numpy as np
import protowire as wire
from onnx_builder import GraphBuilder
from rows import API_UNSUPPORTED, INVALID_PARAM, ok, row
from shaped_model import ALL_INPUTS, GEAR_INPUT, ShapedModel
from toolchain import convert, run_atc

WRONG_COUNT, UNKNOWN_MODEL, WRONG_LENGTH, NOT_A_GEAR = 145000, 145003, 145012, 145013
WEIGHTS = np.linspace(-1, 1, 3 * 3 * 4, dtype=np.float32)
PAGE, MODEL = "dynamic-shape.md", "model.md"

OPTIONS = {
    "batch": ("--input_shape=data:-1,3,6,6", "--dynamic_batch_size=2,8,4"),
    "image": ("--input_shape=data:1,3,-1,-1", "--dynamic_image_size=6,4;12,8"),
    "dims": ("--input_shape=data:-1,3,-1,6", "--dynamic_dims=1,4;3,9;2,5", "--input_format=ND"),
    "range": ("--input_shape=data:1~4,3,2~8,6",),
    "open": ("--input_shape=data:-1,3,6,6",),
    "static": ("--input_shape=data:2,3,6,6",),
}
INPUT_BYTES = {"batch": 8 * 3 * 36 * 4, "image": 3 * 96 * 4, "dims": 3 * 3 * 9 * 6 * 4,
               "range": 4 * 3 * 8 * 6 * 4, "open": 0, "static": 2 * 3 * 36 * 4}  # fmt: skip


@functools.cache
def folder():
    held = tempfile.TemporaryDirectory(prefix="poacl-shapes-")
    return held, pathlib.Path(held.name)


@functools.cache
def network():
    """y = relu(conv1x1(data)), 4 channels of 3, any batch and size."""
    graph = GraphBuilder("shaped", opset=13)
    x = graph.input("data", ["n", 3, "h", "w"])
    y = graph.node("Conv", [x, graph.constant(WEIGHTS[:12].reshape(4, 3, 1, 1))])
    graph.output(graph.node("Relu", [y]), None)
    path = folder()[1] / "shaped.onnx"
    graph.save(path)
    return path


def compute(x):
    return np.maximum(np.einsum("nchw,oc->nohw", x, WEIGHTS[:12].reshape(4, 3)), 0)


@functools.cache
def om(kind):
    return convert(network(), folder()[1] / kind, *OPTIONS[kind])


def shaped(acl, kind):
    return ShapedModel(acl, om(kind), roomy=1 << 16)


def atc_text(*options, model=None):
    result = run_atc(f"--model={model or network()}", "--framework=5",
                     f"--output={folder()[1] / 'refused'}", "--soc_version=Ascend310P3",
                     *options)  # fmt: skip
    return result.returncode, result.stdout


def refused(code, *options, names=(), model=None):
    status, text = atc_text(*options, model=model)
    assert status == 255 and f"\n{code}: " in text, text
    for name in names:
        assert name in text, text


def accepted(*options):
    status, text = atc_text(*options)
    assert status == 0, text
    return text


# Section 1: the kinds.


@row(f"{PAGE} 1", "batch gears", "image gears", "dims gears", "shape range", "static")
def every_kind_converts_and_runs(acl):
    for kind in OPTIONS:
        with shaped(acl, kind) as model:
            x = np.random.default_rng(1).standard_normal((2, 3, 6, 6), np.float32)
            if kind == "batch":
                ok(model.set_batch(2))
            elif kind == "image":
                x = x[:1, :, :, :4]
                ok(model.set_hw(6, 4))
            elif kind == "dims":
                x = x[:1, :, :4]
                ok(model.set_dims(x.shape))
            (y,) = model.run([x], shapes=kind in ("range", "open"))
            np.testing.assert_allclose(y, compute(x), rtol=1e-5, atol=1e-6)


@row(f"{PAGE} 1", "shape range")
def the_old_range_option(acl):
    text = accepted("--input_shape_range=data:[1~4,3,-1,6]")
    assert "WARNING" in text and "deprecated" in text
    text = accepted("--input_shape_range=data:[1~4,3,-1,6]", "--input_shape=data:1,3,6,6")
    assert "ignored" in text
    refused("E10048", "--input_shape_range=data:1~4,3", names=["data:1~4,3", "[1~8,3,-1]"])


@row(f"{PAGE} 1", "static")
def one_kind_at_most(acl):
    refused("E10009", "--input_shape=data:-1,3,6,6", "--dynamic_batch_size=1,2",
            "--dynamic_dims=1;2", names=["dynamic_batch_size", "dynamic_image_size",
                                         "dynamic_dims", "input_shape_range"])  # fmt: skip


# Section 2: conversion.

BATCH, IMAGE = "--dynamic_batch_size=1,2", "--dynamic_image_size=4,4;6,6"


@row(f"{PAGE} 2", "gear option without input_shape")
def gears_need_shapes(acl):
    for option in (BATCH, IMAGE, "--dynamic_dims=1;2"):
        refused("E10004", option, names=["--input_shape"])


@row(f"{PAGE} 2", "gear option but no −1 in input_shape")
def gears_need_open_sizes(acl):
    shape = "--input_shape=data:1,3,6,6"
    refused("E10031", shape, BATCH)
    refused("E10019", shape, IMAGE)
    refused("E10001", shape, "--dynamic_dims=1;2", names=["-1", "is 0"])


@row(f"{PAGE} 2", "batch: −1 in another dim")
def batch_is_the_first_dimension(acl):
    refused("E10018", "--input_shape=data:-1,3,-1,6", BATCH, names=["data"])


@row(f"{PAGE} 2", "batch: any scalar input")
def a_scalar_has_no_batch(acl):
    refused("E10012", "--input_shape=data:-1,3,6,6;scale:", BATCH, names=["scale"])


@row(f"{PAGE} 2", "image: −1 elsewhere than H/W")
def images_vary_in_height_and_width(acl):
    for shape in ("-1,3,6,6", "1,3,-1,6", "1,-1,-1,3", "-1,-1"):
        refused("E10019", f"--input_shape=data:{shape}", IMAGE, names=["data"])


@row(f"{PAGE} 2", "image: gear is not a pair")
def picture_sizes_are_pairs(acl):
    refused("E10020", "--input_shape=data:1,3,-1,-1", "--dynamic_image_size=4,4;6", names=["6"])


@row(f"{PAGE} 2", "image: unknown input_format")
def images_need_a_format(acl):
    shape = "--input_shape=data:1,3,-1,-1"
    refused("E10003", shape, IMAGE, "--input_format=WXYZ", names=["WXYZ"])
    for name in ("ND", "NCDHW"):
        refused("E10019", shape, IMAGE, f"--input_format={name}", names=[name])


@row(f"{PAGE} 2", "dims: manual wants input_format ND")
def dims_gears_warn_about_the_format(acl):
    options = ("--input_shape=data:-1,3,6,6", "--dynamic_dims=1;2")
    assert "--input_format=ND" in accepted(*options)
    assert "WARNING" not in accepted(*options, "--input_format=ND")


@row(f"{PAGE} 2", "dims: number of values in a gear")
def dims_gears_fill_every_open_size(acl):
    refused("E10003", "--input_shape=data:-1,3,-1,6", "--dynamic_dims=1;2", names=["2 times"])


@row(f"{PAGE} 2", "dims: a non-digit inside a value")
def dims_gears_are_digits(acl):
    for value in ("x", " 4", "-1"):
        refused("E10001", "--input_shape=data:-1,3,-1,6", f"--dynamic_dims=1,{value};2,5",
                names=[f'"{value}"'])  # fmt: skip


@row(f"{PAGE} 2", "dims: empty")
def dims_gears_are_there(acl):
    refused("E10058", "--input_shape=data:-1,3,-1,6", "--dynamic_dims=", names=["dynamic_dims"])


@row(f"{PAGE} 2", "dims together with AIPP")
def dims_gears_exclude_aipp(acl):
    config = folder()[1] / "aipp.cfg"
    config.write_text("aipp_op { aipp_mode: static input_format: RGB888_U8 }")
    refused("E10001", "--input_shape=data:-1,3,6,6", "--dynamic_dims=1;2",
            f"--insert_op_conf={config}", names=["dynamic_dims", "insert_op_conf"])  # fmt: skip


@row(f"{PAGE} 2", "characters: batch digits")
def characters_of_gears(acl):
    for value in ("1;2", "1 ,2", "a,2", "-1,2"):
        refused("E10003", "--input_shape=data:-1,3,6,6", f"--dynamic_batch_size={value}",
                names=[value])  # fmt: skip
    refused("E10003", "--input_shape=data:1,3,-1,-1", "--dynamic_image_size=4x4;6,6",
            names=["4x4"])  # fmt: skip
    accepted("--input_shape=data:1,3,-1,-1", "--dynamic_image_size=4, 4; 6,6")


@row(f"{PAGE} 2", "fewer than 2 gears")
def at_least_two_gears(acl):
    refused("E10035", "--input_shape=data:-1,3,6,6", "--dynamic_batch_size=8",
            names=["1 gear", "at least 2"])  # fmt: skip


@row(f"{PAGE} 2", "more than 100 gears")
def at_most_a_hundred_gears(acl):
    many = ",".join(str(n) for n in range(1, 102))
    refused("E10036", "--input_shape=data:-1,3,6,6", f"--dynamic_batch_size={many}",
            names=["101", "100"])  # fmt: skip
    accepted("--input_shape=data:-1,3,2,2", f"--dynamic_batch_size={many.rpartition(',')[0]}")


@row(f"{PAGE} 2", "gears with different value counts")
def gears_are_alike(acl):
    refused("E10037", "--input_shape=data:-1,3,-1,6", "--dynamic_dims=1,2;3", names=["2", "1"])


@row(f"{PAGE} 2", "value ≤ 0")
def sizes_are_positive(acl):
    refused("E10038", "--input_shape=data:-1,3,6,6", "--dynamic_batch_size=0,2", names=["size 0"])


@row(f"{PAGE} 2", "same gear twice")
def gears_differ(acl):
    refused("E10039", "--input_shape=data:-1,3,6,6", "--dynamic_batch_size=2,1,2", names=['"2"'])


@row(f"{PAGE} 2", "`~` in input_shape with gears")
def no_range_with_gears(acl):
    refused("E10040", "--input_shape=data:1~4,3,6,6", BATCH, names=["1~4"])


@row(f"{PAGE} 2", "static AIPP with image gears")
def static_aipp_with_image_gears(acl):
    config = folder()[1] / "sized.cfg"
    shape = ("--input_shape=data:1,3,-1,-1", "--dynamic_image_size=4,4;6,6")
    base = "aipp_mode: static input_format: RGB888_U8 "
    for more in ("src_image_size_w: 6 src_image_size_h: 6", "crop: true crop_size_w: 2",
                 "padding: true left_padding_size: 1"):  # fmt: skip
        config.write_text(f"aipp_op {{ {base} {more} }}")
        refused("E10052", *shape, f"--insert_op_conf={config}")
    config.write_text(f"aipp_op {{ {base} }}")
    accepted(*shape, f"--insert_op_conf={config}")


@row(f"{PAGE} 2", "trailing `,` (batch)")
def trailing_separators(acl):
    accepted("--input_shape=data:-1,3,6,6", "--dynamic_batch_size=1,2,")
    accepted("--input_shape=data:1,3,-1,-1", "--dynamic_image_size=4,4;6,6;")
    accepted("--input_shape=data:-1,3,6,6", "--dynamic_dims=1;2;")


# Section 3: what is in the file.


def message(data):
    """{field: [values]} of one message."""
    found = {}
    for number, _, value in wire.fields(data):
        found.setdefault(number, []).append(value)
    return found


def text_of(view):
    return bytes(view).decode()


@functools.cache
def graphs_of(kind):
    data = om(kind).read_bytes()
    count, = struct.unpack_from("<I", data, 256)  # fmt: skip
    table = 256 + 8 + 24 * count
    kind_, offset, size = struct.unpack_from("<I4xQQ", data, 264)
    assert kind_ == 0
    model = message(data[table + offset : table + offset + size])
    return [message(graph) for graph in model[7]]


def operators(graph):
    return {text_of(op[1][0]): op for op in map(message, graph[6])}


def attributes(op):
    entries = [message(entry) for entry in op.get(10, [])]
    return {text_of(entry[1][0]): message(entry[2][0]) for entry in entries}


def integers(attribute):
    values = message(attribute[1][0]).get(3, [])
    out = []
    for value in values:
        if isinstance(value, int):
            out.append(wire.signed(value))
            continue
        position = 0
        while position < len(value):
            number, position = wire.decode_varint(value, position)
            out.append(wire.signed(number))
    return out


@row(f"{PAGE} 3", "extra input", "gear table", "selector", "Case attrs", "Data attr",
     "subgraph ops")  # fmt: skip
def elements_of_the_file(acl):
    gears = {"batch": ([2, 8, 4], 1, 1, [-1, 3, 6, 6]),
             "image": ([6, 4, 12, 8], 2, 2, [1, 3, -1, -1]),
             "dims": ([1, 4, 3, 9, 2, 5], 2, 3, [-1, 3, -1, 6])}  # fmt: skip
    for kind, (table, each, number, dims) in gears.items():
        main, *subgraphs = graphs_of(kind)
        assert len(subgraphs) == len(table) // each
        ops = operators(main)
        chooser = ops[GEAR_INPUT]
        assert text_of(chooser[2][0]) == "Data"
        assert attributes(chooser)["index"][3] == [1]
        desc = message(chooser[34][0])
        assert desc[2] == [7]  # int32
        tensor = message(attributes(ops["ascend_mbatch_shape_const"])["value"][12][0])
        assert list(np.frombuffer(bytes(tensor[2][0]), np.int32)) == table
        case = ops["ascend_mbatch_shape_case"]
        assert text_of(case[2][0]) == "Case"
        assert text_of(ops["ascend_mbatch_shape_mapindex"][2][0]) == "MapIndex"
        assert text_of(case[5][0]) == "ascend_mbatch_shape_mapindex:0"
        attrs = attributes(case)
        assert attrs["batch_num"][3] == [len(subgraphs)]
        assert attrs["mbatch_dynamic_type"][3] == [number]
        order = message(attrs["user_designate_shape_order"][1][0])
        assert [text_of(name) for name in order[2]] == ["data"]
        for i, graph in enumerate(subgraphs):
            assert integers(attrs[f"_pred_value_{i}"]) == table[i * each : (i + 1) * each]
            suffix = f"_ascend_mbatch_batch_{i}"
            assert all(name.endswith(suffix) for name in operators(graph))
            assert text_of(graph[1][0]) == text_of(case[35][i])
        assert integers(attributes(ops["data"])["_mbatch_origin_input_dims"]) == dims


# Section 4 and model.md section 6: setting the gear.


@row(f"{PAGE} 4", "value 0, null dataset")
@row(f"{MODEL} 6", "set_dynamic_batch_size", "set_dynamic_hw_size", "set_input_dynamic_dims")
def nothing_to_choose(acl):
    with shaped(acl, "batch") as model:
        assert model.set_batch(0) == INVALID_PARAM
        assert acl.mdl.set_dynamic_batch_size(model.id, 0, 1, 2) == INVALID_PARAM
        assert acl.mdl.set_dynamic_batch_size(model.id, model.inputs[0], 0, 2) == INVALID_PARAM
        assert acl.mdl.set_dynamic_batch_size(model.id, model.inputs[0], 7, 2) == INVALID_PARAM
        unknown = acl.mdl.set_dynamic_batch_size(model.id + 1000, model.inputs[0], 1, 2)
        assert unknown == UNKNOWN_MODEL
    with shaped(acl, "image") as model:
        assert model.set_hw(0, 4) == model.set_hw(6, 0) == INVALID_PARAM
    with shaped(acl, "dims") as model:
        assert model.set_dims([]) == INVALID_PARAM
    with shaped(acl, "static") as model:
        code = acl.mdl.set_dynamic_batch_size(model.id, model.inputs[0], 0, 2)
        assert code == NOT_A_GEAR and "--dynamic_batch_size" in acl.get_recent_err_msg()


@row(f"{PAGE} 4", "buffer address null")
def nowhere_to_write(acl):
    with shaped(acl, "batch") as model:
        address, size, buffer = model.inputs[1][1]
        ok(acl.update_data_buffer(buffer, 0, size))
        assert model.set_batch(2) == INVALID_PARAM
        ok(acl.update_data_buffer(buffer, address, size))


@row(f"{PAGE} 4", "buffer smaller than k·4")
@row(f"{MODEL} 6", "set_dynamic_batch_size", "set_dynamic_hw_size", "set_input_dynamic_dims")
def too_little_room(acl):
    for kind, choose in (("batch", lambda m: m.set_batch(2)), ("image", lambda m: m.set_hw(6, 4)),
                         ("dims", lambda m: m.set_dims([1, 3, 4, 6]))):  # fmt: skip
        with shaped(acl, kind) as model:
            address, size, buffer = model.inputs[1][1]
            assert size == (4 if kind == "batch" else 8)
            ok(acl.update_data_buffer(buffer, address, size - 1))
            assert choose(model) == WRONG_LENGTH
            assert str(size) in acl.get_recent_err_msg()
            ok(acl.update_data_buffer(buffer, address, size))
            ok(choose(model))


@row(f"{PAGE} 4", "not one of the gears")
@row(f"{MODEL} 6", "set_dynamic_batch_size", "set_dynamic_hw_size", "set_input_dynamic_dims")
def no_such_gear(acl):
    with shaped(acl, "batch") as model:
        assert model.set_batch(3) == model.set_batch(2**64 - 1) == NOT_A_GEAR
    with shaped(acl, "image") as model:
        assert model.set_hw(4, 6) == NOT_A_GEAR
    with shaped(acl, "dims") as model:
        assert model.set_dims([1, 3, 9, 6]) == NOT_A_GEAR


@row(f"{PAGE} 4", "dims call: count ≠ sum of ranks")
@row(f"{MODEL} 6", "set_input_dynamic_dims")
def other_dimensions(acl):
    with shaped(acl, "dims") as model:
        for dims in ([1, 3, 4], [1, 3, 4, 6, 1], [1, 2, 4, 6]):
            assert model.set_dims(dims) == WRONG_LENGTH
        ok(model.set_dims([1, 3, 4, 6]))


@row(f"{MODEL} 6", "set_dynamic_batch_size", "set_dynamic_hw_size", "set_input_dynamic_dims")
def values_in_the_buffer(acl):
    """Elements of 8 bytes where there is room for them, of 4 otherwise."""
    for kind, choose, values in (("batch", lambda m: m.set_batch(8), [8]),
                                 ("image", lambda m: m.set_hw(12, 8), [12, 8]),
                                 ("dims", lambda m: m.set_dims([3, 3, 9, 6]), [3, 9])):  # fmt: skip
        with shaped(acl, kind) as model:
            address, size, buffer = model.inputs[1][1]
            ok(choose(model))
            assert ctypes.string_at(address, size) == np.array(values, np.int32).tobytes()
            wide = ok(acl.rt.malloc(size * 2, 0))
            ok(acl.update_data_buffer(buffer, wide, size * 2))
            ok(choose(model))
            assert ctypes.string_at(wide, size * 2) == np.array(values, np.int64).tobytes()
            ok(acl.update_data_buffer(buffer, address, size))
            ok(acl.rt.free(wide))


@row(f"{PAGE} 4", "not called before execute")
def the_largest_gear_by_default(acl):
    with shaped(acl, "batch") as model:
        x = np.ones((8, 3, 6, 6), np.float32)
        (y,) = model.run([x])
        assert y.shape == (8, 4, 6, 6)
        np.testing.assert_allclose(y, compute(x), rtol=1e-5, atol=1e-6)


@row(f"{PAGE} 4", "extra input buffer missing")
def without_the_extra_buffer(acl):
    with shaped(acl, "batch") as model:
        whole = model.inputs
        model.inputs = model.dataset([whole[1][0][1]])
        assert model.execute() == WRONG_COUNT
        assert model.set_batch(2) == INVALID_PARAM
        model.free(*model.inputs)
        model.inputs = whole


# Section 5: what models tell.


def each(acl, *kinds):
    for kind in kinds or OPTIONS:
        with shaped(acl, kind) as model:
            yield kind, model


@row(f"{PAGE} 5", "get_num_inputs", "get_input_index_by_name")
def the_extra_input(acl):
    for kind, model in each(acl):
        gears = kind in ("batch", "image", "dims")
        assert model.input_count == (2 if gears else 1)
        index, code = acl.mdl.get_input_index_by_name(model.desc, GEAR_INPUT)
        assert (index, code) == (1, 0) if gears else code == INVALID_PARAM
        if gears:
            count = 1 if kind == "batch" else 2
            assert ok(acl.mdl.get_input_dims(model.desc, 1))["dims"] == [count]
            assert acl.mdl.get_input_size_by_index(model.desc, 1) == 4 * count
            assert acl.mdl.get_input_data_type(model.desc, 1) == 3


@row(f"{PAGE} 5", "get_input_dims |", "get_input_size_by_index")
def inputs_of_every_kind(acl):
    dims = {"batch": [-1, 3, 6, 6], "image": [1, 3, -1, -1], "dims": [-1, 3, -1, 6],
            "range": [-1, 3, -1, 6], "open": [-1, 3, 6, 6], "static": [2, 3, 6, 6]}  # fmt: skip
    for kind, model in each(acl):
        assert ok(acl.mdl.get_input_dims(model.desc, 0))["dims"] == dims[kind]
        assert acl.mdl.get_input_size_by_index(model.desc, 0) == INPUT_BYTES[kind]


@row(f"{PAGE} 5", "get_output_dims |", "get_output_size_by_index")
def outputs_of_every_kind(acl):
    dims = {"batch": [8, 4, 6, 6], "image": [1, 4, 12, 8], "dims": [3, 4, 9, 6],
            "range": [-1, 4, -1, 6], "open": [-1, 4, 6, 6], "static": [2, 4, 6, 6]}  # fmt: skip
    for kind, model in each(acl):
        assert ok(acl.mdl.get_output_dims(model.desc, 0))["dims"] == dims[kind]
        size = acl.mdl.get_output_size_by_index(model.desc, 0)
        assert size == INPUT_BYTES[kind] * 4 // 3


@row(f"{PAGE} 5", "get_cur_output_dims")
def current_outputs_of_every_kind(acl):
    for _, model in each(acl, "static"):
        assert model.current_shape(0) == (2, 4, 6, 6)
    for _, model in each(acl, "batch"):
        assert model.current_shape(0) == (8, 4, 6, 6)
        ok(model.set_batch(2))
        assert model.current_shape(0) == (2, 4, 6, 6)
        assert model.set_batch(3) == NOT_A_GEAR
        assert model.current_shape(0) == (2, 4, 6, 6)
    for _, model in each(acl, "range", "open"):
        assert acl.mdl.get_cur_output_dims(model.desc, 0)[1] == API_UNSUPPORTED


@row(f"{PAGE} 5", "get_dynamic_batch", "get_dynamic_hw")
def batches_and_picture_sizes(acl):
    for kind, model in each(acl):
        batch = ok(acl.mdl.get_dynamic_batch(model.desc))
        assert batch["batchCount"] == (3 if kind == "batch" else 0)
        assert batch["batch"] == ([2, 8, 4] if kind == "batch" else [])
        sizes = ok(acl.mdl.get_dynamic_hw(model.desc, ALL_INPUTS))
        assert sizes["hwCount"] == (2 if kind == "image" else 0)
        assert sizes["hw"] == ([[6, 4], [12, 8]] if kind == "image" else [])


@row(f"{PAGE} 5", "get_input_dynamic_gear_count", "get_input_dynamic_dims")
def shapes_of_gears(acl):
    for kind, model in each(acl):
        count = ok(acl.mdl.get_input_dynamic_gear_count(model.desc, ALL_INPUTS))
        assert count == (3 if kind == "dims" else 0)
        gears = ok(acl.mdl.get_input_dynamic_dims(model.desc, ALL_INPUTS, count))
        wanted = [[1, 3, 4, 6], [3, 3, 9, 6], [2, 3, 5, 6]] if kind == "dims" else []
        assert [gear["dims"] for gear in gears] == wanted
        assert acl.mdl.get_input_dynamic_dims(model.desc, 0, count)[1] == INVALID_PARAM
        assert acl.mdl.get_input_dynamic_dims(model.desc, ALL_INPUTS, 4097) == (None, INVALID_PARAM)
        assert acl.mdl.get_input_dynamic_gear_count(model.desc, 0)[1] == INVALID_PARAM
        if kind == "dims":
            code = acl.mdl.get_input_dynamic_dims(model.desc, ALL_INPUTS, 2)[1]
            assert code == INVALID_PARAM


@row(f"{PAGE} 5", "get_input_dims_range")
def ranges_of_inputs(acl):
    for _, model in each(acl, "batch", "image", "dims"):
        assert ok(acl.mdl.get_input_dims_range(model.desc, 0))["rangeCount"] == 0
    for kind, model in each(acl, "range", "open"):
        told = ok(acl.mdl.get_input_dims_range(model.desc, 0))
        assert told["rangeCount"] == 4
        batch = [1, 4] if kind == "range" else [1, -1]
        height = [2, 8] if kind == "range" else [6, 6]
        assert told["range"] == [batch, [3, 3], height, [6, 6]]
        assert acl.mdl.get_input_dims_range(model.desc, 1)[1] == INVALID_PARAM
