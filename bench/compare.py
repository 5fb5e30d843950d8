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


def measures(case):
    """{name: value}, every one of them better when larger."""
    ours, rival = case["poacl"], case["onnxruntime"]
    return {
        "speed": case["ratio"],
        "load": rival["load_ms"] / ours["to_first_result_ms"],
        "memory": rival["peak_mib"] / ours["peak_mib"],
    }


def key(case):
    return case["net"], case["batch"], case["threads"]


def compare(old, new, tolerances, accuracy):
    """(rows of the table, sentences about what got worse)."""
    before = {key(case): case for case in old["cases"]}
    rows, worse = [], []
    for case in new["cases"]:
        name = f"{case['net']} batch {case['batch']} threads {case['threads']}"
        if case["difference"] > accuracy:
            worse.append(f"{name}: outputs differ by {case['difference']:.1e}, "
                         f"limit {accuracy:.1e}")  # fmt: skip
        if key(case) not in before:
            rows.append([name, "new", "", "", ""])
            continue
        values, old_values = measures(case), measures(before.pop(key(case)))
        for measure, value in values.items():
            change = value / old_values[measure] - 1
            rows.append([name, measure, f"{old_values[measure]:.3f}", f"{value:.3f}",
                         f"{change:+.1%}"])  # fmt: skip
            if change < -tolerances[measure]:
                worse.append(f"{name}: {measure} fell from {old_values[measure]:.3f} to "
                             f"{value:.3f} ({change:+.1%}, "
                             f"allowed -{tolerances[measure]:.0%})")
    rows += [[f"{net} batch {batch} threads {threads}", "gone", "", "", ""]
             for net, batch, threads in before]  # fmt: skip
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
