"""Executing a loaded model allocates nothing; alloc_test counts every malloc of the process."""

import os
import subprocess

import numpy as np
import pytest
from net_builder import Net
from networks import NETWORKS
import networks_shapes  # noqa: F401  (adds to NETWORKS)
from toolchain import build_file, convert

NAMES = ["conv_any_window", "conv_grouped", "residual_block", "inverted_residual_with_gate",
         "pools", "inception", "lrn_between_convs", "pads_of_every_mode", "gemm_forms",
         "matmul_forms", "perceptron", "broadcasting", "softmax_axes", "transposes"]  # fmt: skip


@pytest.fixture(scope="module")
def alloc_test():
    if os.environ.get("POACL_SANITIZED"):
        pytest.skip("a sanitizer brings its own malloc")
    return build_file("tests", "alloc_test")


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("name", NAMES)
def test_execute_allocates_nothing(name, threads, alloc_test, tmp_path):
    net = Net(np.random.default_rng([1, *name.encode()]))
    NETWORKS[name](net)
    om = convert(net.save(tmp_path / "net.onnx"), tmp_path / "net")
    result = subprocess.run([str(alloc_test), str(om)], capture_output=True, text=True,
                            check=False, env={**os.environ, "POACL_THREADS": threads})  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.startswith("allocations 0 bytes 0 runs 50"), result.stdout


def test_the_counter_counts(alloc_test):
    """One malloc, one calloc, one new of 100 bytes each, none of them on the main thread."""
    result = subprocess.run([str(alloc_test), "control"], capture_output=True, text=True,
                            check=False)  # fmt: skip
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout.startswith("allocations 3 bytes 300 ")


def test_a_model_that_is_missing_is_no_success(alloc_test, tmp_path):
    result = subprocess.run([str(alloc_test), str(tmp_path / "none.om")], capture_output=True,
                            text=True, check=False)  # fmt: skip
    assert result.returncode == 2 and "aclmdlLoadFromFile" in result.stderr
