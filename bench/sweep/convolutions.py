"""The 220 convolutions of the sweep: shapes from known networks, awkward ones, random ones.

The list is fixed; the random part comes from a seed.
"""

import random

from .case import Conv

COUNT = 220


def _each(value, rank):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank


def conv(kind, channels, outputs, image, kernel, stride=1, pads=None, dilation=1, **rest):
    """Numbers stand for all dimensions; pads None keep the size at stride 1."""
    rank = len(image)
    kernel, dilation = _each(kernel, rank), _each(dilation, rank)
    if pads is None:
        pads = tuple((k - 1) * d // 2 for k, d in zip(kernel, dilation))
    return Conv(kind, channels, outputs, tuple(image), kernel, _each(stride, rank), dilation,
                _each(pads, rank), **rest)  # fmt: skip


def depthwise(kind, channels, image, kernel, **rest):
    return conv(kind, channels, channels, image, kernel, groups=channels, **rest)


def _common():
    """Layers of networks in daily use."""
    kind = "common"
    for channels, outputs, size, kernel, stride in [
        (3, 64, 224, 7, 2), (64, 64, 56, 1, 1), (64, 64, 56, 3, 1), (64, 256, 56, 1, 1),
        (256, 128, 56, 1, 1), (128, 128, 56, 3, 2), (128, 128, 28, 3, 1), (256, 512, 56, 1, 2),
        (512, 256, 28, 1, 1), (256, 256, 14, 3, 1), (1024, 2048, 14, 1, 2), (512, 512, 7, 3, 1),
        (2048, 512, 7, 1, 1), (3, 32, 224, 3, 2), (16, 96, 112, 1, 1), (96, 24, 56, 1, 1),
        (144, 24, 56, 1, 1), (960, 160, 7, 1, 1), (320, 1280, 7, 1, 1), (3, 64, 224, 3, 1),
        (3, 32, 416, 3, 1), (32, 64, 416, 3, 2), (128, 255, 52, 1, 1), (3, 16, 640, 6, 2),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (size, size), kernel, stride)
    for patch, width in [(16, 768), (32, 768), (14, 384), (4, 96)]:
        yield conv("patches", 3, width, (224, 224), patch, patch, 0)


def _odd_channels():
    kind = "odd channels"
    for channels, outputs, size, kernel in [
        (1, 1, 64, 3), (1, 20, 28, 5), (1, 7, 100, 3), (3, 5, 64, 3), (5, 7, 56, 3), (7, 13, 56, 3),
        (13, 17, 28, 3), (17, 33, 28, 3), (33, 65, 28, 3), (65, 100, 14, 3), (100, 255, 14, 3),
        (255, 33, 14, 1), (17, 1, 56, 1), (64, 1, 56, 3), (65, 3, 56, 3), (5, 64, 56, 1),
        (7, 65, 28, 1), (130, 70, 13, 1), (255, 255, 13, 1), (33, 17, 31, 5), (6, 16, 14, 5),
        (12, 12, 40, 3), (24, 10, 33, 3),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (size, size), kernel)


def _groups():
    kind = "groups"
    for channels, outputs, groups, size, kernel, stride in [
        (128, 128, 32, 56, 3, 1), (256, 256, 32, 28, 3, 1), (512, 512, 32, 14, 3, 2),
        (1024, 1024, 32, 7, 3, 1), (64, 64, 2, 28, 3, 1), (96, 96, 4, 28, 3, 1),
        (24, 24, 2, 56, 3, 1), (20, 30, 2, 28, 3, 1), (12, 24, 4, 28, 3, 1), (240, 60, 3, 28, 1, 1),
        (60, 240, 3, 28, 1, 1), (200, 200, 8, 14, 1, 1), (48, 96, 2, 27, 5, 1),
        (40, 80, 40, 28, 3, 1), (16, 64, 16, 28, 3, 2), (36, 36, 6, 17, 3, 2), (18, 9, 3, 30, 3, 1),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (size, size), kernel, stride, groups=groups)


def _depthwise():
    kind = "depthwise"
    for channels, size, kernel, stride, dilation in [
        (32, 112, 3, 1, 1), (96, 112, 3, 2, 1), (144, 56, 3, 1, 1), (576, 14, 3, 1, 1),
        (960, 7, 3, 1, 1), (240, 28, 5, 1, 1), (672, 14, 5, 2, 1), (40, 57, 5, 2, 1),
        (96, 56, 7, 1, 1), (384, 14, 7, 1, 1), (64, 33, 7, 2, 1), (24, 31, 3, 2, 1),
        (10, 45, 3, 1, 1), (33, 29, 5, 1, 1), (7, 64, 3, 1, 1), (1, 65, 3, 1, 1),
        (48, 33, 3, 1, 2), (64, 40, 3, 1, 4), (128, 20, 5, 1, 2), (320, 16, 3, 1, 12),
        (100, 19, 3, 3, 1), (64, 32, 9, 1, 1), (128, 24, 13, 1, 1), (256, 14, 31, 1, 1),
    ]:  # fmt: skip
        yield depthwise(kind, channels, (size, size), kernel, stride=stride, dilation=dilation)


def _dilations():
    kind = "dilation"
    for channels, outputs, size, kernel, dilation in [
        (256, 256, 33, 3, 6), (512, 64, 33, 3, 12), (64, 64, 28, 3, 2), (32, 32, 65, 3, 4),
        (3, 32, 128, 3, 2), (17, 20, 40, 3, 3), (64, 64, 40, 5, 2), (128, 128, 20, (1, 3), (1, 8)),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (size, size), kernel, dilation=dilation)


def _one_dimension():
    kind = "1-D"
    for channels, outputs, length, kernel, stride, dilation in [
        (80, 384, 3000, 3, 1, 1), (384, 384, 1500, 3, 2, 1), (1, 512, 16000, 10, 5, 1),
        (512, 512, 800, 3, 2, 1), (512, 512, 400, 2, 2, 1), (1, 258, 640, 256, 128, 1),
        (129, 128, 4, 3, 1, 1), (64, 64, 4000, 3, 1, 4), (64, 64, 8192, 3, 1, 64),
        (128, 128, 1000, 1, 1, 1), (32, 32, 16000, 7, 1, 1), (256, 33, 100, 5, 1, 1),
        (40, 40, 101, 9, 1, 1), (13, 17, 999, 3, 1, 1), (512, 512, 50, 1, 1, 1),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (length,), kernel, stride, dilation=dilation)
    yield depthwise(kind, 256, (500,), 31)
    yield depthwise(kind, 512, (200,), 3)
    yield depthwise(kind, 144, (777,), 15, dilation=2)


def _three_dimensions():
    kind = "3-D"
    for channels, outputs, image, kernel, stride in [
        (3, 64, (8, 56, 56), 3, 1), (64, 64, (8, 28, 28), 3, 1), (1, 32, (32, 32, 32), 3, 1),
        (32, 32, (16, 24, 24), 3, 1), (32, 64, (16, 24, 24), 3, 2), (64, 128, (4, 14, 14), 1, 1),
        (3, 45, (8, 56, 56), (1, 7, 7), 2), (45, 64, (8, 28, 28), (3, 1, 1), 1),
        (16, 16, (20, 20, 20), 5, 1), (13, 7, (9, 17, 19), 3, 1),
        (3, 192, (8, 64, 64), (2, 16, 16), (2, 16, 16)),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, image, kernel, stride)
    yield depthwise(kind, 32, (8, 28, 28), 3)


def _asymmetric():
    kind = "asymmetric"
    for channels, outputs, image, kernel in [
        (128, 128, (17, 17), (1, 7)), (128, 128, (17, 17), (7, 1)), (64, 64, (35, 35), (1, 3)),
        (384, 384, (8, 8), (3, 1)), (64, 64, (8, 200), (1, 3)), (32, 32, (48, 192), (3, 1)),
        (16, 16, (64, 64), (1, 5)), (30, 30, (40, 40), (5, 1)),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, image, kernel)
    yield conv(kind, 64, 64, (32, 100), 3, (2, 1))
    yield depthwise(kind, 64, (40, 40), (1, 21))


def _strides_and_big_kernels():
    for channels, outputs, size, kernel, stride in [
        (64, 64, 57, 3, 3), (32, 64, 64, 4, 4), (96, 192, 56, 2, 2), (64, 128, 28, 1, 2),
        (3, 24, 224, 3, 4), (3, 96, 227, 11, 4), (17, 31, 45, 5, 3),
    ]:  # fmt: skip
        yield conv("strides", channels, outputs, (size, size), kernel, stride)
    for channels, outputs, size, kernel in [
        (64, 64, 27, 7), (32, 32, 28, 9), (3, 64, 64, 9), (64, 3, 64, 9), (16, 16, 32, 11),
        (1, 64, 96, 9),
    ]:  # fmt: skip
        yield conv("big kernels", channels, outputs, (size, size), kernel)


def _tiny_and_huge():
    for channels, outputs, size, kernel in [
        (512, 512, 1, 1), (64, 16, 1, 1), (960, 240, 1, 1), (16, 16, 3, 3), (512, 512, 3, 3),
        (32, 32, 2, 3), (7, 9, 3, 3), (1280, 1000, 1, 1), (256, 24, 5, 3), (1, 8, 5, 3),
    ]:  # fmt: skip
        yield conv("tiny", channels, outputs, (size, size), kernel)
    for channels, outputs, image, kernel in [
        (1, 16, (540, 960), 3), (3, 3, (1080, 1920), 3), (1, 1, (1080, 1920), 5),
        (16, 12, (540, 960), 3), (12, 12, (360, 640), 3), (56, 12, (270, 480), 1),
        (32, 3, (540, 960), 3), (3, 16, (1080, 1920), 1),
    ]:  # fmt: skip
        yield conv("huge", channels, outputs, image, kernel)


def _transposed():
    kind = "transposed"
    for channels, outputs, size, kernel, stride, pads in [
        (64, 32, 56, 4, 2, 1), (256, 128, 14, 2, 2, 0), (64, 64, 28, 3, 2, 1), (56, 1, 90, 9, 3, 4),
        (100, 512, 1, 4, 1, 0), (512, 256, 4, 4, 2, 1), (21, 21, 16, 4, 2, 1),
        (16, 16, 40, 3, 1, 1),
        (24, 24, 60, 2, 2, 0), (32, 3, 64, 4, 4, 0), (21, 21, 14, 64, 32, 16),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (size, size), kernel, stride, pads, transposed=True)
    yield conv(kind, 128, 64, (200,), 16, 8, 4, transposed=True)
    yield conv(kind, 32, 16, (8, 14, 14), 2, 2, 0, transposed=True)
    yield depthwise(kind, 64, (28, 28), 4, stride=2, pads=1, transposed=True)


def _fed():
    kind = "fed filter"
    yield conv(kind, 64, 64, (28, 28), 3, fed=True)
    yield conv(kind, 256, 64, (14, 14), 1, fed=True)
    yield conv(kind, 96, 1, (31, 31), 7, pads=0, fed=True)
    yield depthwise(kind, 96, (22, 22), 6, pads=0, fed=True)


def _random(count):
    """Anything a network might have, sizes small enough to be quick."""
    rng = random.Random(20)
    while count > 0:
        rank = rng.choice([1, 2, 2, 2, 2, 2, 3])
        groups = rng.choice([1, 1, 1, 1, 1, 2, 4])
        channels = groups * rng.choice([1, 3, 4, 8, 12, 16, 20, 32, 48, 64, 100, 129])
        outputs = groups * rng.choice([1, 4, 8, 10, 16, 24, 32, 50, 64, 96, 128])
        sizes = {1: (50, 3000), 2: (5, 120), 3: (4, 24)}[rank]
        image = tuple(rng.randint(*sizes) for _ in range(rank))
        kernel = _each(rng.choice([1, 3, 3, 3, 5, 2]), rank)
        case = conv(
            "random", channels, outputs, image, kernel, rng.choice([1, 1, 1, 2]),
            groups=groups, batch=rng.choice([1, 1, 1, 2, 4, 8]),
            dilation=rng.choice([1, 1, 1, 2]), activation=rng.choice(["", "Relu", "Sigmoid"]),
        )  # fmt: skip
        if 2e5 < case.operations() < 1e9:
            count -= 1
            yield case


def _batches():
    kind = "batch"
    for batch, channels, outputs, size, kernel in [
        (8, 64, 64, 28, 3), (4, 3, 32, 64, 3), (2, 256, 256, 14, 1), (8, 16, 16, 7, 3),
        (5, 13, 20, 12, 3),
    ]:  # fmt: skip
        yield conv(kind, channels, outputs, (size, size), kernel, batch=batch)
    yield depthwise(kind, 96, (28, 28), 3, batch=8)


def cases():
    listed = [
        case
        for part in (_common, _odd_channels, _groups, _depthwise, _dilations, _one_dimension,
                     _three_dimensions, _asymmetric, _strides_and_big_kernels, _tiny_and_huge,
                     _transposed, _fed, _batches)
        for case in part()
    ]  # fmt: skip
    return listed + list(_random(COUNT - len(listed)))
