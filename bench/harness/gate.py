"""The gate: a sample counts only when every CPU ran at full speed just before and just after it.

Virtual machines have long phases in which a part of a core is stolen; numbers taken then lie by
more than a factor of two. The probe is a loop of fused multiply-adds with a known operation count.
"""

import time

FULL_SPEED = 0.95


class Gate:
    def __init__(self, probe, milliseconds=4.0, threshold=FULL_SPEED):
        self._probe, self._milliseconds, self.threshold = probe, milliseconds, threshold
        self.best = []  # GFLOP/s of each CPU, the highest seen
        self._peaks = {}  # by arithmetic: the same
        self.probes = self.slow_probes = 0

    def warm_up(self, times=20):
        for _ in range(times):
            self.open()
        self.probes = self.slow_probes = 0

    def open(self):
        """Probes once; True when every CPU reached the threshold of its best."""
        rates = self._probe.numbers("probe", self._milliseconds)
        self.best = [max(pair) for pair in zip(rates, self.best or rates)]
        full = all(rate >= self.threshold * best for rate, best in zip(rates, self.best))
        self.probes += 1
        self.slow_probes += not full
        return full

    def wait(self, seconds):
        """Probes until the gate opens or the time is over; tells which."""
        deadline, pause = time.monotonic() + seconds, 0.02
        while not self.open():
            if time.monotonic() > deadline:
                return False
            time.sleep(pause)
            pause = min(2 * pause, 0.5)
        return True

    def measure_peaks(self, types=("bf16", "int8"), times=10):
        """The peaks of other arithmetic; without one of their own they have fp32's."""
        for name in types:
            for _ in range(times):
                rates = self._probe.numbers("peak", name, self._milliseconds)
                if rates:
                    best = self._peaks.get(name, rates)
                    self._peaks[name] = [max(pair) for pair in zip(rates, best)]

    def peaks(self, arithmetic="fp32"):
        """Giga operations per second of each CPU."""
        return self._peaks.get(arithmetic, self.best)

    def peak(self, threads, arithmetic="fp32"):
        """Giga operations per second that `threads` cores reach together."""
        return sum(sorted(self.peaks(arithmetic), reverse=True)[:threads])
