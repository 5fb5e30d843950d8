#!/usr/bin/python3
"""Classifies pictures with an offline model: an ordinary pyACL program.

Nothing in it knows that there is no NPU. It takes the steps every such program takes: initialise,
choose a device, load the model, describe it, make datasets, copy in, execute, copy out, release.

    classify.py model.om pictures/ --labels labels.txt
"""
import argparse
import pathlib
import statistics
import sys
import time

import acl
import numpy as np
from PIL import Image

import pictures

ACL_MEM_MALLOC_HUGE_FIRST = 0
ACL_MEMCPY_HOST_TO_DEVICE = 1
ACL_MEMCPY_DEVICE_TO_HOST = 2
ACL_FLOAT = 0
ACL_FLOAT16 = 1
NUMPY_TYPES = {ACL_FLOAT: np.float32, ACL_FLOAT16: np.float16}


class AclError(RuntimeError):
    """An ACL call returned a code other than 0."""


def check(ret, what):
    if ret != 0:
        raise AclError(f"{what} returned {ret}: {acl.get_recent_err_msg() or 'no message'}")


class Network:
    """One loaded model on one device, with its input and output memory."""

    def __init__(self, model_path, device=0):
        self.device, self.model, self.desc = device, None, None
        self.inputs, self.outputs = (None, []), (None, [])
        check(acl.init(), "acl.init")
        check(acl.rt.set_device(device), "acl.rt.set_device")
        self.model, ret = acl.mdl.load_from_file(str(model_path))
        check(ret, "acl.mdl.load_from_file")
        self.desc = acl.mdl.create_desc()
        check(acl.mdl.get_desc(self.desc, self.model), "acl.mdl.get_desc")
        self.inputs = self._make_dataset(acl.mdl.get_num_inputs(self.desc),
                                         acl.mdl.get_input_size_by_index)
        self.outputs = self._make_dataset(acl.mdl.get_num_outputs(self.desc),
                                          acl.mdl.get_output_size_by_index)

    def _make_dataset(self, count, size_of):
        dataset, buffers = acl.mdl.create_dataset(), []
        for index in range(count):
            size = size_of(self.desc, index)
            memory, ret = acl.rt.malloc(size, ACL_MEM_MALLOC_HUGE_FIRST)
            check(ret, "acl.rt.malloc")
            data = acl.create_data_buffer(memory, size)
            _, ret = acl.mdl.add_dataset_buffer(dataset, data)
            check(ret, "acl.mdl.add_dataset_buffer")
            buffers.append((memory, size, data))
        return dataset, buffers

    def input_names(self):
        return [acl.mdl.get_input_name_by_index(self.desc, index)
                for index in range(acl.mdl.get_num_inputs(self.desc))]

    def input_dims(self):
        """The dimensions of the first input, for instance [1, 3, 224, 224]."""
        dims, ret = acl.mdl.get_input_dims(self.desc, 0)
        check(ret, "acl.mdl.get_input_dims")
        return dims["dims"]

    def input_type(self):
        return self._numpy_type(acl.mdl.get_input_data_type(self.desc, 0), "input")

    @staticmethod
    def _numpy_type(code, what):
        if code not in NUMPY_TYPES:
            raise AclError(f"the model's {what} has data type {code}; this program feeds and reads "
                           "float32 (0) and float16 (1)")
        return NUMPY_TYPES[code]

    def feed(self, array):
        """Copies one input to the device."""
        memory, size, _ = self.inputs[1][0]
        data = array.tobytes()
        if len(data) != size:
            raise AclError(f"the picture makes {len(data)} bytes, the model's input takes {size}")
        check(acl.rt.memcpy(memory, size, acl.util.bytes_to_ptr(data), len(data),
                            ACL_MEMCPY_HOST_TO_DEVICE), "acl.rt.memcpy to the device")

    def execute(self):
        check(acl.mdl.execute(self.model, self.inputs[0], self.outputs[0]), "acl.mdl.execute")

    def fetch(self):
        """The first output as a flat float32 array."""
        memory, size, _ = self.outputs[1][0]
        kind = self._numpy_type(acl.mdl.get_output_data_type(self.desc, 0), "output")
        host, ret = acl.rt.malloc_host(size)
        check(ret, "acl.rt.malloc_host")
        try:
            check(acl.rt.memcpy(host, size, memory, size, ACL_MEMCPY_DEVICE_TO_HOST),
                  "acl.rt.memcpy from the device")
            data = acl.util.ptr_to_bytes(host, size)
        finally:
            acl.rt.free_host(host)
        return np.frombuffer(data, kind).astype(np.float32)

    def release(self):
        """Gives everything back, last made first."""
        for dataset, buffers in (self.outputs, self.inputs):
            for memory, _, data in buffers:
                check(acl.destroy_data_buffer(data), "acl.destroy_data_buffer")
                check(acl.rt.free(memory), "acl.rt.free")
            if dataset:
                check(acl.mdl.destroy_dataset(dataset), "acl.mdl.destroy_dataset")
        self.inputs, self.outputs = (None, []), (None, [])
        if self.desc:
            check(acl.mdl.destroy_desc(self.desc), "acl.mdl.destroy_desc")
        if self.model:
            check(acl.mdl.unload(self.model), "acl.mdl.unload")
        check(acl.rt.reset_device(self.device), "acl.rt.reset_device")
        check(acl.finalize(), "acl.finalize")


