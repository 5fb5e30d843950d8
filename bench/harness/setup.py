"""What has to be there before anything is measured: programs, models, the rival."""

import shutil
import subprocess
import time


class SetupError(RuntimeError):
    """The sentence says what is missing and how to get it."""


def run_quietly(command, folder, what, environment=None):
    result = subprocess.run(
        [str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False,
        env=environment,
    )  # fmt: skip
    if result.returncode != 0:
        raise SetupError(
            f"{what} failed with status {result.returncode}: "
            f"{' '.join(map(str, command))}\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
        )
    return result.stdout


def build_programs(root, build, *more):
    """Builds what the bench needs, and `more` targets, in release mode."""
    if build == root / "build" / "release":
        run_quietly(["cmake", "--preset", "release"], root, "configuring the release build")
    targets = ["atc", "mdl_bench", "fma_probe", "wide_gemm", *more]
    run_quietly(["cmake", "--build", build, "--target", *targets], root, "the release build")


def find_program(build, *parts):
    path = build.joinpath(*parts)
    if not path.is_file():
        raise SetupError(f"{path} is not there; build it: bench/run without --no-build")
    return path


def install_rival(root, folder):
    """onnxruntime-node of the version that bench/rival/package.json names.

    The package carries the CPU library; its install script only fetches GPU libraries, so no
    script is run.
    """
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise SetupError(f"'{program}' is missing, which the rival needs: "
                             "apt-get install nodejs npm")  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (root / "bench/rival/package.json").read_text(encoding="utf-8")
    stamp = folder / "rival.stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return folder
    (folder / "package.json").write_text(wanted, encoding="utf-8")
    run_quietly(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"],
        folder, "installing the rival",
    )  # fmt: skip
    stamp.write_text(wanted, encoding="utf-8")
    return folder


def convert(atc, model, output, *options):
    """Converts with our atc; returns (path of the .om, seconds)."""
    start = time.monotonic()
    run_quietly(
        [atc, f"--model={model}", "--framework=5", f"--output={output}",
         "--soc_version=Ascend310P3", *options], output.parent, "atc",
    )  # fmt: skip
    return output.with_name(output.name + ".om"), time.monotonic() - start


def write_feeds(folder, name, arrays):
    """Raw files of the inputs; returns the words of the workers' command `input`."""
    words = []
    for number, array in enumerate(arrays):
        path = folder / f"{name}_input{number}.raw"
        array.tofile(path)
        words += [path, "x".join(map(str, array.shape)) or "scalar", array.dtype.name]
    return words
