"""One case or more for every row of every table in spec/runtime.md and spec/util.md.

Where the specification lies beside the project, a test reads its tables and names the rows that no
case is for. Rows marked U (unverified there) may go without.
"""

import os
import pathlib
import re
import subprocess
import sys

import pytest
import rows
import rows_device
import rows_init
import rows_memory
import rows_report
import rows_stream
import rows_util
from toolchain import DATA, import_acl

FILES = (rows_init, rows_device, rows_stream, rows_memory, rows_report, rows_util)
PAGES = {"runtime.md": (1, 2, 3, 4, 5, 6, 7, 9), "util.md": (1, 4, 5)}
SPEC = DATA.parent / "spec"

FILES_OF = {case: case.run.__module__ for case in rows.ROWS}


@pytest.fixture(scope="module")
def initialized():
    acl = import_acl()
    assert acl.init() == 0, acl.get_recent_err_msg()
    yield acl
    assert acl.finalize() == 0, acl.get_recent_err_msg()


@pytest.fixture
def device(initialized):
    assert initialized.rt.set_device(0) == 0
    yield initialized
    assert initialized.rt.reset_device(0) == 0, initialized.get_recent_err_msg()


SHARED = [case for case in rows.ROWS if not case.bare]
BARE = [case for case in rows.ROWS if case.bare]


@pytest.mark.parametrize("case", SHARED, ids=lambda case: case.name)
def test_row(case, device):
    device.get_recent_err_msg()
    case.run(device)


@pytest.mark.parametrize("case", BARE, ids=lambda case: case.name)
def test_row_in_a_process_of_its_own(case):
    program = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "import importlib; from toolchain import import_acl\n"
        "getattr(importlib.import_module(sys.argv[3]), sys.argv[4])(import_acl())\n"
    )
    here = pathlib.Path(__file__).parent
    result = subprocess.run(
        [sys.executable, "-c", program, str(here), str(here.parent / "support"),
         FILES_OF[case], case.run.__name__],
        env={**os.environ, **dict(case.environment)}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


def table_rows(page):
    """(section, cells joined by " | ") of every row below the head of a table."""
    section, head = 0, True
    for line in (SPEC / page).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"## (\d+)\.", line):
            section = int(match[1])
        if not line.startswith("|"):
            head = True
        elif re.fullmatch(r"[|\- ]+", line):
            head = False
        elif not head:
            yield section, line.strip().strip("|").strip()


@pytest.mark.skipif(not SPEC.is_dir(), reason=f"no specification in {SPEC}")
@pytest.mark.parametrize("page", PAGES)
def test_every_row_of_the_page_has_a_case(page):
    keys = {(case.section, case.key) for case in rows.ROWS}
    found, used = [], set()
    for section, text in table_rows(page):
        if section not in PAGES[page]:
            continue
        fits = {key for key in keys if key[0] == f"{page} {section}" and text.startswith(key[1])}
        used |= fits
        if not fits and "(U)" not in text:
            found.append(f"section {section}: {text}")
    assert not found, "no case for\n" + "\n".join(found)
    left = {key for key in keys if key[0].startswith(page)} - used
    assert not left, f"cases for rows that are not there: {sorted(left)}"
