"""The C program of tests/c, built as C11 against the public headers."""

import os
import subprocess

import numpy as np
from toolchain import build_file


def run_client(*arguments, program="first_app"):
    environment = {key: value for key, value in os.environ.items() if key != "LD_PRELOAD"}
    return subprocess.run([str(build_file("tests", program)), *map(str, arguments)],
                          capture_output=True, text=True, env=environment, timeout=120,
                          check=False)


def test_c_program_gives_the_same_classes(classifier):
    path, compute = classifier
    run = run_client(path)
    assert run.returncode == 0, run.stderr
    ramp = (np.arange(192) % 255).astype(np.float32) / np.float32(255)
    wanted = compute(ramp.reshape(1, 3, 8, 8)).ravel()
    lines = [line.split("]: ") for line in run.stdout.splitlines()]
    assert [int(index[1:]) for index, _ in lines] == list(wanted.argsort()[::-1][:5])
    assert np.allclose([float(value) for _, value in lines], np.sort(wanted)[::-1][:5], atol=1e-3)


def test_c_program_reports_a_missing_model(tmp_path):
    run = run_client(tmp_path / "none.om")
    assert run.returncode == 1
    assert "145002" in run.stderr and "none.om" in run.stderr
