"""One case or more for every row of spec/atc.md, against the atc program.

Where the specification lies beside the project, a test reads its tables, lists and "**Mode n"
paragraphs and names what no case is for. Rows marked U (unverified there) may go without, and so
may those of LATER.
"""

import re

import atc_cases
import atc_grammar_cases
import atc_input_cases
import atc_mode_cases
import atc_option_cases
import pytest
from atc_cases import CASES, SPEC, Atc

FILES = (atc_grammar_cases, atc_input_cases, atc_mode_cases, atc_option_cases)
SECTIONS = ("1", "2", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "6", "8", "9")

# What belongs to frameworks other than ONNX and to single operators.
LATER = {
    "3.1": ("weight ", "singleop ", "external_weight ", "op_name_map "),
    "3.2": ("input_hint_shape ",),
    "6": ("E10023", "E10058", "E10501", "E11001", "E12004", "E13009"),
    "9": ("`<dir>/<name>.om`", "`<output>_<os>_<arch>.om`", "`<output>_original.om`",
          "`fusion_result.json`", "`kernel_meta/`", "`ge_onnx*.pbtxt`"),
}  # fmt: skip


@pytest.fixture(scope="session")
def atc(tmp_path_factory):
    return Atc(tmp_path_factory.mktemp("atc"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_row(case, atc, monkeypatch):
    monkeypatch.chdir(atc.folder)
    case.run(atc)


def rows():
    """(section, text) of table rows below the head, numbered items and mode paragraphs."""
    section, head = "", True
    for line in SPEC.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"##+ (\d+(?:\.\d+)?)", line):
            section = match[1]
        if re.match(r"\d+\. ", line) or line.startswith("**Mode"):
            yield section, line
        elif not line.startswith("|"):
            head = True
        elif re.fullmatch(r"[|\- ]+", line):
            head = False
        elif not head:
            yield section, line.strip().strip("|").strip()


@pytest.mark.skipif(not SPEC.is_file(), reason=f"no specification {SPEC}")
def test_every_row_has_a_case():
    keys = {(case.section, case.key) for case in CASES}
    missing, used = [], set()
    for section, text in rows():
        fits = {key for key in keys if key[0] == section and text.startswith(key[1])}
        used |= fits
        later = text.startswith(LATER.get(section, ())) if LATER.get(section) else False
        if section in SECTIONS and not fits and not later and "(U)" not in text:
            missing.append(f"section {section}: {text}")
    assert not missing, "no case for\n" + "\n".join(missing)
    assert keys <= used, f"cases for rows that are not there: {sorted(keys - used)}"
    assert atc_cases.CASES is CASES
