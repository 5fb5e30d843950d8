#!/usr/bin/python3
"""Makes sources and documents from the declarations beside this file.

  generate.py --out DIR                 wrappers, method tables, acl.pyi, export map, checks
  generate.py --coverage FILE           the coverage page
  generate.py --check LIBRARY           do the `implemented` marks agree with a shared library?
  generate.py --mark ARCHIVE            correct the marks from a static library
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from gen import (
    coverage,
    declarations,
    exports,
    header_checks,
    library_check,
    misuse_calls,
    python_names,
    stub,
    wrappers,
)

FOLDER = pathlib.Path(__file__).resolve().parent


def write(path, text):
    """Leaves an unchanged file alone, so that nothing is rebuilt for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def generate(interface, out):
    for module in ("", *declarations.SUBMODULES):
        name = module or "root"
        text = wrappers.wrappers(interface, module) if module in interface.modules else ""
        write(out / "binding" / f"{name}_methods.cc", text)
    write(out / "binding" / "modules.h", wrappers.module_list(interface))
    write(out / "binding" / "manual.h", wrappers.manual_declarations(interface))
    write(out / "acl.pyi", stub.stub(interface))
    write(out / "python_names.inc", python_names.python_names(interface))
    write(out / "ascendcl.map", exports.version_script(interface))
    write(out / "header_checks.cc", header_checks.header_checks(interface))
    write(out / "misuse_calls.inc", misuse_calls.misuse_calls(interface))
    write(out / "exports.txt", "\n".join(exports.exported_names(interface)) + "\n")


def check(interface, library):
    absent, unmarked = library_check.differences(interface, library_check.symbols(library))
    for name in absent:
        print(f"{name} is marked implemented but {library} does not export it")
    for name in unmarked:
        print(f"{library} exports {name}, which is not marked implemented")
    return 1 if absent or unmarked else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--coverage", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--mark", type=pathlib.Path)
    options = parser.parse_args()
    interface = declarations.load(FOLDER)
    if options.mark:
        library_check.update_marks(FOLDER, interface,
                                   library_check.symbols(options.mark, dynamic=False))
        interface = declarations.load(FOLDER)
    if options.out:
        generate(interface, options.out)
    if options.coverage:
        write(options.coverage, coverage.coverage(interface))
    return check(interface, options.check) if options.check else 0


if __name__ == "__main__":
    sys.exit(main())
