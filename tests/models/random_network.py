"""Random graphs: a dozen layers that branch, join and end in one or two outputs."""


def build(net):
    channels = net.pick(3, 8, 16)
    size = net.between(9, 18)
    values = [(net.feed((net.between(1, 2), channels, size, size)), channels, size)]
    for _ in range(net.between(6, 14)):
        # Late values more often, so that the graph grows deep as well as wide.
        x = values[max(net.between(0, len(values) - 1), net.between(0, len(values) - 1))]
        values.append(net.pick(*LAYERS)(net, values, *x))
    last = values[-1]
    net.output(last[0])
    other = net.pick(*values[1:])
    if other is not last:
        net.output(net.node("Tanh", [other[0]]))


def _conv(net, values, x, channels, size):
    kernel, stride = net.pick(1, 3, 3, 5), net.pick(1, 1, 1, 2) if size > 6 else 1
    out = net.pick(4, 8, 12, 16, 32)
    pad = kernel // 2
    y = net.conv(x, channels, out, kernel, net.pick(True, False), pads=[pad] * 4,
                 strides=[stride, stride])  # fmt: skip
    return y, out, (size + 2 * pad - kernel) // stride + 1


def _depthwise(net, values, x, channels, size):
    return net.conv(x, channels, channels, 3, group=channels, pads=[1] * 4), channels, size


def _norm(net, values, x, channels, size):
    return net.batch_norm(x, channels), channels, size


def _activation(net, values, x, channels, size):
    op_type = net.pick("Relu", "Sigmoid", "LeakyRelu", "Tanh", "HardSigmoid")
    return net.node(op_type, [x]), channels, size


def _clip(net, values, x, channels, size):
    return net.clip(x, net.pick(0, -1), net.pick(1, 6)), channels, size


def _add(net, values, x, channels, size):
    """Any earlier value of the same size; one of other width goes through a convolution."""
    y, other, _ = net.pick(*(value for value in values if value[2] == size))
    if other != channels:
        y = net.conv(y, other, channels, 1)
    op_type = "Add" if x == y else net.pick("Add", "Add", "Sub", "Max")
    return net.node(op_type, net.pick([x, y], [y, x])), channels, size


def _concat(net, values, x, channels, size):
    y, other, _ = net.pick(*(value for value in values if value[2] == size))
    if other + channels > 64:
        return _norm(net, values, x, channels, size)
    return net.node("Concat", [x, y], axis=1), channels + other, size


def _pool(net, values, x, channels, size):
    if size < 6:
        return _activation(net, values, x, channels, size)
    y = net.node(net.pick("MaxPool", "AveragePool"), [x], kernel_shape=[3, 3], strides=[2, 2],
                 pads=[1] * 4)  # fmt: skip
    return y, channels, (size - 1) // 2 + 1


def _gate(net, values, x, channels, size):
    gate = net.conv(net.node("GlobalAveragePool", [x]), channels, channels, 1)
    return net.node("Mul", [x, net.node("Sigmoid", [gate])]), channels, size


def _slice(net, values, x, channels, size):
    if channels < 4:
        return _norm(net, values, x, channels, size)
    keep = channels // 2 + 1
    return net.slice(x, [channels - keep], [channels], [1]), keep, size


LAYERS = [_conv, _conv, _conv, _depthwise, _norm, _activation, _activation, _clip, _add, _add,
          _concat, _pool, _gate, _slice]  # fmt: skip
