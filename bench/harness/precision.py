"""In which precisions a network is measured: a precision says how our model is made and what the
rival runs beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Precision:
    name: str
    suffix: str  # of the network's name in models.NETS, for both contenders
    options: tuple  # of atc
    peak: str  # what bench/fma_probe calls this arithmetic
    rival_peak: str


PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("fp32", "", (), "fp32", "fp32"),
        # The rival has no such mode on CPUs; the user's choice is this or its float32.
        Precision("bf16", "", ("--precision_mode_v2=mixed_bfloat16",), "bf16", "fp32"),
        Precision("int8", "_int8", (), "int8", "int8"),
    )
}


def plan(nets, precisions):
    """[(network, Precision)]; a network named with its precision's suffix is measured in that one
    only."""
    chosen = []
    for net in nets:
        own = [p for p in PRECISIONS.values() if p.suffix and net.endswith(p.suffix)]
        stem = net[: -len(own[0].suffix)] if own else net
        for precision in own or [PRECISIONS[name] for name in precisions]:
            if (stem, precision) not in chosen:
                chosen.append((stem, precision))
    return chosen
