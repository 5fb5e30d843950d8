"""One case or more for every row of every table in the pages of the specification that are below.

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
import rows_aipp
import rows_aipp_colours
import rows_aipp_inputs
import rows_device
import rows_dynamic_shape
import rows_init
import rows_jpeg_png
import rows_media_memory
import rows_memory
import rows_model_desc
import rows_model_dump
import rows_model_load
import rows_report
import rows_stream
import rows_util
import rows_vpc
from toolchain import DATA, import_acl

FILES = (rows_init, rows_device, rows_stream, rows_memory, rows_report, rows_util,
         rows_media_memory, rows_vpc, rows_jpeg_png, rows_model_load, rows_model_desc,
         rows_model_dump, rows_dynamic_shape, rows_aipp, rows_aipp_colours,
         rows_aipp_inputs)  # fmt: skip
PAGES = {"runtime.md": (1, 2, 3, 4, 5, 6, 7, 9), "util.md": (1, 4, 5),
         "model.md": (1, 2, 3, 4, 6, 7, 8), "aipp.md": (1, 4, 5, 6),
         "dynamic-shape.md": (1, 2, 3, 4, 5),
         "media-memory.md": (1, 2, 3, 5), "vpc.md": (1, 2, 4, 5, 7),
         "jpeg-png.md": (1, 2)}  # fmt: skip
# Rows about the second version of the media interface and about video, which these cases are not.
OTHERS = {"media-memory.md": ("hi_mpi_", "V1 VDEC", "V1 VENC", "V2 ")}
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
        if not fits and "(U)" not in text and not text.startswith(OTHERS.get(page, ())):
            found.append(f"section {section}: {text}")
    assert not found, "no case for\n" + "\n".join(found)
    left = {key for key in keys if key[0].startswith(page)} - used
    assert not left, f"cases for rows that are not there: {sorted(left)}"
