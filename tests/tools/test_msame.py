"""msame: results of the library, files and lines of the public tool, benchmark, mistakes."""

import json
import os
import pty
import re
import subprocess

import numpy as np
import pytest
from acl_runner import Runtime
from conftest import convolution_model, run_tool
from onnx_builder import GraphBuilder
from toolchain import build_file, convert


def msame(*arguments, folder=None, environment=None):
    result = run_tool("msame", *arguments, folder=folder, environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def refused(*arguments, folder=None):
    """What msame says when it does not run."""
    result = run_tool("msame", *arguments, folder=folder)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "[ERROR] " in result.stdout
    return result.stdout


def results(folder):
    """The one folder of results below, by file name."""
    [made] = list(folder.iterdir())
    assert re.fullmatch(r"\d{6,8}(_\d+){4}", made.name), made
    return {path.name: path for path in made.iterdir()}


def reference(om, arrays):
    with Runtime() as runtime:
        return runtime.load(om).run(arrays)


@pytest.fixture
def pair(tmp_path):
    """Two arrays of the model two_inputs, as files."""
    random = np.random.default_rng(1)
    arrays = [random.uniform(-9, 9, (2, 3)).astype(np.float32) for _ in "ab"]
    for name, array in zip("ab", arrays, strict=True):
        array.tofile(tmp_path / f"{name}.bin")
        np.save(tmp_path / f"{name}.npy", array)
    return arrays


def test_results_are_those_of_the_library(tmp_path, convolution):
    data = np.random.default_rng(2).standard_normal((1, 3, 8, 8), np.float32)
    data.tofile(tmp_path / "x.bin")
    msame("--model", convolution, "--input", tmp_path / "x.bin", "--output", tmp_path / "out")
    files = results(tmp_path / "out")
    assert list(files) == ["conv_output_0.bin"]
    [wanted] = reference(convolution, [data])
    assert files["conv_output_0.bin"].read_bytes() == wanted.tobytes()


@pytest.mark.parametrize("suffix", ["bin", "npy"])
def test_several_inputs_and_outputs_of_two_types(tmp_path, two_inputs, pair, suffix):
    text = msame("--model", two_inputs, "--input", f"a.{suffix}, b.{suffix}", "--output", "out",
                 "--outfmt", "BIN", folder=tmp_path)  # fmt: skip
    files = results(tmp_path / "out")
    assert sorted(files) == ["two_output_0.bin", "two_output_1.bin"]
    total, whole = pair[0] + pair[1], pair[0].astype(np.int32)
    assert files["two_output_0.bin"].read_bytes() == total.tobytes()
    assert files["two_output_1.bin"].read_bytes() == whole.tobytes()
    assert f"start to process file:b.{suffix}" in text


def test_text_has_a_line_for_each_row(tmp_path, two_inputs, pair):
    msame("--model", two_inputs, "--input", "a.bin,b.bin", "--output", "out", "--outfmt", "TXT",
          folder=tmp_path)  # fmt: skip
    files = results(tmp_path / "out")
    text = files["two_output_0.txt"].read_text()
    total = pair[0] + pair[1]
    assert text == "".join("".join(f"{v:g} " for v in row) + "\n" for row in total)
    whole = np.loadtxt(files["two_output_1.txt"], dtype=np.int32)
    np.testing.assert_array_equal(whole, pair[0].astype(np.int32))


def test_folders_give_a_run_for_each_file(tmp_path, two_inputs):
    arrays = np.arange(18, dtype=np.float32).reshape(3, 2, 3)
    for folder, factor in (("first", 1), ("second", 10)):
        (tmp_path / folder).mkdir()
        for name, array in zip(("p2.bin", "p1.bin", "p3.bin"), arrays, strict=True):
            (array * factor).tofile(tmp_path / folder / name)
    text = msame("--model", two_inputs, "--input", "first,second", "--output", "out",
                 folder=tmp_path)  # fmt: skip
    files = results(tmp_path / "out")
    assert len(files) == 6
    for name, array in zip(("p2", "p1", "p3"), arrays, strict=True):
        assert files[f"{name}_output_0.bin"].read_bytes() == (array * 11).tobytes()
    assert len(re.findall(r"^Inference time: [0-9.e-]+ms$", text, re.MULTILINE)) == 3
    assert re.search(r"^Inference average time : \d+\.\d\d ms$", text, re.MULTILINE)
    assert re.search(r"^Inference average time without first time: \d+\.\d\d ms$", text,
                     re.MULTILINE)  # fmt: skip


def test_lines_that_scripts_look_for(convolution):
    text = msame("--model", convolution, "--loop", 5)
    assert len(re.findall(r"^Inference time: [0-9.e-]+ms$", text, re.MULTILINE)) == 5
    assert text.count("[INFO] model execute success") == 5
    assert re.search(r"^Inference average time: \d+\.\d{6} ms$", text, re.MULTILINE)
    # Read as in public scripts: the seventh word.
    [line] = [line for line in text.splitlines() if "without first time:" in line]
    assert float(line.split()[6]) > 0
    for part in ("acl init success", "open device 0 success", "load model ", "unload model success",
                 "Execute sample success", "end to reset device is 0"):  # fmt: skip
        assert "[INFO] " + part in text
    assert "\r" not in text, "a progress bar where there is no terminal"


def test_without_input_everything_is_zero(tmp_path, two_inputs):
    msame("--model", two_inputs, "--output", tmp_path / "out")
    assert results(tmp_path / "out")["two_output_0.bin"].read_bytes() == bytes(24)


def test_debug_shows_the_description(convolution):
    text = msame("--model", convolution, "--debug", "true")
    assert "[DEBUG] input 0: data, float32 1x3x8x8, format 0, 768 bytes" in text


def test_an_output_whose_size_only_the_values_tell(tmp_path):
    graph = GraphBuilder("nonzero")
    graph.output(graph.node("NonZero", [graph.input("x", [6])], ["places"]), [1, None], np.int64)
    om = convert(graph.save(tmp_path / "nonzero.onnx"), tmp_path / "nonzero")
    np.array([0, 1, 0, 0, 2, 3], np.float32).tofile(tmp_path / "x.bin")
    msame("--model", om, "--input", tmp_path / "x.bin", "--output", tmp_path / "out", "--loop", 3)
    found = np.fromfile(results(tmp_path / "out")["nonzero_output_0.bin"], np.int64)
    assert found.tolist() == [1, 4, 5]


def test_open_dimensions_need_their_shape(tmp_path):
    om = convolution_model(tmp_path, ["n", 3, 8, 8], "--input_shape=data:-1,3,8,8")
    data = np.random.default_rng(3).standard_normal((5, 3, 8, 8), np.float32)
    np.save(tmp_path / "x.npy", data)
    arguments = ("--model", om, "--input", "x.npy", "--output", "out")
    msame(*arguments, "--dymShape", "data:5,3,8,8", "--outputSize", 5 * 4 * 64 * 4 + 100,
          folder=tmp_path)  # fmt: skip
    written = results(tmp_path / "out")["conv_output_0.bin"].read_bytes()
    fixed = convolution_model(tmp_path / "fixed", [5, 3, 8, 8])
    assert written == reference(fixed, [data])[0].tobytes()
    assert "data:-1,3,8,8" in refused(*arguments, folder=tmp_path)
    for wrong, part in (("data:5,4,8,8", "axis 1"), ("data:5,3,8", "3 dimensions"),
                        ("other:5,3,8,8", "the inputs are data"), ("data", "name:sizes"),
                        ("data:5,x,8,8", '"x"')):  # fmt: skip
        assert part in refused(*arguments, "--dymShape", wrong, folder=tmp_path)
    assert "3840 bytes" in refused(*arguments, "--dymShape", "data:4,3,8,8", folder=tmp_path)
    assert "--dymBatch does not fit" in refused(*arguments, "--dymBatch", 5, folder=tmp_path)


GEARS = {
    "--dymBatch": ("data:-1,3,8,8", "--dynamic_batch_size=1,2,4", "2", [2, 3, 8, 8], "3"),
    "--dymHW": ("data:1,3,-1,-1", "--dynamic_image_size=8,8;10,6", "10,6", [1, 3, 10, 6], "6,10"),
    "--dymDims": ("data:-1,3,-1,8", "--dynamic_dims=1,8;2,6", "data:2,3,6,8", [2, 3, 6, 8],
                  "data:2,3,8,8"),
}  # fmt: skip


@pytest.mark.parametrize("option", GEARS)
def test_gears(tmp_path, option):
    given, gears, value, shape, wrong = GEARS[option]
    layout = "--input_format=ND" if option == "--dymDims" else "--input_format=NCHW"
    om = convolution_model(tmp_path, [int(word) if word != "-1" else "n"
                                      for word in given.split(":")[1].split(",")],
                           f"--input_shape={given}", gears, layout)  # fmt: skip
    data = np.random.default_rng(4).standard_normal(shape, np.float32)
    data.tofile(tmp_path / "x.bin")
    arguments = ("--model", om, "--input", "x.bin", "--output", "out")
    msame(*arguments, option, value, "--loop", 3, folder=tmp_path)
    fixed = convolution_model(tmp_path / "fixed", shape)
    written = results(tmp_path / "out")["conv_output_0.bin"].read_bytes()
    assert written == reference(fixed, [data])[0].tobytes()
    assert "was made for" in refused(*arguments, option, wrong, folder=tmp_path)
    # Without the option the largest gear runs, which takes another size.
    assert "the model runs with" in msame("--model", om)
    if option != "--dymDims":
        assert f"x.bin has {data.nbytes} bytes" in refused(*arguments, folder=tmp_path)


def test_pictures_through_static_aipp(tmp_path):
    config = tmp_path / "aipp.cfg"
    config.write_text("aipp_op { aipp_mode: static input_format: RGB888_U8 src_image_size_w: 8 "
                      "src_image_size_h: 8 }")  # fmt: skip
    om = convolution_model(tmp_path, [1, 3, 8, 8], f"--insert_op_conf={config}")
    pixels = np.random.default_rng(6).integers(0, 256, (1, 8, 8, 3), np.uint8)
    np.save(tmp_path / "x.npy", pixels)
    msame("--model", om, "--input", tmp_path / "x.npy", "--output", tmp_path / "out")
    written = np.fromfile(results(tmp_path / "out")["conv_output_0.bin"], np.float32)
    plain = convolution_model(tmp_path / "plain", [1, 3, 8, 8])
    wanted = reference(plain, [pixels.transpose(0, 3, 1, 2).astype(np.float32)])[0]
    np.testing.assert_allclose(written, wanted.ravel(), rtol=1e-5, atol=1e-3)


def test_dynamic_aipp_is_for_programs(tmp_path):
    config = tmp_path / "aipp.cfg"
    config.write_text("aipp_op { aipp_mode: dynamic max_src_image_size: 1000 }")
    om = convolution_model(tmp_path, [1, 3, 8, 8], f"--insert_op_conf={config}")
    assert "has dynamic AIPP" in refused("--model", om)


def test_benchmark_as_json(tmp_path, convolution):
    path = tmp_path / "times.json"
    text = msame("--model", convolution, "--loop", 200, "--warmup", 3, "--streams", 2,
                 "--devices", "0,1", "--json", path, "--benchmark")  # fmt: skip
    assert re.search(r"^  p99\.9 +[\d.]+ us$", text, re.MULTILINE)
    times = json.loads(path.read_text())
    assert times["devices"] == [0, 1]
    assert times["streams"] == 2
    assert times["throughput"]["runs"] == times["latency_us"]["runs"] == 800
    latency = [times["latency_us"][name] for name in ("min", "p50", "p90", "p99", "p99.9", "max")]
    assert latency == sorted(latency)
    assert latency[0] > 0
    assert times["load_us"] > 0
    assert times["first_run_us"] > 0
    assert times["memory_bytes"]["host_peak"] > times["memory_bytes"]["model_weights"] > 0
    assert times["inputs"] == [{"name": "data", "type": "float32", "dims": [1, 3, 8, 8],
                                "bytes": 768}]  # fmt: skip


def test_without_warming_up_the_first_run_is_told_apart(tmp_path, convolution):
    msame("--model", convolution, "--loop", 10, "--json", tmp_path / "t.json")
    times = json.loads((tmp_path / "t.json").read_text())
    assert times["latency_us"]["runs"] == 9
    assert times["throughput"]["runs"] == 10


def test_a_terminal_gets_a_progress_bar(tmp_path):
    graph = GraphBuilder("slow")
    matrix = graph.constant(np.ones((1024, 1024), np.float32))
    graph.output(graph.node("MatMul", [graph.input("x", [1024, 1024]), matrix]), [1024, 1024])
    om = convert(graph.save(tmp_path / "slow.onnx"), tmp_path / "slow")
    ours, theirs = pty.openpty()
    settings = {name: text for name, text in os.environ.items() if name != "LD_PRELOAD"}
    with subprocess.Popen([str(build_file("bin", "msame")), "--model", str(om), "--loop", "200"],
                          stdout=theirs, env=settings) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 65536):
                seen += piece
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0
    assert re.search(rb"\r\[=* *\] +\d+% \d+/200", seen), seen


