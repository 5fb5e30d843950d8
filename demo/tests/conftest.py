"""Finds the demo's modules, the converter and the shared data."""
import os
import pathlib
import subprocess
import sys

import pytest

DEMO = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(DEMO))


def shared_data():
    """Real models and photographs, kept beside the repository; POACL_DATA names another place."""
    return pathlib.Path(os.environ.get("POACL_DATA", DEMO.parent.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def convert(tmp_path_factory):
    """convert(onnx, *options): the .om that atc makes of it."""
    folder = tmp_path_factory.mktemp("om")

    def run(onnx, *options):
        output = folder / pathlib.Path(onnx).parent.name
        done = subprocess.run(
            [os.environ.get("POACL_ATC", "atc"), f"--model={onnx}", "--framework=5",
             f"--output={output}", "--soc_version=Ascend310P3", *options],
            capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return f"{output}.om"

    return run


@pytest.fixture
def classify():
    """classify(*arguments): (exit code, standard output, standard error) of classify.py.

    A process of its own, as a user runs it: acl.init and acl.finalize belong to a process.
    """
    environment = dict(os.environ)
    if "POACL_PYTHON_PRELOAD" in environment:  # a sanitizer's runtime; Python's own leaks aside
        environment["LD_PRELOAD"] = environment["POACL_PYTHON_PRELOAD"]
        environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0"

    def run(*arguments):
        done = subprocess.run([sys.executable, str(DEMO / "classify.py"), *map(str, arguments)],
                              capture_output=True, text=True, check=False, env=environment)
        return done.returncode, done.stdout, done.stderr

    return run
