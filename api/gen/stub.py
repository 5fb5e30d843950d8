"""acl.pyi: what editors and type checkers see."""

from gen.docstrings import docstring, python_type

HEAD = '''"""AscendCL for Python. Every call is positional; handles and addresses are ints."""

from collections.abc import Callable
from typing import Any

'''


def _signature(function):
    args = ", ".join(
        f"{value.name}: {python_type(value.type)}" + (" = ..." if value.optional else "")
        for value in function.args)
    # Functions without arguments ignore what they are given.
    args = f"{args}, /" if args else "*ignored: object"
    types = [python_type(value.type) for value in function.returns]
    if any(value.type == "str" for value in function.returns) and len(types) == 1:
        types = [types[0] + " | None"]
    result = "None" if not types else types[0] if len(types) == 1 else f"tuple[{', '.join(types)}]"
    return f"def {function.name}({args}) -> {result}:"


def _function(function, indent):
    pad = " " * indent
    lines = [f"{pad}@staticmethod"] if indent else []
    lines.append(pad + _signature(function))
    text = docstring(function).split("\n")
    lines.append(f'{pad}    """{text[0]}')
    lines += [f"{pad}    {line}".rstrip() for line in text[1:]]
    lines.append(f'{pad}    """')
    return "\n".join(lines)


def stub(interface):
    parts = [HEAD]
    for function in interface.python_functions(""):
        parts.append(_function(function, 0) + "\n\n")
    for module in interface.modules[1:]:
        parts.append(f"class {module}:\n")
        parts.append("\n\n".join(_function(f, 4) for f in interface.python_functions(module)))
        parts.append("\n\n")
    return "".join(parts).rstrip() + "\n"
