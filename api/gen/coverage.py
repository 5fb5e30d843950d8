"""docs/coverage.md: what is declared, what works, what is missing."""

HEAD = """# Coverage

Made from `api/*.toml` by `api/generate.py`; a test compares this copy with a fresh one.
Functions that are not implemented are absent from the Python module and from the library.

| family | C functions | of them there | Python functions | of them there |
| --- | ---: | ---: | ---: | ---: |
"""


def _counts(functions):
    with_c = {f.c_name: f for f in functions if f.prototype}
    with_python = [f for f in functions if f.python]
    return (len(with_c), sum(f.implemented for f in with_c.values()), len(with_python),
            sum(f.implemented for f in with_python))


def _row(title, functions):
    return "| " + " | ".join([title, *map(str, _counts(functions))]) + " |\n"


def _names(functions):
    return ", ".join(f"`{f.python or f.c_name}`" for f in functions)


def coverage(interface):
    parts = [HEAD]
    for family in interface.families:
        parts.append(_row(f"{family.title} (`api/{family.name}.toml`)", family.functions))
    parts.append(_row("**all**", interface.functions))
    for family in interface.families:
        parts.append(f"\n## {family.title}\n")
        there = [f for f in family.functions if f.implemented]
        missing = [f for f in family.functions if not f.implemented]
        if there:
            parts.append("\n| Python | C | result |\n| --- | --- | --- |\n")
            for f in there:
                result = ", ".join(v.name for v in f.returns) or "None"
                parts.append(f"| {f'`{f.python}`' if f.python else ''} | "
                             f"{f'`{f.c_name}`' if f.c_name else ''} | "
                             f"{result if f.python else ''} |\n")
        for title, group in (("Missing", [f for f in missing if f.since != "later"]),
                             ("Missing, seen only in headers after 8.0",
                              [f for f in missing if f.since == "later"])):
            if group:
                parts.append(f"\n{title}: {_names(group)}.\n")
    return "".join(parts)
