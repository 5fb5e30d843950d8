import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from onnx_builder import GraphBuilder
from toolchain import build_file, convert


def run_tool(name, *arguments, folder=None, environment=None):
    """The finished process of a program of the build; its exit status is the caller's business."""
    settings = {**os.environ, **(environment or {})}
    settings.pop("LD_PRELOAD", None)  # a sanitizer's runtime for the interpreter, not for programs
    return subprocess.run([str(build_file("bin", name)), *map(str, arguments)], cwd=folder,
                          capture_output=True, text=True, timeout=120, check=False,
                          env=settings)  # fmt: skip


@pytest.fixture(scope="session")
def tool():
    return run_tool


@pytest.fixture(scope="session")
def two_inputs(tmp_path_factory):
    """sum = a + b of [2, 3] float32, and a's whole part as int32."""
    folder = tmp_path_factory.mktemp("two_inputs")
    graph = GraphBuilder("two_inputs")
    a, b = graph.input("a", [2, 3]), graph.input("b", [2, 3])
    graph.output(graph.node("Add", [a, b], ["sum"]), [2, 3])
    graph.output(graph.node("Cast", [a], ["whole"], to=6), [2, 3], np.int32)
    return convert(graph.save(folder / "two.onnx"), folder / "two")


@pytest.fixture(scope="session")
def convolution(tmp_path_factory):
    """[1, 3, 8, 8] -> [1, 4, 8, 8], with weights."""
    return convolution_model(tmp_path_factory.mktemp("conv"), [1, 3, 8, 8])


def convolution_model(folder, shape, *options):
    random = np.random.default_rng(5)
    graph = GraphBuilder("conv")
    x = graph.input("data", shape)
    weight = graph.constant(random.standard_normal((4, 3, 3, 3), np.float32), "weight")
    y = graph.node("Conv", [x, weight], name="first", pads=[1, 1, 1, 1])
    open_shape = [shape[0], 4, *shape[2:]]
    graph.output(graph.node("Relu", [y], ["y"], name="second"), open_shape)
    return convert(graph.save(folder / "conv.onnx"), folder / "conv", *options)
