"""spec/model.md section 8: turning dumps on and off, and what they contain."""

import json
import pathlib
import tempfile

import numpy as np
from model_kit import (
    Dataset,
    check_plain,
    eager_model,
    gear_model,
    loaded,
    plain_expected,
    plain_input,
)
from protowire import decode_varint, fields
from rows import INVALID_PARAM, REPEAT_INITIALIZE, ok, row

UNINITIALIZED, DUMP_CONFIG, NOT_ALLOWED, INVALID_FILE, PARSE_FILE = (
    100001, 100009, 100045, 100003, 100006,
)  # fmt: skip
NUMPY_TYPES = {1: np.float32, 8: np.int64}  # by the numbers of the message


def settings(folder, **more):
    return {"dump_path": str(folder), "dump_list": [{}], "dump_mode": "all", **more}


def write_config(folder, section):
    path = pathlib.Path(folder) / "dump.json"
    path.write_text(json.dumps(section if "dump" in section else {"dump": section}))
    return str(path)


def start(acl):
    ok(acl.init())
    ok(acl.rt.set_device(0))
    ok(acl.mdl.init_dump())


def dump_files(folder):
    return sorted(path for path in pathlib.Path(folder).rglob("*.*.*.*.*") if path.is_file())


class DumpFile:
    def __init__(self, content):
        length = int.from_bytes(content[:8], "little")
        head, self.raw = content[8 : 8 + length], content[8 + length :]
        self.inputs, self.outputs, self.name = [], [], None
        sizes = []
        for number, _, value in fields(head):
            if number == 6:
                self.name = bytes(value).decode()
            if number in (3, 4):
                sizes.append((number, {field: content for field, _, content in fields(value)}))
        at = 0
        # All inputs come before all outputs.
        for kind, size_field in ((4, 5), (3, 6)):
            for number, tensor in sizes:
                if number != kind:
                    continue
                shape = dimensions(tensor[3])
                size = tensor[size_field]
                dtype = NUMPY_TYPES[tensor[1]]
                array = np.frombuffer(self.raw[at : at + size], dtype).reshape(shape)
                (self.inputs if kind == 4 else self.outputs).append(array)
                at += size
        assert at == len(self.raw)


def dimensions(shape):
    """The numbers of a shape message: one field of packed varints."""
    dims = []
    for _, _, text in fields(shape):
        at = 0
        while at < len(text):
            value, at = decode_varint(text, at)
            dims.append(value)
    return dims


@row("model.md 8", "init_dump", "set_dump([path])", "finalize_dump", bare=True)
def the_order_of_calls(acl):
    with tempfile.TemporaryDirectory() as folder:
        good = write_config(folder, settings(folder))
        assert acl.mdl.init_dump() == acl.mdl.set_dump(good) == UNINITIALIZED
        ok(acl.init())
        assert acl.mdl.set_dump(good) == acl.mdl.finalize_dump() == NOT_ALLOWED
        ok(acl.mdl.init_dump())
        assert acl.mdl.init_dump() == REPEAT_INITIALIZE
        ok(acl.mdl.set_dump(good))
        ok(acl.mdl.finalize_dump())
        assert acl.mdl.finalize_dump() == acl.mdl.set_dump(good) == NOT_ALLOWED
        ok(acl.mdl.init_dump())
        ok(acl.mdl.finalize_dump())


@row("model.md 8", "init_dump", bare=True)
def the_file_of_init_has_turned_it_on(acl):
    with tempfile.TemporaryDirectory() as folder:
        ok(acl.init(write_config(folder, settings(folder))))
        ok(acl.rt.set_device(0))
        assert acl.mdl.init_dump() == REPEAT_INITIALIZE
        assert acl.mdl.finalize_dump() == NOT_ALLOWED
        with loaded(acl) as model:
            check_plain(acl, model)
        assert dump_files(folder)
        ok(acl.rt.reset_device(0))
        ok(acl.finalize())


