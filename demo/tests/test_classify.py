"""The demo program as a user runs it, with the bundled model and with real ones."""
import json
import re

import pytest
from conftest import DEMO, shared_data

BUNDLED = ["--mean", "127.5", "--std", "64", "--resize", "squash"]
# Per model: its options, its label file, and how many classes stand before the first real one.
REAL = {
    "squeezenet": (["--bgr", "--mean", "104,117,123", "--std", "1"],
                   "imagenet_labels_1000.txt", 0),
    "mobilenet_v2_1.0_224": (["--mean", "127.5", "--std", "127.5"],
                             "imagenet_labels_1001.txt", 1),
}


def top_lines(text):
    """The blocks of a run: per picture its list of (class, probability)."""
    blocks = text.split("==== top5 inference results: =====")[1:]
    return [[(int(index), float(value)) for index, value in
             re.findall(r"^\[(\d+)\]: ([0-9.]+)", block, re.M)] for block in blocks]


def test_bundled_pictures_get_their_class(convert, classify, tmp_path):
    om = convert(DEMO / "model" / "signs.onnx", "--input_shape=image:1,3,64,64")
    sheet = tmp_path / "sheet.jpg"
    code, out, err = classify(om, DEMO / "pictures", *BUNDLED, "--labels",
                              DEMO / "model" / "labels.txt", "--check", "--sheet", sheet)
    assert code == 0, out + err
    blocks = top_lines(out)
    assert len(blocks) == len(list((DEMO / "pictures").glob("*.jpg"))) >= 6
    for block in blocks:
        assert len(block) == 5
        assert [value for _, value in block] == sorted((v for _, v in block), reverse=True)
    assert sheet.stat().st_size > 10000


def test_a_picture_under_a_wrong_name_fails_the_check(convert, classify, tmp_path):
    om = convert(DEMO / "model" / "signs.onnx", "--input_shape=image:1,3,64,64")
    (tmp_path / "parking.jpg").write_bytes((DEMO / "pictures" / "stop.jpg").read_bytes())
    code, _, err = classify(om, tmp_path, *BUNDLED, "--labels", DEMO / "model" / "labels.txt",
                            "--check")
    assert code == 1
    assert "parking.jpg was taken for 'stop'" in err


@pytest.mark.parametrize("arguments, says", [
    (["absent.om", DEMO / "pictures"], "load_from_file returned"),
    (["OM", DEMO / "absent"], "absent"),
    (["OM", DEMO / "tests"], "holds no picture"),
    (["OM", DEMO / "pictures", "--labels", DEMO / "tests" / "conftest.py"], "names, the model has"),
])
def test_mistakes_are_named(convert, classify, arguments, says):
    om = convert(DEMO / "model" / "signs.onnx", "--input_shape=image:1,3,64,64")
    code, _, err = classify(*[om if word == "OM" else word for word in arguments])
    assert code == 1
    assert says in err and "Traceback" not in err


def field(number, value):
    """One field of a protobuf message: a number below 128, text or bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    value = value.encode() if isinstance(value, str) else value
    assert len(value) < 16384
    size = bytes([len(value)]) if len(value) < 128 else bytes([len(value) & 127 | 128,
                                                              len(value) >> 7])
    return bytes([number << 3 | 2]) + size + value


def sum_of_two():
    """An ONNX model total = left + right, [1,3,8,8] each."""
    dims = b"".join(field(1, field(1, dim)) for dim in (1, 3, 8, 8))
    kind = field(2, field(1, field(1, 1) + field(2, dims)))
    node = field(1, "left") + field(1, "right") + field(2, "total") + field(4, "Add")
    graph = (field(1, node) + field(2, "sum") + field(11, field(1, "left") + kind) +
             field(11, field(1, "right") + kind) + field(12, field(1, "total") + kind))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


def test_a_model_with_two_inputs_is_refused(convert, classify, tmp_path):
    onnx = tmp_path / "model.onnx"
    onnx.write_bytes(sum_of_two())
    code, out, err = classify(convert(onnx), DEMO / "pictures", *BUNDLED)
    assert code == 1 and not top_lines(out)
    assert "the model has 2 inputs (left, right)" in err and "Traceback" not in err


def test_one_execution_is_no_median(convert, classify):
    om = convert(DEMO / "model" / "signs.onnx", "--input_shape=image:1,3,64,64")
    code, out, err = classify(om, DEMO / "pictures" / "stop.jpg", *BUNDLED, "--runs", 1)
    assert code == 0, err
    assert re.search(r"^time: [0-9.]+ ms \(1 execution\)$", out, re.M), out
    assert "median of 2 executions" in classify(om, DEMO / "pictures" / "stop.jpg", *BUNDLED,
                                                "--runs", 2)[1]


@pytest.mark.parametrize("name", REAL)
def test_real_models_give_the_published_classes(convert, classify, name):
    expected_file = shared_data() / "models" / "classification_top5.json"
    if not expected_file.exists():
        pytest.skip(f"no real models at {shared_data()} (POACL_DATA names another place)")
    expected = [entry for entry in json.loads(expected_file.read_text())
                if entry["model"] == f"models/onnx/{name}"]
    assert expected
    om = convert(shared_data() / "models" / "onnx" / name / "model.onnx")
    options, labels, first = REAL[name]
    for entry in expected:
        code, out, err = classify(om, shared_data() / entry["photo"], "--labels",
                                  shared_data() / "labels" / labels, "--runs", 1, *options)
        assert code == 0, out + err
        (block,) = top_lines(out)
        best = entry["top5"][0]
        assert block[0][0] - first == best["class"], (entry["photo"], out)
        assert block[0][1] == pytest.approx(best["probability"], abs=0.01), entry["photo"]
