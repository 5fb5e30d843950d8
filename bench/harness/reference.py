"""The right answer of a network, in float64: what numpy_reference evaluates, with its convolutions
and products as one product of matrices each, which bench/wide_gemm.cc multiplies.
"""

import ctypes

import numpy as np

from numpy_reference import OPERATORS
from numpy_reference.registry import Context, wide
from numpy_reference.windows import _padded, _view, _window


def fast_product(path):
    """product(a, b) of two float64 matrices by the library at `path`."""
    gemm = ctypes.CDLL(str(path)).wide_gemm
    gemm.argtypes = [ctypes.c_int64] * 3 + [ctypes.c_void_p] * 3
    gemm.restype = None

    def product(a, b):
        a, b = np.ascontiguousarray(a, np.float64), np.ascontiguousarray(b, np.float64)
        c = np.empty((a.shape[0], b.shape[1]))
        gemm(a.shape[0], b.shape[1], a.shape[1], a.ctypes.data, b.ctypes.data, c.ctypes.data)
        return c

    return product


class Reference:
    """Evaluates parsed ONNX models; `product` multiplies two float64 matrices."""

    def __init__(self, product=np.matmul):
        self._product = product
        self._own = {"Conv": self._conv, "MatMul": self._matmul, "Gemm": self._gemm,
                     "LayerNormalization": _layer_norm, "QuantizeLinear": _quantise,
                     "DequantizeLinear": _dequantise}  # fmt: skip

    def evaluate(self, model, feeds):
        """The first output for arrays in the order of the inputs."""
        values = {"": None, **{name: wide(array) for name, array in model.initializers.items()}}
        values |= {value.name: wide(array) for value, array in zip(model.inputs, feeds)}
        last_use = {name: i for i, node in enumerate(model.nodes) for name in node.inputs}
        result = model.outputs[0].name
        for i, node in enumerate(model.nodes):
            function = self._own.get(node.op_type) or OPERATORS[node.op_type]
            inputs = [values[name] for name in node.inputs]
            values[node.outputs[0]] = function(Context(node, model.opset), *inputs)
            for name in set(node.inputs) - {"", result}:
                if last_use[name] == i:
                    del values[name]
        return values[result]

    def _conv(self, context, x, weight, bias=None):
        groups, kernel = context.get("group", 1), weight.shape[2:]
        strides, dilations, begin, end, _ = _window(context, x.shape, kernel)
        view = _view(_padded(x, begin, end, 0.0), kernel, strides, dilations)
        if groups > 1 and groups == x.shape[1] == weight.shape[0]:
            y = np.einsum("nchwij,cij->nchw", view, weight[:, 0])
            return y if bias is None else y + bias.reshape(1, -1, 1, 1)
        images = []
        for image in view:
            parts = []
            for part, filters in zip(np.split(image, groups), np.split(weight, groups)):
                columns = np.moveaxis(part, (1, 2), (-2, -1)).reshape(-1, np.prod(part.shape[1:3]))
                parts.append(self._product(filters.reshape(len(filters), -1), columns))
            images.append(np.concatenate(parts).reshape(-1, *view.shape[2:4]))
        y = np.stack(images)
        return y if bias is None else y + bias.reshape(1, -1, 1, 1)

    def _matmul(self, _, a, b):
        if b.ndim == 2:
            return self._product(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], -1)
        outer = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a = np.broadcast_to(a, (*outer, *a.shape[-2:])).reshape(-1, *a.shape[-2:])
        b = np.broadcast_to(b, (*outer, *b.shape[-2:])).reshape(-1, *b.shape[-2:])
        y = np.stack([self._product(one, other) for one, other in zip(a, b)])
        return y.reshape(*outer, *y.shape[-2:])

    def _gemm(self, context, a, b, c=0.0):
        a = a.T if context.get("transA", 0) else a
        b = b.T if context.get("transB", 0) else b
        return context.get("alpha", 1.0) * self._product(a, b) + context.get("beta", 1.0) * c


def _layer_norm(context, x, scale, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + context.get("epsilon", 1e-5)) * scale + bias


def _along(context, array, x):
    """A scale or zero point, one per index of the node's axis or one for all."""
    if array is None or array.ndim == 0:
        return array
    shape = [1] * x.ndim
    shape[context.get("axis", 1)] = -1
    return array.reshape(shape)


def _quantise(context, x, scale, zero):
    bounds = np.iinfo(zero.dtype)
    scale, offset = _along(context, scale, x), _along(context, zero, x)
    numbers = np.rint(x / scale) + offset
    return np.clip(numbers, bounds.min, bounds.max).astype(zero.dtype)


def _dequantise(context, x, scale, zero=None):
    scale, offset = _along(context, scale, x), _along(context, zero, x)
    numbers = x.astype(np.float64)
    return (numbers if zero is None else numbers - offset) * scale


def difference(values, reference):
    """Largest absolute difference over the largest absolute value of the reference."""
    if values.size != reference.size:
        raise ValueError(f"outputs have {values.size} and {reference.size} values")
    values, reference = (np.ravel(x).astype(np.float64) for x in (values, reference))
    if not (np.isfinite(values).all() and np.isfinite(reference).all()):
        return float("inf")
    return float(np.abs(values - reference).max() / np.abs(reference).max())


def cosine(values, reference):
    """Of the angle between two outputs; 0 where one is not finite."""
    a, b = (np.ravel(x).astype(np.float64) for x in (values, reference))
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return 0.0
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
