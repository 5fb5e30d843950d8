"""Convolution and pooling."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .registry import operator


def _window(context, shape, kernel, ceil=False):
    """(strides, dilations, begin pads, end pads, extra room for ceil_mode) per spatial axis."""
    rank = len(kernel)
    strides = context.get("strides") or [1] * rank
    dilations = context.get("dilations") or [1] * rank
    pads = context.get("pads") or [0] * (2 * rank)
    begin, end, extra = list(pads[:rank]), list(pads[rank:]), [0] * rank
    auto = context.get("auto_pad", "NOTSET")
    for i in range(rank):
        span = dilations[i] * (kernel[i] - 1) + 1
        if auto.startswith("SAME"):
            out = math.ceil(shape[2 + i] / strides[i])
            total = max((out - 1) * strides[i] + span - shape[2 + i], 0)
            small, large = total // 2, total - total // 2
            begin[i], end[i] = (small, large) if auto == "SAME_UPPER" else (large, small)
        elif auto == "VALID":
            begin[i] = end[i] = 0
        if ceil:
            room = shape[2 + i] + begin[i] + end[i] - span
            windows = math.ceil(room / strides[i]) + 1
            # A window that would start in the end padding does not count.
            if (windows - 1) * strides[i] >= shape[2 + i] + begin[i]:
                windows -= 1
            extra[i] = max((windows - 1) * strides[i] - room, 0)
    return strides, dilations, begin, end, extra


def _view(x, kernel, strides, dilations):
    """x[N, C, spatial...] -> [N, C, out..., kernel...]."""
    axes = tuple(range(2, x.ndim))
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilations)]
    view = sliding_window_view(x, spans, axes)
    steps = [slice(None, None, stride) for stride in strides]
    taps = [slice(None, None, dilation) for dilation in dilations]
    return view[(slice(None), slice(None), *steps, *taps)]


def _padded(x, begin, end, value):
    return np.pad(x, [(0, 0), (0, 0), *zip(begin, end)], constant_values=value)


@operator("Conv")
def conv(context, x, weight, bias=None):
    kernel = weight.shape[2:]
    strides, dilations, begin, end, _ = _window(context, x.shape, kernel)
    view = _view(_padded(x, begin, end, 0.0), kernel, strides, dilations)
    groups, rank = context.get("group", 1), len(kernel)
    results = []
    taps = tuple(range(view.ndim - rank, view.ndim))
    for part, filters in zip(np.split(view, groups, 1), np.split(weight, groups, 0)):
        product = np.tensordot(part, filters, ((1, *taps), tuple(range(1, 2 + rank))))
        results.append(np.moveaxis(product, -1, 1))
    y = np.concatenate(results, 1)
    return y if bias is None else y + bias.reshape(1, -1, *[1] * rank)


@operator("MaxPool")
def max_pool(context, x):
    kernel = context.get("kernel_shape")
    strides, dilations, begin, end, extra = _window(context, x.shape, kernel,
                                                    context.get("ceil_mode", 0))  # fmt: skip
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    padded = _padded(x, begin, np.add(end, extra), lowest)
    view = _view(padded, kernel, strides, dilations)
    return view.max(axis=tuple(range(-len(kernel), 0)))


@operator("AveragePool")
def average_pool(context, x):
    kernel = context.get("kernel_shape")
    strides, dilations, begin, end, extra = _window(context, x.shape, kernel,
                                                    context.get("ceil_mode", 0))  # fmt: skip
    ones = np.ones(x.shape[2:])[None, None]
    if context.get("count_include_pad", 0):
        counted = _padded(_padded(ones, begin, end, 1.0), [0] * len(extra), extra, 0.0)
    else:
        counted = _padded(ones, begin, np.add(end, extra), 0.0)
    padded = _padded(x, begin, np.add(end, extra), 0.0)
    axes = tuple(range(-len(kernel), 0))
    sums = _view(padded, kernel, strides, dilations).sum(axis=axes)
    return sums / _view(counted, kernel, strides, dilations).sum(axis=axes)


@operator("GlobalAveragePool")
def global_average_pool(_, x):
    return x.mean(axis=tuple(range(2, x.ndim)), keepdims=True)


@operator("GlobalMaxPool")
def global_max_pool(_, x):
    return x.max(axis=tuple(range(2, x.ndim)), keepdims=True)
