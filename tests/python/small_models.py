"""Models small enough to be made and computed in a test."""

import numpy as np
from onnx_builder import GraphBuilder

CLASSES = 10


def classifier(path):
    """Writes an ONNX model [1, 3, 8, 8] -> [1, 10] (logits); returns (path, its numpy twin)."""
    random = np.random.default_rng(7)
    weights = random.standard_normal((6, 3, 3, 3), np.float32) * np.float32(0.3)
    bias = random.standard_normal(6, np.float32)
    matrix = random.standard_normal((6, CLASSES), np.float32)

    graph = GraphBuilder("classifier", opset=13)
    x = graph.input("data", [1, 3, 8, 8])
    y = graph.node("Conv", [x, graph.constant(weights), graph.constant(bias)], pads=[1, 1, 1, 1])
    y = graph.node("Relu", [y])
    y = graph.node("GlobalAveragePool", [y])
    y = graph.node("Flatten", [y])
    y = graph.node("MatMul", [y, graph.constant(matrix)])
    graph.output(y, [1, CLASSES])
    graph.save(path)

    def compute(x):
        padded = np.pad(x[0], ((0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        y = np.einsum("oikl,ihwkl->ohw", weights, windows) + bias[:, None, None]
        return (np.maximum(y, 0).mean(axis=(1, 2)) @ matrix)[None]

    return path, compute


def matrix_product(path, size):
    """Writes an ONNX model that multiplies its [size, size] input by a constant; returns path."""
    graph = GraphBuilder("matrix_product", opset=13)
    matrix = np.random.default_rng(3).standard_normal((size, size), np.float32)
    x = graph.input("x", [size, size])
    graph.output(graph.node("MatMul", [x, graph.constant(matrix)]), [size, size])
    graph.save(path)
    return path
