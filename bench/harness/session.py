"""One case of the bench: a network in a precision at a batch size, on some threads, both engines.
"""

import numpy as np

import models
from harness import layers as layer_lines
from harness import measure, setup
from harness.gate import Gate
from harness.reference import Reference, cosine, difference, fast_product
from harness.worker import Worker
from models.flops import layer_flops
from onnx_builder import read_model

OURS, RIVAL = "poacl", "onnxruntime"


class Session:
    """Programs, gate and files of a run of the bench."""

    def __init__(self, root, build, quick, rounds, build_first):
        self.root, self.build, self.folder = root, build, root / "build/bench"
        (self.folder / "models").mkdir(parents=True, exist_ok=True)
        if build_first:
            setup.build_programs(root, build)
        self.atc = setup.find_program(build, "bin", "atc")
        self.mdl_bench = setup.find_program(build, "bench", "mdl_bench")
        self.rival_modules = setup.install_rival(root, self.folder)
        self.gate = Gate(Worker("fma_probe", [setup.find_program(build, "bench", "fma_probe")]))
        self.gate.warm_up()
        self.gate.measure_peaks()
        library = setup.find_program(build, "bench", "libwide_gemm.so")
        self.reference = Reference(fast_product(library))
        self.seconds, self.loads = (0.05, 1) if quick else (0.15, 5)
        self.patience, self.budget = (0.3, 1.0) if quick else (4.0, 12.0)
        self.rounds = min(rounds, 3) if quick else rounds

    def start(self, name, threads):
        if name == OURS:
            return Worker(OURS, [self.mdl_bench], {"POACL_THREADS": str(threads)})
        script = self.root / "bench/rival/ort_worker.mjs"
        return Worker(RIVAL, ["node", script, self.rival_modules, threads])

    def onnx(self, net, precision, batch):
        return models.save(net + precision.suffix, batch, self.folder / "models")

    def convert(self, net, precision, batch):
        """(Path of the .om, seconds); one folder per build directory, as several may be at work."""
        folder = self.folder / "om" / self.build.name
        folder.mkdir(parents=True, exist_ok=True)
        output = folder / f"{net}_{precision.name}_b{batch}"
        return setup.convert(self.atc, self.onnx(net, precision, batch), output,
                             *precision.options)  # fmt: skip

    def feeds(self, net, precision, batch):
        """The words of the workers' command `input`; the first image is that of batch 1."""
        onnx = self.onnx(net, precision, batch)
        arrays = models.feeds(onnx)
        for array, first in zip(arrays, self._first_image(net)):
            array[:1] = first
        return setup.write_feeds(self.folder, onnx.stem, arrays)

    def _first_image(self, net):
        return models.feeds(models.save(net, 1, self.folder / "models"))

    def right_answer(self, net):
        """The float network's first output for the first image, in float64; kept on disk beside
        the generated networks, which are the same every time as well."""
        path = self.folder / "models" / f"{net}_reference.npy"
        onnx = models.save(net, 1, self.folder / "models")
        if not path.exists() or path.stat().st_mtime < onnx.stat().st_mtime:
            result = self.reference.evaluate(read_model(onnx), self._first_image(net))
            partial = path.with_suffix(".partial.npy")
            np.save(partial, result)
            partial.rename(path)
        return np.load(path).ravel()

    def run_case(self, net, precision, batch, threads, om):
        onnx = self.onnx(net, precision, batch)
        feeds, files = self.feeds(net, precision, batch), {OURS: om, RIVAL: onnx}
        case = {"net": net, "precision": precision.name, "batch": batch, "threads": threads,
                "onnx_mib": onnx.stat().st_size / 2**20,
                OURS: {"om_mib": om.stat().st_size / 2**20}, RIVAL: {}}  # fmt: skip
        for name, file in files.items():
            case[name] |= measure.load_times(
                lambda name=name: self.start(name, threads), file, feeds, self.gate,
                self.loads if batch == 1 else 1, min(self.patience, 1.0),
            )  # fmt: skip
        with self.start(OURS, threads) as ours, self.start(RIVAL, threads) as rival:
            for worker in (ours, rival):
                case[worker.name]["idle_mib"] = worker.numbers("memory")[0] / 1024
                worker.ask("load", files[worker.name])
                worker.ask("input", *feeds)
            result = measure.compare(ours, rival, self.gate, self.rounds, self.seconds,
                                     self.patience, self.budget)  # fmt: skip
            outputs = {worker.name: self._output(worker) for worker in (ours, rival)}
            for worker in (ours, rival):
                case[worker.name]["peak_mib"] = worker.numbers("memory")[0] / 1024
            case["rival_version"] = rival.ask("version")[0]
        self._add_speed(case, result, onnx, precision)
        self._add_accuracy(case, outputs, precision)
        return case

    def _output(self, worker):
        file = self.folder / f"output_{worker.name}.raw"
        worker.ask("output", file)
        return np.fromfile(file, np.float32)

    def _add_speed(self, case, result, onnx, precision):
        case |= {
            "ratio": result.ratio(), "ratio_low": min(result.ratios),
            "ratio_high": max(result.ratios), "rounds": len(result.ratios),
            "discarded_samples": result.discarded, "ungated_rounds": result.ungated_rounds,
        }  # fmt: skip
        operations = models.flops(onnx)
        for name, samples in result.samples.items():
            arithmetic = precision.peak if name == OURS else precision.rival_peak
            case[name] |= samples.summary()
            case[name]["gflops"] = operations / case[name]["median_ms"] / 1e6
            peak = self.gate.peak(case["threads"], arithmetic)
            case[name]["share_of_peak"] = case[name]["gflops"] / peak

    def _add_accuracy(self, case, outputs, precision):
        case["difference"] = difference(outputs[OURS], outputs[RIVAL])
        case["cosine"] = cosine(outputs[OURS], outputs[RIVAL])
        if precision.suffix:
            return  # a quantised network has other weights than the float one
        right = self.right_answer(case["net"])
        for name, output in outputs.items():
            first = output[: output.size // case["batch"]]
            case[name] |= {"error": difference(first, right), "cosine": cosine(first, right)}

    def steps(self, net, precision, batch, om, runs=5):
        """(Steps of one thread's run, timed by the executor itself; their rates; why better
        kernels declined)."""
        onnx, log = self.onnx(net, precision, batch), self.folder / "steps.tsv"
        with open(log, "w", encoding="utf-8") as stream:
            environment = {"POACL_VERBOSE": "1", "POACL_THREADS": "1"}
            with Worker("poacl, verbose", [self.mdl_bench], environment, stream) as worker:
                worker.ask("load", om)
                worker.ask("input", *self.feeds(net, precision, batch))
                self.gate.wait(self.patience)
                runs = runs if batch == 1 else 1
                worker.ask("run", runs)
        lines = log.read_text(encoding="utf-8").splitlines()
        steps = layer_lines.parse_steps(lines, runs)
        return steps, layer_lines.match_flops(steps, layer_flops(onnx)), \
            layer_lines.parse_declined(lines)  # fmt: skip
