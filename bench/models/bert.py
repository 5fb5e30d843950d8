"""BERT-base, 128 tokens: ids, mask and token types in, the last hidden state out."""

import numpy as np

from .transformer import INT64, TransformerBuilder

TOKENS = 128
WORDS = 30522
LAYERS = 12


class _Bert(TransformerBuilder):
    def __init__(self, seed):
        super().__init__("bert_base", seed, width=768, heads=12)

    def embeddings(self, ids, types):
        words = self.node("Gather", [self.weights((WORDS, self.width), 1.0, "words"), ids])
        kinds = self.node("Gather", [self.weights((2, self.width), 0.3, "types"), types])
        positions = self.weights((1, TOKENS, self.width), 0.3, "positions")
        x = self.node("Add", [self.node("Add", [words, kinds]), positions])
        return self.layer_norm(x)

    def additive_mask(self, mask):
        """0 where the mask is 1, a large negative number where it is 0; [B, 1, 1, tokens]."""
        axes = self.constant(np.array([1, 2], INT64))
        kept = self.node("Cast", [self.node("Unsqueeze", [mask, axes])], to=1)
        dropped = self.node("Sub", [self.constant(np.float32(1)), kept])
        return self.node("Mul", [dropped, self.constant(np.float32(-10000))])

    def layer(self, x, mask, number):
        name = f"layer{number}"
        parts = []
        for part, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            y = self.linear(x, self.width, self.width, f"{name}.{part}")
            y = self.reshape(y, [-1, TOKENS, self.heads, self.width // self.heads])
            parts.append(self.transpose(y, perm))
        x = self.layer_norm(self.node("Add", [self.attend(*parts, TOKENS, name, mask), x]))
        return self.layer_norm(self.node("Add", [self.feed_forward(x, name), x]))


def build(batch=1, seed=12):
    net = _Bert(seed)
    ids, mask, types = (
        net.input(name, [batch, TOKENS], INT64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    )
    x = net.embeddings(ids, types)
    mask = net.additive_mask(mask)
    for number in range(LAYERS):
        x = net.layer(x, mask, number)
    net.output(net.node("Identity", [x], outputs=["last_hidden_state"]))
    return net
