"""The shape of the module: names, doc texts, the files made from the declarations."""

import ast
import importlib
import os
import pathlib
import subprocess
import sys

import pytest
from conftest import ROOT, acl
from gen import coverage, declarations, exports, library_check
from toolchain import build_file

INTERFACE = declarations.load(ROOT / "api")
MODULES = [name for name in INTERFACE.modules if name]
API_DIR = pathlib.Path(os.environ["POACL_API_DIR"]) if "POACL_API_DIR" in os.environ else (
    build_file("api", "acl.pyi").parent)


def names_of(module):
    return {name for name in dir(module) if not name.startswith("_")}


def test_submodules_are_importable_by_name():
    for name in MODULES:
        assert importlib.import_module(f"acl.{name}") is getattr(acl, name)
        assert sys.modules[f"acl.{name}"].__name__ == f"acl.{name}"


def test_import_forms(python_script):
    run = python_script("import acl.rt, acl.mdl\nfrom acl import util\nfrom acl.rt import malloc\n"
                        "assert malloc is acl.rt.malloc and util is acl.util\nprint('fine')")
    assert run.stdout == "fine\n", run.stderr


def test_numpy_is_not_needed_to_import(python_script):
    run = python_script("import sys\nsys.modules['numpy'] = None\nimport acl\n"
                        "assert acl.util.bytes_to_ptr(b'x') > 0\n"
                        "try: acl.util.numpy_to_ptr(1)\nexcept ImportError: print('fine')")
    assert run.stdout == "fine\n", run.stderr


def test_module_has_exactly_the_implemented_functions():
    assert names_of(acl) == {f.name for f in INTERFACE.python_functions("")} | set(MODULES)
    for name in MODULES:
        assert names_of(getattr(acl, name)) == {f.name for f in INTERFACE.python_functions(name)}


def test_programs_probe_for_the_util_functions():
    for name in ("bytes_to_ptr", "ptr_to_bytes", "numpy_to_ptr", "numpy_contiguous_to_ptr",
                 "ptr_to_numpy", "start_thread", "stop_thread"):
        assert name in dir(acl.util)


def test_docstrings_name_function_and_result():
    for function in INTERFACE.python_functions():
        module = getattr(acl, function.module) if function.module else acl
        text = getattr(module, function.name).__doc__
        assert text.startswith(function.doc)
        assert "Result: " in text
        if function.c_name:
            assert f"C function: {function.c_name}." in text


def test_stub_file_lists_what_the_module_has():
    tree = ast.parse((API_DIR / "acl.pyi").read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    assert functions | set(classes) == names_of(acl)
    for name, node in classes.items():
        members = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        assert {item.name for item in members} == names_of(getattr(acl, name))
        assert all(ast.get_docstring(item) for item in members)


def test_stub_file_stands_beside_the_module():
    assert pathlib.Path(acl.__file__).with_name("acl.pyi").is_file()


def test_committed_coverage_page_is_fresh():
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == coverage.coverage(INTERFACE), (
        "docs/coverage.md is old: run api/generate.py --coverage docs/coverage.md")


def test_library_exports_exactly_the_implemented_functions():
    library = build_file("lib", "libascendcl.so")
    symbols = library_check.symbols(library)
    public = symbols - set(exports.INTERNAL)
    assert public == set(exports.exported_names(INTERFACE))
    assert all(name.startswith("acl") for name in public)


def test_library_needs_no_environment():
    """The extension finds libascendcl.so beside its own folder."""
    dynamic = subprocess.run(["readelf", "-d", acl.__file__], capture_output=True, text=True,
                             check=True).stdout
    assert "$ORIGIN/../lib" in dynamic
    assert "libascendcl.so" in dynamic


def test_extension_uses_only_the_stable_abi():
    """Names that start with an underscore belong to one Python version."""
    output = subprocess.run(["nm", "-D", "--undefined-only", acl.__file__], capture_output=True,
                            text=True, check=True).stdout
    python_names = [line.split()[-1] for line in output.splitlines() if " _Py" in line]
    assert set(python_names) <= {"_Py_NoneStruct", "_Py_Dealloc"}


@pytest.mark.parametrize("text, sentence", [
    ('title = "t"\n', "families"),
])
def test_declarations_must_be_complete(tmp_path, text, sentence):
    (tmp_path / "base.toml").write_text(text)
    with pytest.raises(declarations.DeclarationError, match=sentence):
        declarations.load(tmp_path)
