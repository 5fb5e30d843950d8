"""The bench's own logic, on made-up numbers; no time is measured here."""

import copy
import importlib.machinery
import importlib.util
import pathlib
import sys

import numpy as np
import pytest

BENCH = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCH))

import compare as comparing
import models
from harness import layers, measure, report, targets
from harness.gate import Gate
from harness.precision import PRECISIONS, plan
from harness.reference import Reference, cosine, difference
from harness.worker import Worker, WorkerError
from onnx_builder import GraphBuilder, parse_model, read_model


class FakeProbe:
    def __init__(self, answers):
        self.answers = list(answers)

    def numbers(self, *_):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class FakeWorker:
    """Answers "run N" with N times its speed."""

    def __init__(self, name, nanoseconds):
        self.name, self.nanoseconds, self.samples = name, nanoseconds, 0

    def ask(self, *words):
        return self.numbers(*words)

    def numbers(self, _, count):
        self.samples += 1
        return [self.nanoseconds] * count


def test_gate_opens_only_when_every_cpu_is_fast():
    gate = Gate(FakeProbe([[100, 100], [94, 100], [96, 99], [110, 110], [100, 110]]))
    assert [gate.open() for _ in range(5)] == [True, False, True, True, False]
    assert gate.best == [110, 110] and gate.peak(1) == 110 and gate.peak(2) == 220
    assert (gate.probes, gate.slow_probes) == (5, 2)


def test_compare_gives_the_ratio_of_the_medians():
    gate = Gate(FakeProbe([[100]]))
    ours, rival = FakeWorker("ours", 2e7), FakeWorker("rival", 3e7)
    result = measure.compare(ours, rival, gate, rounds=3, seconds=0.1)
    assert result.ratios == [1.5, 1.5, 1.5] and result.ratio() == 1.5
    assert (result.discarded, result.ungated_rounds) == (0, 0)
    assert result.samples["ours"].summary() == {
        "min_ms": 20.0, "median_ms": 20.0, "p99_ms": 20.0, "runs": 15,
    }  # fmt: skip


def test_compare_stops_early_when_its_time_is_over():
    gate = Gate(FakeProbe([[100]]))
    ours, rival = FakeWorker("ours", 2e7), FakeWorker("rival", 3e7)
    result = measure.compare(ours, rival, gate, rounds=15, seconds=0.1, budget=0)
    assert len(result.ratios) == 3


def test_peaks_of_other_arithmetic_are_the_best_seen_or_those_of_fp32():
    gate = Gate(FakeProbe([[100, 90], [200, 210], [220, 190], [], []]))
    gate.open()
    gate.measure_peaks(("bf16", "int8"), times=2)
    assert gate.peaks("bf16") == [220, 210] and gate.peak(1, "bf16") == 220
    assert gate.peak(2, "int8") == gate.peak(2) == 190


def test_a_net_named_with_its_precision_is_measured_in_that_one():
    fp32, bf16, int8 = (PRECISIONS[name] for name in ("fp32", "bf16", "int8"))
    assert plan(["a", "b_int8"], ["fp32", "bf16"]) == [("a", fp32), ("a", bf16), ("b", int8)]
    assert plan(["a", "a_int8"], ["int8"]) == [("a", int8)]


def test_a_sample_is_repeated_while_the_gate_is_shut():
    # Open, then slow after the first run, then open for good.
    gate = Gate(FakeProbe([[100], [50], [100]]))
    worker = FakeWorker("ours", 1e6)
    result = measure.Comparison({}, [])
    measure.gated_sample(worker, 4, gate, 5.0, result)
    assert (result.discarded, result.ungated_rounds, worker.samples) == (1, 0, 2)


def test_a_sample_without_a_quiet_moment_is_kept_and_counted():
    gate = Gate(FakeProbe([[100], [50]]))
    gate.open()
    result = measure.Comparison({}, [])
    assert measure.gated_sample(FakeWorker("ours", 1e6), 4, gate, 0.05, result) == [1e6] * 4
    assert result.ungated_rounds == 1


