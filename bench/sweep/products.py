"""The 100 matrix products of the sweep."""

import random

from .case import Product

COUNT = 100


def _listed():
    for m, k, n in [
        (1, 2048, 1000), (1, 1280, 1000), (1, 512, 512), (1, 768, 3072), (1, 4096, 4096),
        (1, 768, 30522), (1, 64, 64), (1, 9, 5), (1, 1024, 1), (1, 4097, 33),
    ]:  # fmt: skip
        yield Product("vector", m, k, n)
    for m, k, n in [(1, 2048, 1000), (1, 768, 30522), (2, 512, 10), (1, 400, 120), (7, 1000, 100)]:
        yield Product("classifier", m, k, n, transposed=True)
    for m, k, n in [
        (4096, 64, 64), (10000, 9, 16), (4096, 32, 2), (3136, 96, 288), (16384, 3, 64),
        (1024, 1, 1024), (50000, 4, 4), (2048, 128, 1),
    ]:  # fmt: skip
        yield Product("tall", m, k, n)
    for m, k, n in [
        (4, 768, 30522), (8, 512, 8192), (16, 64, 4096), (2, 1024, 4096), (3, 17, 10001),
        (32, 128, 4096), (5, 300, 20000),
    ]:  # fmt: skip
        yield Product("wide", m, k, n)
    for size in [1, 2, 4, 8, 13, 16, 31, 32, 64]:
        yield Product("tiny", size, size, size)
    for m, k, n in [
        (128, 768, 768), (128, 768, 3072), (128, 3072, 768), (197, 768, 2304), (256, 256, 256),
        (384, 384, 1536), (512, 512, 512), (64, 512, 2048), (50, 256, 1024), (77, 512, 512),
    ]:  # fmt: skip
        yield Product("transformer", m, k, n)
    for m, k, n in [
        (255, 255, 255), (127, 129, 131), (65, 65, 65), (100, 100, 100), (33, 1, 47), (99, 7, 3),
        (17, 1000, 17), (14, 769, 31), (29, 30, 511), (1000, 17, 33),
    ]:  # fmt: skip
        yield Product("odd", m, k, n)
    for batch, m, k, n in [
        ((12,), 128, 64, 128), ((1, 12), 128, 128, 64), ((8, 8), 16, 32, 16), ((100,), 8, 8, 8),
        ((64,), 1, 64, 64), ((1, 8), 1, 64, 500), ((1, 8), 1, 500, 64), ((3,), 197, 64, 197),
        ((16,), 49, 32, 49), ((4, 4), 64, 32, 64), ((256,), 4, 4, 4), ((1, 6), 50, 64, 50),
    ]:  # fmt: skip
        yield Product("fed batch", m, k, n, batch, fed=True)
    for m, k, n in [(128, 768, 768), (1, 768, 768), (64, 64, 64), (8, 8, 8), (256, 1024, 256)]:
        yield Product("fed", m, k, n, fed=True)
    yield Product("fed", 64, 512, 256, transposed=True, fed=True)
    yield Product("fed", 1, 512, 2000, transposed=True, fed=True)
    for batch, m, k, n in [
        ((8,), 128, 256, 256), ((16,), 1, 512, 512), ((4, 49), 16, 96, 96), ((2,), 197, 384, 384),
    ]:  # fmt: skip
        yield Product("shared", m, k, n, batch, shared=True)
    for batch, m, k, n in [((12,), 64, 64, 64), ((8,), 1, 256, 256), ((4,), 30, 20, 10)]:
        yield Product("batch", m, k, n, batch)


def _random(count):
    rng = random.Random(21)
    sizes = [1, 3, 8, 10, 16, 21, 32, 50, 64, 100, 128, 200, 256, 333, 512, 1024]
    while count > 0:
        case = Product("random", rng.choice(sizes), rng.choice(sizes), rng.choice(sizes),
                       fed=rng.random() < 0.3)  # fmt: skip
        if 1e4 < case.operations() < 5e8:
            count -= 1
            yield case


def cases():
    listed = list(_listed())
    return listed + list(_random(COUNT - len(listed)))
