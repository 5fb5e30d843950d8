"""Cases of spec/atc.md: what a case is, the list of all, and the models they convert.

    @case("3.1", "mode")
    def unknown_modes_are_refused(atc):
        atc.fails("E10001", "--mode=2")

names the section and the beginning of the table row, list item or "**Mode n" paragraph it checks.
"""

import functools
import itertools
import json
import pathlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from onnx_builder import GraphBuilder
from toolchain import DATA, run_atc

SPEC = DATA.parent / "spec" / "atc.md"
START = "ATC start working now, please wait for a moment."
SUCCESS = "ATC run success, welcome to the next use."
FAILURE = "ATC run failed, Please check the detail log, Try 'atc --help' for more information"


@dataclass(frozen=True)
class Case:
    section: str
    key: str
    run: Callable

    @property
    def name(self):
        return f"{self.section}: {self.key}: {self.run.__name__}"


CASES = []


def case(section, *keys):
    def add(function):
        CASES.extend(Case(section, key, function) for key in keys)
        return function

    return add


class Atc:
    """Runs atc on models in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._numbers = itertools.count()

    def path(self, name):
        return self.folder / name

    def write(self, name, content):
        data = content if isinstance(content, bytes) else content.encode()
        self.path(name).write_bytes(data)
        return self.path(name)

    @functools.cached_property
    def model(self):
        return self.relu("model.onnx", [1, 3, 8, 8])

    @functools.cached_property
    def open_model(self):
        return self.relu("open.onnx", ["n", 3, "h", "w"])

    @functools.cached_property
    def om(self):
        return self.passes()

    def relu(self, name, *shapes, dtype=np.float32):
        """Inputs data, data1.. of these shapes, a Relu on each, outputs y, y1.."""
        graph = GraphBuilder("net")
        for number, shape in enumerate(shapes):
            tail = str(number) if number else ""
            x = graph.input("data" + tail, shape, dtype)
            graph.output(graph.node("Relu", [x], ["y" + tail], name="relu" + tail), shape, dtype)
        return graph.save(self.path(name))

    def run(self, *options, environment=None):
        return run_atc(*options, environment=environment, folder=self.folder)

    def convert(self, *options, model=None, output=None):
        """(process, path of the .om) with everything required given; later options win."""
        output = output or self.path(f"out{next(self._numbers)}")
        result = self.run(f"--model={model or self.model}", "--framework=5", f"--output={output}",
                          "--soc_version=Ascend310P3", *options)  # fmt: skip
        return result, pathlib.Path(f"{output}.om")

    def passes(self, *options, model=None, output=None, prints=()):
        """The path of the .om of a conversion that must succeed."""
        result, om = self.convert(*options, model=model, output=output)
        assert result.returncode == 0, result.stdout + result.stderr
        lines = result.stdout.splitlines()
        assert lines[0] == START
        assert SUCCESS in lines
        assert om.is_file()
        for part in prints:
            assert part in result.stdout, result.stdout
        return om

    def fails(self, code, *options, model=None, output=None, names=()):
        result, om = self.convert(*options, model=model, output=output)
        self.check_failure(result, code, names)
        assert not om.exists()

    def fails_alone(self, code, *options, names=()):
        """The same for a command of nothing but these options."""
        self.check_failure(self.run(*options), code, names)

    @staticmethod
    def check_failure(result, code, names):
        assert result.returncode == 255, result.stdout + result.stderr
        lines = result.stdout.splitlines()
        assert lines[0] == START
        assert FAILURE in lines
        text = "\n".join(lines[lines.index(FAILURE) + 1 :])
        assert text.startswith(code + ": "), text
        for part in names:
            assert str(part) in text, text

    def usage_fails(self, *words, names=()):
        """A line that is no command: "ERROR: " on standard error."""
        result = self.run(*words)
        assert result.returncode == 255
        assert result.stderr.startswith("ERROR: "), result.stderr
        assert FAILURE in result.stdout
        for part in names:
            assert part in result.stderr, result.stderr

    def json_of(self, om):
        """--mode=1 of an .om."""
        target = self.path(f"model{next(self._numbers)}.json")
        result = self.run("--mode=1", f"--om={om}", f"--json={target}")
        assert result.returncode == 0, result.stdout
        return json.loads(target.read_text())

    def inputs(self, om):
        """{name: (data type, dims)} of an .om's inputs, by --mode=1."""
        ops = self.json_of(om)["graph"][0]["op"]
        descs = {op["name"]: op["output_desc"][0] for op in ops if op["type"] == "Data"}
        return {name: type_of(desc) for name, desc in descs.items()}

    def outputs(self, om):
        """{name: (data type, dims)}, in the model's order."""
        model = self.json_of(om)
        names = attribute(model, "attr_model_out_nodes_name")["list"]["s"]
        [net_output] = [op for op in model["graph"][0]["op"] if op["type"] == "NetOutput"]
        descs = net_output["input_desc"]
        return {name: type_of(desc) for name, desc in zip(names, descs, strict=True)}


def type_of(desc):
    return desc["dtype"], desc["shape"].get("dim", [])


def attribute(message, key):
    [value] = [entry["value"] for entry in message["attr"] if entry["key"] == key]
    return value