def test_worker_reports_errors_and_deaths(tmp_path):
    script = tmp_path / "child.py"
    script.write_text(
        "import sys\n"
        "for line in sys.stdin:\n"
        "    if line.startswith('die'): sys.exit(7)\n"
        "    print('ok 1 2' if line.startswith('go') else 'error no such thing', flush=True)\n"
    )
    with Worker("child", [sys.executable, script]) as worker:
        assert worker.numbers("go", "there") == [1.0, 2.0]
        with pytest.raises(WorkerError, match="child: 'x' failed: no such thing"):
            worker.ask("x")
        with pytest.raises(WorkerError, match="status 7 during 'die'"):
            worker.ask("die")


STEPS = [
    "poacl\tstep\t0\tConv2D\tconv.fast\t10.0\t1x3x8x8 -> 1x4x8x8\tlayer1.conv\n",
    "poacl\tdeclined\t0\tconv.faster: too small\n",
    "poacl\tstep\t1\tMaxPoolV3\tpool.ref\t5.0\t1x4x8x8\tpool\n",
    "noise\n",
    "poacl\tstep\t0\tConv2D\tconv.fast\t30.0\t1x3x8x8 -> 1x4x8x8\tlayer1.conv\n",
    "poacl\tstep\t1\tMaxPoolV3\tpool.ref\t5.0\t1x4x8x8\tpool\n",
]


def test_steps_are_read_and_summed():
    steps = layers.parse_steps(STEPS)
    assert [(s.index, s.operator, s.node, s.median()) for s in steps] == [
        (0, "Conv2D", "layer1.conv", 20.0), (1, "MaxPoolV3", "pool", 5.0),
    ]  # fmt: skip
    assert layers.by_kernel(steps)[0] == ("conv.fast", 1, 20.0, 0.8)
    assert layers.match_flops(steps, {"layer1.conv": 40_000, "layer": 1}) == [2.0, None]
    text = report.layer_table(steps, [2.0, None], peak=4.0)
    assert "layer1.conv" in text and "50%" in text


def test_a_step_of_every_image_counts_as_often_as_it_runs():
    steps = layers.parse_steps([*STEPS, STEPS[1], STEPS[0]], runs=2)
    assert [(s.repeats, s.median()) for s in steps] == [(1, 10.0), (1, 5.0)]
    steps = layers.parse_steps(STEPS, runs=1)
    assert [(s.repeats, s.median()) for s in steps] == [(2, 40.0), (2, 10.0)]


def test_reasons_are_told_once_with_their_steps():
    lines = [*STEPS, *STEPS, "poacl\tdeclined\t1\tconv.faster: too small\n"]
    reasons = layers.parse_declined(lines)
    assert reasons == {0: ["conv.faster: too small"], 1: ["conv.faster: too small"]}
    text = report.declined_lines(layers.parse_steps(STEPS), reasons)
    assert text == "  conv.faster: too small (step 0, 1)"


