"""poacl-om: files of ours, files as an NPU's compiler writes them, and what is no model."""

import json
import struct

import protowire as wire
import pytest
from conftest import convolution_model, run_tool


def show(*arguments):
    result = run_tool("poacl-om", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_everything_of_a_file_of_ours(convolution):
    facts = json.loads(show("--json", convolution))
    assert facts["genuine"] is False
    assert facts["file_bytes"] == convolution.stat().st_size
    assert facts["inputs"] == [{"name": "data", "type": "float", "dims": [1, 3, 8, 8],
                                "format": "NCHW", "range": "", "bytes": 768}]  # fmt: skip
    [output] = facts["outputs"]
    assert output["name"] == "second:0:y"
    assert output["dims"] == [1, 4, 8, 8]
    assert "--framework=5" in facts["attributes"]["atc_cmdline"]
    assert facts["attributes"]["soc_version"] == "Ascend310P3"
    assert facts["operators"]["Data"] == 1
    assert sum(part["bytes"] for part in facts["partitions"]) < facts["file_bytes"]
    [program] = facts["programs"]
    assert program["weight_bytes"] >= 4 * 3 * 3 * 3 * 4
    steps = program["steps"]
    assert any(step["type"] == "Conv2D" and step["weight_bytes"] > 0 for step in steps)
    assert all(step["kernel"] and step["results"] for step in steps)
    assert steps[-1]["results"] == ["output 0"]


def test_text_for_people(convolution):
    text = show(convolution)
    for part in ("a file of PoACL's atc", "atc_cmdline", "data  float [1,3,8,8] NCHW, 768 B",
                 "second:0:y", "Conv2D", "output 0", "activations"):  # fmt: skip
        assert part in text, text
    assert "output 0" not in show("--no-steps", convolution)


def test_gears_have_a_program_each(tmp_path):
    om = convolution_model(tmp_path, ["n", 3, 8, 8], "--input_shape=data:-1,3,8,8",
                           "--dynamic_batch_size=1,2,4")  # fmt: skip
    facts = json.loads(show("--json", om))
    assert facts["gears"] == {"kind": "batch", "values": [[1], [2], [4]]}
    assert facts["inputs"][0]["dims"] == [-1, 3, 8, 8]
    assert facts["inputs"][1]["name"] == "ascend_mbatch_shape_data"
    assert len(facts["programs"]) == 3
    assert all(program["gear"] and program["steps"] for program in facts["programs"])
    assert "gears (batch)\n  1 2 4\n" in show(om)


def test_a_model_with_open_dimensions_says_why_there_are_no_steps(tmp_path):
    om = convolution_model(tmp_path, ["n", 3, 8, 8], "--input_shape=data:-1,3,8,8")
    [program] = json.loads(show("--json", om))["programs"]
    assert not program["steps"]
    assert "run time" in program["why_not"]


def test_aipp(tmp_path):
    config = tmp_path / "aipp.cfg"
    config.write_text("aipp_op { aipp_mode: static input_format: RGB888_U8 src_image_size_w: 8 "
                      "src_image_size_h: 8 mean_chn_1: 7 var_reci_chn_0: 0.5 }")  # fmt: skip
    om = convolution_model(tmp_path, [1, 3, 8, 8], f"--insert_op_conf={config}")
    facts = json.loads(show("--json", om))
    [aipp] = facts["aipp"]
    assert aipp["attributes"]["mean_chn_1"] == "7"
    assert aipp["attributes"]["var_reci_chn_0"] == "0.5"
    assert facts["inputs"][0]["type"] == "uint8"
    assert facts["inputs"][0]["bytes"] == 8 * 8 * 3
    text = show(om)
    assert "mean_chn_1=7" in text
    assert "mean_chn_0" not in text


def named(key, value):
    return wire.data(1, key) + wire.data(2, value)


def text_list(values):
    items = b"".join(wire.data(2, value) for value in values)
    return wire.data(1, items + wire.integer(20, 1))


def genuine_file():
    """As the chip's compiler writes it: other partitions, compressed attribute names."""
    names = [f"unused{i}" for i in range(131)]
    names[3], names[130] = "origin_shape", "origin_format"
    shape_key = bytes([0, 4])
    format_key = bytes([0, 130 % 127 + 1, 130 // 127 + 1])
    flags = b"".join(wire.integer(5, int(i == 130)) for i in range(131))
    dims = wire.packed_integers(1, [1, 1, 640, 640, 16])
    desc = wire.integer(2, 2) + wire.data(3, dims) + wire.data(4, "NC1HWC0")
    origin = wire.data(1, wire.packed_integers(3, [1, 3, 640, 640]) + wire.integer(20, 2))
    desc += wire.data(5, named(shape_key, origin))
    desc += wire.data(5, named(format_key, wire.integer(3, 1)))
    image = wire.data(1, "images") + wire.data(2, "Data") + wire.data(34, desc)
    output = wire.data(1, "Node_Output") + wire.data(2, "NetOutput") + wire.data(5, "conv1:0")
    output += wire.data(33, wire.integer(2, 1) + wire.data(3, wire.packed_integers(1, [1, 9])))
    ops = [image, *(wire.data(1, f"conv{i}") + wire.data(2, "Conv2D") for i in range(2)), output]
    model = wire.data(1, "yolo") + wire.integer(2, 2)
    model += wire.data(7, wire.data(1, "g") + b"".join(wire.data(6, op) for op in ops))
    for key, value in {
        "soc_version": wire.data(2, "Ascend310B4"), "atc_version": wire.data(2, "8.0.0"),
        "atc_cmdline": wire.data(2, "atc --model=yolo.onnx"), "memory_size": wire.integer(3, 77),
        "om_compress_version": wire.integer(3, 1), "attr_name_enum": text_list(names),
        "attr_value_enum": text_list(["ND", "NCHW"]),
        "attrs_use_string_value": wire.data(1, flags + wire.integer(20, 4)),
        "attr_model_out_nodes_name": text_list(["head:0:boxes"]),
    }.items():  # fmt: skip
        model += wire.data(11, named(key, value))
    parts = [(8, b"info"), (0, model), (1, bytes(64)), (3, bytes(32)), (2, bytes(16))]
    table, offset = struct.pack("<II", len(parts), 0), 0
    for kind, data in parts:
        table += struct.pack("<IIQQ", kind, 0, offset, len(data))
        offset += len(data)
    body = table + b"".join(data for _, data in parts)
    header = bytearray(256)
    struct.pack_into("<4sII", header, 0, b"IMOD", 256, 0x20000000)
    struct.pack_into("<I", header, 156, 1)
    struct.pack_into("<20s", header, 160, b"1.11.z.0")
    struct.pack_into("<Q", header, 184, len(body))
    return bytes(header) + body


@pytest.fixture
def genuine(tmp_path):
    path = tmp_path / "yolo.om"
    path.write_bytes(genuine_file())
    return path


def test_the_readable_part_of_a_genuine_file(genuine):
    facts = json.loads(show("--json", genuine))
    assert facts["genuine"] is True
    assert facts["platform_version"] == "1.11.z.0"
    assert [part["type"] for part in facts["partitions"]] == [8, 0, 1, 3, 2]
    assert facts["partitions"][3] == {"type": 3, "name": "chip kernels", "bytes": 32}
    assert facts["inputs"] == [{"name": "images", "type": "float16", "dims": [1, 3, 640, 640],
                                "format": "NCHW", "range": "", "bytes": 2457600}]  # fmt: skip
    assert facts["outputs"][0]["name"] == "head:0:boxes"
    assert facts["attributes"]["atc_cmdline"] == "atc --model=yolo.onnx"
    assert facts["operators"] == {"Conv2D": 2, "Data": 1, "NetOutput": 1}
    assert facts["programs"] == []
    text = show(genuine)
    assert "genuine NPU file" in text
    assert "2 x Conv2D" in text


def test_atc_shows_a_genuine_file_too(genuine, tmp_path):
    result = run_tool("atc", "--mode=6", f"--om={genuine}")
    assert result.returncode == 0, result.stdout
    for part in ("soc_version[Ascend310B4]", "memory_size[77 B]", "tbe_kernels_size[32 B]",
                 "Original Atc command line: atc --model=yolo.onnx"):  # fmt: skip
        assert part in result.stdout, part
    target = tmp_path / "yolo.json"
    result = run_tool("atc", "--mode=1", f"--om={genuine}", f"--json={target}")
    assert result.returncode == 0, result.stdout
    [image, *_] = json.loads(target.read_text())["graph"][0]["op"]
    attrs = {entry["key"]: entry["value"] for entry in image["output_desc"][0]["attr"]}
    assert attrs["origin_shape"]["list"]["i"] == [1, 3, 640, 640]
    assert attrs["origin_format"] == {"s": "NCHW"}, "attribute compression is undone"


@pytest.mark.parametrize("damage", ["cut", "magic", "table", "graph", "text"])
def test_damaged_files_have_their_sentence(tmp_path, convolution, damage):
    data = bytearray(convolution.read_bytes())
    if damage == "cut":
        del data[-1000:]
    elif damage == "magic":
        data[0:4] = b"OMOD"
    elif damage == "table":
        data[256] = 200
    elif damage == "graph":
        data[360:460] = bytes(range(100, 200))
    else:
        data = b"hello"
    path = tmp_path / "x.om"
    path.write_bytes(data)
    result = run_tool("poacl-om", path)
    assert result.returncode == 1
    assert "[error 1450" in result.stderr
    assert result.stdout == ""


def test_one_bad_file_of_several(tmp_path, convolution):
    result = run_tool("poacl-om", tmp_path / "none.om", convolution)
    assert result.returncode == 1
    assert "145002" in result.stderr
    assert "a file of PoACL's atc" in result.stdout
