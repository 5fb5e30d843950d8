"""Evaluates an ONNX model with plain numpy in float64: the oracle of the generated networks.

Short and obvious on purpose, and independent of src/: nothing here knows how PoACL computes.
`evaluate(model, {"x": array})` gives {output name: array}; an operator that is missing raises
KeyError. Floating-point tensors are float64 throughout; Cast alone narrows.
"""

from . import elementwise, movement, products, windows  # noqa: F401  (each fills OPERATORS)
from .registry import OPERATORS, Context, wide

__all__ = ["OPERATORS", "evaluate"]


def evaluate(model, inputs):
    values = {"": None, **{name: wide(array) for name, array in model.initializers.items()}}
    values |= {name: wide(array) for name, array in inputs.items()}
    for node in model.nodes:
        context = Context(node, model.opset)
        results = OPERATORS[node.op_type](context, *(values[name] for name in node.inputs))
        if not isinstance(results, (tuple, list)):
            results = [results]
        values.update(zip(node.outputs, results))
    return {value.name: values[value.name] for value in model.outputs}
