"""Normalisation, matrix products, softmax, reductions."""

import math

import numpy as np

from .registry import axes_of, operator


@operator("BatchNormalization")
def batch_normalization(context, x, scale, bias, mean, variance):
    shape = (1, -1, *[1] * (x.ndim - 2))
    factor = scale / np.sqrt(variance + context.get("epsilon", 1e-5))
    return (x - mean.reshape(shape)) * factor.reshape(shape) + bias.reshape(shape)


@operator("LRN")
def lrn(context, x):
    size, square = context.get("size"), x**2
    sums = np.zeros_like(x)
    for channel in range(x.shape[1]):
        low = max(0, channel - (size - 1) // 2)
        high = min(x.shape[1], channel + math.ceil((size - 1) / 2) + 1)
        sums[:, channel] = square[:, low:high].sum(axis=1)
    alpha, beta = context.get("alpha", 1e-4), context.get("beta", 0.75)
    return x / (context.get("bias", 1.0) + alpha / size * sums) ** beta


@operator("Gemm")
def gemm(context, a, b, c=0.0):
    a = a.T if context.get("transA", 0) else a
    b = b.T if context.get("transB", 0) else b
    return context.get("alpha", 1.0) * (a @ b) + context.get("beta", 1.0) * c


@operator("MatMul")
def matmul(_, a, b):
    return np.matmul(a, b)


@operator("Softmax", "LogSoftmax")
def softmax(context, x):
    default = -1 if context.opset >= 13 else 1
    axis = context.get("axis", default)
    shape = x.shape
    if context.opset < 13:  # everything from the axis on is one dimension
        axis = axis % max(x.ndim, 1)
        x = x.reshape(*shape[:axis], -1)
        axis = -1
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    y = e / e.sum(axis=axis, keepdims=True)
    return (np.log(y) if context.type == "LogSoftmax" else y).reshape(shape)


REDUCTIONS = {"ReduceMean": np.mean, "ReduceSum": np.sum, "ReduceMax": np.max,
              "ReduceMin": np.min, "ReduceProd": np.prod}  # fmt: skip


@operator(*REDUCTIONS)
def reduce(context, x, axes=None):
    axes = axes_of(context, axes)
    if not axes and context.get("noop_with_empty_axes", 0):
        return x
    function = REDUCTIONS[context.type]
    return function(x, axis=tuple(axes) or None, keepdims=bool(context.get("keepdims", 1)))


@operator("ArgMax", "ArgMin")
def arg_extreme(context, x):
    function = np.argmax if context.type == "ArgMax" else np.argmin
    axis = context.get("axis", 0)
    result = function(x, axis=axis)
    return np.expand_dims(result, axis) if context.get("keepdims", 1) else result
