#!/usr/bin/python3
"""Converts an ONNX classifier with atc and runs classify.py over pictures with it.

Without --model: the bundled road-sign model over the bundled pictures, and the exit code says
whether every picture got its class. scripts/demo builds and installs first, then comes here.
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys

DEMO = pathlib.Path(__file__).resolve().parent
BUNDLED = ["--labels", str(DEMO / "model" / "labels.txt"), "--mean", "127.5,127.5,127.5",
           "--std", "64,64,64", "--resize", "squash", "--check"]


def parse_options():
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
                         "0..255; default 123.675,116.28,103.53")
    options.add_argument("--std", help="the same; default 58.395,57.12,57.375")
    options.add_argument("--bgr", action="store_true", help="feed blue first")
    options.add_argument("--layout", choices=["auto", "NCHW", "NHWC"])
    options.add_argument("--resize", choices=["crop", "squash"], help="crop (default): short side "
                         "to 256/224 of the input, centre cut out; squash: the whole picture")
    options.add_argument("--runs", help="executions to time per picture (default 20)")
    options.add_argument("--soc_version", default="Ascend310P3")
    options.add_argument("--prefix", required=True, help=argparse.SUPPRESS)
    options.add_argument("--work", required=True, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.model and not given.images:
        options.error("--model needs --images")
    if given.labels and not given.model:
        options.error("--labels goes with --model")
    return given


def run(command, environment):
    shown = [os.path.relpath(word) if os.path.isabs(word) and pathlib.Path(word).exists() and
             len(os.path.relpath(word)) < len(word) else word for word in command]
    print(f"\n$ {shlex.join(shown)}", flush=True)
    return subprocess.run(command, env=environment, check=False).returncode


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
            command += [f"--{name}", value] if value else []
        command += ["--bgr"] if given.bgr else []
    else:
        command += BUNDLED
    command += ["--runs", given.runs] if given.runs else []
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
    code = run(atc_command(given, model, output), environment)
    if code == 0:
        code = run(classify_command(given, f"{output}.om", images, work / "result.jpg"),
                   environment)
    return code


if __name__ == "__main__":
    sys.exit(main())
