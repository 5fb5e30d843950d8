#!/usr/bin/python3
"""Compares two results of bench/run and fails when the newer one is worse.

Compared are ratios to the rival measured in the same run, never bare times: those of two runs
differ with the machine's mood. A case that only one file has is told and does not fail.
"""

import argparse
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness.report import table

GROWTH = 2.0  # of an error, beyond which it counts as worse


def measures(case):
    """{name: value}, every one of them better when larger."""
    ours, rival = case["poacl"], case["onnxruntime"]
    return {
        "speed": case["ratio"],
        "load": rival["load_ms"] / ours["to_first_result_ms"],
        "memory": rival["peak_mib"] / ours["peak_mib"],
    }


def key(case):
    return case["net"], case.get("precision", "fp32"), case["batch"], case["threads"]


def name_of(identity):
    net, precision, batch, threads = identity
    return f"{net} {precision} batch {batch} threads {threads}"


def _cosine(case):
    """To the float64 reference, or to the rival where there is none."""
    return case["poacl"].get("cosine", case.get("cosine", 1.0))


def accuracy_complaint(case, old, limit):
    """What is wrong with the case's outputs, or None: float32 has a limit, the other precisions
    must not get much worse than they were."""
    difference = case["difference"]
    if case.get("precision", "fp32") == "fp32":
        too_far = difference > limit
        return f"outputs differ by {difference:.1e}, limit {limit:.1e}" if too_far else None
    if old is None:
        return None
    before = old["difference"]
    if difference > max(limit, GROWTH * before):
        return f"outputs differ by {difference:.1e}, before by {before:.1e}"
    lost, lost_before = (1 - _cosine(one) for one in (case, old))
    if lost > max(1e-7, GROWTH * lost_before):
        return f"1 - cosine rose from {lost_before:.1e} to {lost:.1e}"
    return None


def compare(old, new, tolerances, accuracy):
    """(rows of the table, sentences about what got worse)."""
    before = {key(case): case for case in old["cases"]}
    rows, worse = [], []
    for case in new["cases"]:
        name, old_case = name_of(key(case)), before.pop(key(case), None)
        complaint = accuracy_complaint(case, old_case, accuracy)
        if complaint:
            worse.append(f"{name}: {complaint}")
        if old_case is None:
            rows.append([name, "new", "", "", ""])
            continue
        values, old_values = measures(case), measures(old_case)
        for measure, value in values.items():
            change = value / old_values[measure] - 1
            rows.append([name, measure, f"{old_values[measure]:.3f}", f"{value:.3f}",
                         f"{change:+.1%}"])  # fmt: skip
            if change < -tolerances[measure]:
                worse.append(f"{name}: {measure} fell from {old_values[measure]:.3f} to "
                             f"{value:.3f} ({change:+.1%}, "
                             f"allowed -{tolerances[measure]:.0%})")
    rows += [[name_of(identity), "gone", "", "", ""] for identity in before]
    return rows, worse


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    parser.add_argument("--speed", type=float, default=0.05, help="allowed loss (%(default)s)")
    parser.add_argument("--load", type=float, default=0.20, help="allowed loss (%(default)s)")
    parser.add_argument("--memory", type=float, default=0.05, help="allowed loss (%(default)s)")
    parser.add_argument("--accuracy", type=float, default=5e-6,
                        help="largest difference of outputs, of their maximum "
                             "(%(default)s)")
    arguments = parser.parse_args()
    documents = []
    for path in (arguments.old, arguments.new):
        try:
            documents.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            sys.exit(f"compare: {path}: {error}")
    tolerances = {name: getattr(arguments, name) for name in ("speed", "load", "memory")}
    rows, worse = compare(*documents, tolerances, arguments.accuracy)
    print(table(["case", "measure", "old", "new", "change"], rows))
    if worse:
        sys.exit("\nworse:\n" + "\n".join(f"  {sentence}" for sentence in worse))
    print("\nnothing got worse")


if __name__ == "__main__":
    main()
