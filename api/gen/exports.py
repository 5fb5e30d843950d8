"""The linker's version script: what libascendcl.so shows to programs."""

# Only for the Python module (src/capi/binding_support.h).
INTERNAL = ("poaclLaunchOwnedCallback", "poaclRefuse", "poaclUsePythonNames")


def exported_names(interface):
    return sorted({f.c_name for f in interface.functions if f.implemented and f.prototype})


def version_script(interface):
    names = "".join(f"    {name};\n" for name in (*exported_names(interface), *INTERNAL))
    return f"{{\n  global:\n{names}  local:\n    *;\n}};\n"
