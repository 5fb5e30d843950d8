"""Generated networks for benchmarks: real topologies, random weights from a fixed seed.

`NETS[name](batch)` returns a builder; `save(name, batch, folder)` writes the file once and returns
its path. `flops(path)` counts the multiply-adds (times two) of a written model.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "support"))

from . import mobilenet_v2, resnet50
from .flops import flops

NETS = {"resnet50": resnet50.build, "mobilenet_v2": mobilenet_v2.build}

__all__ = ["NETS", "flops", "save"]


def save(name, batch, folder):
    path = pathlib.Path(folder) / f"{name}_b{batch}.onnx"
    if not path.exists():
        partial = path.with_suffix(".partial")
        NETS[name](batch=batch).save(partial)
        partial.rename(path)
    return path
