"""The CPython side of every function whose wrapper follows from its declaration, and the method
tables of all modules."""

import json
import re

from gen.declarations import DeclarationError
from gen.docstrings import docstring

HEADER = """// Made by api/generate.py from api/*.toml.
#include "acl/acl.h"
#include "acl/ops/acl_dvpp.h"
#include "python/acl/convert.h"
#include "python/acl/dicts.h"
#include "binding/manual.h"

namespace poacl::python {
namespace {

"""


def _split(function):
    """Sorts C parameters into ("in", value) and ("out", value) by the declared names."""
    inputs = list(function.args)
    input_names = {value.name for value in inputs}
    result_names = {value.name for value in function.returns}
    roles = []
    for parameter in function.parameters:
        if parameter.snake in result_names and parameter.snake not in input_names:
            roles.append(("out", parameter))
        elif inputs:
            roles.append(("in", parameter, inputs.pop(0)))
        else:
            raise DeclarationError(f"{function.python}: C parameter {parameter.name} is neither "
                                   "an argument nor a result")
    if inputs:
        raise DeclarationError(f"{function.python}: no C parameter for {inputs[0].name}")
    return roles


def _local_type(parameter, value):
    """Type of the local variable that holds a converted argument."""
    if value.type.startswith("dict<"):
        return parameter.type.removeprefix("const ").rstrip("* ")
    # A parameter that is const by itself is filled like any other.
    return parameter.type if "*" in parameter.type else parameter.type.removeprefix("const ")


def _results(function, roles):
    """C++ expressions of the result tuple, in the documented order."""
    outs = {role[1].snake: role[1].name for role in roles if role[0] == "out"}
    ins = {role[2].name: role[1].name for role in roles if role[0] == "in"}
    if function.c_return == "void":
        return []
    if function.c_return != "aclError":
        return ["to_python(result)"]
    expressions = []
    for value in function.returns:
        if value.name == "ret":
            expressions.append("to_python(result)")
        elif value.type.startswith("dict<"):
            expressions.append(f"struct_to_python(result, *{outs[value.name]})")
        elif value.name in outs:
            expressions.append(f"to_python({outs[value.name]})")
        elif value.name in ins:
            expressions.append(f"to_python({ins[value.name]})")
        else:
            raise DeclarationError(f"{function.python}: result {value.name} comes from nowhere")
    return expressions


def _body(function):
    roles = _split(function)
    lines = []
    required = sum(1 for value in function.args if not value.optional)
    # Functions without arguments ignore what they are given, as programs in the field rely on.
    if function.args:
        lines.append(f'  if (!check_count("{function.name}", given_count, {required}, '
                     f'{len(function.args)})) return nullptr;')
    position = 0
    passed = []
    for role in roles:
        parameter = role[1]
        if role[0] == "out":
            struct = any(value.name == parameter.snake and value.type.startswith("dict<")
                         for value in function.returns)
            if struct:
                # Some of the structures are too large for a thread's stack.
                lines.append(f"  const auto {parameter.name} = "
                             f"std::make_unique<{parameter.pointee}>();")
                passed.append(f"{parameter.name}.get()")
            else:
                lines.append(f"  {parameter.pointee} {parameter.name}{{}};")
                passed.append(f"&{parameter.name}")
            continue
        value = role[2]
        kind = _local_type(parameter, value)
        lines.append(f"  {kind} {parameter.name}{{}};")
        convert = (f'from_python({{"{function.name}", {position + 1}, "{value.name}"}}, '
                   f'given[{position}], &{parameter.name})')
        present = f"given_count > {position} && " if value.optional else ""
        lines.append(f"  if ({present}!{convert}) return nullptr;")
        passed.append(f"&{parameter.name}" if value.type.startswith("dict<") else parameter.name)
        position += 1
    invoke = f"{function.c_name}({', '.join(passed)})"
    result = "" if function.c_return == "void" else f"const {_plain(function.c_return)} result = "
    if function.releases_gil:
        lines.append("  ReleaseGil gil;")
        lines.append(f"  {result}{invoke};")
        lines.append("  gil.acquire();")
    else:
        lines.append(f"  {result}{invoke};")
    expressions = _results(function, roles)
    if not expressions:
        lines.append("  return none();")
    elif len(expressions) == 1:
        lines.append(f"  return {expressions[0]};")
    else:
        lines.append(f"  return tuple_of({', '.join(expressions)});")
    return lines


def _plain(c_type):
    return "auto" if "*" in c_type else re.sub(r"\s+", " ", c_type)


def _wrapper(function):
    used = "given" if function.args else "/*given*/"
    counted = "given_count" if function.args else "/*given_count*/"
    head = (f"PyObject* {function.wrapper}(PyObject* /*module*/, PyObject* const* {used}, "
            f"Py_ssize_t {counted}) {{")
    return "\n".join([head, *_body(function), "}"])


def _table(functions):
    lines = []
    for function in functions:
        text = json.dumps(docstring(function))
        lines.append(f'    {{"{function.name}", as_method({function.wrapper}), METH_FASTCALL,\n'
                     f"     {text}}},")
    lines.append("    {nullptr, nullptr, 0, nullptr},")
    return "\n".join(lines)


def wrappers(interface, module):
    """The source of one module's wrappers and its method table."""
    functions = interface.python_functions(module)
    name = module or "root"
    parts = [HEADER]
    for function in functions:
        if not function.by_hand:
            parts.append(_wrapper(function) + "\n\n")
    parts.append("}  // namespace\n\n")
    parts.append(f"PyMethodDef {name}_methods[] = {{\n{_table(functions)}\n}};\n\n")
    parts.append("}  // namespace poacl::python\n")
    return "".join(parts)


def module_list(interface):
    """The modules that exist, and the hand-written wrappers they need."""
    lines = ["// Made by api/generate.py from api/*.toml.", "#pragma once", "",
             "#include \"python/acl/convert.h\"", "", "namespace poacl::python {", ""]
    for module in interface.modules:
        lines.append(f"extern PyMethodDef {module or 'root'}_methods[];")
    lines += ["", "struct Submodule {", "  const char* name;", "  const char* full_name;",
              "  PyMethodDef* methods;", "};", "", "inline const Submodule kSubmodules[] = {"]
    for module in interface.modules[1:]:
        lines.append(f'    {{"{module}", "acl.{module}", {module}_methods}},')
    lines += ["};", "", "}  // namespace poacl::python", ""]
    return "\n".join(lines)


def manual_declarations(interface):
    """Prototypes of the wrappers written by hand."""
    lines = ["// Made by api/generate.py from api/*.toml: the wrappers written by hand.",
             "#pragma once", "", "#include \"python/acl/convert.h\"", "",
             "namespace poacl::python {", ""]
    for function in interface.python_functions():
        if function.by_hand:
            lines.append(f"PyObject* {function.wrapper}(PyObject* module, "
                         "PyObject* const* arguments, Py_ssize_t count);")
    lines += ["", "}  // namespace poacl::python", ""]
    return "\n".join(lines)
