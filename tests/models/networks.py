"""Small networks by subject. Each function builds one into a Net; the seed varies the shapes."""

import numpy as np

NETWORKS = {}


def network(function):
    NETWORKS[function.__name__] = function
    return function


def image(net, channels=None, low=6, high=19, batch=None):
    """(name, channels) of an input [N, C, H, W] of awkward sizes."""
    channels = channels or net.pick(1, 3, 5, 8, 16, 17, 32)
    shape = (batch or net.between(1, 3), channels, net.between(low, high), net.between(low, high))
    return net.feed(shape), channels


# --- convolution -------------------------------------------------------------------------------


@network
def conv_any_window(net):
    x, channels = image(net)
    kernel = [net.between(1, 4), net.between(1, 4)]
    pads = [net.between(0, size - 1) for size in kernel * 2]
    strides = [net.between(1, 3), net.between(1, 3)]
    net.output(net.conv(x, channels, net.pick(1, 7, 16, 33), kernel, net.pick(True, False),
                        pads=pads, strides=strides))  # fmt: skip


@network
def conv_3x3(net):
    """The size with the most kernels to choose from; spatial sizes that no tile divides."""
    x, channels = image(net, net.pick(8, 16, 32, 40, 64), 5, 30)
    net.output(net.conv(x, channels, net.pick(8, 16, 24, 48, 64), 3, pads=[1, 1, 1, 1],
                        strides=net.pick([1, 1], [1, 1], [2, 2])))  # fmt: skip


@network
def conv_1x1(net):
    x, channels = image(net, net.pick(3, 16, 40, 96), 4, 17)
    stride = net.pick(1, 1, 2)
    y = net.conv(x, channels, net.pick(10, 16, 64, 100), 1, strides=[stride, stride])
    net.output(net.node("Relu", [y]))


@network
def conv_stem(net):
    x, _ = image(net, 3, 20, 45)
    y = net.batch_norm(net.conv(x, 3, 24, 7, False, strides=[2, 2], pads=[3, 3, 3, 3]), 24)
    y = net.node("Relu", [y])
    net.output(net.node("MaxPool", [y], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))


@network
def conv_grouped(net):
    group = net.pick(2, 3, 4, 8)
    channels = group * net.pick(1, 2, 5, 8, 16)
    x, _ = image(net, channels)
    net.output(net.conv(x, channels, group * net.pick(1, 3, 8), 3, group=group, pads=[1, 0, 1, 2],
                        strides=[net.between(1, 2)] * 2))  # fmt: skip


@network
def conv_depthwise(net):
    x, channels = image(net, net.pick(1, 3, 8, 16, 19, 48))
    kernel, stride = net.pick(3, 3, 5, 2), net.between(1, 2)
    pad = kernel // 2
    y = net.conv(x, channels, channels, kernel, group=channels, strides=[stride, stride],
                 pads=[pad, pad, pad, pad])  # fmt: skip
    net.output(net.clip(y, 0, 6))


@network
def conv_depthwise_multiplier(net):
    x, channels = image(net, net.pick(2, 4, 9))
    net.output(net.conv(x, channels, channels * net.pick(2, 3), 3, group=channels,
                        pads=[1, 1, 1, 1]))  # fmt: skip


@network
def conv_dilated(net):
    x, channels = image(net, None, 12, 20)
    dilation = [net.between(1, 3), net.between(2, 3)]
    group = channels if net.pick(True, False) else 1
    net.output(net.conv(x, channels, channels if group > 1 else 12, 3, group=group,
                        dilations=dilation, pads=[2, 1, 0, 3]))  # fmt: skip


@network
def conv_auto_pad(net):
    x, channels = image(net)
    kernel = [net.between(1, 5), net.between(2, 4)]
    net.output(net.conv(x, channels, 10, kernel, strides=[net.between(1, 3), net.between(1, 2)],
                        auto_pad=net.pick("SAME_UPPER", "SAME_LOWER", "VALID")))  # fmt: skip


@network
def conv_window_larger_than_image(net):
    x = net.feed((2, 6, 3, 4))
    net.output(net.conv(x, 6, 9, [5, 7], pads=[2, 3, 2, 3]))


# --- fusion ------------------------------------------------------------------------------------

ACTIVATIONS = {
    "Relu": {}, "LeakyRelu": {"alpha": 0.2}, "Sigmoid": {}, "HardSigmoid": {"alpha": 0.3},
    "Tanh": {}, "Elu": {"alpha": 0.7}, "Softplus": {}, "HardSwish": {},
}  # fmt: skip


