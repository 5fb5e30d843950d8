"""spec/atc.md 8 and 9: JSON, checks and information about models, and the files atc leaves."""

import json
import struct

import protowire as wire
from atc_cases import attribute, case


@case("8", "**Mode 1, om")
def both_paths_are_needed(atc):
    atc.fails_alone("E10004", "--mode=1", "--json=x.json", names=["--om"])
    atc.fails_alone("E10004", "--mode=1", f"--om={atc.om}", names=["--json"])
    atc.fails_alone("E13026", "--mode=1", "--om=none.om", "--json=x.json", names=["none.om"])
    atc.fails_alone("E10041", "--mode=1", f"--om={atc.write('bad.om', 'no model')}",
                    "--json=x.json", names=["bad.om"])  # fmt: skip
    atc.fails_alone("E13004", "--mode=1", f"--om={atc.om}", "--json=none/x.json",
                    names=["none/x.json"])  # fmt: skip
    before = atc.om.read_bytes()
    atc.fails_alone("E10001", "--mode=1", f"--om={atc.om}", f"--json={atc.om}")
    assert atc.om.read_bytes() == before
    assert not atc.path("x.json").exists()


# The message, written down a second time: {field number: (name, kind, repeated)}.
DESC = {1: ("name", "text", 0), 2: ("dtype", "dtype", 0), 3: ("shape", {1: ("dim", "int", 1)}, 0),
        4: ("layout", "text", 0), 14: ("device_type", "text", 0)}  # fmt: skip
ATTR = {1: ("key", "text", 0)}
LIST = {2: ("s", "text", 1), 3: ("i", "int", 1), 4: ("f", "floats", 1), 5: ("b", "bool", 1),
        12: ("dt", "int", 1), 20: ("val_type", "list type", 0)}  # fmt: skip
VALUE = {1: ("list", LIST, 0), 2: ("s", "text", 0), 3: ("i", "int", 0), 4: ("f", "float", 0),
         5: ("b", "bool", 0), 12: ("t", {1: ("desc", DESC, 0)}, 0),
         15: ("dt", "int", 0)}  # fmt: skip
ATTR[2] = ("value", VALUE, 0)
DESC[5] = ("attr", ATTR, 1)
OP = {1: ("name", "text", 0), 2: ("type", "text", 0), 5: ("input", "text", 1),
      10: ("attr", ATTR, 1), 21: ("id", "int", 0), 24: ("src_name", "text", 1),
      25: ("src_index", "int", 1), 32: ("is_input_const", "bool", 1),
      33: ("input_desc", DESC, 1), 34: ("output_desc", DESC, 1)}  # fmt: skip
GRAPH = {1: ("name", "text", 0), 4: ("input", "text", 1), 6: ("op", OP, 1), 11: ("attr", ATTR, 1)}
MODEL = {1: ("name", "text", 0), 2: ("version", "int", 0), 7: ("graph", GRAPH, 1),
         11: ("attr", ATTR, 1)}  # fmt: skip
DTYPES = {1: "DT_FLOAT", 2: "DT_FLOAT16", 7: "DT_INT32", 8: "DT_INT64"}
LIST_TYPES = {0: "VT_LIST_NONE", 1: "VT_LIST_STRING", 2: "VT_LIST_INT", 3: "VT_LIST_FLOAT"}


def scalars(kind, wire_kind, value):
    if kind == "text":
        return ["".join(chr(c) if 32 <= c < 127 and chr(c) not in "\"'\\" else
                        f"\\{chr(c)}" if chr(c) in "\"'\\" else f"\\{c:03o}"
                        for c in bytes(value))]  # fmt: skip
    if kind == "float":
        return [f"{struct.unpack('<f', value)[0]:g}"]
    if kind == "floats":
        return [number for (number,) in struct.iter_unpack("<f", value)]
    numbers = [wire.signed(number) for number in wire.integers_of(wire_kind, value)]
    names = {"dtype": DTYPES, "list type": LIST_TYPES, "bool": {0: False, 1: True}}.get(kind)
    return [names[number] for number in numbers] if names else numbers


def decoded(table, data):
    """A message by a table of its fields; what the table does not have is left out."""
    found = {}
    for number, wire_kind, value in wire.fields(data):
        if number not in table:
            continue
        name, kind, repeated = table[number]
        values = (
            [decoded(kind, value)] if isinstance(kind, dict) else scalars(kind, wire_kind, value)
        )
        if repeated:
            found.setdefault(name, []).extend(values)
        else:
            found[name] = values[-1]
    return found


def model_message(om):
    """The first partition of one of our files."""
    data = om.read_bytes()
    count = struct.unpack_from("<I", data, 256)[0]
    kind, _, offset, size = struct.unpack_from("<IIQQ", data, 264)
    assert kind == 0
    begin = 256 + 8 + 24 * count + offset
    return data[begin : begin + size]


@case("8", "**Mode 1, om")
def the_json_is_the_message(atc):
    model = atc.json_of(atc.om)
    assert model == decoded(MODEL, model_message(atc.om))
    assert [op["type"] for op in model["graph"][0]["op"]] == ["Data", "Relu", "NetOutput"]
    assert attribute(model, "soc_version") == {"s": "Ascend310P3"}


@case("8", "**Mode 1, om")
def what_is_left_out(atc):
    text = json.dumps(atc.json_of(atc.om))
    for name in ("output", "data_offset", "data", "workspace", "workspace_bytes", "weight_size",
                 "size", "bt"):  # fmt: skip
        assert f'"{name}":' not in text


