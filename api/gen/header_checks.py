"""A C++ source that compiles only when include/acl agrees with the declared facts."""

# acl.h includes those before acl_dump.h.
SHIPPED = ("acl/acl.h", "acl/acl_base.h", "acl/acl_rt.h", "acl/acl_mdl.h", "acl/acl_dump.h")

# Headers that declare what is implemented.
GROWING = ("acl/ops/acl_dvpp.h",)


def _prototypes(interface):
    seen = {}
    for f in interface.functions:
        whole = f.header in SHIPPED and f.since != "later"
        if f.prototype and (whole or f.implemented and f.header in SHIPPED + GROWING):
            seen[f.c_name] = f.prototype
    return seen


def header_checks(interface):
    prototypes = _prototypes(interface)
    lines = ["// Made by api/generate.py: include/acl against the declared facts.",
             "#include <cstddef>", "#include <string_view>", "#include <type_traits>", "",
             '#include "acl/acl.h"', '#include "acl/acl_dump.h"',
             *(f'#include "{header}"' for header in GROWING), "",
             "namespace declared {", 'extern "C" {']
    # In a namespace of their own the same names may be declared again and compared.
    lines += [f"{prototype};" for prototype in prototypes.values()]
    lines += ["}", "}  // namespace declared", ""]
    lines += [f"static_assert(std::is_same_v<decltype(::{name}), decltype(declared::{name})>);"
              for name in prototypes]
    lines.append("")
    for struct in interface.structs:
        lines.append(f"static_assert(sizeof({struct.name}) == {struct.size});")
        lines.append(f"static_assert(alignof({struct.name}) == {struct.align});")
        for field, offset, size in struct.fields:
            lines.append(f"static_assert(offsetof({struct.name}, {field}) == {offset});")
            lines.append(f"static_assert(sizeof({struct.name}::{field}) == {size});")
    lines.append("")
    for name, value in interface.constants.items():
        if isinstance(value, str) and not value.isdigit():
            lines.append(f'static_assert(std::string_view({name}) == "{value}");')
        else:
            suffix = "ULL" if int(value) > 2**63 else ""
            lines.append(f"static_assert({name} == {value}{suffix});")
    lines += ["", "int main() { return 0; }", ""]
    return "\n".join(lines)
