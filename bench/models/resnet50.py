"""ResNet-50 v1.5: the stride of a down-sampling bottleneck sits on its 3x3 convolution."""

from .blocks import NetBuilder

# (width of the bottleneck, blocks, stride of the first block)
STAGES = [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]
EXPANSION = 4


def _bottleneck(net, x, channels, width, stride):
    out = width * EXPANSION
    shortcut = x
    if stride != 1 or channels != out:
        shortcut = net.conv_bn(x, channels, out, 1, stride, gain=1.0)
    y = net.node("Relu", [net.conv_bn(x, channels, width, 1)])
    y = net.node("Relu", [net.conv_bn(y, width, width, 3, stride)])
    # A small scale on the branch keeps the sum over sixteen blocks from growing.
    y = net.conv_bn(y, width, out, 1, gain=1.0, gamma=(0.2, 0.5))
    return net.node("Relu", [net.node("Add", [y, shortcut])]), out


def build(batch=1, size=224, seed=50):
    net = NetBuilder("resnet50", seed)
    x = net.input("input", [batch, 3, size, size])
    x = net.node("Relu", [net.conv_bn(x, 3, 64, 7, 2)])
    x = net.node("MaxPool", [x], name="stem.pool", kernel_shape=[3, 3], strides=[2, 2],
                 pads=[1, 1, 1, 1])  # fmt: skip
    channels = 64
    for width, blocks, stride in STAGES:
        for block in range(blocks):
            x, channels = _bottleneck(net, x, channels, width, stride if block == 0 else 1)
    net.output(net.classifier(x, channels), [batch, 1000])
    return net