@case("8", "**Mode 1, framework")
def an_onnx_model(atc):
    target = atc.path("onnx.json")
    result = atc.run("--mode=1", f"--om={atc.model}", f"--json={target}", "--framework=5")
    assert result.returncode == 0, result.stdout
    graph = json.loads(target.read_text())
    assert graph["node"] == [{"name": "relu", "op_type": "Relu", "input": ["data"],
                              "output": ["y"]}]  # fmt: skip
    dims = graph["input"][0]["type"]["tensor_type"]["shape"]["dim"]
    assert dims == [{"dim_value": 1}, {"dim_value": 3}, {"dim_value": 8}, {"dim_value": 8}]
    atc.fails_alone("E10041", "--mode=1", f"--om={atc.model}", "--json=x.json",
                    names=["--framework=5"])  # fmt: skip
    for other in (0, 3):
        atc.fails_alone("E10055", "--mode=1", f"--om={atc.model}", "--json=x.json",
                        f"--framework={other}")  # fmt: skip
    atc.fails_alone("E10041", "--mode=1", f"--om={atc.write('bad.onnx', b'0123' * 30)}",
                    "--json=x.json", "--framework=5", names=["bad.onnx"])  # fmt: skip


@case("8", "**Mode 1, framework")
def the_graph_as_the_converter_sees_it(atc):
    target = atc.path("dump.json")
    result = atc.run("--mode=1", f"--om={atc.model}", f"--json={target}", "--framework=5",
                     "--dump_mode=1")  # fmt: skip
    assert result.returncode == 0, result.stdout
    ops = json.loads(target.read_text())["graph"][0]["op"]
    assert [op["type"] for op in ops] == ["Data", "Relu", "NetOutput"]
    desc = ops[1]["output_desc"][0]
    assert desc["dtype"] == 1, "enums are numbers"
    assert desc["shape"]["dim"] == [1, 3, 8, 8]
    assert desc["size"] == 768, "nothing is left out"
    atc.fails_alone("E10006", "--mode=1", f"--om={atc.model}", "--json=x.json", "--framework=5",
                    "--dump_mode=2")  # fmt: skip


@case("8", "**Mode 3.")
@case("9", "`check_result.json`")
def a_check_writes_its_report(atc):
    report = atc.path("check_result.json")
    result = atc.run("--mode=3", f"--model={atc.model}", "--framework=5")
    assert result.returncode == 0, result.stdout
    checked = json.loads(report.read_text())
    assert (checked["result"], checked["total"], checked["fail"]) == ("success", 1, 0)
    bad = atc.write("bad.onnx", atc.model.read_bytes().replace(b"Relu", b"Rolu"))
    result = atc.run("--mode=3", f"--model={bad}", "--framework=5", "--check_report=bad.json")
    assert result.returncode == 255
    checked = json.loads(atc.path("bad.json").read_text())
    assert (checked["result"], checked["fail"]) == ("failed", 1)
    [operator] = checked["op"]
    assert operator["type"] == "Rolu"
    assert operator["cause"][0]["code"]


@case("8", "**Mode 5.")
def dumped_text(atc):
    text = ('name: "net" graph { name: "g" op { name: "a" type: "Data" '
            "output_desc { dtype: DT_INT32 size: 4 } } }")  # fmt: skip
    dump = atc.write("ge_proto_00001_Build.txt", text)
    target = atc.path("dumped.json")
    result = atc.run("--mode=5", f"--om={dump}", f"--json={target}")
    assert result.returncode == 0, result.stdout
    assert json.loads(target.read_text()) == {
        "name": "net",
        "graph": [{"name": "g", "op": [{"name": "a", "type": "Data",
                                        "output_desc": [{"dtype": "DT_INT32"}]}]}],
    }  # fmt: skip
    atc.fails_alone("E10041", "--mode=5", f"--om={atc.write('bad.txt', 'graph {')}",
                    "--json=x.json", names=["bad.txt", "line 1"])  # fmt: skip
    atc.fails_alone("E10004", "--mode=5", f"--om={dump}", names=["--json"])


@case("8", "**Mode 6.")
@case("2", "8.")
def information(atc):
    result = atc.run("--mode=6", f"--om={atc.om}")
    assert result.returncode == 0
    for part in ("Display Model Info start", "Display Model Info end", "atc_version[",
                 "soc_version[Ascend310P3]", "framework_type[5]", "memory_size[", "weight_size[",
                 "stream_num[", "event_num[", "modeldef_size[", "weight_data_size[",
                 "tbe_kernels_size[", "cust_aicpu_kernel_store_size[", "task_info_size[",
                 "so_store_size[", f"--model={atc.model}"):  # fmt: skip
        assert part in result.stdout, part
    assert f"modeldef_size[{len(model_message(atc.om))} B]" in result.stdout
    atc.passes("--display_model_info=1", prints=["Display Model Info start"])
    atc.fails_alone("E10057", "--mode=6", f"--om={atc.om}", "--output=x", names=["--output"])
    atc.fails_alone("E10004", "--mode=6", names=["--om"])
    atc.fails_alone("E10041", "--mode=6", f"--om={atc.model}", names=[atc.model.name])


@case("8", "**Modes 7 and 30.")
def other_packages(atc):
    for mode in (7, 30):
        atc.fails_alone("E10055", f"--mode={mode}", f"--om={atc.om}", names=[mode])


@case("9", "`<output>.om`")
def one_file_and_nothing_beside_it(atc):
    om = atc.passes(output=atc.path("fresh") / "result")
    assert [path.name for path in om.parent.iterdir()] == ["result.om"]
