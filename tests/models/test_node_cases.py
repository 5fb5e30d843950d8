"""Operator semantics: the public ONNX node cases of every covered operator, through atc and acl.

node_cases_refused.tsv lists the cases that are outside what the product does, with the reason. The
list binds both ways: a case on it that works fails too, so that the list stays true.
"""

import csv
import pathlib

import node_cases
import numpy as np
import pytest
from toolchain import ToolError, convert

LIST = pathlib.Path(__file__).parent / "node_cases_refused.tsv"

if not node_cases.ARCHIVE.is_file():
    pytest.skip(f"no {node_cases.ARCHIVE}; POACL_DATA names another place", allow_module_level=True)


def refused():
    with open(LIST, encoding="utf-8") as stream:
        return {row["case"]: row["reason"] for row in csv.DictReader(stream, delimiter="\t")}


REFUSED = refused()


def check(name, runtime, tmp_path):
    case = node_cases.load(name)
    (tmp_path / "case.onnx").write_bytes(case.model)
    om = convert(tmp_path / "case.onnx", tmp_path / "case")
    with runtime.load(om) as loaded:
        outputs = loaded.run(case.inputs)
    assert len(outputs) == len(case.outputs)
    for output, expected in zip(outputs, case.outputs):
        assert output.dtype == expected.dtype and output.shape == expected.shape
        limit = node_cases.tolerance(expected.dtype)
        np.testing.assert_allclose(output.astype(np.float64), expected.astype(np.float64),
                                   rtol=limit, atol=limit * 0.1)  # fmt: skip


@pytest.mark.parametrize("name", node_cases.names())
def test_case(name, runtime, tmp_path):
    if name.split("/")[1] not in REFUSED:
        check(name, runtime, tmp_path)
        return
    with pytest.raises(ToolError):
        check(name, runtime, tmp_path)
        pytest.fail(f"{name} works: take it off {LIST.name}", pytrace=False)


def test_the_list_names_real_cases():
    real = {name.split("/")[1] for name in node_cases.names()}
    assert set(REFUSED) <= real, sorted(set(REFUSED) - real)