def script(name):
    """A program of the bench as a module."""
    loader = importlib.machinery.SourceFileLoader(f"bench_{name}", str(BENCH / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def test_devices_are_judged_by_the_better_way_of_one_device():
    samples = {"one caller": [(100, 40), (104, 52)], "2 callers": [(110, 77), (90, 63)],
               "2 devices": [(99, 75), (104, 78)]}  # fmt: skip
    rows = script("devices").judge("net", samples, "2 devices")
    assert [row["contender"] for row in rows] == list(samples)
    assert rows[2]["of_one_device"] == pytest.approx((99 / 110 + 104 / 104) / 2)
    assert [round(row["busy_share"], 4) for row in rows] == [0.45, 0.7, 0.7538]


def judged(**changes):
    base = {
        "net": "resnet50", "precision": "fp32", "batch": 1, "threads": 2, "ratio": 1.3,
        "poacl": {"to_first_result_ms": 10.0, "peak_mib": 50.0, "idle_mib": 10.0, "error": 8e-7},
        "onnxruntime": {"load_ms": 100.0, "peak_mib": 100.0, "idle_mib": 60.0, "error": 4e-7},
    }  # fmt: skip
    return {**base, **changes}


def test_targets_are_held_or_missed():
    assert [reached for _, _, reached in targets.verdicts(judged())] == [True] * 4
    slow = judged(ratio=1.29, onnxruntime={"load_ms": 99.0, "peak_mib": 99.0, "idle_mib": 60.0,
                                           "error": 3.9e-7})  # fmt: skip
    assert [(what, reached) for what, _, reached in targets.verdicts(slow)] == [
        ("speed", False), ("accuracy", False), ("loading", False), ("memory", False),
    ]  # fmt: skip
    lines = targets.summary([judged(), slow])
    assert lines[0] == ("speed: 1 of 2 cases hold the target; missed: "
                        "resnet50 fp32 b1 t2 1.29 of 1.30")  # fmt: skip
    reduced = judged(precision="bf16", ratio=2.2)
    assert [what for what, _, _ in targets.verdicts(reduced)] == ["speed", "memory"]


def test_the_reference_computes_what_the_operators_say():
    rng = np.random.default_rng(3)
    net = GraphBuilder("small", opset=17)
    arrays = [rng.standard_normal(shape) for shape in ((2, 4, 5, 6), (6, 2, 3, 2), (6, 5), (5, 3))]
    x, w, m, g = (array.astype(np.float32) for array in arrays)
    y = net.node("Conv", [net.input("x", x.shape), net.constant(w)], group=2, strides=[2, 1],
                 pads=[1, 0, 1, 0], kernel_shape=[3, 2])  # fmt: skip
    y = net.node("MatMul", [net.node("Transpose", [y], perm=[0, 2, 3, 1]), net.constant(m)])
    y = net.node("Reshape", [y, net.constant(np.array([-1, 5], np.int64))])
    net.output(net.node("Gemm", [y, net.constant(g), net.constant(g[0])], alpha=0.5))
    padded = np.zeros((2, 4, 7, 6))
    padded[:, :, 1:6] = x
    conv = np.zeros((2, 6, 3, 5))
    for image, channel, row, column in np.ndindex(*conv.shape):
        part = slice(0, 2) if channel < 3 else slice(2, 4)
        window = padded[image, part, 2 * row : 2 * row + 3, column : column + 2]
        conv[image, channel, row, column] = (window * w[channel]).sum()
    wanted = 0.5 * (conv.transpose(0, 2, 3, 1).reshape(-1, 6) @ m @ g) + g[0]
    result = Reference().evaluate(parse_model(net.model_bytes()), [x])
    assert difference(result, wanted) < 1e-12


def test_the_reference_of_a_net_agrees_with_the_plain_evaluation(tmp_path):
    from numpy_reference import evaluate

    path = tmp_path / "net.onnx"
    models.NETS["mobilenet_v2"](batch=1, size=32).save(path)
    model, feeds = read_model(path), models.feeds(path)
    plain = evaluate(model, {value.name: x for value, x in zip(model.inputs, feeds)})
    assert difference(Reference().evaluate(model, feeds), plain["output"]) < 1e-9


def test_difference_and_cosine_see_what_is_not_finite():
    a, b = np.array([1.0, 2.0, np.nan]), np.array([1.0, 2.0, 3.0])
    assert difference(a, b) == float("inf") and cosine(a, b) == 0.0
    assert difference(b + [0, 0, 0.3], b) == pytest.approx(0.1)
    assert cosine(2 * b, b) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="2 and 3 values"):
        difference(b[:2], b)


def case(**changes):
    base = {
        "net": "n", "batch": 1, "threads": 2, "ratio": 1.0, "difference": 1e-6,
        "poacl": {"to_first_result_ms": 10.0, "peak_mib": 50.0},
        "onnxruntime": {"load_ms": 100.0, "peak_mib": 100.0},
    }  # fmt: skip
    return {**base, **changes}


@pytest.mark.parametrize(
    "changes, word",
    [({}, None), ({"ratio": 0.94}, "speed"), ({"difference": 1e-3}, "outputs"),
     ({"ratio": 0.96}, None), ({"poacl": {"to_first_result_ms": 20.0, "peak_mib": 50.0}}, "load"),
     ({"poacl": {"to_first_result_ms": 10.0, "peak_mib": 60.0}}, "memory"),
     ({"net": "other", "ratio": 0.1}, None), ({"precision": "bf16", "difference": 1e-2}, None)],
)  # fmt: skip
def test_compare_finds_what_got_worse(changes, word):
    tolerances = {"speed": 0.05, "load": 0.2, "memory": 0.05}
    old, new = {"cases": [case()]}, {"cases": [copy.deepcopy(case(**changes))]}
    rows, worse = comparing.compare(old, new, tolerances, 5e-6)
    assert rows
    assert (len(worse) == 0) if word is None else (len(worse) == 1 and word in worse[0])


@pytest.mark.parametrize(
    "difference, cosine, word",
    [(1.1e-2, 0.99995, None), (2.1e-2, 0.99995, "differ by 2.1e-02"), (1e-2, 0.9997, "cosine")],
)
def test_compare_lets_reduced_precision_not_get_much_worse(difference, cosine, word):
    def one(difference, cosine):
        result = case(precision="bf16", difference=difference)
        return {"cases": [{**result, "poacl": {**result["poacl"], "cosine": cosine}}]}

    tolerances = {"speed": 0.05, "load": 0.2, "memory": 0.05}
    _, worse = comparing.compare(one(1e-2, 0.9999), one(difference, cosine), tolerances, 5e-6)
    assert (worse == []) if word is None else (len(worse) == 1 and word in worse[0])


@pytest.mark.parametrize("net", ["resnet50", "mobilenet_v2"])
def test_quantised_nets_do_the_work_of_the_float_ones(net, tmp_path):
    paths = [models.save(name, 2, tmp_path) for name in (net, f"{net}_int8")]
    assert models.flops(paths[0]) == models.flops(paths[1])
    assert paths[1].stat().st_size < 0.3 * paths[0].stat().st_size


@pytest.mark.parametrize("net, gigaflops", [("resnet50", 8.178), ("mobilenet_v2", 0.6015)])
def test_generated_nets_have_the_known_amount_of_work(net, gigaflops, tmp_path):
    path = models.save(net, 1, tmp_path)
    assert models.flops(path) == pytest.approx(gigaflops * 1e9, rel=1e-3)
    clip = [node for node in read_model(path).nodes if node.op_type == "Clip"]
    initializers = read_model(path).initializers
    assert all(initializers[name].shape == () for node in clip for name in node.inputs[1:])
    assert len(clip) == (35 if net == "mobilenet_v2" else 0)


@pytest.mark.parametrize("net, gigaflops", [("bert_base", 22.35), ("vit_b16", 22.68)])
def test_generated_transformers_have_the_known_amount_of_work(net, gigaflops, tmp_path):
    path = models.save(net, 1, tmp_path)
    assert models.flops(path) == pytest.approx(gigaflops * 1e9, rel=1e-3)
    inputs = {value.name: value for value in read_model(path).inputs}
    assert [array.dtype for array in models.feeds(path)] == [v.dtype for v in inputs.values()]


def test_generated_nets_are_the_same_every_time():
    first, second = (models.NETS["mobilenet_v2"](batch=1).model_bytes() for _ in range(2))
    assert first == second
