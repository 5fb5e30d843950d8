"""One model for each of the operators that real networks use most, at a size from a real network.

`OPERATORS[name]` is (shape of the input, function that adds the operator to a builder and returns
the name of its output).
"""

import numpy as np

from .blocks import NetBuilder

FEATURES = [1, 64, 112, 112]  # an early layer of a classifier
DEEP = [1, 256, 28, 28]
TOKENS = [1, 128, 768]  # a sentence in BERT-base
SCORES = [1, 12, 128, 128]  # its attention


def _weights(g, *shape):
    return g.constant(g.rng.standard_normal(shape, np.float32) / np.float32(np.sqrt(shape[-1])))


def _unary(operator, **attributes):
    return lambda g, x: g.node(operator, [x], **attributes)


def _with_tensor(operator, *shape):
    return lambda g, x: g.node(operator, [x, _weights(g, *shape)])


def _batch_norm(g, x):
    return g.node("BatchNormalization", [x, *(
        g.constant(g.rng.uniform(0.5, 1.5, 64).astype(np.float32)) for _ in range(4)
    )])  # fmt: skip


def _resize(mode):
    def build(g, x):
        scales = g.constant(np.array([1, 1, 2, 2], np.float32))
        return g.node("Resize", [x, "", scales], mode=mode)

    return build


def _layer_norm(g, x):
    scale, bias = (g.constant(g.rng.standard_normal(768, np.float32)) for _ in range(2))
    return g.node("LayerNormalization", [x, scale, bias], axis=-1)


def _slice(g, x):
    bounds = [g.constant(np.array(v, np.int64)) for v in ([0, 8, 8], [64, 104, 104], [1, 2, 3])]
    return g.node("Slice", [x, *bounds])


def _gather(g, x):
    return g.node("Gather", [x, g.constant(g.rng.integers(0, 128, 96))], axis=1)


def _clip(g, x):
    return g.node("Clip", [x, g.constant(np.float32(0)), g.constant(np.float32(6))])


def _pad(g, x):
    return g.node("Pad", [x, g.constant(np.array([0, 0, 3, 3, 0, 0, 3, 3], np.int64))])


def _conv(channels, kernel, group=1):
    def build(g, x):
        weights = _weights(g, channels, channels // group, kernel, kernel)
        pad = kernel // 2
        return g.node("Conv", [x, weights], pads=[pad] * 4, group=group)

    return build


def _conv_transpose(g, x):
    return g.node("ConvTranspose", [x, _weights(g, 64, 32, 4, 4)], strides=[2, 2], pads=[1] * 4)


def _lstm(g, x):
    return g.node("LSTM", [x, _weights(g, 1, 1024, 256), _weights(g, 1, 1024, 256)],
                  hidden_size=256, outputs=3)[0]  # fmt: skip


OPERATORS = {
    "Conv 3x3": (DEEP, _conv(256, 3)),
    "Conv 1x1": (DEEP, _conv(256, 1)),
    "Conv depthwise 3x3": (FEATURES, _conv(64, 3, 64)),
    "ConvTranspose 4x4/2": ([1, 64, 56, 56], _conv_transpose),
    "MatMul": (TOKENS, _with_tensor("MatMul", 768, 768)),
    "Gemm": ([16, 2048], lambda g, x: g.node("Gemm", [x, _weights(g, 1000, 2048)], transB=1)),
    "LSTM 256": ([64, 1, 256], _lstm),
    "Relu": (FEATURES, _unary("Relu")),
    "LeakyRelu": (FEATURES, _unary("LeakyRelu", alpha=0.1)),
    "Clip": (FEATURES, _clip),
    "Sigmoid": (FEATURES, _unary("Sigmoid")),
    "Tanh": (FEATURES, _unary("Tanh")),
    "HardSwish": (FEATURES, _unary("HardSwish")),
    "Exp": (FEATURES, _unary("Exp")),
    "Erf": (TOKENS, _unary("Erf")),
    "Add tensor": (FEATURES, _with_tensor("Add", *FEATURES)),
    "Mul channel": (FEATURES, _with_tensor("Mul", 1, 64, 1, 1)),
    "Div row": (TOKENS, _with_tensor("Div", 768)),
    "BatchNormalization": (FEATURES, _batch_norm),
    "LayerNormalization": (TOKENS, _layer_norm),
    "Softmax": (SCORES, _unary("Softmax", axis=-1)),
    "ReduceMean last": (TOKENS, _unary("ReduceMean", axes=[-1])),
    "ReduceMean HW": (FEATURES, _unary("ReduceMean", axes=[2, 3])),
    "MaxPool 3x3/2": (FEATURES, _unary("MaxPool", kernel_shape=[3, 3], strides=[2, 2],
                                       pads=[1] * 4)),
    "AveragePool 2x2/2": (FEATURES, _unary("AveragePool", kernel_shape=[2, 2], strides=[2, 2])),
    "GlobalAveragePool": (FEATURES, _unary("GlobalAveragePool")),
    "Resize nearest x2": (DEEP, _resize("nearest")),
    "Resize linear x2": (DEEP, _resize("linear")),
    "Transpose NCHW-NHWC": (FEATURES, _unary("Transpose", perm=[0, 2, 3, 1])),
    "Transpose heads": ([1, 128, 12, 64], _unary("Transpose", perm=[0, 2, 1, 3])),
    "Concat channels": (FEATURES, lambda g, x: g.node("Concat", [x, x], axis=1)),
    "Split channels": (FEATURES, lambda g, x: g.node("Split", [x], outputs=2, axis=1)[0]),
    "Slice HW": (FEATURES, _slice),
    "Gather rows": (TOKENS, _gather),
    "Pad HW": (FEATURES, _pad),
    "DepthToSpace": (DEEP, _unary("DepthToSpace", blocksize=2)),
}  # fmt: skip


def save(name, folder):
    """Writes the model; (path, shape of the input)."""
    shape, build = OPERATORS[name]
    g = NetBuilder("operator", seed=11, opset=17)
    x = g.input("x", shape)
    # Layouts and views come cheap to a whole network, but a lone operator would be charged for
    # them: the model is the operator and nothing else.
    g.output(build(g, x))
    return g.save(folder / f"{name.replace(' ', '_').replace('/', '-')}.onnx"), shape
