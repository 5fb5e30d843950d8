"""What the cases about models share: converted models, datasets, loading."""

import atexit
import contextlib
import functools
import pathlib
import shutil
import tempfile

import numpy as np
from onnx_builder import GraphBuilder
from rows import ok
from toolchain import convert

MODEL_PARAM, MODEL_PATH, MODEL_ID, MODEL_DATA = 145000, 145002, 145003, 145006
MODEL_QUEUE, BUNDLE_ID, GRAPH_ENGINE = 145008, 148053, 500002


@functools.cache
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="poacl-spec-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@functools.cache
def plain_model():
    """data [1, 3, 4, 4] -> relu(data * w + b) [1, 3, 4, 4], the mean of it [1, 3]."""
    graph = GraphBuilder("plain", opset=13)
    x = graph.input("data", [1, 3, 4, 4])
    weights = np.random.default_rng(1).standard_normal((3, 3, 1, 1), np.float32)
    y = graph.node("Conv", [x, graph.constant(weights), graph.constant(np.ones(3, np.float32))])
    y = graph.node("Relu", [y])
    graph.output(y, [1, 3, 4, 4])
    graph.output(graph.node("Flatten", [graph.node("GlobalAveragePool", [y])]), [1, 3])
    graph.save(folder() / "plain.onnx")
    return convert(folder() / "plain.onnx", folder() / "plain")


@functools.cache
def plain_model_with_weights_outside(mode):
    """The plain model in a folder of its own, with its weights in files beside it."""
    plain_model()
    path = folder() / f"outside{mode}"
    path.mkdir()
    return convert(folder() / "plain.onnx", path / "plain", f"--external_weight={mode}")


def plain_expected(x):
    weights = np.random.default_rng(1).standard_normal((3, 3, 1, 1), np.float32)
    y = np.maximum(np.einsum("oi,ihw->ohw", weights[:, :, 0, 0], x[0]) + 1, 0)[None]
    return y, y.mean(axis=(2, 3))


@functools.cache
def run_time_model():
    """x [4, 6] reshaped to what its second input says."""
    graph = GraphBuilder("reshape", opset=13)
    x = graph.input("x", [4, 6])
    shape = graph.input("shape", [2], np.int64)
    graph.output(graph.node("Reshape", [x, shape]), None)
    graph.save(folder() / "reshape.onnx")
    return convert(folder() / "reshape.onnx", folder() / "reshape")


@functools.cache
def eager_model():
    """Where the positive elements of x [2, 6] are: how many is known at run time only."""
    graph = GraphBuilder("nonzero", opset=13)
    x = graph.input("x", [2, 6])
    graph.output(graph.node("NonZero", [graph.node("Relu", [x])]), None, np.int64)
    graph.save(folder() / "nonzero.onnx")
    return convert(folder() / "nonzero.onnx", folder() / "nonzero")


@functools.cache
def gear_model():
    """exp(x) of x [batch, 6], for batches of 1, 2 and 4."""
    graph = GraphBuilder("gears", opset=13)
    graph.output(graph.node("Exp", [graph.input("x", [None, 6])]), None)
    graph.save(folder() / "gears.onnx")
    return convert(
        folder() / "gears.onnx", folder() / "gears", "--input_shape=x:-1,6",
        "--dynamic_batch_size=1,2,4",
    )  # fmt: skip


@functools.cache
def bundle():
    """A bundle of the plain model, twice."""
    om = plain_model().read_bytes()
    table = (3).to_bytes(8, "little")
    at = 0
    for kind, size in ((25, 8), (24, len(om)), (24, len(om))):
        table += b"".join(number.to_bytes(8, "little") for number in (kind, at, size))
        at += size
    body = table + bytes(8) + om + om
    head = bytearray(256)
    head[0:4] = b"IMOD"
    head[4:8] = (256).to_bytes(4, "little")
    head[8:12] = (0x20000000).to_bytes(4, "little")
    head[81], head[82] = 1, 5
    head[184:192] = len(body).to_bytes(8, "little")
    path = folder() / "bundle.om"
    path.write_bytes(bytes(head) + body)
    return path


@contextlib.contextmanager
def loaded(acl, path=None):
    model = ok(acl.mdl.load_from_file(str(path or plain_model())))
    try:
        yield model
    finally:
        ok(acl.mdl.unload(model))


@contextlib.contextmanager
def described(acl, path=None):
    with loaded(acl, path) as model:
        desc = acl.mdl.create_desc()
        ok(acl.mdl.get_desc(desc, model))
        try:
            yield model, desc
        finally:
            ok(acl.mdl.destroy_desc(desc))


class Dataset:
    """A dataset over arrays, or over (address, size) pairs."""

    def __init__(self, acl, *items):
        self.acl, self.items = acl, items
        self.handle = acl.mdl.create_dataset()
        self.buffers = []
        for item in items:
            address, size = item if isinstance(item, tuple) else (item.ctypes.data, item.nbytes)
            self.buffers.append(acl.create_data_buffer(address, size))
            _, code = acl.mdl.add_dataset_buffer(self.handle, self.buffers[-1])
            ok(code)

    def __enter__(self):
        return self.handle

    def __exit__(self, *unused):
        for buffer in self.buffers:
            ok(self.acl.destroy_data_buffer(buffer))
        ok(self.acl.mdl.destroy_dataset(self.handle))


def plain_input(seed=5):
    return np.random.default_rng(seed).standard_normal((1, 3, 4, 4), np.float32)


def plain_outputs():
    return np.zeros((1, 3, 4, 4), np.float32), np.zeros((1, 3), np.float32)


def check_plain(acl, model, seed=5):
    """Runs the plain model and compares."""
    x, (y, mean) = plain_input(seed), plain_outputs()
    with Dataset(acl, x) as inputs, Dataset(acl, y, mean) as outputs:
        ok(acl.mdl.execute(model, inputs, outputs))
    wanted = plain_expected(x)
    assert np.allclose(y, wanted[0], atol=1e-5) and np.allclose(mean, wanted[1], atol=1e-5)


@contextlib.contextmanager
def device_memory(acl, size):
    pointer = ok(acl.rt.malloc(max(size, 1), 0))
    try:
        yield pointer
    finally:
        ok(acl.rt.free(pointer))
