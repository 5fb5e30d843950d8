"""Operators that work element by element."""

import math

import numpy as np
from onnx_builder import NUMPY_TYPES

from .registry import OPERATORS, operator, wide

UNARY = {
    "Relu": lambda x: np.maximum(x, 0), "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Tanh": np.tanh, "Exp": np.exp, "Log": np.log, "Sqrt": np.sqrt, "Abs": np.abs,
    "Neg": np.negative, "Floor": np.floor, "Ceil": np.ceil, "Round": np.rint,
    "Reciprocal": lambda x: 1 / x, "Softplus": lambda x: np.logaddexp(0, x),
    "Softsign": lambda x: x / (1 + np.abs(x)), "Identity": lambda x: x,
    "HardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "Erf": np.vectorize(math.erf, otypes=[np.float64]), "Not": np.logical_not,
    "Dropout": lambda x, *_: x, "Sin": np.sin, "Cos": np.cos,
}  # fmt: skip
for _name, _function in UNARY.items():
    OPERATORS[_name] = lambda context, *values, _function=_function: _function(*values)


@operator("LeakyRelu")
def leaky_relu(context, x):
    return np.where(x < 0, context.get("alpha", 0.01) * x, x)


@operator("PRelu")
def prelu(_, x, slope):
    return np.where(x < 0, slope * x, x)


@operator("Elu")
def elu(context, x):
    return np.where(x < 0, context.get("alpha", 1.0) * np.expm1(x), x)


@operator("HardSigmoid")
def hard_sigmoid(context, x):
    return np.clip(context.get("alpha", 0.2) * x + context.get("beta", 0.5), 0, 1)


@operator("Clip")
def clip(context, x, low=None, high=None):
    low = context.get("min") if low is None else low
    high = context.get("max") if high is None else high
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _divide(a, b):
    return a / b if a.dtype.kind == "f" else np.trunc(a / b).astype(a.dtype)


BINARY = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": _divide, "Pow": np.power,
    "Equal": np.equal, "Greater": np.greater, "Less": np.less, "And": np.logical_and,
    "Or": np.logical_or, "GreaterOrEqual": np.greater_equal, "LessOrEqual": np.less_equal,
}  # fmt: skip
for _name, _function in BINARY.items():
    OPERATORS[_name] = lambda context, a, b, _function=_function: _function(a, b)


@operator("Max", "Min")
def extreme(context, *values):
    function = np.maximum if context.type == "Max" else np.minimum
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


@operator("Sum", "Mean")
def total(context, *values):
    result = sum(values[1:], values[0])
    return result / len(values) if context.type == "Mean" else result


@operator("Where")
def where(_, condition, a, b):
    return np.where(condition, a, b)


@operator("Cast")
def cast(context, x):
    return wide(x.astype(NUMPY_TYPES[context.get("to")]))
