"""MobileNetV2 1.0: inverted residuals; ReLU6 is written as Clip with SCALAR bounds.

(With one-element tensors as bounds the rival does not fuse the Clip and runs twice as long, which
would make every comparison worthless.)
"""

import numpy as np

from .blocks import NetBuilder

# (expansion, output channels, blocks, stride of the first block)
STAGES = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
    (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
]  # fmt: skip


class _MobileNet(NetBuilder):
    def __init__(self, seed):
        super().__init__("mobilenet_v2", seed)
        self.low = self.constant(np.float32(0.0), "clip.low")
        self.high = self.constant(np.float32(6.0), "clip.high")

    def relu6(self, x):
        return self.node("Clip", [x, self.low, self.high])

    def inverted_residual(self, x, channels, out, stride, expansion):
        hidden = channels * expansion
        y = x
        if expansion != 1:
            y = self.relu6(self.conv_bn(y, channels, hidden, 1))
        y = self.relu6(self.conv_bn(y, hidden, hidden, 3, stride, groups=hidden))
        residual = stride == 1 and channels == out
        y = self.conv_bn(y, hidden, out, 1, gain=1.0, gamma=(0.3, 0.6) if residual else (0.8, 1.2))
        return self.node("Add", [x, y]) if residual else y


def build(batch=1, size=224, seed=2):
    net = _MobileNet(seed)
    x = net.input("input", [batch, 3, size, size])
    x = net.relu6(net.conv_bn(x, 3, 32, 3, 2))
    channels = 32
    for expansion, out, blocks, first_stride in STAGES:
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            x = net.inverted_residual(x, channels, out, stride, expansion)
            channels = out
    x = net.relu6(net.conv_bn(x, channels, 1280, 1))
    net.output(net.classifier(x, 1280), [batch, 1000])
    return net
