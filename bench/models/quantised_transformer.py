"""A float transformer in eight bits as onnxruntime.quantization's static QDQ form has it for
MatMul: QuantizeLinear and DequantizeLinear around both operands and the result of every MatMul,
products of two activations included; softmax, normalisation, GELU and sums stay float. Activations
are uint8 over the range of a calibration run, weights int8 per column. Who reads a quantised value
reads it dequantised, residual sums too.
"""

import numpy as np

from onnx_builder import GraphBuilder


class _Quantiser:
    def __init__(self, model, found):
        self.model, self.ranges = model, found
        self.net = GraphBuilder(f"{model.name}_int8", opset=17)
        self.values = {}  # of the float model -> of this one
        self.quantised = set()

    def value(self, name):
        if name not in self.values:
            self.values[name] = self.net.constant(self.model.initializers[name])
        return self.values[name]

    def activation(self, name):
        """The value, quantised and dequantised, for all who read it from now on."""
        if name not in self.quantised:
            low, high = (edge(0.0, bound) for edge, bound in zip((min, max), self.ranges[name]))
            scale = np.float32((high - low) / 255)
            zero = np.uint8(np.rint(-low / scale))
            operands = [self.net.constant(scale), self.net.constant(zero)]
            x = self.net.node("QuantizeLinear", [self.value(name), *operands])
            self.values[name] = self.net.node("DequantizeLinear", [x, *operands])
            self.quantised.add(name)
        return self.values[name]

    def weights(self, name):
        array = self.model.initializers[name]
        scale = (np.abs(array).max(axis=0) / 127).astype(np.float32)
        numbers = np.clip(np.rint(array / scale), -127, 127).astype(np.int8)
        zero = np.zeros(scale.shape, np.int8)
        inputs = [self.net.constant(item) for item in (numbers, scale, zero)]
        return self.net.node("DequantizeLinear", inputs, axis=1)

    def product(self, node):
        inputs = [
            self.weights(name) if name in self.model.initializers else self.activation(name)
            for name in node.inputs
        ]
        self.values[node.outputs[0]] = self.net.node("MatMul", inputs, name=node.name)
        self.activation(node.outputs[0])

    def run(self):
        products = [node for node in self.model.nodes if node.op_type == "MatMul"]
        operands = {name for node in products for name in node.inputs}
        for value in self.model.inputs:
            self.values[value.name] = self.net.input(value.name, value.shape, value.dtype)
        for node in self.model.nodes:
            if node.op_type == "MatMul":
                self.product(node)
                continue
            inputs = [self.value(name) for name in node.inputs]
            (output,) = node.outputs
            self.values[output] = self.net.node(
                node.op_type, inputs, name=node.name, **node.attributes
            )
            if output in operands:
                self.activation(output)
        for value in self.model.outputs:
            self.net.output(self.values[value.name], value.shape)
        return self.net


def quantise(model, found):
    """A builder of the quantised form of a parsed transformer whose float values have the ranges
    `found` (calibrate.py)."""
    return _Quantiser(model, found).run()
