"""The builder against itself, against protoc, and against stored models when they are there."""

import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import onnx_builder as ob
import protowire as wire

DATA = pathlib.Path(os.environ.get("POACL_DATA", pathlib.Path(__file__).parents[3] / "shared/data"))


@pytest.mark.parametrize("dtype", sorted(ob.ELEMENT_TYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 1, 5)])
def test_tensor_round_trip(dtype, shape):
    rng = np.random.default_rng(1)
    array = (rng.standard_normal(shape) * 100).astype(dtype)
    name, back = ob.parse_tensor(ob.tensor_bytes(array, "t"))
    assert name == "t" and back.dtype == array.dtype and back.shape == array.shape
    assert back.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "code, field_bytes, expected",
    [
        (1, wire.packed_floats(4, [1.5, -2.0]), np.array([1.5, -2.0], np.float32)),
        (6, wire.packed_integers(5, [-7, 8]), np.array([-7, 8], np.int32)),
        (7, wire.integer(7, -(2**63)) + wire.integer(7, 4), np.array([-(2**63), 4], np.int64)),
        (10, wire.packed_integers(5, [0x3C00, 0xC000]), np.array([1, -2], np.float16)),
        (13, wire.packed_integers(11, [2**64 - 1, 3]), np.array([2**64 - 1, 3], np.uint64)),
    ],
)
def test_tensor_with_typed_fields(code, field_bytes, expected):
    message = wire.packed_integers(1, [2]) + wire.integer(2, code) + field_bytes
    back = ob.parse_tensor(message)[1]
    assert back.dtype == expected.dtype and np.array_equal(back, expected)


def sample_graph():
    g = ob.GraphBuilder("sample", opset=13)
    x = g.input("x", [None, "channels", 4])
    w = g.constant(np.arange(4, dtype=np.float32), "w")
    a, b = g.node("Split", [x, ""], outputs=["a", "b"], name="cut", axis=-1)
    y = g.node("Fancy", [a, b, w], domain="own", alpha=0.5, sizes=[1, -2], scales=[1, 2.5],
               mode="edge", names=["p", "q"], value=np.ones((2, 2), np.float16))  # fmt: skip
    g.output(y, [1, 2], np.float16)
    return g


def test_model_round_trip(tmp_path):
    model = ob.read_model(sample_graph().save(tmp_path / "sub" / "m.onnx"))
    assert (model.name, model.opset, model.domains) == ("sample", 13, {"own": 1})
    assert [(v.name, v.dtype, v.shape) for v in model.inputs] == [
        ("x", np.float32, [None, "channels", 4])
    ]
    assert model.outputs[0].dtype == np.float16 and model.outputs[0].shape == [1, 2]
    assert np.array_equal(model.initializers["w"], np.arange(4, dtype=np.float32))
    split, fancy = model.nodes
    assert (split.name, split.inputs, split.outputs) == ("cut", ["x", ""], ["a", "b"])
    assert split.attributes == {"axis": -1}
    value = fancy.attributes.pop("value")
    assert value.dtype == np.float16 and value.shape == (2, 2)
    assert fancy.attributes == {
        "alpha": 0.5, "sizes": [1, -2], "scales": [1.0, 2.5], "mode": b"edge",
        "names": [b"p", b"q"],
    }  # fmt: skip
    assert fancy.domain == "own"


def test_names_are_unique():
    g = ob.GraphBuilder()
    g.input("x", [1])
    with pytest.raises(ValueError, match="'x' is taken"):
        g.constant(np.zeros(1), "x")
    assert g.node("Relu", ["x"]) != g.node("Relu", ["x"])


# 9 and 13 bytes would end on a field border, which is a whole (poorer) message.
@pytest.mark.parametrize("cut", [1, 4, 8, 10, 12, 14, 20, 45])
def test_cut_file_is_an_error_not_a_crash(cut):
    message = sample_graph().model_bytes()
    with pytest.raises((wire.WireError, ValueError)):
        ob.parse_model(message[:-cut])


@pytest.mark.skipif(not shutil.which("protoc"), reason="protoc is not installed")
def test_protoc_can_decode_what_is_written():
    result = subprocess.run(["protoc", "--decode_raw"], input=sample_graph().model_bytes(),
                            capture_output=True, check=False)  # fmt: skip
    assert result.returncode == 0, result.stderr
    text = result.stdout.decode()
    assert '"sample"' in text and '"Fancy"' in text and '"channels"' in text


@pytest.mark.skipif(not (DATA / "models/onnx").is_dir(), reason=f"no shared data at {DATA}")
def test_stored_models_can_be_read():
    checked = 0
    for path in sorted((DATA / "models/onnx").glob("*/model.onnx")):
        if path.stat().st_size > 6_000_000:
            continue
        model = ob.read_model(path)
        assert model.opset > 0 and model.nodes and model.inputs and model.outputs, path
        checked += 1
    assert checked > 0
