"""Compares the `implemented` marks with what a library really exports, and corrects them."""

import pathlib
import re
import subprocess


def symbols(library, dynamic=True):
    """Defined text symbols; of an archive or an object with dynamic=False."""
    command = ["nm", "--defined-only", *(["-D"] if dynamic else []), str(library)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {line.split()[-1] for line in output.splitlines() if re.search(r" [TW] ", line)}


def differences(interface, defined):
    """(marked but absent, present but not marked), C names."""
    marked = {f.c_name for f in interface.functions if f.implemented and f.prototype}
    declared = {f.c_name for f in interface.functions if f.prototype}
    return sorted(marked - defined), sorted((declared & defined) - marked)


def update_marks(folder, interface, defined):
    """Rewrites the `implemented` lines of api/*.toml to agree with the symbols."""
    wanted = {f.c_name: f.c_name in defined for f in interface.functions if f.prototype}
    for path in sorted(pathlib.Path(folder).glob("*.toml")):
        blocks = re.split(r"(?=^\[\[function\]\]$)", path.read_text(encoding="utf-8"), flags=re.M)
        for index, block in enumerate(blocks):
            match = re.search(r'^c = ".*?(\w+)\s*\(', block, flags=re.M)
            if match:
                mark = "true" if wanted[match[1]] else "false"
                blocks[index] = re.sub(r"^implemented = \w+$", f"implemented = {mark}", block,
                                       flags=re.M)
        path.write_text("".join(blocks), encoding="utf-8")
