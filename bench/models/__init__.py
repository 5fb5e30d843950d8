"""Generated networks for benchmarks: real topologies, random weights from a fixed seed.

`NETS[name](batch)` returns a builder; `save(name, batch, folder)` writes the file once and returns
its path. `flops(path)` counts the multiply-adds (times two) of a written model.
"""

import functools
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "support"))

from onnx_builder import parse_model, read_model

from . import bert, mobilenet_v2, quantised, quantised_transformer, resnet50, vit
from .calibrate import ranges
from .flops import flops

def _in_eight_bits(build):
    return lambda **options: quantised.quantise(parse_model(build(**options).model_bytes()))


def _calibrated_in_eight_bits(build):
    @functools.cache
    def found():
        model = parse_model(build(batch=1).model_bytes())
        return ranges(model, _arrays(model.inputs, seed=8))

    return lambda **options: quantised_transformer.quantise(
        parse_model(build(**options).model_bytes()), found()
    )


NETS = {
    "resnet50": resnet50.build, "mobilenet_v2": mobilenet_v2.build, "bert_base": bert.build,
    "vit_b16": vit.build, "resnet50_int8": _in_eight_bits(resnet50.build),
    "mobilenet_v2_int8": _in_eight_bits(mobilenet_v2.build),
    "bert_base_int8": _calibrated_in_eight_bits(bert.build),
    "vit_b16_int8": _calibrated_in_eight_bits(vit.build),
}  # fmt: skip

__all__ = ["NETS", "feeds", "flops", "save"]


def save(name, batch, folder):
    path = pathlib.Path(folder) / f"{name}_b{batch}.onnx"
    if not path.exists():
        partial = path.with_suffix(".partial")
        NETS[name](batch=batch).save(partial)
        partial.rename(path)
    return path


def feeds(path, seed=7):
    """Arrays for the inputs of a written model, in order: a picture, or a sentence of which the
    last quarter is padding."""
    return _arrays(read_model(path).inputs, seed)


def _arrays(inputs, seed):
    rng = np.random.default_rng(seed)
    arrays = []
    for value in inputs:
        if value.name == "attention_mask":
            array = np.ones(value.shape, np.int64)
            array[:, value.shape[1] * 3 // 4 :] = 0
        elif value.dtype == np.int64:
            words = 2 if value.name == "token_type_ids" else bert.WORDS
            array = rng.integers(0, words, value.shape)
        else:
            array = rng.standard_normal(value.shape, np.float32)
        arrays.append(array)
    return arrays
