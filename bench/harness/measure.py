"""Measuring contenders side by side: interleaved rounds, gated samples, medians of ratios."""

import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Samples:
    """What one contender gave in one case, in nanoseconds."""

    rounds: list = field(default_factory=list)  # median of each round's accepted sample
    runs: list = field(default_factory=list)  # every accepted run

    def summary(self):
        ordered = sorted(self.runs)
        last = len(ordered) - 1
        return {
            "min_ms": ordered[0] / 1e6,
            "median_ms": statistics.median(self.rounds) / 1e6,
            "p99_ms": ordered[min(last, int(0.99 * len(ordered)))] / 1e6,
            "runs": len(ordered),
        }


@dataclass
class Comparison:
    samples: dict
    ratios: list  # rival's time / ours, one per round
    discarded: int = 0  # samples thrown away at the gate
    ungated_rounds: int = 0  # rounds kept although the gate never opened in time

    def ratio(self):
        return statistics.median(self.ratios)


def runs_per_sample(worker, seconds):
    """How many runs fill about `seconds`; the runs that find out are the warm-up."""
    once = worker.numbers("run", 1)[0] * 1e-9
    if once < 2 * seconds:
        once = min(worker.numbers("run", 4)) * 1e-9
    return max(1, min(500, round(seconds / once)))


def gated_sample(worker, count, gate, patience, comparison):
    """Run times of one sample; repeats it while the gate is shut, at most `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        opened = gate.wait(max(0.0, deadline - time.monotonic()))
        times = worker.numbers("run", count)
        if opened and gate.open():
            return times
        if time.monotonic() > deadline:
            comparison.ungated_rounds += 1
            return times
        comparison.discarded += 1


def compare(ours, rival, gate, rounds, seconds=0.15, patience=20.0, budget=None):
    """Interleaves two loaded workers. The order within a round alternates.

    `seconds` is the length of one sample of one contender, `patience` how long a sample may be
    repeated before it is kept all the same (and counted as ungated). Once `budget` seconds are
    used up, three rounds are enough.
    """
    workers = [ours, rival]
    counts = {worker.name: runs_per_sample(worker, seconds) for worker in workers}
    result = Comparison({worker.name: Samples() for worker in workers}, [])
    end = float("inf") if budget is None else time.monotonic() + budget
    for number in range(rounds):
        if number >= 3 and time.monotonic() > end:
            break
        medians = {}
        for worker in workers if number % 2 == 0 else reversed(workers):
            # The other one's threads may still be spinning.
            time.sleep(0.02)
            times = gated_sample(worker, counts[worker.name], gate, patience, result)
            medians[worker.name] = statistics.median(times)
            result.samples[worker.name].rounds.append(medians[worker.name])
            result.samples[worker.name].runs += times
        result.ratios.append(medians[rival.name] / medians[ours.name])
    return result


def load_times(start, model, feeds, gate, repeats, patience=20.0):
    """Milliseconds (medians) of loading and of the first run, each in a process of its own.

    `start()` gives a fresh worker, `feeds` are the words of its command `input`. Returns
    {"load_ms", "first_run_ms", "to_first_result_ms"}.
    """
    loads, firsts = [], []
    for _ in range(repeats):
        with start() as worker:
            gate.wait(patience)
            loads.append(worker.numbers("load", model)[0] / 1e6)
            worker.ask("input", *feeds)
            firsts.append(worker.numbers("run", 1)[0] / 1e6)
    return {
        "load_ms": statistics.median(loads),
        "first_run_ms": statistics.median(firsts),
        "to_first_result_ms": statistics.median(map(sum, zip(loads, firsts))),
    }
