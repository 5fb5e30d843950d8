"""Shapes and data movement."""

import math

import numpy as np

from .registry import axes_of, operator, wide


@operator("Constant")
def constant(context):
    for name in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        if name in context.attributes:
            return wide(context.attributes[name])
    raise ValueError("Constant without a value")


@operator("ConstantOfShape")
def constant_of_shape(context, shape):
    return np.full(shape, wide(context.get("value", np.zeros(1, np.float32)))[0])


@operator("Reshape")
def reshape(context, x, shape):
    keep = not context.get("allowzero", 0)
    dims = [x.shape[i] if dim == 0 and keep else int(dim) for i, dim in enumerate(shape)]
    return x.reshape(dims)


@operator("Flatten")
def flatten(context, x):
    axis = context.get("axis", 1)
    axis += x.ndim if axis < 0 else 0
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


@operator("Transpose")
def transpose(context, x):
    return np.transpose(x, context.get("perm"))


@operator("Squeeze")
def squeeze(context, x, axes=None):
    axes = axes_of(context, axes)
    return np.squeeze(x, tuple(axes) if axes else None)


@operator("Unsqueeze")
def unsqueeze(context, x, axes=None):
    return np.expand_dims(x, tuple(axes_of(context, axes)))


@operator("Concat")
def concat(context, *values):
    return np.concatenate(values, context.get("axis"))


@operator("Split")
def split(context, x, sizes=None):
    axis = context.get("axis", 0)
    sizes = context.get("split") if sizes is None else sizes
    if sizes is None:
        parts = context.output_count
        each = math.ceil(x.shape[axis] / parts)
        sizes = [each] * (parts - 1) + [x.shape[axis] - each * (parts - 1)]
    return np.split(x, np.cumsum(sizes)[:-1], axis)


@operator("Slice")
def slice_(context, x, starts=None, ends=None, axes=None, steps=None):
    starts = context.get("starts") if starts is None else starts
    ends = context.get("ends") if ends is None else ends
    axes = context.get("axes", range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    index = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        size, start, end = x.shape[int(axis)], int(start), int(end)
        # Past the front of a backward slice, numpy wants None, not a number.
        stop = None if step < 0 and end < -size else end
        index[int(axis)] = slice(start, stop, int(step))
    return x[tuple(index)]


@operator("Gather")
def gather(context, x, indices):
    return np.take(x, indices, axis=context.get("axis", 0))


@operator("Pad")
def pad(context, x, pads=None, value=None, axes=None):
    pads = context.get("pads") if pads is None else pads
    value = context.get("value", 0.0) if value is None else value
    axes = range(x.ndim) if axes is None else axes
    widths = [(0, 0)] * x.ndim
    for number, axis in enumerate(axes):
        widths[int(axis)] = (int(pads[number]), int(pads[number + len(pads) // 2]))
    negative = [(min(low, 0), min(high, 0)) for low, high in widths]
    widths = [(max(low, 0), max(high, 0)) for low, high in widths]
    mode = context.get("mode", "constant")
    options = {"constant_values": value} if mode == "constant" else {}
    padded = np.pad(x, widths, mode, **options)
    return padded[tuple(slice(-low, high or None) for low, high in negative)]


@operator("Shape")
def shape_(context, x):
    return np.array(x.shape, np.int64)[context.get("start", 0) : context.get("end", None)]


@operator("Size")
def size_(_, x):
    return np.array(x.size, np.int64)


@operator("Expand")
def expand(_, x, shape):
    return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(int(dim) for dim in shape)))


@operator("Tile")
def tile(_, x, repeats):
    return np.tile(x, repeats)


@operator("Range")
def range_(_, start, limit, delta):
    return np.arange(start, limit, delta)
