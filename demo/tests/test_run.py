"""scripts/demo's second half: which options go together, and what it passes on."""
import os
import pathlib

import pytest
import run
from conftest import DEMO

ALWAYS = ["--prefix", "/prefix", "--work", "/work"]


def classify_words(*arguments):
    given = run.parse_options([*arguments, *ALWAYS])
    return run.classify_command(given, "m.om", given.images or "bundled", "sheet.jpg")


def test_only_the_bundled_pictures_are_checked():
    assert "--check" in classify_words()
    own = classify_words("--images", "mine")
    assert "--check" not in own
    assert own[own.index("--resize") + 1] == "squash"
    assert "--check" not in classify_words("--model", "m.onnx", "--images", "mine")


@pytest.mark.parametrize("option", [
    ["--mean", "1"], ["--std", "2"], ["--bgr"], ["--layout", "NHWC"], ["--resize", "crop"],
    ["--labels", "l.txt"], ["--input_shape", "x:1"]])
def test_options_of_an_own_model_are_refused_without_one(option, capsys):
    with pytest.raises(SystemExit) as ended:
        run.parse_options([*option, "--images", "mine", *ALWAYS])
    assert ended.value.code == 2
    assert f"{option[0]} goes with --model" in capsys.readouterr().err


def test_values_with_a_minus_sign_arrive(classify):
    words = classify_words("--model", "m.onnx", "--images", "mine", "--mean=-1,0,1", "--std", "2",
                           "--runs", "3")
    assert "--mean=-1,0,1" in words and "--std=2" in words and "--runs=3" in words
    code, output, _ = classify("--help")
    assert code == 0 and "--mean=-1,0,1" in output


def test_an_open_shape_is_hinted(tmp_path, capfd):
    atc = os.environ.get("POACL_ATC", "atc")
    command = [atc, f"--model={DEMO / 'model' / 'signs.onnx'}", "--framework=5",
               f"--output={tmp_path / 'signs'}", "--soc_version=Ascend310P3"]
    assert run.run_atc(command, os.environ) != 0
    out, err = capfd.readouterr()
    assert "ATC run failed" in out
    assert "hint: give it as --input_shape to scripts/demo: --input_shape image:1,3,64,64" in err
    assert run.run_atc([*command, "--input_shape=image:1,3,64,64"], os.environ) == 0
    out, err = capfd.readouterr()
    assert "ATC run success" in out and "hint" not in err
    assert pathlib.Path(f"{tmp_path / 'signs'}.om").exists()