@network
def conv_norm_activation_chain(net):
    """Every activation once, each after its own convolution and normalisation."""
    net.opset = 14
    x, channels = image(net, 8)
    for activation, attributes in ACTIVATIONS.items():
        y = net.batch_norm(net.conv(x, channels, 8, 3, net.pick(True, False), pads=[1] * 4), 8)
        x = net.node(activation, [y], **attributes)
    net.output(x)


@network
def swish_and_hard_swish_written_out(net):
    x, channels = image(net, 16)
    y = net.conv(x, channels, 16, 1)
    y = net.node("Mul", [y, net.node("Sigmoid", [y])])
    y = net.conv(y, 16, 16, 3, pads=[1] * 4)
    shifted = net.clip(net.node("Add", [y, net.scalar(3.0)]), 0, 6)
    y = net.node("Div", [net.node("Mul", [y, shifted]), net.scalar(6.0)])
    slope = net.uniform((16, 1, 1), -0.5, 0.5)
    net.output(net.node("PRelu", [net.conv(y, 16, 16, 1), slope]))


@network
def residual_block(net):
    x, channels = image(net, 16)
    y = net.node("Relu", [net.batch_norm(net.conv(x, 16, 16, 3, False, pads=[1] * 4), 16)])
    y = net.batch_norm(net.conv(y, 16, 16, 3, False, pads=[1] * 4), 16)
    y = net.node("Relu", [net.node("Add", net.pick([x, y], [y, x]))])
    stride = [2, 2]
    left = net.batch_norm(net.conv(y, 16, 32, 3, False, pads=[1] * 4, strides=stride), 32)
    right = net.batch_norm(net.conv(y, 16, 32, 1, False, strides=stride), 32)
    net.output(net.node("Relu", [net.node("Add", [left, right])]))


@network
def fusion_must_not_happen(net):
    """Values that are used twice or are outputs themselves cannot vanish into their neighbour."""
    x, channels = image(net, 8)
    a = net.conv(x, 8, 8, 3, pads=[1] * 4)
    b = net.batch_norm(a, 8)
    c = net.node("Relu", [b])
    d = net.node("Add", [a, c])
    e = net.node("Add", [d, d])
    f = net.node("Add", [e, net.uniform((8, 1, 1), -1, 1)])
    for value in (a, c, e, net.node("Sigmoid", [f])):
        net.output(value)


@network
def scale_and_shift_around_conv(net):
    """Normalisation written as Mul and Add, before and after; padding as a node of its own."""
    x, channels = image(net, 12)
    factor, shift = net.uniform((1, 12, 1, 1), 0.5, 2), net.uniform((1, 12, 1, 1), -1, 1)
    y = net.node("Add", [net.node("Mul", [x, factor]), shift])
    y = net.conv(net.pad(y, [0, 0, 1, 2, 0, 0, 2, 1]), 12, 20, 3, False)
    y = net.node("Mul", [y, net.uniform((20, 1, 1), 0.5, 2)])
    y = net.node("Add", [y, net.uniform((20, 1, 1), -1, 1)])
    net.output(net.node("Sub", [y, net.scalar(0.25)]))


@network
def inverted_residual_with_gate(net):
    x, channels = image(net, 16, 7, 15)
    y = net.clip(net.batch_norm(net.conv(x, 16, 72, 1, False), 72), 0, 6)
    y = net.conv(y, 72, 72, 3, False, group=72, pads=[1] * 4)
    y = net.clip(net.batch_norm(y, 72), 0, 6)
    gate = net.node("GlobalAveragePool", [y])
    gate = net.node("Relu", [net.conv(gate, 72, 18, 1)])
    gate = net.node("HardSigmoid", [net.conv(gate, 18, 72, 1)], alpha=1 / 6, beta=0.5)
    y = net.batch_norm(net.conv(net.node("Mul", [y, gate]), 72, 16, 1, False), 16)
    net.output(net.node("Add", [x, y]))


# --- pools, norms, joins -----------------------------------------------------------------------


@network
def pools(net):
    x, channels = image(net, None, 9, 20)
    kernel = [net.between(2, 4), net.between(1, 3)]
    common = {"kernel_shape": kernel, "strides": [net.between(1, 3), net.between(1, 3)],
              "pads": [1, 0, 1, 0], "ceil_mode": net.pick(0, 1)}  # fmt: skip
    net.output(net.node("MaxPool", [x], **common))
    net.output(net.node("AveragePool", [x], count_include_pad=net.pick(0, 1), **common))
    net.output(net.node("GlobalAveragePool", [x]))
    net.output(net.node("MaxPool", [x], kernel_shape=[2, 3], auto_pad="SAME_UPPER",
                        strides=[2, 2]))  # fmt: skip


