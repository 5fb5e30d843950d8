"""Building blocks of the generated transformers, written as PyTorch's exporter writes them:
projections as MatMul and Add, GELU from Erf, attention from single operators."""

import numpy as np

from .blocks import NetBuilder

INT64 = np.int64


class TransformerBuilder(NetBuilder):
    def __init__(self, name, seed, width, heads):
        super().__init__(name, seed, opset=17)
        self.width, self.heads = width, heads

    def weights(self, shape, deviation, name):
        array = self.rng.standard_normal(shape, np.float32) * np.float32(deviation)
        return self.constant(array, name)

    def linear(self, x, channels_in, channels_out, name, gain=1.0):
        deviation = np.sqrt(gain / channels_in)
        weight = self.weights((channels_in, channels_out), deviation, f"{name}.weight")
        bias = self.constant(self.rng.uniform(-0.1, 0.1, channels_out).astype(np.float32))
        return self.node("Add", [bias, self.node("MatMul", [x, weight], name=f"{name}.matmul")])

    def layer_norm(self, x):
        scale, bias = (
            self.constant(self.rng.uniform(low, high, self.width).astype(np.float32))
            for low, high in ((0.8, 1.2), (-0.1, 0.1))
        )
        return self.node("LayerNormalization", [x, scale, bias], axis=-1, epsilon=1e-6)

    def gelu(self, x):
        erf = self.node("Erf", [self.node("Div", [x, self.constant(np.float32(np.sqrt(2)))])])
        one = self.node("Add", [erf, self.constant(np.float32(1))])
        return self.node("Mul", [self.node("Mul", [x, one]), self.constant(np.float32(0.5))])

    def feed_forward(self, x, name):
        hidden = self.gelu(self.linear(x, self.width, 4 * self.width, f"{name}.up"))
        return self.linear(hidden, 4 * self.width, self.width, f"{name}.down")

    def reshape(self, x, shape):
        return self.node("Reshape", [x, self.constant(np.array(shape, INT64))])

    def transpose(self, x, perm):
        return self.node("Transpose", [x], perm=perm)

    def attend(self, queries, keys, values, tokens, name, mask=None):
        """softmax(q k / sqrt(d) + mask) v; q and v [B, heads, tokens, d], k [B, heads, d, tokens];
        [B, tokens, width]."""
        scores = self.node("MatMul", [queries, keys], name=f"{name}.scores")
        depth = self.width // self.heads
        scores = self.node("Div", [scores, self.constant(np.float32(np.sqrt(depth)))])
        if mask is not None:
            scores = self.node("Add", [scores, mask])
        shares = self.node("Softmax", [scores], axis=-1)
        y = self.node("MatMul", [shares, values], name=f"{name}.mix")
        y = self.reshape(self.transpose(y, [0, 2, 1, 3]), [-1, tokens, self.width])
        return self.linear(y, self.width, self.width, f"{name}.output")
