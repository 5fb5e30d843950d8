"""What a case of a specification table is, and the list of all of them.

    @row("runtime.md 4", "destroy_context | 0")
    def a_null_context(acl):
        assert acl.rt.destroy_context(0) == INVALID_PARAM

names page, section and the beginning of the table row it checks. A case runs with acl initialised
and device 0 set; `bare=True` gets only the module, in a process of its own with `environment`.
"""

import ctypes
import functools
from collections.abc import Callable
from dataclasses import dataclass

from toolchain import build_file

INVALID_PARAM, REPEAT_INITIALIZE, REPEAT_FINALIZE = 100000, 100002, 100037
RT_PARAM, RT_DEVICE, RT_CONTEXT, RT_STREAM_CONTEXT = 107000, 107001, 107002, 107003
RT_NOT_READY, RT_STREAM_SUBSCRIBE, RT_THREAD_SUBSCRIBE = 107006, 107011, 107012
RT_GROUP, RT_NO_CALLBACK_THREAD, RT_MEMORY_ATTR = 107014, 107015, 107016
RT_SYSPARAM, RT_DEVICE_ABORT, RT_STREAM_ABORT = 107021, 107022, 107023
API_UNSUPPORTED, FEATURE_UNSUPPORTED, RT_UNSUPPORTED = 200001, 200006, 207000
RT_MEMORY, RT_NO_DEVICE, RT_NO_EVENT, RT_NO_STREAM = 207001, 207004, 207007, 207008
RT_INTERNAL, RT_RELEASED, RT_REPORT_TIMEOUT, RT_NOT_SET_UP = 507000, 507007, 507012, 507033
RT_STREAM_TIMEOUT, RT_EVENT_TIMEOUT = 507046, 507047

H2H, H2D, D2H, D2D, DEFAULT_KIND = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Row:
    section: str  # "runtime.md 4"
    key: str  # beginning of the table row, cells joined by " | "
    run: Callable
    bare: bool
    environment: tuple

    @property
    def name(self):
        return f"{self.section}: {self.key}: {self.run.__name__}"


ROWS = []


def row(section, *keys, bare=False, environment=None):
    def add(function):
        for key in keys:
            settings = tuple(sorted((environment or {}).items()))
            ROWS.append(Row(section, key, function, bare or bool(settings), settings))
        return function

    return add


@functools.cache
def library():
    """libascendcl itself, for what no Python wrapper lets through: null out pointers, C forms."""
    return ctypes.CDLL(str(build_file("lib", "libascendcl.so")))


def ok(result):
    """The value of a (value, ret) pair, or nothing for a plain ret, that has to be 0."""
    *values, code = result if isinstance(result, tuple) else (result,)
    assert code == 0, f"returned {code}"
    return values[0] if len(values) == 1 else tuple(values)


def code_of(result):
    return result[-1] if isinstance(result, tuple) else result
