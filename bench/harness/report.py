"""Text of the results: the ratio table, accuracy, loading and memory, layers."""

from harness.targets import added_memory, ratio_wanted


def table(headings, rows):
    """Columns padded to their widest cell; the first flush left, the others flush right."""
    cells = [list(headings)] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    lines = []
    for number, row in enumerate(cells):
        padded = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(padded).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths).rstrip())
    return "\n".join(lines)


def _head(case):
    return [case["net"], case["precision"], case["batch"], case["threads"]]


HEAD = ["net", "precision", "batch", "threads"]


def _optional(value, form):
    return "" if value is None else format(value, form)


def ratio_table(cases):
    rows = []
    for case in cases:
        ours, rival = case["poacl"], case["onnxruntime"]
        wanted = ratio_wanted(case)
        rows.append([
            *_head(case), f"{ours['median_ms']:.2f}", f"{ours['p99_ms']:.2f}",
            f"{rival['median_ms']:.2f}", f"{rival['p99_ms']:.2f}",
            f"{case['ratio']:.3f}", f"{case['ratio_low']:.2f}-{case['ratio_high']:.2f}",
            _optional(wanted, ".2f"), "" if wanted is None or case["ratio"] >= wanted else "missed",
            f"{ours['gflops']:.0f}", f"{ours['share_of_peak']:.0%}",
            f"{rival['share_of_peak']:.0%}",
        ])  # fmt: skip
    headings = [
        *HEAD, "median", "p99 ms", "ORT median", "p99 ms", "ratio", "range", "target", "",
        "G/s", "of peak", "ORT",
    ]  # fmt: skip
    return table(headings, rows)


def accuracy_table(cases):
    rows = []
    for case in cases:
        ours, rival = case["poacl"], case["onnxruntime"]
        rows.append([
            *_head(case), f"{case['difference']:.1e}", _optional(ours.get("error"), ".1e"),
            _optional(rival.get("error"), ".1e"), _optional(ours.get("cosine"), ".7f"),
            _optional(rival.get("cosine"), ".7f"), f"{case['cosine']:.7f}",
        ])  # fmt: skip
    headings = [*HEAD, "ours - ORT", "ours - float64", "ORT - float64", "cosine", "ORT cosine",
                "cosine to ORT"]  # fmt: skip
    return table(headings, rows)


def load_table(cases):
    rows = []
    for case in cases:
        ours, rival = case["poacl"], case["onnxruntime"]
        rows.append([
            *_head(case), f"{ours['load_ms']:.1f}", f"{ours['first_run_ms']:.1f}",
            f"{ours['to_first_result_ms']:.1f}", f"{rival['load_ms']:.1f}",
            f"{rival['to_first_result_ms']:.1f}",
            f"{rival['load_ms'] / ours['to_first_result_ms']:.2f}",
            f"{ours['peak_mib']:.0f}", f"{rival['peak_mib']:.0f}",
            f"{added_memory(ours):.0f}", f"{added_memory(rival):.0f}", f"{ours['om_mib']:.0f}",
            f"{case['onnx_mib']:.0f}",
        ])  # fmt: skip
    headings = [
        *HEAD, "load ms", "first run", "to result", "ORT session", "to result", "session/result",
        "peak MiB", "ORT", "added MiB", "ORT", ".om MiB", ".onnx",
    ]  # fmt: skip
    return table(headings, rows)


def slowest(layers, limit=None):
    """The `limit` slowest, slowest first; all in their order without a limit."""
    return layers if limit is None else sorted(layers, key=lambda x: -x.median())[:limit]


def layer_table(layers, rates, peak, limit=None):
    """One row per step, in order (or the `limit` slowest)."""
    total = sum(layer.median() for layer in layers) or 1.0
    rates = {layer.index: rate for layer, rate in zip(layers, rates)}
    rows = []
    for layer in slowest(layers, limit):
        rate = rates[layer.index]
        rows.append([
            layer.node or layer.operator, layer.index, layer.operator, layer.kernel, layer.shapes,
            f"{layer.median():.1f}", f"{layer.median() / total:.1%}",
            f"{rate:.0f}" if rate else "", f"{rate / peak:.0%}" if rate else "",
        ])  # fmt: skip
    headings = ["node", "step", "operator", "kernel", "shapes", "us", "share", "GFLOP/s", "of peak"]
    return table(headings, rows)


def declined_lines(layers, reasons):
    """Why better kernels declined the given steps: one line per reason, with its steps."""
    steps = {}
    for layer in layers:
        for reason in reasons.get(layer.index, []):
            steps.setdefault(reason, []).append(str(layer.index))
    return "\n".join(f"  {reason} (step {', '.join(found)})" for reason, found in steps.items())


def kernel_table(groups):
    return table(
        ["kernel", "steps", "us", "share"],
        [[kernel, steps, f"{time:.1f}", f"{share:.1%}"] for kernel, steps, time, share in groups],
    )
