"""Which function evaluates which operator, and what it is told about its node."""

import numpy as np

OPERATORS = {}


def operator(*names):
    def register(function):
        OPERATORS.update(dict.fromkeys(names, function))
        return function

    return register


def wide(array):
    """Floating point as float64, everything else as it is."""
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def axes_of(context, given):
    """Axes from an input (newer operator sets) or the attribute."""
    return [int(axis) for axis in (context.get("axes", []) if given is None else given)]


class Context:
    """Attributes of the node with their defaults, and the operator set's version."""

    def __init__(self, node, opset):
        self.type, self.attributes, self.opset = node.op_type, node.attributes, opset
        self.output_count = len(node.outputs)

    def get(self, name, default=None):
        value = self.attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value