@pytest.mark.parametrize("arguments, parts", [
    (("--input", "a.bin"), ("1 files", "2 inputs")),
    (("--input", "a.bin,none.bin"), ("none.bin does not exist",)),
    (("--input", "a.bin,."), ("mixes files and folders",)),
    (("--input", "short.bin,b.bin"), ("short.bin has 10 bytes", "a (float32 2x3)", "takes 24")),
    (("--input", "double.npy,b.npy"), ("f8", "takes f4", "astype")),
    (("--outputSize", "24"), ("1 sizes", "2 outputs")),
    (("--outputSize", "4,24"), ("4 bytes for output 0", "which has 24")),
    (("--dymHW", "8,8"), ("--dymHW does not fit", "one fixed shape")),
    (("--device", "99"), ("99",)),
    (("--output", "a.bin/out"), ("a.bin/out",)),
    (("--json", "none/t.json"), ("none/t.json",)),
    (("--input", ".,.", "--streams", "2"), ("one stream",)),
])  # fmt: skip
def test_mistakes_have_their_sentence(tmp_path, two_inputs, pair, arguments, parts):
    (tmp_path / "short.bin").write_bytes(bytes(10))
    np.save(tmp_path / "double.npy", pair[0].astype(np.float64))
    text = refused("--model", two_inputs, *arguments, folder=tmp_path)
    for part in parts:
        assert part in text, text


def test_a_file_that_is_no_model(tmp_path):
    (tmp_path / "x.om").write_bytes(b"not a model" * 100)
    assert "145006" in refused("--model", tmp_path / "x.om")
    assert "145002" in refused("--model", tmp_path / "none.om")


def test_help():
    assert "--dymShape" in msame("--help")
