"""What range each value of a parsed float network takes: its nodes run one after the other with
numpy, on one picture or sentence."""

import math

import numpy as np

from numpy_reference import OPERATORS
from numpy_reference.registry import Context


def _layer_norm(context, x, scale, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + context.get("epsilon", 1e-5)) * scale + bias


HERE = {"LayerNormalization": _layer_norm}


def ranges(model, feeds):
    """{name of a float value: (least, greatest)} of everything the nodes make."""
    values = {"": None, **model.initializers}
    values |= {value.name: array for value, array in zip(model.inputs, feeds)}
    readers = {}
    for node in model.nodes:
        for name in node.inputs:
            readers[name] = readers.get(name, 0) + 1
    found = {name: _range(values[name]) for name in (value.name for value in model.inputs)}
    for node in model.nodes:
        function = HERE.get(node.op_type) or OPERATORS[node.op_type]
        result = function(Context(node, model.opset), *(values[name] for name in node.inputs))
        if result.dtype == np.float64:
            result = result.astype(np.float32)
        values[node.outputs[0]] = result
        found[node.outputs[0]] = _range(result)
        for name in node.inputs:
            readers[name] -= 1
            if readers[name] == 0 and name not in model.initializers:
                del values[name]
    return found


def _range(array):
    if array is None or array.dtype.kind != "f" or not math.prod(array.shape):
        return None
    return float(array.min()), float(array.max())
