"""Arithmetic of a model, counted from its file: two per multiply-add of Conv, Gemm and MatMul."""

import numpy as np

from onnx_builder import read_model


def _conv_shape(x, weight, node):
    stride = node.attributes.get("strides", [1, 1])
    pads = node.attributes.get("pads", [0, 0, 0, 0])
    dilation = node.attributes.get("dilations", [1, 1])
    spatial = [
        (x[2 + i] + pads[i] + pads[i + 2] - dilation[i] * (weight[2 + i] - 1) - 1) // stride[i] + 1
        for i in range(2)
    ]
    return [x[0], weight[0], *spatial]


def layer_flops(path):
    """{node name: operations} of the arithmetic nodes; shapes of other nodes pass through."""
    model = read_model(path)
    shapes = {value.name: value.shape for value in model.inputs}
    counts = {}
    for node in model.nodes:
        x = shapes[node.inputs[0]]
        if node.op_type == "Conv":
            weight = model.initializers[node.inputs[1]].shape
            x = _conv_shape(x, weight, node)
            counts[node.name] = 2 * int(np.prod(x)) * int(np.prod(weight[1:]))
        elif node.op_type == "MaxPool":
            kernel = node.attributes["kernel_shape"]
            x = _conv_shape(x, [x[1], x[1], *kernel], node)
        elif node.op_type == "GlobalAveragePool":
            x = [*x[:2], 1, 1]
        elif node.op_type == "Flatten":
            x = [x[0], int(np.prod(x[1:]))]
        elif node.op_type == "Gemm":
            weight = model.initializers[node.inputs[1]].shape
            outputs, inputs = weight if node.attributes.get("transB") else weight[::-1]
            x = [x[0], outputs]
            counts[node.name] = 2 * x[0] * outputs * inputs
        elif node.op_type not in ("BatchNormalization", "Relu", "Clip", "Add"):
            raise ValueError(f"{path}: the shape rule of {node.op_type} is not known here")
        shapes[node.outputs[0]] = x
    return counts


def flops(path):
    return sum(layer_flops(path).values())
