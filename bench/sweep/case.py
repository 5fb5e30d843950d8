"""One model of the sweep: a name, a class, and how to write it and what it is fed."""

import math
from dataclasses import dataclass

import numpy as np

from models.blocks import NetBuilder


@dataclass(frozen=True)
class Conv:
    """A Conv or, `transposed`, a ConvTranspose. Kernel, stride, dilation and pads have one number
    for each dimension of `image`; the filter is a constant unless `fed`."""

    kind: str
    channels: int
    outputs: int
    image: tuple
    kernel: tuple
    stride: tuple
    dilation: tuple
    pads: tuple
    groups: int = 1
    batch: int = 1
    transposed: bool = False
    fed: bool = False
    activation: str = ""

    @property
    def name(self):
        by = lambda values: "x".join(map(str, values))
        parts = [
            "convt" if self.transposed else "conv", f"b{self.batch}",
            f"{self.channels}-{self.outputs}", by(self.image), f"k{by(self.kernel)}",
            f"s{by(self.stride)}",
        ]  # fmt: skip
        if set(self.dilation) != {1}:
            parts.append(f"d{by(self.dilation)}")
        if any(self.pads):
            parts.append(f"p{by(self.pads)}")
        if self.groups > 1:
            parts.append(f"g{self.groups}")
        if self.fed:
            parts.append("fed")
        if self.activation:
            parts.append(self.activation.lower())
        return "_".join(parts)

    def filter_shape(self):
        if self.transposed:
            return (self.channels, self.outputs // self.groups, *self.kernel)
        return (self.outputs, self.channels // self.groups, *self.kernel)

    def inputs(self):
        shapes = [(self.batch, self.channels, *self.image)]
        return shapes + [self.filter_shape()] if self.fed else shapes

    def build(self):
        g = NetBuilder("convolution", seed=3, opset=17)
        x = g.input("x", list(self.inputs()[0]))
        deviation = np.float32(1 / math.sqrt(math.prod(self.filter_shape()[1:])))
        if self.fed:
            weights = g.input("w", list(self.filter_shape()))
        else:
            weights = g.constant(g.rng.standard_normal(self.filter_shape(), np.float32) * deviation)
        bias = g.constant(g.rng.uniform(-1, 1, self.outputs).astype(np.float32))
        y = g.node(
            "ConvTranspose" if self.transposed else "Conv", [x, weights, bias],
            kernel_shape=list(self.kernel), strides=list(self.stride), group=self.groups,
            dilations=list(self.dilation), pads=[*self.pads, *self.pads],
        )  # fmt: skip
        g.output(g.node(self.activation, [y]) if self.activation else y)
        return g

    def operations(self):
        """Multiply-adds times two; taps on padding count."""
        taps = math.prod(self.kernel) * (self.channels // self.groups)
        if self.transposed:
            return 2 * self.batch * self.outputs * math.prod(self.image) * taps
        places = 1
        for size, k, s, d, p in zip(self.image, self.kernel, self.stride, self.dilation, self.pads):
            places *= (size + 2 * p - (k - 1) * d - 1) // s + 1
        return 2 * self.batch * self.outputs * places * taps


@dataclass(frozen=True)
class Product:
    """MatMul of [*batch, m, k] and [*batch, k, n] ([k, n] when `shared`), or Gemm with a bias when
    `transposed`, whose second operand is stored [n, k]. It is a constant unless `fed`."""

    kind: str
    m: int
    k: int
    n: int
    batch: tuple = ()
    shared: bool = False
    transposed: bool = False
    fed: bool = False

    @property
    def name(self):
        parts = ["gemm" if self.transposed else "matmul", f"{self.m}x{self.k}x{self.n}"]
        if self.batch:
            parts.append("b" + "x".join(map(str, self.batch)))
        if self.shared:
            parts.append("shared")
        if self.fed:
            parts.append("fed")
        return "_".join(parts)

    def inputs(self):
        shapes = [(*self.batch, self.m, self.k)]
        return shapes + [self.second()] if self.fed else shapes

    def second(self):
        if self.transposed:
            return (self.n, self.k)
        return (self.k, self.n) if self.shared else (*self.batch, self.k, self.n)

    def build(self):
        g = NetBuilder("product", seed=5, opset=17)
        a = g.input("a", list(self.inputs()[0]))
        deviation = np.float32(1 / math.sqrt(self.k))
        if self.fed:
            b = g.input("b", list(self.second()))
        else:
            b = g.constant(g.rng.standard_normal(self.second(), np.float32) * deviation)
        if self.transposed:
            bias = g.constant(g.rng.uniform(-1, 1, self.n).astype(np.float32))
            g.output(g.node("Gemm", [a, b, bias], transB=1))
        else:
            g.output(g.node("MatMul", [a, b]))
        return g

    def operations(self):
        return 2 * math.prod(self.batch) * self.m * self.k * self.n


def feeds(case, seed=7):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape, np.float32) for shape in case.inputs()]
