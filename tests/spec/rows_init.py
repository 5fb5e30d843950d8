"""spec/runtime.md sections 1 and 2: code ranges, error text, init and finalize."""

import json
import tempfile

from rows import (
    INVALID_PARAM,
    REPEAT_FINALIZE,
    REPEAT_INITIALIZE,
    RT_CONTEXT,
    RT_DEVICE,
    ok,
    row,
)


def config_file(text):
    stream = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")  # noqa: SIM115
    stream.write(text)
    stream.flush()
    return stream


@row("runtime.md 1", "0 | success", "1xxxxx", "2xxxxx", bare=True)
def ranges_of_caller_and_resource_errors(acl):
    ok(acl.init())
    ok(acl.rt.set_device(0))
    assert acl.rt.set_device(-1) // 100000 == 1
    assert acl.rt.malloc(1 << 50, 0)[1] // 100000 == 2


@row("runtime.md 1", "3xxxxx", bare=True)
def no_call_of_the_runtime_makes_up_business_errors(acl):
    ok(acl.init())
    codes = [acl.rt.set_device(99), acl.rt.malloc(0, 0)[1], acl.rt.destroy_stream(12345)]
    assert all(code // 100000 in (1, 2, 5) for code in codes), codes


@row("runtime.md 1", "5xxxxx", bare=True)
def range_of_internal_errors(acl):
    ok(acl.init())
    assert acl.rt.reset_device(0) // 100000 == 5


@row("runtime.md 1", "1xxxxx", bare=True)
def the_newest_text_is_handed_out_once(acl):
    ok(acl.init())
    assert acl.get_recent_err_msg() is None
    assert acl.rt.set_device(-1) == RT_DEVICE
    assert acl.rt.malloc(64, 0)[1] == RT_CONTEXT
    text = acl.get_recent_err_msg()
    assert str(RT_CONTEXT) in text or "context" in text
    assert acl.get_recent_err_msg() is None


@row("runtime.md 2", '`init()` / `init("")`', bare=True)
def without_a_file(acl):
    ok(acl.init())


@row("runtime.md 2", '`init()` / `init("")`', bare=True)
def with_an_empty_path(acl):
    ok(acl.init(""))


@row("runtime.md 2", '`init()` / `init("")`', bare=True)
def with_a_file_that_says_nothing(acl):
    with config_file("{}") as file:
        ok(acl.init(file.name))


@row("runtime.md 2", "second `init`", bare=True)
def twice(acl):
    ok(acl.init())
    assert acl.init() == REPEAT_INITIALIZE
    assert ok(acl.finalize_reference()) == 1  # the second call went into the count
    assert ok(acl.finalize_reference()) == 0


@row("runtime.md 2", "missing/unreadable file", bare=True)
def a_file_that_is_not_there(acl):
    assert acl.init("/nonexistent/acl.json") // 1000 == 100
    assert "/nonexistent/acl.json" in acl.get_recent_err_msg()


@row("runtime.md 2", "missing/unreadable file", bare=True)
def a_file_that_is_not_json(acl):
    with config_file('{"dump": ') as file:
        assert acl.init(file.name) // 1000 == 100
        assert file.name in acl.get_recent_err_msg()


@row("runtime.md 2", "`{` or `[` nesting", bare=True)
def ten_levels_are_allowed_and_eleven_are_not(acl):
    with config_file('{"a":' * 10 + "1" + "}" * 10) as file:
        ok(acl.init(file.name))
    ok(acl.finalize())
    with config_file('{"a":' * 11 + "1" + "}" * 11) as file:
        assert acl.init(file.name) // 1000 == 100


@row("runtime.md 2", "`init` again after a real finalize", bare=True)
def other_content_than_the_first_time(acl):
    first = config_file(json.dumps({"max_opqueue_num": "100"}))
    ok(acl.init(first.name))
    ok(acl.finalize())
    other = config_file(json.dumps({"max_opqueue_num": "200"}))
    assert acl.init(other.name) == INVALID_PARAM
    ok(acl.init(first.name))


@row("runtime.md 2", "`finalize()` | zeroes", bare=True)
def the_count_in_one_go(acl):
    ok(acl.init())
    assert acl.init() == REPEAT_INITIALIZE
    ok(acl.finalize())
    assert acl.finalize() == REPEAT_FINALIZE
    ok(acl.init())


@row("runtime.md 2", "`finalize()` after a finalize", bare=True)
def twice_is_too_often(acl):
    ok(acl.init())
    ok(acl.finalize())
    assert acl.finalize() == REPEAT_FINALIZE


@row("runtime.md 2", "`finalize()` before any", bare=True)
def before_any_init(acl):
    ok(acl.finalize())


@row("runtime.md 2", "`finalize_reference()`", bare=True)
def counts_down_to_a_real_finalize(acl):
    ok(acl.init())
    acl.init()
    assert acl.finalize_reference() == (1, 0)
    ok(acl.rt.set_device(0))
    ok(acl.rt.reset_device(0))
    assert acl.finalize_reference() == (0, 0)
    assert acl.finalize_reference()[1] == REPEAT_FINALIZE
