"""Small networks about shapes, data movement, broadcasting and operator set versions."""

import numpy as np
from networks import image, network


@network
def shape_arithmetic(net):
    """What exporters write for x.view(x.size(0), -1)."""
    x, channels = image(net, 6)
    y = net.node("GlobalAveragePool", [net.conv(x, 6, 14, 3)])
    size = net.node("Gather", [net.node("Shape", [y]), net.constant(np.array(0, np.int64))], axis=0)
    size = net.with_axes("Unsqueeze", size, [0])
    shape = net.node("Concat", [size, net.integers([-1])], axis=0)
    y = net.node("Reshape", [y, shape])
    net.output(net.node("Gemm", [y, net.weights((14, 5), 14), net.weights((5,))]))


@network
def channel_shuffle(net):
    groups = net.pick(2, 3, 4)
    channels = groups * 8
    x, _ = image(net, channels, batch=2)
    n, c, h, w = net.feeds["x"].shape
    y = net.conv(x, channels, channels, 1, group=groups)
    y = net.node("Reshape", [y, net.integers([n, groups, c // groups, h, w])])
    y = net.node("Transpose", [y], perm=[0, 2, 1, 3, 4])
    y = net.node("Reshape", [y, net.integers([0, -1, h, w])])
    net.output(net.conv(y, channels, 8, 3, group=groups if 8 % groups == 0 else 1))


@network
def slices(net):
    x, channels = image(net, 9, 8, 12)
    y = net.conv(x, 9, 18, 1)
    net.output(net.slice(y, [3], [15], [1]))
    net.output(net.slice(y, [1, -3], [2**31, -1], [2, 3]))
    net.output(net.slice(y, [0, -1], [2**62, -(2**62)], [1, 3], [3, -2]))
    focus = [net.slice(x, [i, j], [8, 8], [2, 3], [2, 2]) for i in (0, 1) for j in (0, 1)]
    net.output(net.conv(net.node("Concat", focus, axis=1), 36, 8, 3))


@network
def transposes(net):
    x = net.feed((2, 3, 5, 4))
    for perm in ([0, 2, 3, 1], [3, 2, 1, 0], [0, 1, 3, 2], [1, 0, 2, 3]):
        net.output(net.node("Transpose", [x], perm=perm))
    # Channels last and back, around arithmetic that only makes sense there.
    y = net.node("Transpose", [net.conv(x, 3, 16, 3)], perm=[0, 2, 3, 1])
    y = net.node("Add", [y, net.weights((16,))])
    y = net.node("Softmax", [y], axis=-1)
    net.output(net.node("Transpose", [y], perm=[0, 3, 1, 2]))


@network
def squeezes(net):
    x = net.feed((1, 6, 1, 4))
    y = net.with_axes("Squeeze", net.node("Relu", [x]), [0, 2])
    z = net.with_axes("Unsqueeze", y, [0, 3])
    net.output(y)
    net.output(net.node("Sigmoid", [z]))
    net.output(net.node("Flatten", [x], axis=net.pick(0, 1, 2, 3, -1)))
    net.output(net.node("Identity", [x]))


@network
def broadcasting(net):
    shape = (2, net.pick(5, 16, 24), 4, net.pick(1, 7))
    x = net.feed(shape)
    y = net.conv(x, shape[1], shape[1], 1)
    others = [(), (1,), shape[3:], (shape[1], 1, 1), (1, shape[1], 1, 1), (shape[2], 1),
              (shape[0], 1, 1, 1), shape, (3, *shape)]  # fmt: skip
    for other in others:
        operands = [y, net.uniform(other, 0.5, 2.0)]
        if net.pick(True, False):
            operands.reverse()
            y_result = net.node(net.pick("Add", "Sub", "Mul"), operands)
        else:
            y_result = net.node(net.pick("Add", "Sub", "Mul", "Div"), operands)
        net.output(y_result)


@network
def two_inputs_broadcast(net):
    x = net.feed((3, 8, 5, 5))
    y = net.feed((8, 1, 5), "y")
    net.output(net.node("Mul", [x, y]))
    net.output(net.node("Sub", [y, x]))
    net.output(net.node("Max", [x, y]))
    net.output(net.node("Min", [x, y]))


@network
def reductions(net):
    x = net.feed((2, net.pick(3, 16), 5, 6))
    for axes in ([2, 3], [1], [-1], [0, 2]):
        keep = net.pick(0, 1)
        net.output(net.node("ReduceMean", [x], axes=axes, keepdims=keep))
        net.output(net.with_axes("ReduceSum", x, axes, keepdims=keep))
        net.output(net.node("ReduceMax", [x], axes=axes, keepdims=keep))
    net.output(net.node("ReduceMean", [x], keepdims=0))


@network
def unary_functions(net):
    x = net.feed((2, 3, 7, 5), low=0.1, high=3.0)
    for op_type in ("Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Floor", "Ceil", "Tanh",
                    "Sigmoid", "Softplus", "Softsign", "Erf"):  # fmt: skip
        net.output(net.node(op_type, [x]))
    net.output(net.node("Pow", [x, net.scalar(net.pick(2.0, 0.5, 3.0, -1.5))]))


@network
def softmax_axes(net):
    net.opset = net.pick(9, 11, 13, 17)
    x = net.feed((2, 3, 4, 5))
    for axis in (1, 2, -1):
        net.output(net.node("Softmax", [x], axis=axis))
    net.output(net.node("LogSoftmax", [x], axis=net.pick(1, 3)))


@network
def constants_everywhere(net):
    """Folded away: arithmetic of constants, Constant nodes, ConstantOfShape, Cast, Expand."""
    x, channels = image(net, 4)
    c = net.node("Constant", [], value=net.rng.standard_normal((4, 1, 1)).astype(np.float32))
    c = net.node("Mul", [c, net.scalar(2.0)])
    z = net.node("ConstantOfShape", [net.integers([4, 1, 1])], value=np.array([1.5], np.float32))
    c = net.node("Add", [c, z])
    whole = net.node("Cast", [net.integers([1, 2, 3, 4])], to=1)
    whole = net.node("Reshape", [whole, net.integers([1, 4, 1, 1])])
    y = net.node("Add", [net.node("Mul", [x, c]), whole])
    net.output(net.node("Expand", [y, net.integers([2, 1, 1, 1, 1])]))


@network
def output_forms(net):
    """One value twice an output, an input that is an output, an output used further on."""
    x, channels = image(net, 8)
    y = net.node("Relu", [net.conv(x, 8, 8, 3, pads=[1] * 4)])
    net.output(y)
    net.output(net.node("Identity", [y]))
    net.output(net.node("Identity", [x]))
    net.output(net.node("Dropout", [net.conv(y, 8, 8, 3)]))


@network
def wide_batch(net):
    x, channels = image(net, 8, 6, 9, batch=9)
    y = net.node("Relu", [net.conv(x, 8, 24, 3, pads=[1] * 4)])
    y = net.node("GlobalAveragePool", [net.conv(y, 24, 40, 1)])
    y = net.node("Flatten", [y])
    net.output(net.node("Gemm", [y, net.weights((40, 11), 40), net.weights((11,))]))


def classic(net):
    """A small classifier in the words of the operator set it is given (7 to 21)."""
    x = net.feed((2, 3, 16, 16))
    y = net.clip(net.batch_norm(net.conv(net.pad(x, [0, 0, 1, 1, 0, 0, 1, 1]), 3, 8, 3, False), 8),
                 0, 6)  # fmt: skip
    y = net.node("MaxPool", [y], kernel_shape=[2, 2], strides=[2, 2])
    y = net.conv(net.slice(y, [0], [6], [1]), 6, 12, 3, strides=[2, 2], pads=[1] * 4)
    y = net.node("Relu", [net.node("Dropout", [y])])
    y = net.node("AveragePool", [y], kernel_shape=[2, 2])
    y = net.with_axes("Squeeze", net.node("GlobalAveragePool", [y]), [2, 3])
    y = net.node("Gemm", [y, net.weights((12, 10), 12), net.weights((10,))])
    net.output(net.node("Softmax", [y], axis=1))
