"""Finds what the tests drive: the atc program and the acl module of the build under test.

POACL_BUILD names the build folder (ctest sets it); without it the newest of build/* that has both
is taken. POACL_EMULATOR is a command that runs programs built for another processor. `acl` is
imported by `import_acl()`, from PYTHONPATH if it is there; `convert()` runs atc.
"""

import functools
import importlib
import importlib.util
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("POACL_DATA", ROOT.parent / "shared" / "data"))


class ToolError(RuntimeError):
    """The sentence says what was not found, or what atc answered."""


@functools.cache
def build_folder():
    if "POACL_BUILD" in os.environ:
        return pathlib.Path(os.environ["POACL_BUILD"])
    built = [path for path in (ROOT / "build").glob("*/bin/atc") if _module(path.parents[1])]
    if not built:
        raise ToolError(f"no build with bin/atc and python/acl*.so below {ROOT / 'build'}; build "
                        "the targets atc and acl_python first, or set POACL_BUILD")  # fmt: skip
    return max(built, key=lambda path: path.stat().st_mtime).parents[1]


def _module(folder):
    return next((folder / "python").glob("acl*.so"), None)


def build_file(*parts):
    """A file of the build under test."""
    path = build_folder().joinpath(*parts)
    if not path.is_file():
        raise ToolError(f"{path} is not there; build it first")
    return path


def program(*parts):
    """The beginning of a command that runs a program of the build under test."""
    return [*shlex.split(os.environ.get("POACL_EMULATOR", "")), str(build_file(*parts))]


def import_acl():
    if "acl" not in sys.modules and importlib.util.find_spec("acl") is None:
        if _module(build_folder()) is None:
            raise ToolError(f"no python/acl*.so in {build_folder()}; build the target acl_python")
        sys.path.insert(0, str(build_folder() / "python"))
    return importlib.import_module("acl")


@functools.cache
def _atc_folder():
    """Where atc runs: it leaves its report of a model it refuses in the current folder."""
    return tempfile.TemporaryDirectory(prefix="poacl_atc_")


def run_atc(*options, environment=None, folder=None):
    """The finished process; atc's own exit status is the caller's business. `folder` is where it
    runs; without it paths must be absolute."""
    settings = {**os.environ, **(environment or {})}
    settings.pop("LD_PRELOAD", None)  # a sanitizer's runtime for the interpreter, not for programs
    return subprocess.run(
        [*program("bin", "atc"), *map(str, options)], capture_output=True, text=True,
        check=False, env=settings, cwd=folder or _atc_folder().name,
    )  # fmt: skip


def convert(model, output, *options, environment=None):
    """Converts an ONNX file; returns the path of the .om. `output` is without suffix."""
    output = pathlib.Path(output)
    result = run_atc(f"--model={model}", "--framework=5", f"--output={output}",
                     "--soc_version=Ascend310P3", *options, environment=environment)  # fmt: skip
    om = output.with_name(output.name + ".om")
    if result.returncode != 0 or not om.is_file():
        raise ToolError(f"atc ended with {result.returncode} for {model}:\n"
                        f"{result.stdout}{result.stderr}")  # fmt: skip
    return om
