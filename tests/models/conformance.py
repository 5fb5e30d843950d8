"""The public ONNX conformance cases: a model, the tensors to feed it and the tensors to expect.

Every graph input of a case is fed at run time, as the case has it; nothing is frozen into the
model. A case counts when all its inputs and outputs are plain tensors, see `is_plain`.
"""

import functools
import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np
from onnx_builder import BFLOAT16, parse_model, read_tensor, widened
from toolchain import DATA, convert

ARCHIVES = ("onnx_node_cases", "onnx_model_cases", "onnx_light_models")

TRAINING_DOMAIN = "ai.onnx.preview.training"

# Their values are drawn at random, so a case states their type and shape only.
RANDOM = {
    "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
    "RandomUniformLike",
}  # fmt: skip


def archive_file(archive):
    return DATA / f"{archive}.tar.zst"


@functools.cache
def unpacked(archive):
    """The unpacked archive; lives as long as the process."""
    holder = tempfile.TemporaryDirectory(prefix=f"{archive}_")
    unpacked.holders = [*getattr(unpacked, "holders", []), holder]
    subprocess.run(["tar", "--zstd", "-xf", archive_file(archive), "-C", holder.name], check=True)
    return pathlib.Path(holder.name)


def model_paths(archive):
    """Every model of the archive by case name: "opset13/test_relu", "light/light_resnet50"."""
    root = unpacked(archive)
    folders = {str(path.parent.relative_to(root)): path for path in root.glob("**/model.onnx")}
    files = {
        str(path.relative_to(root).with_suffix("")): path for path in root.glob("**/light_*.onnx")
    }
    return dict(sorted({**folders, **files}.items()))


def is_plain(model):
    """Inputs and outputs are tensors of numbers (no string, sequence, optional, float8, int4...),
    and the model does not train."""
    numbers = all(value.dtype is not None for value in model.inputs + model.outputs)
    return numbers and TRAINING_DOMAIN not in model.domains


@functools.cache
def plain_cases(archive):
    """Case name -> path of the model, for the cases that count."""
    found = {}
    for name, path in model_paths(archive).items():
        try:
            model = parse_model(path.read_bytes())
        except ValueError:  # it holds a constant of strings, and works on nothing else
            continue
        if is_plain(model):
            found[name] = path
    return found


@dataclass
class DataSet:
    inputs: list
    outputs: list


def read_as(path, dtype):
    """The tensor; some cases keep bfloat16 numbers as plain 16-bit words."""
    array = read_tensor(path)
    return array.view(BFLOAT16) if (dtype, array.dtype) == (BFLOAT16, np.uint16) else array


def data_sets(path, model):
    if path.name == "model.onnx":
        for folder in sorted(path.parent.glob("test_data_set_*")):
            yield DataSet(
                [read_as(folder / f"input_{i}.pb", v.dtype) for i, v in enumerate(model.inputs)],
                [read_as(folder / f"output_{i}.pb", v.dtype) for i, v in enumerate(model.outputs)],
            )
        return
    # The light models are fed a ramp from 0 to 1.
    inputs = []
    for value in model.inputs:
        count = int(np.prod(value.shape))
        inputs.append((np.arange(count).reshape(value.shape) / count).astype(value.dtype))
    yield DataSet(inputs, [read_tensor(path.with_name(f"{path.stem}_output_0.pb"))])


def input_shape_option(model, arrays):
    """--input_shape for the inputs whose shape the model leaves open."""
    parts = []
    for value, array in zip(model.inputs, arrays):
        if value.shape is None or not all(isinstance(dim, int) for dim in value.shape):
            parts.append(f"{value.name}:{','.join(map(str, array.shape))}")
    return [f"--input_shape={';'.join(parts)}"] if parts else []


# Their stored outputs are rounded: RoiAlign's to four decimals; opset 17's windows are off by up to
# 7e-5, where opset 21 stores the same windows exactly.
COARSE = re.compile(r"opset17/test_(blackman|hamming|hann)window\w*|opset\d+/test_roialign\w*")


def allowance(expected, coarse=False):
    """How far each number may be off; `coarse`: as far as the suite itself allows."""
    size = np.abs(widened(expected))
    if expected.dtype == BFLOAT16:
        return 2e-3 + 2e-2 * size
    if expected.dtype == np.float16:
        return 1e-3 + 1e-2 * size
    if expected.dtype == np.float32:
        return 1e-5 + (1e-3 if coarse else 1e-4) * size
    if expected.dtype == np.float64:
        return 1e-9 + 1e-7 * size
    return np.zeros_like(size)


def compare(output, expected, values=True, coarse=False):
    if output.dtype != expected.dtype or output.shape != expected.shape:
        raise AssertionError(f"{output.dtype} {output.shape} instead of "
                             f"{expected.dtype} {expected.shape}")  # fmt: skip
    if not values:
        return
    ours, theirs = widened(output), widened(expected)
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        near = np.abs(ours - theirs) <= allowance(expected, coarse)
    wrong = ~(same | near)
    if wrong.any():
        first = tuple(np.argwhere(wrong)[0])
        raise AssertionError(f"{wrong.sum()} of {wrong.size} numbers are wrong; at {first} "
                             f"{ours[first]} instead of {theirs[first]}")  # fmt: skip


def run(path, runtime, folder):
    """Converts, loads and executes the case; AssertionError, ToolError or AclError if it fails."""
    model = parse_model(path.read_bytes())
    values = not any(node.op_type in RANDOM for node in model.nodes)
    coarse = COARSE.fullmatch(f"{path.parent.parent.name}/{path.parent.name}") is not None
    om, shapes = None, None
    for data in data_sets(path, model):
        if shapes != [array.shape for array in data.inputs]:
            shapes = [array.shape for array in data.inputs]
            om = convert(path, folder / "case", *input_shape_option(model, data.inputs))
        with runtime.load(om) as loaded:
            outputs = loaded.run(data.inputs)
        assert len(outputs) == len(data.outputs)
        for output, expected in zip(outputs, data.outputs):
            compare(output, expected, values, coarse)
