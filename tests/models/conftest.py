import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from acl_runner import Runtime


@pytest.fixture(scope="session")
def runtime():
    """One acl.init for the whole run; what is not released by then fails at finalize."""
    with Runtime() as open_runtime:
        yield open_runtime
