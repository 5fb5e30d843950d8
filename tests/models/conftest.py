import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from acl_runner import Runtime


def pytest_configure(config):
    # The guide's programs use it, and so do these; the newer names exist for the same thing.
    config.addinivalue_line("filterwarnings", "ignore:numpy_to_ptr is deprecated")


@pytest.fixture(scope="session")
def runtime():
    """One acl.init for the whole run; what is not released by then fails at finalize."""
    with Runtime() as open_runtime:
        yield open_runtime