@network
def lrn_between_convs(net):
    x, channels = image(net, net.pick(3, 5, 16, 20))
    y = net.node("Relu", [net.conv(x, channels, channels, 3)])
    y = net.node("LRN", [y], size=net.pick(1, 3, 5), alpha=1e-2, beta=0.75, bias=net.pick(1.0, 2.0))
    net.output(net.conv(y, channels, 8, 1))


@network
def inception(net):
    """Branches of awkward channel counts, joined twice."""
    x, channels = image(net, 16)
    for widths in ((5, 11, 8), (16, 3, 7)):
        a = net.node("Relu", [net.conv(x, channels, widths[0], 1)])
        b = net.node("Relu", [net.conv(x, channels, widths[1], 3, pads=[1] * 4)])
        c = net.node("MaxPool", [x], kernel_shape=[3, 3], pads=[1] * 4, strides=[1, 1])
        c = net.conv(c, channels, widths[2], 1)
        x, channels = net.node("Concat", [a, b, c, x], axis=1), sum(widths) + channels
    net.output(x)


@network
def concat_and_split_every_axis(net):
    x = net.feed((2, 6, 4, 10))
    y = net.feed((2, 6, 4, 10), "y")
    axis = net.pick(0, 1, 2, 3, -1)
    joined = net.node("Concat", [x, y, x], axis=axis)
    whole = 3 * [2, 6, 4, 10][axis]
    cut = net.between(1, whole - 2)
    sizes = net.integers([cut, 1, whole - cut - 1])
    parts = net.node("Split", [joined, sizes], outputs=3, axis=axis)
    net.output(net.node("Neg", [parts[0]]))
    net.output(net.node("Relu", [parts[2]]))
    net.output(net.node("Concat", [parts[1], joined], axis=axis))


@network
def pads_of_every_mode(net):
    x, channels = image(net, 4)
    net.output(net.pad(x, [0, 1, 2, 0, 1, 0, 1, 3], value=-1.5))
    net.output(net.pad(x, [0, 0, 2, 3, 0, 0, 1, 4], "reflect"))
    net.output(net.pad(x, [0, 0, 2, 3, 0, 0, 1, 4], "edge"))
    # Only zeros may move into the convolution.
    net.output(net.conv(net.pad(x, [0, 0, 1, 1, 0, 0, 1, 1], value=2.0), 4, 6, 3))


# --- products ----------------------------------------------------------------------------------


@network
def gemm_forms(net):
    m, k, n = net.between(1, 9), net.between(1, 40), net.between(1, 70)
    transposed_a, transposed_b = net.pick(0, 1), net.pick(0, 1)
    x = net.feed((k, m) if transposed_a else (m, k))
    weight = net.weights((n, k) if transposed_b else (k, n), k)
    c = net.weights(net.pick((n,), (1, n), (m, 1), (m, n), ()))
    y = net.node("Gemm", [x, weight, c], transA=transposed_a, transB=transposed_b,
                 alpha=net.pick(1.0, 0.5), beta=net.pick(1.0, 2.0))  # fmt: skip
    net.output(net.node("Relu", [y]))
    net.output(net.node("Gemm", [x, weight], transA=transposed_a, transB=transposed_b))


@network
def matmul_forms(net):
    k, n = net.between(2, 40), net.between(1, 40)
    x = net.feed((2, 3, 5, k))
    y = net.node("MatMul", [x, net.weights((k, n), k)])
    net.output(net.node("Add", [y, net.weights((n,))]))
    z = net.feed((3, k, 4), "z")
    net.output(net.node("MatMul", [x, z]))
    net.output(net.node("MatMul", [net.weights((k,)), z]))


@network
def perceptron(net):
    """Flatten -> Gemm -> BatchNorm on rank 2 -> Softmax."""
    x, channels = image(net, 3, 5, 5)
    y = net.node("Flatten", [x])
    y = net.node("Relu", [net.node("Gemm", [y, net.weights((75, 31), 75), net.weights((31,))])])
    y = net.batch_norm(y, 31)
    y = net.node("Gemm", [y, net.weights((10, 31), 31), net.weights((10,))], transB=1)
    net.output(net.node("Softmax", [y], axis=1))
    net.output(net.node("ArgMax", [y], axis=1, keepdims=net.pick(0, 1)), dtype=np.int64)
