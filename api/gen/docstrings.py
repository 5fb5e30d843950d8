"""The text a Python user sees: one sentence, the C function, the result, a two-line example."""

PYTHON_TYPES = {"ptr": "int", "int": "int", "str": "str", "bytes": "bytes", "float": "float",
                "object": "object", "callable": "Callable[..., object]"}


def python_type(kind):
    """The type as it stands in acl.pyi."""
    if kind.startswith("dict<"):
        return "dict[str, Any]"
    if kind.startswith("list["):
        return f"list[{python_type(kind[5:-1])}]"
    return PYTHON_TYPES[kind]


def call(function):
    """`acl.rt.malloc(size, policy)`; optional arguments in brackets."""
    arguments = ""
    for index, arg in enumerate(function.args):
        text = (", " if index else "") + arg.name
        arguments += f"[{text}]" if arg.optional else text
    return f"{function.python}({arguments})"


def result_tuple(function):
    names = [value.name for value in function.returns]
    if not names:
        return "None"
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def example(function):
    """Two lines that could stand in a program."""
    left = ", ".join(value.name for value in function.returns)
    line = call(function).replace("[", "").replace("]", "")
    first = f"{left} = {line}" if left else line
    if any(value.name == "ret" for value in function.returns):
        return [first, "assert ret == 0, acl.get_recent_err_msg()"]
    return [first, f"print({left})"] if left else ["import acl", first]


def docstring(function):
    lines = [function.doc, ""]
    if function.c_name:
        lines.append(f"C function: {function.c_name}.")
    lines.append(f"Result: {result_tuple(function)}.")
    for key, text in function.ownership.items():
        lines.append({"creates": f"The caller owns the new {text}.",
                      "destroys": f"Ends the life of the {text}.",
                      "borrows": f"The {text} must outlive the use made of it here."}[key])
    if function.errors:
        lines.append("Codes: " + ", ".join(str(code) for code in function.errors) + ".")
    if function.releases_gil:
        lines.append("Other Python threads run while this call waits.")
    lines += ["", *("    " + line for line in example(function))]
    return "\n".join(lines)
