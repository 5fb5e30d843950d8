"""Which Python function stands for which C function: for error texts."""


def python_names(interface):
    names = {f.c_name: f.python for f in interface.functions
             if f.implemented and f.c_name and f.python}
    lines = ["// Made by api/generate.py from api/*.toml: C name, Python name; sorted."]
    lines += [f'{{"{c}", "{names[c]}"}},' for c in sorted(names)]
    return "\n".join(lines) + "\n"
