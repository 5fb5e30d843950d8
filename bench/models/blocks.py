"""Building blocks shared by the generated networks: convolution, normalisation, classifier.

Weights are drawn so that activations keep their size from the first layer to the last (He), which
is what keeps a comparison of two engines meaningful: nothing saturates, nothing vanishes.
"""

import numpy as np

from onnx_builder import GraphBuilder


class NetBuilder(GraphBuilder):
    """A GraphBuilder with a random generator and the layers of a convolutional network."""

    def __init__(self, name, seed, opset=13):
        super().__init__(name, opset=opset)
        self.rng = np.random.default_rng(seed)
        self._layers = 0

    def conv_bn(self, x, channels_in, channels_out, kernel, stride=1, groups=1, gain=2.0,
                gamma=(0.8, 1.2)):  # fmt: skip
        """Convolution without bias followed by a separate BatchNormalization.

        `gain` 2 keeps the second moment across a following ReLU, 1 across a linear output;
        `gamma` is the range of the normalisation's scale.
        """
        self._layers += 1
        layer = f"layer{self._layers}"
        per_group = channels_in // groups
        deviation = np.sqrt(gain / (per_group * kernel * kernel))
        shape = (channels_out, per_group, kernel, kernel)
        weights = self.rng.standard_normal(shape, np.float32) * np.float32(deviation)
        pad = kernel // 2
        y = self.node(
            "Conv", [x, self.constant(weights, f"{layer}.weight")], name=f"{layer}.conv",
            dilations=[1, 1], group=groups, kernel_shape=[kernel, kernel],
            pads=[pad, pad, pad, pad], strides=[stride, stride],
        )  # fmt: skip
        uniform = lambda low, high: self.rng.uniform(low, high, channels_out).astype(np.float32)
        statistics = [
            self.constant(uniform(*gamma), f"{layer}.gamma"),
            self.constant(uniform(-0.1, 0.1), f"{layer}.beta"),
            self.constant(uniform(-0.1, 0.1), f"{layer}.mean"),
            self.constant(uniform(0.8, 1.2), f"{layer}.variance"),
        ]
        return self.node("BatchNormalization", [y, *statistics], name=f"{layer}.bn", epsilon=1e-5)

    def classifier(self, x, features, classes=1000):
        """Global average pool, flatten, fully connected (weights stored [classes, features])."""
        x = self.node("GlobalAveragePool", [x], name="pool")
        x = self.node("Flatten", [x], name="flatten", axis=1)
        weights = self.rng.standard_normal((classes, features), np.float32)
        weights *= np.float32(np.sqrt(1.0 / features))
        bias = self.rng.uniform(-0.1, 0.1, classes).astype(np.float32)
        inputs = [x, self.constant(weights, "fc.weight"), self.constant(bias, "fc.bias")]
        return self.node("Gemm", inputs, outputs=["output"], name="fc", transB=1)
