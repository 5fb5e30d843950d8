#!/usr/bin/python3
"""Converts an ONNX classifier with atc and runs classify.py over pictures with it.

Without --model: the bundled road-sign model, over the bundled pictures unless --images names
others. For the bundled pictures the exit code says whether each got its class. scripts/demo builds
and installs first, then comes here.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys

DEMO = pathlib.Path(__file__).resolve().parent
# What the bundled model needs, and nothing else would fit.
BUNDLED = ["--labels", str(DEMO / "model" / "labels.txt"), "--mean", "127.5,127.5,127.5",
           "--std", "64,64,64", "--resize", "squash"]
# Options that say how a model of the user's own wants its pictures.
OF_OWN_MODEL = ("labels", "input_shape", "mean", "std", "bgr", "layout", "resize")


def parse_options(arguments=None):
    options = argparse.ArgumentParser(
        prog="scripts/demo", description="Classify pictures with an ONNX model, through atc and "
        "pyACL. Without --model: the bundled road-sign classifier and its pictures.")
    options.add_argument("--model", help="your ONNX classifier")
    options.add_argument("--images", help="folder of pictures, or one picture")
    options.add_argument("--labels", help="file with one class name per line")
    options.add_argument("--input_shape", "--input-shape",
                         help="as for atc, when the model leaves a dimension open: "
                         "'name:1,3,224,224'")
    options.add_argument("--mean", help="one number or R,G,B (in the order fed) on the scale "
                         "0..255; default 123.675,116.28,103.53; a negative first number needs the "
                         "equals sign: --mean=-1,0,1")
    options.add_argument("--std", help="the same; default 58.395,57.12,57.375")
    options.add_argument("--bgr", action="store_true", help="feed blue first")
    options.add_argument("--layout", choices=["auto", "NCHW", "NHWC"])
    options.add_argument("--resize", choices=["crop", "squash"], help="crop (default): short side "
                         "to 256/224 of the input, centre cut out; squash: the whole picture")
    options.add_argument("--runs", help="executions to time per picture (default 20)")
    options.add_argument("--soc_version", default="Ascend310P3")
    options.add_argument("--prefix", required=True, help=argparse.SUPPRESS)
    options.add_argument("--work", required=True, help=argparse.SUPPRESS)
    given = options.parse_args(arguments)
    if given.model and not given.images:
        options.error("--model needs --images")
    useless = [f"--{name}" for name in OF_OWN_MODEL if getattr(given, name)]
    if useless and not given.model:
        options.error(f"{' and '.join(useless)} {'goes' if len(useless) == 1 else 'go'} with "
                      "--model; the bundled model has its own")
    return given


def show(command):
    shown = [os.path.relpath(word) if os.path.isabs(word) and pathlib.Path(word).exists() and
             len(os.path.relpath(word)) < len(word) else word for word in command]
    print(f"\n$ {shlex.join(shown)}", flush=True)


def run(command, environment):
    show(command)
    return subprocess.run(command, env=environment, check=False).returncode


def run_atc(command, environment):
    """As run(); when only a better --input_shape is missing, says how to give it to this script."""
    show(command)
    done = subprocess.run(command, env=environment, check=False, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout, end="", flush=True)
    attempt = re.search(r"^ *Try: atc .*--input_shape=(\"[^\"\n]*\"|\S+)", done.stdout, re.M)
    if done.returncode and attempt:
        shape = shlex.quote(attempt[1].strip('"'))
        print(f"hint: give it as --input_shape to scripts/demo: --input_shape {shape}",
              file=sys.stderr)
    return done.returncode


def atc_command(given, model, output):
    shape = given.input_shape or (None if given.model else "image:1,3,64,64")
    command = ["atc", f"--model={model}", "--framework=5", f"--output={output}",
               f"--soc_version={given.soc_version}"]
    return command + ([f"--input_shape={shape}"] if shape else [])


def classify_command(given, om, images, sheet):
    command = [sys.executable, str(DEMO / "classify.py"), str(om), str(images)]
    if given.model:
        for name in ("labels", "mean", "std", "layout", "resize"):
            value = getattr(given, name)
            # One word, so that a value may begin with a minus sign.
            command += [f"--{name}={value}"] if value else []
        command += ["--bgr"] if given.bgr else []
    else:
        command += BUNDLED + ([] if given.images else ["--check"])
    command += [f"--runs={given.runs}"] if given.runs else []
    return command + ["--sheet", str(sheet)]


def main():
    given = parse_options()
    prefix, work = pathlib.Path(given.prefix).resolve(), pathlib.Path(given.work).resolve()
    work.mkdir(parents=True, exist_ok=True)
    model = pathlib.Path(given.model or DEMO / "model" / "signs.onnx").resolve()
    images = given.images or DEMO / "pictures"
    output = work / model.stem
    environment = dict(os.environ, PATH=f"{prefix}/bin{os.pathsep}{os.environ['PATH']}",
                       PYTHONPATH=f"{prefix}/python", PYTHONDONTWRITEBYTECODE="1")
    code = run_atc(atc_command(given, model, output), environment)
    if code == 0:
        code = run(classify_command(given, f"{output}.om", images, work / "result.jpg"),
                   environment)
    return code


if __name__ == "__main__":
    sys.exit(main())
