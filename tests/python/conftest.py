import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "api"))

import small_models
from toolchain import DATA, ToolError, build_file, convert, import_acl

acl = import_acl()


@pytest.fixture(scope="module")
def initialized():
    """One acl.init for the whole file."""
    assert acl.init() == 0, acl.get_recent_err_msg()
    yield
    assert acl.finalize() == 0, acl.get_recent_err_msg()


@pytest.fixture
def device(initialized):
    """Device 0 with its default context current in this thread."""
    assert acl.rt.set_device(0) == 0, acl.get_recent_err_msg()
    yield 0
    assert acl.rt.reset_device(0) == 0, acl.get_recent_err_msg()


@pytest.fixture(scope="session")
def atc():
    """Converts an ONNX file: atc(model, output without suffix, *options) -> path of the .om."""
    try:
        build_file("bin", "atc")
    except ToolError as error:
        pytest.skip(f"no model without atc: {error}")
    return convert


@pytest.fixture(scope="session")
def classifier(tmp_path_factory, atc):
    """A small convolutional classifier: (path of the .om, function that computes it in numpy)."""
    folder = tmp_path_factory.mktemp("classifier")
    onnx, compute = small_models.classifier(folder / "classifier.onnx")
    return atc(onnx, folder / "classifier"), compute


@pytest.fixture(scope="session")
def slow_model(tmp_path_factory, atc):
    """Path of an .om whose run takes milliseconds."""
    folder = tmp_path_factory.mktemp("slow")
    return atc(small_models.matrix_product(folder / "slow.onnx", 1024), folder / "slow")


@pytest.fixture
def stored_model():
    """Folder of a stored ONNX model of the reference data, by name."""

    def find(name):
        folder = DATA / "models" / "onnx" / name
        if not folder.is_dir():
            pytest.skip(f"the reference data is not there: {folder}")
        return folder

    return find


@pytest.fixture
def python_script():
    """Runs a program in a fresh interpreter that has the module; returns the finished process."""

    def run(text, *arguments, timeout=120):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run([sys.executable, "-c", text, *map(str, arguments)], env=environment,
                              capture_output=True, text=True, timeout=timeout, check=False)

    return run
