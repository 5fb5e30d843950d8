"""Text of the results: the ratio table, loading and memory, layers."""


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
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def ratio_table(cases):
    rows = []
    for case in cases:
        ours, rival = case["poacl"], case["onnxruntime"]
        rows.append([
            case["net"], case["batch"], case["threads"],
            f"{ours['min_ms']:.2f}", f"{ours['median_ms']:.2f}", f"{ours['p99_ms']:.2f}",
            f"{rival['min_ms']:.2f}", f"{rival['median_ms']:.2f}", f"{rival['p99_ms']:.2f}",
            f"{case['ratio']:.3f}", f"{case['ratio_low']:.2f}-{case['ratio_high']:.2f}",
            f"{ours['gflops']:.0f}", f"{ours['share_of_peak']:.0%}",
            f"{rival['share_of_peak']:.0%}", f"{case['difference']:.1e}",
        ])  # fmt: skip
    headings = [
        "net", "batch", "threads", "min", "median", "p99 ms", "ORT min", "median", "p99 ms",
        "ratio", "range", "GFLOP/s", "of peak", "ORT", "difference",
    ]  # fmt: skip
    return table(headings, rows)


def load_table(cases):
    rows = []
    for case in cases:
        ours, rival = case["poacl"], case["onnxruntime"]
        rows.append([
            case["net"], case["batch"], case["threads"], f"{ours['load_ms']:.1f}",
            f"{ours['to_first_result_ms']:.1f}", f"{rival['load_ms']:.1f}",
            f"{rival['to_first_result_ms']:.1f}",
            f"{rival['load_ms'] / ours['to_first_result_ms']:.2f}",
            f"{ours['peak_mib']:.0f}", f"{rival['peak_mib']:.0f}",
            f"{ours['peak_mib'] - ours['idle_mib']:.0f}",
            f"{rival['peak_mib'] - rival['idle_mib']:.0f}", f"{ours['om_mib']:.0f}",
            f"{case['onnx_mib']:.0f}",
        ])  # fmt: skip
    headings = [
        "net", "batch", "threads", "load ms", "to result", "ORT session", "to result",
        "session/result", "peak MiB", "ORT", "added MiB", "ORT", ".om MiB", ".onnx",
    ]  # fmt: skip
    return table(headings, rows)


def layer_table(layers, rates, peak, limit=None):
    """One row per step, in order (or the `limit` slowest)."""
    total = sum(layer.median() for layer in layers) or 1.0
    pairs = list(zip(layers, rates))
    if limit is not None:
        pairs = sorted(pairs, key=lambda pair: -pair[0].median())[:limit]
    rows = []
    for layer, rate in pairs:
        rows.append([
            layer.node or layer.operator, layer.index, layer.operator, layer.kernel, layer.shapes,
            f"{layer.median():.1f}", f"{layer.median() / total:.1%}",
            f"{rate:.0f}" if rate else "", f"{rate / peak:.0%}" if rate else "",
        ])  # fmt: skip
    headings = ["node", "step", "operator", "kernel", "shapes", "us", "share", "GFLOP/s", "of peak"]
    return table(headings, rows)


def kernel_table(groups):
    return table(
        ["kernel", "steps", "us", "share"],
        [[kernel, steps, f"{time:.1f}", f"{share:.1%}"] for kernel, steps, time, share in groups],
    )