def probabilities(scores):
    """Softmax, unless the model ends in one already."""
    if scores.min() >= 0 and abs(float(scores.sum()) - 1) < 1e-2:
        return scores
    scores = np.exp(scores - scores.max())
    return scores / scores.sum()


def timed_runs(network, runs):
    """Executes `runs` times; the milliseconds of each. The first, slower one is not counted."""
    network.execute()
    spent = []
    for _ in range(runs):
        started = time.perf_counter()
        network.execute()
        spent.append(1000 * (time.perf_counter() - started))
    return spent


def time_line(spent):
    if len(spent) == 1:
        return f"time: {spent[0]:.3f} ms (1 execution)"
    return (f"time: {statistics.median(spent):.3f} ms (median of {len(spent)} executions, "
            f"{min(spent):.3f} to {max(spent):.3f})")


def print_top_5(path, vals, names, spent):
    top = vals.argsort()[::-1][:5]
    width = max(len(str(index)) for index in top)
    print(f"\n{path.name}")
    print("==== top5 inference results: =====")
    for index in top:
        print(f"[{index}]: {vals[index]:f}".ljust(width + 14) + names[index])
    print(time_line(spent))
    return [(names[index], float(vals[index])) for index in top]


def numbers(text):
    return tuple(float(part) for part in text.split(","))


def parse_options(arguments=None):
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("model", help="offline model (.om) made by atc")
    options.add_argument("images", help="folder of pictures, or one picture")
    options.add_argument("--labels", help="file with one class name per line")
    options.add_argument("--mean", type=numbers, default=(123.675, 116.28, 103.53),
                         help="one number or R,G,B in the order fed, scale 0..255; a negative "
                         "first number needs the equals sign: --mean=-1,0,1")
    options.add_argument("--std", type=numbers, default=(58.395, 57.12, 57.375),
                         help="the same, for the division")
    options.add_argument("--bgr", action="store_true", help="feed blue first")
    options.add_argument("--layout", choices=["auto", "NCHW", "NHWC"], default="auto")
    options.add_argument("--resize", choices=["crop", "squash"], default="crop")
    options.add_argument("--runs", type=int, default=20, help="executions to time per picture")
    options.add_argument("--sheet", help="where to save the annotated picture")
    options.add_argument("--check", action="store_true",
                         help="fail unless the best class is the picture's file name")
    given = options.parse_args(arguments)
    if given.runs < 1:
        options.error("--runs must be at least 1")
    if len(given.mean) not in (1, 3) or len(given.std) not in (1, 3):
        options.error("--mean and --std take one number, or three separated by commas, each")
    if 0 in given.std:
        options.error("--std must not contain 0")
    return given


def make_preprocess(given, dims):
    if len(dims) != 4 or dims[0] != 1:
        raise AclError(f"the model's first input is {dims}; this program feeds one picture, so it "
                       "needs four dimensions of which the first is 1")
    layout = given.layout
    if layout == "auto":
        layout = "NHWC" if dims[3] in (1, 3) and dims[1] not in (1, 3) else "NCHW"
    channels, height, width = dims[1:] if layout == "NCHW" else (dims[3], dims[1], dims[2])
    if channels not in (1, 3):
        raise AclError(f"the model's input {dims} has {channels} channels as {layout}; a picture "
                       "has 1 or 3 (see --layout)")
    return pictures.Preprocess(height, width, per_channel(given.mean, channels),
                               per_channel(given.std, channels), given.bgr, layout, given.resize)


def per_channel(values, channels):
    """One number per channel: one number serves all three, three are averaged for a grey input."""
    if len(values) == channels:
        return values
    return values * channels if len(values) == 1 else (sum(values) / len(values),)


def read_names(path, count):
    if not path:
        return [f"class {index}" for index in range(count)]
    names = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    if len(names) != count:
        raise AclError(f"{path} has {len(names)} names, the model has {count} classes")
    return names


def classify(network, given):
    """Classifies every picture; the number of pictures whose best class is not their name."""
    inputs = network.input_names()
    if len(inputs) != 1:
        raise AclError(f"the model has {len(inputs)} inputs ({', '.join(inputs) or 'none'}); this "
                       "program feeds one picture, so it needs a model with one input")
    preprocess = make_preprocess(given, network.input_dims())
    kind = network.input_type()
    paths = pictures.list_pictures(given.images)
    if not paths:
        raise AclError(f"{given.images} holds no picture ({', '.join(sorted(pictures.SUFFIXES))})")
    results, wrong = [], []
    for path in paths:
        with Image.open(path) as image:
            network.feed(preprocess(image).astype(kind))
        spent = timed_runs(network, given.runs)
        vals = probabilities(network.fetch())
        names = read_names(given.labels, len(vals))
        top = print_top_5(path, vals, names, spent)
        results.append((path, top, statistics.median(spent)))
        if given.check and top[0][0] != path.stem.replace("_", " "):
            wrong.append(f"{path.name} was taken for '{top[0][0]}'")
    if given.sheet:
        pictures.save_sheet(results, given.sheet)
        print(f"\nannotated picture: {given.sheet}")
    if given.check:
        print(f"{len(results) - len(wrong)} of {len(results)} pictures classified as their name "
              "says")
    for line in wrong:
        print(f"wrong: {line}", file=sys.stderr)
    return len(wrong)


def main():
    given = parse_options()
    network = None
    try:
        network = Network(given.model)
        wrong = classify(network, given)
        network.release()
        return 1 if wrong else 0
    except (AclError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
