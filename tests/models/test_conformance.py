"""The public ONNX conformance cases through atc and acl.

conformance_listed.tsv lists the cases that do not pass, with the reason. The list binds both ways:
a case on it that passes fails the test, so that the list stays true; and at least 97 of 100 cases
of an archive are not on it.
"""

import csv
import pathlib

import conformance
import pytest
from acl_runner import AclError
from toolchain import ToolError

LIST = pathlib.Path(__file__).parent / "conformance_listed.tsv"
PRESENT = [name for name in conformance.ARCHIVES if conformance.archive_file(name).is_file()]

if not PRESENT:
    pytest.skip(
        f"no conformance cases in {conformance.DATA}; POACL_DATA names another place",
        allow_module_level=True,
    )


def listed():
    """(archive, case) -> reason."""
    with open(LIST, encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {(row["archive"], row["case"]): row["reason"] for row in rows}


LISTED = listed()
CASES = [(archive, case) for archive in PRESENT for case in conformance.plain_cases(archive)]


@pytest.mark.parametrize(("archive", "case"), CASES)
def test_case(archive, case, runtime, tmp_path):
    path = conformance.plain_cases(archive)[case]
    if (archive, case) not in LISTED:
        conformance.run(path, runtime, tmp_path)
        return
    with pytest.raises((AssertionError, AclError, ToolError)):
        conformance.run(path, runtime, tmp_path)
        pytest.fail(f"{case} passes: take it off {LIST.name}", pytrace=False)


@pytest.mark.parametrize("archive", PRESENT)
def test_almost_all_pass(archive):
    cases = [case for name, case in CASES if name == archive]
    failing = [case for case in cases if (archive, case) in LISTED]
    assert len(failing) <= 0.03 * len(cases), f"{len(failing)} of {len(cases)} cases are listed"


def test_the_list_names_real_cases():
    assert set(LISTED) <= set(CASES), sorted(set(LISTED) - set(CASES))
