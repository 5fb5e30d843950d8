"""Models converted by atc and run by C clients, all of them built for another processor."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "models")]

from checks import assert_close
from conformance import input_shape_option
from numpy_reference import evaluate
from onnx_builder import read_model, read_tensor
from toolchain import DATA, ROOT, convert, program

FOLDER = DATA / "models" / "onnx"
# A dense network, one of bytes (equal to the last bit), one recurrent, two of attention, one that
# splits and joins: small enough for an emulator.
NAMES = ["mnist_8", "resnet20_cifar10", "mobilenetv2_qdq_int8", "byte_sb_bidi_lstm", "bert_toy",
         "llama_decoder_260k_seq64", "osnet_x0_25_reid"]  # fmt: skip
TOLERANCES = {"mobilenetv2_qdq_int8": 0}


def run(*arguments):
    done = subprocess.run([*program(*arguments[0]), *map(str, arguments[1:])], capture_output=True,
                          text=True, timeout=1200, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_model(om, inputs, wanted, folder):
    """What msame makes of the arrays, as arrays like those wanted."""
    files = []
    for number, array in enumerate(inputs):
        files.append(folder / f"input_{number}.bin")
        np.ascontiguousarray(array).tofile(files[-1])
    run(("bin", "msame"), "--model", om, "--input", ",".join(map(str, files)),
        "--output", folder / "out")  # fmt: skip
    [made] = (folder / "out").iterdir()
    assert len(list(made.glob("*.bin"))) == len(wanted)
    return [
        np.fromfile(next(made.glob(f"*_output_{number}.bin")), array.dtype).reshape(array.shape)
        for number, array in enumerate(wanted)
    ]


def test_bundled_model(tmp_path):
    path = ROOT / "demo" / "model" / "signs.onnx"
    model = read_model(path)
    ramp = (np.arange(3 * 64 * 64) % 255).astype(np.float32) / np.float32(255)
    image = ramp.reshape(1, 3, 64, 64)
    om = convert(path, tmp_path / "signs", *input_shape_option(model, [image]))
    expected = evaluate(model, {model.inputs[0].name: image})[model.outputs[0].name]
    expected = expected.astype(np.float32)
    [output] = run_model(om, [image], [expected], tmp_path)
    assert_close(output, expected, 1e-4, "signs")
    lines = [line.split("]: ") for line in run(("tests", "first_app"), om).splitlines()]
    assert [int(index[1:]) for index, _ in lines] == list(expected.ravel().argsort()[::-1][:5])


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no stored models at {FOLDER}")
@pytest.mark.parametrize("name", NAMES)
def test_outputs_equal_the_stored_ones(name, tmp_path):
    path = FOLDER / name / "model.onnx"
    model = read_model(path)
    case = path.parent / "test_data_set_0"
    inputs = [read_tensor(case / f"input_{i}.pb") for i in range(len(model.inputs))]
    wanted = [read_tensor(case / f"output_{i}.pb") for i in range(len(model.outputs))]
    om = convert(path, tmp_path / name, *input_shape_option(model, inputs))
    outputs = run_model(om, inputs, wanted, tmp_path)
    for number, (output, expected) in enumerate(zip(outputs, wanted, strict=True)):
        tolerance = TOLERANCES.get(name, 1e-4)
        assert_close(output, expected, tolerance, f"{name}, output {number}")