@row("model.md 8", "set_dump([path])", bare=True)
def wrong_files_and_contents(acl):
    start(acl)
    with tempfile.TemporaryDirectory() as folder:
        assert acl.mdl.set_dump() == INVALID_PARAM
        assert acl.mdl.set_dump(folder + "/missing.json") == INVALID_FILE
        bad = pathlib.Path(folder) / "bad.json"
        bad.write_text("{")
        assert acl.mdl.set_dump(str(bad)) == PARSE_FILE
        for wrong in (
            {"profiler": {}, "dump": 1},
            {"dump_list": [{}]},
            settings("/no/such/folder"),
            settings(folder, dump_mode="everything"),
            settings(folder, dump_step="5-3"),
            settings(folder, dump_stats=["Median"]),
            settings(folder, dump_list=[{"model_name": ""}]),
            settings(folder, dump_list=[{"layer": []}]),
            settings(folder, dump_debug="on", dump_op_switch="on"),
            settings(folder, dump_scene="lite_exception", dump_debug="on"),
            settings(folder, dump_scene="watcher"),
            settings(folder, dump_list=[{"watcher_nodes": ["a"]}]),
        ):
            assert acl.mdl.set_dump(write_config(folder, wrong)) == DUMP_CONFIG, wrong
        nothing = pathlib.Path(folder) / "nothing.json"
        nothing.write_text("{}")
        assert acl.mdl.set_dump(str(nothing)) == DUMP_CONFIG
    ok(acl.mdl.finalize_dump())


@row("model.md 8", "set_dump([path])", "finalize_dump", bare=True)
def only_models_loaded_afterwards(acl):
    start(acl)
    with tempfile.TemporaryDirectory() as folder, loaded(acl) as before:
        ok(acl.mdl.set_dump(write_config(folder, settings(folder))))
        check_plain(acl, before)
        assert not dump_files(folder)
        with loaded(acl) as after:
            check_plain(acl, after)
            check_plain(acl, after)
            files = dump_files(folder)
            time, device, name, ident, index = files[0].relative_to(folder).parts[:-1]
            assert len(time) == 14 and time.isdigit()
            assert (device, name, ident, index) == ("0", "plain", str(after), "0")
            assert {path.parent.name for path in files} == {"0", "1"}
            ok(acl.mdl.finalize_dump())
            check_plain(acl, after)
            assert dump_files(folder) == files


@row("model.md 8", "set_dump([path])", bare=True)
def the_tensors_of_every_operator(acl):
    start(acl)
    with tempfile.TemporaryDirectory() as folder:
        ok(acl.mdl.set_dump(write_config(folder, settings(folder))))
        with loaded(acl) as model:
            check_plain(acl, model, seed=9)
        x, wanted = plain_input(9), plain_expected(plain_input(9))
        contents = []
        for path in dump_files(folder):
            kind, name, task, stream, time = path.name.split(".")
            content = DumpFile(path.read_bytes())
            assert content.name.replace("/", "_") == name and kind
            assert task.isdigit() and stream.isdigit() and len(time) == 16
            contents.append(content)
        assert any(np.array_equal(a, x) for c in contents for a in c.inputs)
        for result in wanted:
            made = [a for c in contents for a in c.outputs if a.size == result.size]
            assert any(np.allclose(a.ravel(), result.ravel(), atol=1e-5) for a in made)
    ok(acl.mdl.finalize_dump())


