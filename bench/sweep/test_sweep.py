"""The sweep's lists and models, without measuring anything."""

import importlib.machinery
import importlib.util
import math
import pathlib
import sys

import numpy as np
import pytest

BENCH = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCH))

import models  # noqa: F401  (puts the ONNX writer on the path)
from onnx_builder import parse_model
from sweep import case as single
from sweep import convolutions, products


def load_program():
    loader = importlib.machinery.SourceFileLoader("sweep_run", str(BENCH / "sweep/run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("sweep_run", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("module", [convolutions, products])
def test_lists_are_full_and_the_same_every_time(module):
    cases = module.cases()
    assert len(cases) == module.COUNT and cases == module.cases()
    assert len({case.name for case in cases}) == module.COUNT


@pytest.mark.parametrize("module", [convolutions, products])
def test_models_hold_what_their_cases_say(module):
    for case in module.cases():
        model = parse_model(case.build().model_bytes())
        assert [tuple(value.shape) for value in model.inputs] == case.inputs()
        assert len(model.inputs) == (2 if case.fed else 1)
        assert case.operations() > 0


def test_operations_of_a_known_convolution():
    case = convolutions.conv("x", 64, 64, (56, 56), 3)
    assert case.operations() == 2 * 64 * 64 * 9 * 56 * 56
    halved = convolutions.conv("x", 3, 64, (224, 224), 7, 2)
    assert halved.operations() == 2 * 3 * 64 * 49 * 112 * 112


def test_feeds_match_the_inputs():
    case = convolutions.conv("x", 4, 6, (5, 7), 3, groups=2, fed=True)
    assert [array.shape for array in single.feeds(case)] == [(1, 4, 5, 7), (6, 2, 3, 3)]
    assert all(array.dtype == np.float32 for array in single.feeds(case))


def test_difference_is_relative_and_sees_what_is_missing():
    run = load_program()
    rival = np.array([1, -4], np.float32)
    assert run.difference({"poacl": np.array([1, -3], np.float32), "onnxruntime": rival}) == 0.25
    assert run.difference({"poacl": rival[:1], "onnxruntime": rival}) == math.inf
    assert run.difference({"poacl": rival * np.nan, "onnxruntime": rival}) == math.inf
