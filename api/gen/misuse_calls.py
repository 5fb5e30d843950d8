"""A table of the implemented C functions that take a handle or an address, for the misuse test."""

PLAIN = {
    "void", "char", "int", "float", "double", "bool", "size_t", "int8_t", "uint8_t", "int16_t",
    "uint16_t", "int32_t", "uint32_t", "int64_t", "uint64_t",
}  # fmt: skip

# What no wrong argument may do is hang; these wait by contract for what the test never does.
WAITING = {"aclrtValueWait"}


def _base(kind):
    return kind.replace("const", "").replace("*", "").strip()


def _takes_handle(function):
    return any(
        parameter.type != "..."
        and (_base(parameter.type) not in PLAIN or _base(parameter.type) == "void")
        for parameter in function.parameters
    )


def misuse_calls(interface):
    """`MISUSE(name, creates, destroys, "type name", ...)` lines, one for each function."""
    lines, seen = ["// Made by api/generate.py: what the misuse test calls."], set()
    for f in interface.functions:
        if not f.implemented or not f.prototype or f.c_name in seen or f.c_name in WAITING:
            continue
        if any(parameter.type == "..." for parameter in f.parameters) or not _takes_handle(f):
            continue
        if "(*" in f.prototype.replace(" ", ""):  # it would be called
            continue
        seen.add(f.c_name)
        texts = [f'"{p.type} {p.name}"' for p in f.parameters]
        creates, destroys = (f.ownership.get(k, "") for k in ("creates", "destroys"))
        lines.append(f'MISUSE({f.c_name}, "{creates}", "{destroys}", {", ".join(texts)})')
    return "\n".join(lines) + "\n"
