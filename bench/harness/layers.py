"""The per-layer table, from the lines that POACL_VERBOSE=1 writes (src/exec/verbose.h)."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Layer:
    index: int
    operator: str
    kernel: str
    shapes: str
    node: str
    microseconds: list = field(default_factory=list)
    repeats: int = 1  # in one run of the model: once for each image where it goes image by image

    def median(self):
        return statistics.median(self.microseconds) * self.repeats


def parse_steps(lines, runs=None):
    """Layers in the order of execution, each with every time seen in `runs` runs of the model
    (default: as many as times)."""
    layers = {}
    for line in lines:
        words = line.rstrip("\n").split("\t")
        if len(words) < 8 or words[:2] != ["poacl", "step"]:
            continue
        _, _, index, operator, kernel, microseconds, shapes, node = words[:8]
        layer = layers.setdefault(int(index), Layer(int(index), operator, kernel, shapes, node))
        layer.microseconds.append(float(microseconds))
    for layer in layers.values():
        layer.repeats = len(layer.microseconds) // runs if runs else 1
    return [layers[index] for index in sorted(layers)]


def parse_declined(lines):
    """{step: ["kernel: reason", ...]} of the better kernels that declined, each once."""
    reasons = {}
    for line in lines:
        words = line.rstrip("\n").split("\t")
        if len(words) == 4 and words[:2] == ["poacl", "declined"]:
            found = reasons.setdefault(int(words[2]), [])
            if words[3] not in found:
                found.append(words[3])
    return reasons


def by_kernel(layers):
    """[(kernel, steps, microseconds, share of all)], slowest first."""
    total = sum(layer.median() for layer in layers) or 1.0
    groups = {}
    for layer in layers:
        steps, time = groups.get(layer.kernel, (0, 0.0))
        groups[layer.kernel] = (steps + 1, time + layer.median())
    rows = [(kernel, steps, time, time / total) for kernel, (steps, time) in groups.items()]
    return sorted(rows, key=lambda row: -row[2])


def match_flops(layers, counts):
    """GFLOP/s per layer where the step's node names a counted node of the model, else None.

    A fused step keeps the name of its arithmetic node or joins names; the longest counted name
    that the step's name contains wins.
    """
    rates = []
    for layer in layers:
        found = max((name for name in counts if name in layer.node), key=len, default=None)
        arithmetic = layer.operator in ("Conv2D", "MatMulV2", "BatchMatMulV2")
        usable = found is not None and arithmetic and layer.median() > 0
        rates.append(counts[found] / layer.median() / 1e3 if usable else None)
    return rates