@row("model.md 8", "set_dump([path])", bare=True)
def names_steps_and_statistics(acl):
    start(acl)
    with tempfile.TemporaryDirectory() as folder:
        other = settings(folder, dump_list=[{"model_name": "another"}])
        ok(acl.mdl.set_dump(write_config(folder, other)))
        with loaded(acl) as model:
            check_plain(acl, model)
        assert not dump_files(folder)
        numbers = settings(
            folder, dump_list=[{"model_name": "plain"}], dump_mode="output", dump_step="1",
            dump_data="stats", dump_stats=["Max", "Min"],
        )  # fmt: skip
        ok(acl.mdl.set_dump(write_config(folder, numbers)))
        with loaded(acl) as model:
            for seed in range(3):
                check_plain(acl, model, seed)
        files = list(pathlib.Path(folder).rglob("*.csv"))
        assert files and {path.parent.name for path in files} == {"1"}
        mean = plain_expected(plain_input(1))[1]
        rows = [line.split(",") for path in files for line in path.read_text().splitlines()]
        assert rows[0] == [
            "Input/Output", "Index", "Data Size", "Data Type", "Format", "Shape", "Max Value",
            "Min Value", "Count",
        ]  # fmt: skip
        means = [row for row in rows if row[2] == "12"]
        assert np.isclose(float(means[0][6]), mean.max(), atol=1e-5)
        assert np.isclose(float(means[0][7]), mean.min(), atol=1e-5) and means[0][8] == "3"
    ok(acl.mdl.finalize_dump())


@row("model.md 8", "set_dump([path])", bare=True)
def models_of_several_shapes(acl):
    start(acl)
    with tempfile.TemporaryDirectory() as folder:
        ok(acl.mdl.set_dump(write_config(folder, settings(folder))))
        x = np.random.default_rng(2).standard_normal((2, 6), np.float32)
        with loaded(acl, eager_model()) as model, Dataset(acl, x) as inputs:
            with Dataset(acl, (0, 0)) as outputs:
                ok(acl.mdl.execute(model, inputs, outputs))
                ok(acl.rt.free(acl.get_data_buffer_addr(acl.mdl.get_dataset_buffer(outputs, 0))))
        made = {path.name.split(".")[0]: DumpFile(path.read_bytes()) for path in dump_files(folder)}
        assert np.array_equal(made["Relu"].outputs[0], np.maximum(x, 0))
        assert np.array_equal(made["NonZero"].inputs[0], np.maximum(x, 0))
        wanted = np.stack(np.nonzero(np.maximum(x, 0)))
        assert np.array_equal(made["NonZero"].outputs[0].reshape(wanted.shape), wanted)
    with tempfile.TemporaryDirectory() as folder:
        ok(acl.mdl.set_dump(write_config(folder, settings(folder))))
        gear = np.array([2], np.int64)
        with loaded(acl, gear_model()) as model, Dataset(acl, x, gear) as inputs:
            ok(acl.mdl.set_dynamic_batch_size(model, inputs, 1, 2))
            with Dataset(acl, np.zeros((4, 6), np.float32)) as outputs:
                ok(acl.mdl.execute(model, inputs, outputs))
        files = [DumpFile(path.read_bytes()) for path in dump_files(folder)]
        assert any(np.array_equal(a, x) for content in files for a in content.inputs)
    ok(acl.mdl.finalize_dump())


@row("model.md 8", "dump_reg_callback(fn, flag) / dump_unreg_callback", bare=True)
def a_function_instead_of_files(acl):
    start(acl)
    pieces = []

    def take(chunk):
        assert set(chunk) == {
            "file_name", "data_buf", "buf_len", "is_last_chunk", "offset", "flag",
        }  # fmt: skip
        data = acl.util.ptr_to_bytes(chunk["data_buf"], chunk["buf_len"])
        pieces.append((chunk["file_name"], chunk["offset"], chunk["is_last_chunk"], data))
        assert chunk["flag"] == 7
        return 0

    with tempfile.TemporaryDirectory() as folder:
        ok(acl.mdl.set_dump(write_config(folder, settings(folder))))
        ok(acl.mdl.dump_reg_callback(take, 7))
        with loaded(acl) as model:
            check_plain(acl, model)
            assert not dump_files(folder) and pieces
            for name, offset, last, data in pieces:
                assert name.startswith(folder) and offset == 0 and last == 1
                assert DumpFile(data).outputs
            count = len(pieces)
            assert acl.mdl.dump_unreg_callback() is None
            check_plain(acl, model)
            assert len(pieces) == count and dump_files(folder)
    ok(acl.mdl.finalize_dump())
