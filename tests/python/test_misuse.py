"""Random ints in place of handles never end the interpreter."""

import os
import pathlib
import subprocess
import sys

import pytest
from conftest import acl

WORKER = pathlib.Path(__file__).with_name("misuse_worker.py")


@pytest.mark.parametrize("seed", range(4))
def test_random_arguments(seed):
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(acl.__file__).parent)}
    run = subprocess.run([sys.executable, str(WORKER), str(seed), "40"], env=environment,
                         capture_output=True, text=True, errors="replace", timeout=300,
                         check=False)
    assert run.stdout.endswith("survived\n"), (
        f"ended with {run.returncode}; the last calls:\n{run.stderr[-3000:]}")


def test_a_handle_of_another_kind_is_named(device):
    dataset = acl.mdl.create_dataset()
    assert acl.destroy_data_buffer(dataset) == 100000
    assert acl.get_recent_err_msg()
    assert acl.mdl.destroy_dataset(dataset) == 0
    assert acl.mdl.destroy_dataset(dataset) == 100000


def test_unknown_model(device):
    dataset = acl.mdl.create_dataset()
    assert acl.mdl.execute(12345, dataset, dataset) == 145003
    assert "12345" in acl.get_recent_err_msg()
    assert acl.mdl.unload(12345) == 145003
    desc = acl.mdl.create_desc()
    assert acl.mdl.get_desc(desc, 12345) == 145003
    assert acl.mdl.destroy_desc(desc) == 0
    assert acl.mdl.destroy_dataset(dataset) == 0


@pytest.mark.parametrize("content, code", [(b"", 145002), (b"short", 145006),
                                           (b"\0" * 4096, 145006)])
def test_files_that_are_no_models(device, tmp_path, content, code):
    path = tmp_path / "bad.om"
    path.write_bytes(content)
    assert acl.mdl.load_from_file(str(path)) == (0, code)
    assert "bad.om" in acl.get_recent_err_msg()


def test_call_order(python_script):
    """Without init and without a device: codes, no crash."""
    run = python_script("""
import acl
print(acl.rt.malloc(64, 0)[1], acl.rt.create_stream()[1], acl.mdl.load_from_file('x.om')[1])
print(acl.init(), acl.finalize(), acl.finalize())
print(acl.rt.malloc(64, 0)[1])
""")
    assert run.returncode == 0, run.stderr
    assert [int(word) for word in run.stdout.split()] == [107002] * 3 + [0, 0, 100037, 107002]
