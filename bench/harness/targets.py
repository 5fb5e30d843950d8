"""What has to be reached (the ratios are those of the project's performance page), and what of it a
run reached."""

RATIOS = {  # network: precision: batch: rival's time / ours
    "resnet50": {"fp32": {1: 1.30, 16: 1.30}, "bf16": {1: 2.1, 16: 2.1},
                 "int8": {1: 1.20, 16: 1.20}},
    "mobilenet_v2": {"fp32": {1: 1.15, 16: 1.25}, "bf16": {1: 2.0, 16: 2.0},
                     "int8": {1: 1.20, 16: 1.20}},
    "bert_base": {"fp32": {1: 1.15, 16: 1.15}, "bf16": {1: 2.3, 16: 2.3},
                  "int8": {1: 1.40, 16: 1.40}},
    "vit_b16": {"fp32": {1: 1.15, 16: 1.15}, "bf16": {1: 2.2, 16: 2.2},
                "int8": {1: 1.40, 16: 1.40}},
}  # fmt: skip
ERROR = 5e-6  # of the output's maximum, against the float64 reference, in fp32
TIMES_RIVAL_ERROR = 2.0
LOADING = 10.0  # rival's session creation / our time to the first result
MEMORY = 1.0  # rival's added memory / ours


def ratio_wanted(case):
    """The ratio to reach, None where none is set."""
    by_batch = RATIOS.get(case["net"], {}).get(case["precision"], {})
    return by_batch.get(case["batch"])


def added_memory(contender):
    """MiB that model and runs added to a process that had the library loaded."""
    return contender["peak_mib"] - contender["idle_mib"]


def verdicts(case):
    """[(target, text of what was measured and wanted, reached)] of one case."""
    ours, rival = case["poacl"], case["onnxruntime"]
    found = []
    wanted = ratio_wanted(case)
    if wanted is not None:
        found.append(("speed", f"{case['ratio']:.2f} of {wanted:.2f}", case["ratio"] >= wanted))
    if case["precision"] == "fp32":
        limit = min(ERROR, TIMES_RIVAL_ERROR * rival["error"])
        found.append(("accuracy", f"{ours['error']:.1e} of {limit:.1e}", ours["error"] <= limit))
    if case["batch"] == 1 and case["precision"] == "fp32":
        times = rival["load_ms"] / ours["to_first_result_ms"]
        found.append(("loading", f"{times:.1f} of {LOADING:.0f}", times >= LOADING))
    share = added_memory(rival) / added_memory(ours)
    found.append(("memory", f"{share:.2f} of {MEMORY:.2f}", share >= MEMORY))
    return found


def summary(cases):
    """Lines: for every target how many cases hold it, and those that do not."""
    groups = {}
    for case in cases:
        name = f"{case['net']} {case['precision']} b{case['batch']} t{case['threads']}"
        for target, text, reached in verdicts(case):
            held, missed = groups.setdefault(target, ([], []))
            (held if reached else missed).append(f"{name} {text}")
    lines = []
    for target, (held, missed) in groups.items():
        line = f"{target}: {len(held)} of {len(held) + len(missed)} cases hold the target"
        lines.append(line + ("; missed: " + ", ".join(missed) if missed else ""))
    return lines
