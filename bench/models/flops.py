"""Arithmetic of a model, counted from its file: two per multiply-add of Conv, Gemm and MatMul."""

import numpy as np

from onnx_builder import read_model

# Their result has the shape of their operands, broadcast.
ELEMENTWISE = {"Add", "Cast", "Div", "Erf", "Identity", "Mul", "Relu", "Softmax", "Sub"}
# Theirs has the shape of the first; the others are per channel or scalars.
LIKE_FIRST = {
    "BatchNormalization", "LayerNormalization", "Clip", "QuantizeLinear", "DequantizeLinear",
}  # fmt: skip


def _conv_shape(x, weight, node):
    stride = node.attributes.get("strides", [1, 1])
    pads = node.attributes.get("pads", [0, 0, 0, 0])
    dilation = node.attributes.get("dilations", [1, 1])
    spatial = [
        (x[2 + i] + pads[i] + pads[i + 2] - dilation[i] * (weight[2 + i] - 1) - 1) // stride[i] + 1
        for i in range(2)
    ]
    return [x[0], weight[0], *spatial]


def _reshaped(x, target):
    shape = [x[i] if size == 0 else int(size) for i, size in enumerate(target)]
    if -1 in shape:
        shape[shape.index(-1)] = int(np.prod(x)) // -int(np.prod(shape))
    return shape


def _with_axes(x, axes):
    shape = list(x)
    for axis in sorted(int(axis) for axis in axes):
        shape.insert(axis, 1)
    return shape


def _operation(node, shapes, values):
    """(shape of the result, multiply-adds) of one node."""
    x = shapes[node.inputs[0]]
    second = shapes[node.inputs[1]] if len(node.inputs) > 1 else None
    match node.op_type:
        case "Conv":
            shape = _conv_shape(x, second, node)
            return shape, int(np.prod(shape)) * int(np.prod(second[1:]))
        case "MaxPool":
            return _conv_shape(x, [x[1], x[1], *node.attributes["kernel_shape"]], node), 0
        case "GlobalAveragePool":
            return [*x[:2], 1, 1], 0
        case "Flatten":
            return [x[0], int(np.prod(x[1:]))], 0
        case "Gemm":
            columns, depth = second if node.attributes.get("transB") else second[::-1]
            return [x[0], columns], x[0] * columns * depth
        case "MatMul":
            batch = list(np.broadcast_shapes(tuple(x[:-2]), tuple(second[:-2])))
            shape = [*batch, x[-2], second[-1]]
            return shape, int(np.prod(shape)) * x[-1]
        case "Gather":
            axis = node.attributes.get("axis", 0)
            return [*x[:axis], *second, *x[axis + 1 :]], 0
        case "Reshape":
            return _reshaped(x, values[node.inputs[1]]), 0
        case "Transpose":
            return [x[axis] for axis in node.attributes["perm"]], 0
        case "Unsqueeze":
            return _with_axes(x, values[node.inputs[1]]), 0
        case "Expand":
            return list(np.broadcast_shapes(tuple(x), tuple(values[node.inputs[1]]))), 0
        case "Concat":
            axis = node.attributes["axis"]
            return [*x[:axis], sum(shapes[i][axis] for i in node.inputs), *x[axis + 1 :]], 0
    if node.op_type in LIKE_FIRST:
        return list(x), 0
    if node.op_type not in ELEMENTWISE:
        raise ValueError(f"the shape rule of {node.op_type} is not known here")
    return list(np.broadcast_shapes(*(tuple(shapes[name]) for name in node.inputs[:2]))), 0


def layer_flops(path):
    """{node name: operations} of the arithmetic nodes."""
    model = read_model(path)
    shapes = {value.name: value.shape for value in model.inputs}
    shapes |= {name: array.shape for name, array in model.initializers.items()}
    counts = {}
    for node in model.nodes:
        shape, products = _operation(node, shapes, model.initializers)
        if products:
            counts[node.name] = 2 * products
        shapes[node.outputs[0]] = shape
    return counts


def flops(path):
    return sum(layer_flops(path).values())
