"""A float network as exporters write it in eight bits: QuantizeLinear and DequantizeLinear around
every convolution, product, sum and pool; int8 weights per channel, uint8 activations.

The ranges are not calibrated but set from how the generated networks keep their activations (see
blocks.py): enough for two engines that are compared with each other on the same file.
"""

import numpy as np

from onnx_builder import GraphBuilder

LARGEST = 6.0  # of an activation
KEEP_RANGE = ("MaxPool", "GlobalAveragePool", "Flatten", "Reshape")
QUANTISED = ("Add", *KEEP_RANGE)


class _Quantiser:
    def __init__(self, model):
        self.model = model
        self.net = GraphBuilder(f"{model.name}_int8", opset=13)
        self.values = {}  # of the float model -> of this one, not yet quantised
        self.bytes = {}  # of the float model -> (dequantised value, scale)
        self.ranges = {}  # of the float model -> (scale, zero point)
        self.readers = {}
        for node in model.nodes:
            for name in node.inputs:
                self.readers.setdefault(name, []).append(node)

    def dequantised(self, array, scale, axis=None):
        attributes = {} if axis is None else {"axis": axis}
        zero = np.zeros(np.shape(scale), array.dtype)
        inputs = [self.net.constant(item) for item in (array, np.float32(scale), zero)]
        return self.net.node("DequantizeLinear", inputs, **attributes)

    def weights(self, array, axis):
        """Int8 along `axis`; (dequantised value, scale per channel)."""
        others = tuple(d for d in range(array.ndim) if d != axis)
        scale = (np.abs(array).max(axis=others) / 127).astype(np.float32)
        shape = [-1 if d == axis else 1 for d in range(array.ndim)]
        numbers = np.clip(np.rint(array / scale.reshape(shape)), -127, 127).astype(np.int8)
        return self.dequantised(numbers, scale, axis), scale

    def bias(self, array, scale):
        return self.dequantised(np.rint(array / scale).astype(np.int32), scale, 0)

    def activation(self, name):
        """(The value, quantised and dequantised; its scale)."""
        if name not in self.bytes:
            scale, zero = self.ranges.get(name, (np.float32(2 * LARGEST / 255), 128))
            operands = [self.net.constant(scale), self.net.constant(np.uint8(zero))]
            x = self.net.node("QuantizeLinear", [self.values[name], *operands])
            self.bytes[name] = self.net.node("DequantizeLinear", [x, *operands]), scale
        return self.bytes[name]

    def product(self, node, weights, bias, axis):
        x, x_scale = self.activation(node.inputs[0])
        w, w_scale = self.weights(weights, axis)
        inputs = [x, w, self.bias(bias, x_scale * w_scale)]
        return self.net.node(node.op_type, inputs, name=node.name, **node.attributes)

    def convolution(self, node):
        """With the BatchNormalization behind it, whose output the result then is."""
        weights = self.model.initializers[node.inputs[1]]
        (norm,) = self.readers[node.outputs[0]]
        assert norm.op_type == "BatchNormalization", norm.op_type
        gamma, beta, mean, variance = (self.model.initializers[name] for name in norm.inputs[1:])
        factor = gamma / np.sqrt(variance + norm.attributes["epsilon"])
        weights = weights * factor.reshape(-1, 1, 1, 1)
        self.values[norm.outputs[0]] = self.product(node, weights, beta - mean * factor, 0)

    def other(self, node):
        name = node.outputs[0]
        if node.op_type in QUANTISED:
            inputs = [self.activation(node.inputs[0])[0], *(
                self.activation(x)[0] if node.op_type == "Add" else self.constant(x)
                for x in node.inputs[1:]
            )]  # fmt: skip
        else:
            inputs = [self.values.get(x) or self.constant(x) for x in node.inputs]
        self.values[name] = self.net.node(node.op_type, inputs, name=node.name, **node.attributes)
        if node.op_type in KEEP_RANGE and node.inputs[0] in self.ranges:
            self.ranges[name] = self.ranges[node.inputs[0]]
        elif node.op_type in ("Relu", "Clip"):
            self.ranges[name] = np.float32(LARGEST / 255), 0

    def constant(self, name):
        if name not in self.values:
            self.values[name] = self.net.constant(self.model.initializers[name])
        return self.values[name]

    def run(self):
        for value in self.model.inputs:
            self.values[value.name] = self.net.input(value.name, value.shape, value.dtype)
        for node in self.model.nodes:
            if node.op_type == "Conv":
                self.convolution(node)
            elif node.op_type == "Gemm":
                weights, bias = (self.model.initializers[name] for name in node.inputs[1:])
                self.values[node.outputs[0]] = self.product(node, weights, bias, 0)
            elif node.op_type != "BatchNormalization":
                self.other(node)
        for value in self.model.outputs:
            self.net.output(self.activation(value.name)[0], value.shape)
        return self.net


def quantise(model):
    """A builder of the quantised form of a parsed convolutional network."""
    return _Quantiser(model).run()
