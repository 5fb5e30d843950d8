"""Models whose operands are known at run time only: ONNX file, atc, acl, against numpy."""

import numpy as np
import pytest
from acl_runner import AclError, LoadedModel
from conftest import acl
from onnx_builder import GraphBuilder
from toolchain import ToolError

X = np.random.default_rng(11).standard_normal((4, 6), np.float32)


def int64(*values):
    return np.array(values, np.int64)


def one_operator(path, op_type, arrays, opset=13, outputs=1, **attributes):
    """An ONNX model of one operator all of whose operands are inputs of the model."""
    graph = GraphBuilder(op_type.lower(), opset=opset)
    inputs = [graph.input(f"in{i}", list(a.shape), a.dtype) for i, a in enumerate(arrays)]
    made = graph.node(op_type, inputs, outputs=outputs, **attributes)
    for name in [made] if outputs == 1 else made:
        graph.output(name, None, arrays[0].dtype)
    graph.save(path)
    return path


# operator, the operands of two executions, what numpy makes of them, attributes
CASES = {
    "Reshape": ([(X, int64(3, 8)), (X, int64(-1, 2))], lambda x, s: x.reshape(s), {}),
    "Slice": (
        [(X, int64(0, 1), int64(2, 4)), (X, int64(1, -5), int64(-1, 100))],
        lambda x, b, e: x[b[0] : e[0], b[1] : e[1]],
        {},
    ),
    "Expand": (
        [(X[:, :1], int64(1, 6)), (X[:, :1], int64(4, 3))],
        lambda x, s: np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(s))),
        {},
    ),
    "Tile": ([(X, int64(2, 1)), (X, int64(1, 3))], lambda x, m: np.tile(x, m), {}),
    "Pad": (
        [(X, int64(0, 1, 2, 3)), (X, int64(1, 0, 0, 0))],
        lambda x, p: np.pad(x, ((p[0], p[2]), (p[1], p[3]))),
        {},
    ),
    "Gather": (
        [(X, int64(3, 0)), (X, int64(1, -1))],
        lambda x, i: np.take(x, i, axis=0),
        {"axis": 0},
    ),
    "ReduceSum": (
        [(X, int64(0)), (X, int64(1))],
        lambda x, a: x.sum(axis=tuple(a), keepdims=True),
        {"keepdims": 1},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_operands_of_the_run(name, device, atc, tmp_path):
    runs, compute, attributes = CASES[name]
    om = atc(one_operator(tmp_path / "m.onnx", name, runs[0], **attributes), tmp_path / "m")
    with LoadedModel(acl, om) as model:
        for operands in runs + runs[:1]:
            (found,) = model.run(operands)
            wanted = compute(*operands)
            assert found.shape == wanted.shape
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_range_of_run_time_numbers(device, atc, tmp_path):
    graph = GraphBuilder("range", opset=13)
    ends = [graph.input(name, [], np.int64) for name in ("start", "limit", "delta")]
    graph.output(graph.node("Range", ends), None, np.int64)
    graph.save(tmp_path / "range.onnx")
    with LoadedModel(acl, atc(tmp_path / "range.onnx", tmp_path / "range")) as model:
        for numbers in ((0, 5, 1), (10, 0, -3), (3, 3, 1)):
            (found,) = model.run([np.array(n, np.int64) for n in numbers])
            np.testing.assert_array_equal(found, np.arange(*numbers))
        with pytest.raises(AclError, match="delta"):
            model.run([np.array(n, np.int64) for n in (0, 5, 0)])


def test_a_network_around_a_run_time_reshape(device, atc, tmp_path):
    """Steps before and after the operand, and shape arithmetic on what it made."""
    weights = np.random.default_rng(5).standard_normal((6, 6), np.float32)
    graph = GraphBuilder("around", opset=13)
    x = graph.input("x", [4, 6])
    shape = graph.input("shape", [2], np.int64)
    y = graph.node("Relu", [graph.node("MatMul", [x, graph.constant(weights)])])
    y = graph.node("Reshape", [y, shape])
    rows = graph.node("Gather", [graph.node("Shape", [y]), graph.constant(int64(0))], axis=0)
    back = graph.node("Concat", [graph.constant(int64(-1)), rows], axis=0)
    graph.output(graph.node("Reshape", [graph.node("Sigmoid", [y]), back]), None)
    graph.save(tmp_path / "m.onnx")
    with LoadedModel(acl, atc(tmp_path / "m.onnx", tmp_path / "m")) as model:
        for wanted_shape in ((2, 12), (8, 3), (24, 1)):
            (found,) = model.run([X, int64(*wanted_shape)])
            wanted = 1 / (1 + np.exp(-np.maximum(X @ weights, 0)))
            np.testing.assert_allclose(found, wanted.reshape(-1, wanted_shape[0]), atol=1e-5)


def test_errors_of_the_run_name_the_node(device, atc, tmp_path):
    om = atc(one_operator(tmp_path / "m.onnx", "Reshape", (X, int64(3, 8))), tmp_path / "m")
    with LoadedModel(acl, om) as model:
        with pytest.raises(AclError, match=r"145021.*Reshape.*24 elements.*\[5,5\]"):
            model.run([X, int64(5, 5)])
        with pytest.raises(AclError, match="145021"):
            model.run([X, int64(-1, -1)])
        assert model.run([X, int64(6, 4)])[0].shape == (6, 4)


def test_dimensions_of_inputs_still_have_to_be_given(atc, tmp_path):
    graph = GraphBuilder("open", opset=13)
    graph.output(graph.node("Relu", [graph.input("x", ["n", 6])]), None)
    graph.save(tmp_path / "open.onnx")
    with pytest.raises(ToolError, match="--input_shape"):
        atc(tmp_path / "open.onnx", tmp_path / "open")
