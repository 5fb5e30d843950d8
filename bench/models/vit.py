"""ViT-B/16 over a 256 x 128 picture, as the person re-identification models that run on NPUs:
128 patches and a class token in, the token's features out."""

import numpy as np

from .transformer import INT64, TransformerBuilder

SIZE = (256, 128)
PATCH = 16
PATCHES = SIZE[0] // PATCH * (SIZE[1] // PATCH)
TOKENS = PATCHES + 1
LAYERS = 12


class _Vit(TransformerBuilder):
    def __init__(self, seed):
        super().__init__("vit_b16", seed, width=768, heads=12)

    def patches(self, x, batch):
        deviation = np.sqrt(1.0 / (3 * PATCH * PATCH))
        weight = self.weights((self.width, 3, PATCH, PATCH), deviation, "patch.weight")
        bias = self.constant(self.rng.uniform(-0.1, 0.1, self.width).astype(np.float32))
        x = self.node("Conv", [x, weight, bias], name="patch.conv", kernel_shape=[PATCH] * 2,
                      strides=[PATCH] * 2)  # fmt: skip
        x = self.transpose(self.reshape(x, [batch, self.width, PATCHES]), [0, 2, 1])
        token = self.weights((1, 1, self.width), 0.5, "token")
        token = self.node("Expand", [token, self.constant(np.array([batch, 1, 1], INT64))])
        x = self.node("Concat", [token, x], axis=1)
        return self.node("Add", [x, self.weights((1, TOKENS, self.width), 0.3, "positions")])

    def attention(self, x, name):
        x = self.linear(x, self.width, 3 * self.width, f"{name}.qkv")
        x = self.reshape(x, [-1, TOKENS, 3, self.heads, self.width // self.heads])
        x = self.transpose(x, [2, 0, 3, 1, 4])
        queries, keys, values = (
            self.node("Gather", [x, self.constant(np.array(part, INT64))], axis=0)
            for part in range(3)
        )
        return self.attend(queries, self.transpose(keys, [0, 1, 3, 2]), values, TOKENS, name)

    def layer(self, x, number):
        name = f"layer{number}"
        x = self.node("Add", [x, self.attention(self.layer_norm(x), name)])
        return self.node("Add", [x, self.feed_forward(self.layer_norm(x), name)])


def build(batch=1, seed=16):
    net = _Vit(seed)
    x = net.patches(net.input("input", [batch, 3, *SIZE]), batch)
    for number in range(LAYERS):
        x = net.layer(x, number)
    first = net.constant(np.array(0, INT64))
    net.output(net.node("Gather", [net.layer_norm(x), first], outputs=["features"], axis=1))
    return net
