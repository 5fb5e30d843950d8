"""The public ONNX node cases (one operator, inputs, expected outputs), made fit for a compiler.

A case gives every operand as a graph input. What has to be known when a model is converted
(shapes, axes, pads...) is frozen here: it is added to the model as an initializer of that name.
"""

import functools
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np
import protowire as wire
from onnx_builder import parse_model, read_tensor, tensor_bytes
from toolchain import DATA

ARCHIVE = DATA / "onnx_node_cases.tar.zst"

# Operand numbers that conversion has to know.
FROZEN = {
    "Reshape": [1], "Pad": [1, 2, 3], "Slice": [1, 2, 3, 4], "Squeeze": [1], "Unsqueeze": [1],
    "Expand": [1], "Tile": [1], "Split": [1], "Clip": [1, 2], "Dropout": [1, 2],
    "ReduceMean": [1], "ReduceSum": [1], "ReduceMax": [1], "ReduceMin": [1], "ReduceProd": [1],
    "BatchNormalization": [1, 2, 3, 4], "Conv": [1, 2],
}  # fmt: skip

OPERATORS = {
    "Abs", "Add", "ArgMax", "ArgMin", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Clip",
    "Concat", "Conv", "Div", "Dropout", "Elu", "Erf", "Exp", "Expand", "Flatten", "Floor",
    "Gather", "Gemm", "GlobalAveragePool", "HardSigmoid", "HardSwish", "Identity", "LRN",
    "LeakyRelu", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "PRelu",
    "Pad", "Pow", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum",
    "Relu", "Reshape", "Shape", "Sigmoid", "Slice", "Softmax", "Softplus", "Softsign", "Split",
    "Sqrt", "Squeeze", "Sub", "Tanh", "Tile", "Transpose", "Unsqueeze",
}  # fmt: skip

OPSETS = ("opset13", "opset17", "opset21")


@dataclass
class Case:
    name: str
    model: bytes
    inputs: list
    outputs: list


@functools.cache
def folder():
    """The unpacked archive; lives as long as the process."""
    holder = tempfile.TemporaryDirectory(prefix="node_cases_")
    folder.holder = holder
    subprocess.run(["tar", "--zstd", "-xf", ARCHIVE, "-C", holder.name], check=True)
    return pathlib.Path(holder.name)


def names():
    """Cases of one covered operator on plain numbers, as "opset13/test_relu"."""
    found = []
    for opset in OPSETS:
        for path in sorted((folder() / opset).glob("*/model.onnx")):
            try:
                model = parse_model(path.read_bytes())
            except ValueError:  # a constant of strings
                continue
            node = model.nodes[0]
            if not 7 <= model.opset <= 21:
                continue
            # Strings, sequences and floats of a byte have no numpy type.
            numbers = all(value.dtype is not None for value in model.inputs + model.outputs)
            if len(model.nodes) == 1 and numbers and node.op_type in OPERATORS and not node.domain:
                found.append(f"{opset}/{path.parent.name}")
    return found


def load(name):
    """The case with what has to be frozen frozen; its inputs are what remains to be fed."""
    path = folder() / name
    data = (path / "model.onnx").read_bytes()
    model = parse_model(data)
    node = model.nodes[0]
    frozen = {node.inputs[i] for i in FROZEN.get(node.op_type, []) if i < len(node.inputs)}
    if len(model.inputs) == len(frozen):  # all of it would fold away
        frozen = set()
    case = Case(name, data, [], [])
    for number, value in enumerate(model.inputs):
        array = read_tensor(path / "test_data_set_0" / f"input_{number}.pb")
        if value.name in frozen:
            # Fields of one message may come in pieces: this adds to the graph.
            case.model += wire.data(7, wire.data(5, tensor_bytes(array, value.name)))
        else:
            case.inputs.append(array)
    for number in range(len(model.outputs)):
        case.outputs.append(read_tensor(path / "test_data_set_0" / f"output_{number}.pb"))
    return case


def tolerance(dtype):
    return {"f": 1e-2 if dtype == np.float16 else 1e-4}.get(dtype.kind, 0.0)
