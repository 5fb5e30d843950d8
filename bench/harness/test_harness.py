"""The bench's own logic, on made-up numbers; no time is measured here."""

import copy
import pathlib
import sys

import pytest

BENCH = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BENCH))

import compare as comparing
import models
from harness import layers, measure, report
from harness.gate import Gate
from harness.worker import Worker, WorkerError
from onnx_builder import read_model


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
     ({"net": "other", "ratio": 0.1}, None)],
)  # fmt: skip
def test_compare_finds_what_got_worse(changes, word):
    tolerances = {"speed": 0.05, "load": 0.2, "memory": 0.05}
    old, new = {"cases": [case()]}, {"cases": [copy.deepcopy(case(**changes))]}
    rows, worse = comparing.compare(old, new, tolerances, 5e-6)
    assert rows
    assert (len(worse) == 0) if word is None else (len(worse) == 1 and word in worse[0])


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
