"""spec/runtime.md sections 5 and 6: streams and events."""

import ctypes
import math
import re
import threading

from rows import (
    INVALID_PARAM,
    RT_CONTEXT,
    RT_EVENT_TIMEOUT,
    RT_INTERNAL,
    RT_NO_EVENT,
    RT_NO_STREAM,
    RT_NOT_READY,
    RT_PARAM,
    RT_STREAM_ABORT,
    RT_STREAM_CONTEXT,
    RT_STREAM_TIMEOUT,
    RT_UNSUPPORTED,
    library,
    ok,
    row,
)
from rows_device import in_new_thread

DEAD = 0xDEAD0000BEEF
SYNC, CAPTURE, TIMELINE, DEVICE_ONLY, EXTERNAL, IPC = 1, 2, 8, 0x10, 0x20, 0x40


class Blocked:
    """A stream that waits for an event until `release`."""

    def __init__(self, acl):
        self.acl = acl
        self.event = ok(acl.rt.create_event_with_flag(SYNC))
        self.gate = ok(acl.rt.create_stream())
        self.stream = ok(acl.rt.create_stream())
        self.ends_with = 0
        self.opened = threading.Event()
        self.function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: self.opened.wait(60))
        launch = library().aclrtLaunchHostFunc
        launch.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        assert launch(self.gate, self.function, None) == 0
        ok(acl.rt.record_event(self.event, self.gate))
        ok(acl.rt.stream_wait_event(self.stream, self.event))

    def release(self):
        self.opened.set()
        ok(self.acl.rt.synchronize_stream(self.gate))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.release()
        assert self.acl.rt.synchronize_stream(self.stream) == self.ends_with
        for stream in (self.stream, self.gate):
            ok(self.acl.rt.destroy_stream(stream))
        ok(self.acl.rt.destroy_event(self.event))


@row("runtime.md 5", "create_stream → (stream, ret) | no context")
def a_stream_needs_a_context(acl):
    assert in_new_thread(acl.rt.create_stream)[1] == RT_CONTEXT


@row("runtime.md 5", "create_stream | limit")
def the_limit_of_the_chip(acl):
    left = ok(acl.rt.get_stream_available_num())
    assert 512 <= left <= 2048
    streams = [ok(acl.rt.create_stream()) for _ in range(left)]
    assert acl.rt.create_stream()[1] == RT_NO_STREAM
    said = [int(number) for number in re.findall(r"\d+", acl.get_recent_err_msg())]
    assert any(left <= limit in (512, 1024, 1984, 2048) for limit in said)
    ok(acl.rt.destroy_stream(streams.pop()))
    streams.append(ok(acl.rt.create_stream()))
    for stream in streams:
        ok(acl.rt.destroy_stream(stream))


@row("runtime.md 5", "destroy_stream(0)")
def the_default_stream_stays(acl):
    assert acl.rt.destroy_stream(0) == INVALID_PARAM


@row("runtime.md 5", "destroy_stream | stream of another context")
def destroyed_where_it_was_made(acl):
    default = ok(acl.rt.get_context())
    stream = ok(acl.rt.create_stream())
    other = ok(acl.rt.create_context(0))
    assert acl.rt.destroy_stream(stream) == RT_STREAM_CONTEXT
    ok(acl.rt.set_context(default))
    ok(acl.rt.destroy_stream(stream))
    ok(acl.rt.destroy_context(other))


@row("runtime.md 5", "destroy_stream | unknown handle")
def dead_and_random_streams(acl):
    stream = ok(acl.rt.create_stream())
    ok(acl.rt.destroy_stream(stream))
    for wrong in (stream, DEAD, 1):
        assert acl.rt.destroy_stream(wrong) // 1000 == 107
        assert acl.get_recent_err_msg() is not None


@row("runtime.md 5", "synchronize_stream(0)")
def the_default_stream_can_be_waited_for(acl):
    ok(acl.rt.synchronize_stream(0))


@row("runtime.md 5", "synchronize_stream | stream of another context")
def any_stream_can_be_waited_for(acl):
    default = ok(acl.rt.get_context())
    stream = ok(acl.rt.create_stream())
    other = ok(acl.rt.create_context(1))
    ok(acl.rt.synchronize_stream(stream))
    ok(acl.rt.destroy_context(other))
    ok(acl.rt.set_context(default))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 5", "async launch/copy/record")
def work_goes_to_streams_of_the_own_context(acl):
    default = ok(acl.rt.get_context())
    stream = ok(acl.rt.create_stream())
    event = ok(acl.rt.create_event())
    memory = ok(acl.rt.malloc(256, 0))
    other = ok(acl.rt.create_context(0))
    assert acl.rt.memset_async(memory, 256, 0, 256, stream) == RT_STREAM_CONTEXT
    assert acl.rt.memcpy_async(memory, 128, memory + 128, 128, 3, stream) == RT_STREAM_CONTEXT
    assert acl.rt.record_event(event, stream) == RT_STREAM_CONTEXT
    ok(acl.rt.destroy_context(other))
    ok(acl.rt.set_context(default))
    ok(acl.rt.free(memory))
    ok(acl.rt.destroy_event(event))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 5", "synchronize_stream_with_timeout | 0 or")
def time_outs_of_streams(acl):
    for wrong in (0, -2):
        assert acl.rt.synchronize_stream_with_timeout(0, wrong) == RT_PARAM
    ok(acl.rt.synchronize_stream_with_timeout(0, -1))
    ok(acl.rt.synchronize_stream_with_timeout(0, 1000))


@row("runtime.md 5", "same | expires")
def a_stream_that_takes_longer(acl):
    with Blocked(acl) as blocked:
        assert acl.rt.synchronize_stream_with_timeout(blocked.stream, 20) == RT_STREAM_TIMEOUT
        assert "20" in acl.get_recent_err_msg()


@row("runtime.md 5", "stream_query")
def complete_is_0_and_not_ready_1(acl):
    with Blocked(acl) as blocked:
        assert acl.rt.stream_query(blocked.stream) == (1, 0)
        blocked.release()
        ok(acl.rt.synchronize_stream(blocked.stream))
        assert acl.rt.stream_query(blocked.stream) == (0, 0)


@row("runtime.md 5", "set_stream_failure_mode")
def modes_of_failure_are_set_once(acl):
    context = ok(acl.rt.create_context(0))
    stream = ok(acl.rt.create_stream())
    assert acl.rt.set_stream_failure_mode(stream, 2) in (INVALID_PARAM, RT_PARAM)
    ok(acl.rt.set_stream_failure_mode(stream, 1))
    assert acl.rt.set_stream_failure_mode(stream, 1) in (INVALID_PARAM, RT_PARAM)
    ok(acl.rt.destroy_stream(stream))
    ok(acl.rt.destroy_context(context))
    ok(acl.rt.set_device(0))
    ok(acl.rt.reset_device(0))


@row("runtime.md 5", "set_stream_overflow_switch")
def the_overflow_switch_is_0_or_1(acl):
    stream = ok(acl.rt.create_stream())
    assert acl.rt.set_stream_overflow_switch(stream, 2) == INVALID_PARAM
    ok(acl.rt.set_stream_overflow_switch(stream, 1))
    assert ok(acl.rt.get_stream_overflow_switch(stream)) == 1
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 5", "stream_abort")
def an_aborted_stream_says_so(acl):
    with Blocked(acl) as blocked:
        ok(acl.rt.stream_abort(blocked.stream))
        assert acl.rt.synchronize_stream(blocked.stream) == RT_STREAM_ABORT
        blocked.ends_with = RT_STREAM_ABORT


@row("runtime.md 5", "stream_get_id")
def ids_of_streams(acl):
    stream = ok(acl.rt.create_stream())
    assert ok(acl.rt.stream_get_id(stream)) != ok(acl.rt.stream_get_id(0))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 5", "get_stream_available_num")
def how_many_are_left(acl):
    assert in_new_thread(acl.rt.get_stream_available_num)[1] == RT_CONTEXT
    left = ok(acl.rt.get_stream_available_num())
    stream = ok(acl.rt.create_stream())
    assert ok(acl.rt.get_stream_available_num()) == left - 1
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 6", "flag 0 or unknown bit")
def flags_that_are_none(acl):
    for wrong in (0, 0x80, 0x1000):
        assert acl.rt.create_event_with_flag(wrong)[1] == RT_PARAM
        assert acl.rt.create_event_ex_with_flag(wrong)[1] == RT_PARAM


@row("runtime.md 6", "device-only or external combined")
def flags_that_stand_alone(acl):
    for wrong in (DEVICE_ONLY | SYNC, EXTERNAL | TIMELINE):
        assert acl.rt.create_event_with_flag(wrong)[1] == RT_PARAM


@row("runtime.md 6", "event without the sync bit")
def waiting_wants_the_sync_bit(acl):
    event = ok(acl.rt.create_event_with_flag(TIMELINE))
    assert acl.rt.stream_wait_event(0, event) == RT_UNSUPPORTED
    assert acl.rt.reset_event(event, 0) == RT_UNSUPPORTED
    ok(acl.rt.destroy_event(event))


@row("runtime.md 6", "null event anywhere")
def no_event_at_all(acl):
    rt = acl.rt
    event = ok(rt.create_event())
    for code in (
        rt.destroy_event(0), rt.record_event(0, 0), rt.reset_event(0, 0), rt.query_event(0)[1],
        rt.query_event_status(0)[1], rt.query_event_wait_status(0)[1], rt.synchronize_event(0),
        rt.synchronize_event_with_timeout(0, 5), rt.event_elapsed_time(0, event)[1],
        rt.event_elapsed_time(event, 0)[1], rt.event_get_timestamp(0)[1],
        rt.stream_wait_event(0, 0),
    ):  # fmt: skip
        assert code == INVALID_PARAM
    ok(rt.destroy_event(event))


@row("runtime.md 6", "limits | 65536", "lazily allocated")
def creation_is_cheap_and_the_record_takes_the_id(acl):
    left = ok(acl.rt.get_event_avail_num())
    event = ok(acl.rt.create_event_with_flag(SYNC))
    ok(acl.rt.record_event(event, 0))
    ok(acl.rt.synchronize_stream(0))
    assert ok(acl.rt.get_event_avail_num()) <= left
    ok(acl.rt.destroy_event(event))


@row("runtime.md 6", "limits | 65536", environment={"POACL_SOC": "Ascend310"})
def events_run_out(acl):
    ok(acl.init())
    ok(acl.rt.set_device(0))
    events, code = [], 0
    while code == 0 and len(events) <= 65536:
        event, code = acl.rt.create_event()
        if code == 0:
            code = acl.rt.record_event(event, 0)
            events.append(event)
    assert code == RT_NO_EVENT
    assert len(events) in range(1000, 65538)
    ok(acl.rt.synchronize_stream(0))


@row("runtime.md 6", "query_event before any record")
def never_recorded_counts_as_complete(acl):
    event = ok(acl.rt.create_event())
    assert acl.rt.query_event(event) == (0, 0)
    ok(acl.rt.destroy_event(event))


@row("runtime.md 6", "query_event_status before any record")
def status_before_a_record_goes_by_the_kind_of_event(acl):
    old, new = ok(acl.rt.create_event()), ok(acl.rt.create_event_ex_with_flag(SYNC))
    assert ok(acl.rt.query_event_status(new)) == 1
    assert ok(acl.rt.query_event_status(old)) == 0
    ok(acl.rt.destroy_event(old))
    ok(acl.rt.destroy_event(new))


@row("runtime.md 6", "numbering trap")
def two_ways_to_number(acl):
    with Blocked(acl) as blocked:
        assert acl.rt.query_event(blocked.event) == (1, 0)
        assert acl.rt.query_event_status(blocked.event) == (0, 0)
        blocked.release()
        assert acl.rt.query_event(blocked.event) == (0, 0)
        assert acl.rt.query_event_status(blocked.event) == (1, 0)


@row("runtime.md 6", "query_event_wait_status")
def wait_status(acl):
    with Blocked(acl) as blocked:
        assert acl.rt.query_event_wait_status(blocked.event) == (1, 0)
        blocked.release()
        ok(acl.rt.synchronize_stream(blocked.stream))
        assert acl.rt.query_event_wait_status(blocked.event) == (0, 0)


@row("runtime.md 6", "synchronize_event never recorded")
def nothing_to_wait_for(acl):
    event = ok(acl.rt.create_event())
    ok(acl.rt.synchronize_event(event))
    ok(acl.rt.destroy_event(event))


@row("runtime.md 6", "synchronize_event_with_timeout")
def time_outs_of_events(acl):
    with Blocked(acl) as blocked:
        for wrong in (0, -2):
            assert acl.rt.synchronize_event_with_timeout(blocked.event, wrong) == RT_PARAM
        assert acl.rt.synchronize_event_with_timeout(blocked.event, 20) == RT_EVENT_TIMEOUT


@row("runtime.md 6", "event_elapsed_time")
def elapsed_milliseconds(acl):
    start, end = (ok(acl.rt.create_event_with_flag(TIMELINE | SYNC)) for _ in range(2))
    assert acl.rt.event_elapsed_time(start, end)[1] == RT_INTERNAL
    ok(acl.rt.record_event(start, 0))
    ok(acl.rt.record_event(end, 0))
    ok(acl.rt.synchronize_stream(0))
    assert 0 <= ok(acl.rt.event_elapsed_time(start, end)) < math.inf
    with Blocked(acl) as blocked:
        assert acl.rt.event_elapsed_time(start, blocked.event)[1] == RT_NOT_READY
    ok(acl.rt.destroy_event(start))
    ok(acl.rt.destroy_event(end))


@row("runtime.md 6", "event_get_timestamp")
def time_stamps_in_microseconds(acl):
    event = ok(acl.rt.create_event_with_flag(TIMELINE | SYNC))
    assert acl.rt.event_get_timestamp(event)[1] == RT_INTERNAL
    ok(acl.rt.record_event(event, 0))
    ok(acl.rt.synchronize_event(event))
    first = ok(acl.rt.event_get_timestamp(event))
    ok(acl.rt.record_event(event, 0))
    ok(acl.rt.synchronize_event(event))
    assert 0 < first <= ok(acl.rt.event_get_timestamp(event))
    with Blocked(acl) as blocked:
        assert acl.rt.event_get_timestamp(blocked.event)[1] == RT_NOT_READY
    ok(acl.rt.destroy_event(event))


@row("runtime.md 6", "stream_wait_event(stream,event)")
def only_later_tasks_wait(acl):
    with Blocked(acl) as blocked:
        memory = ok(acl.rt.malloc(64, 0))
        other = ok(acl.rt.create_stream())
        ok(acl.rt.stream_wait_event(other, blocked.event))
        ok(acl.rt.memset_async(memory, 64, 7, 64, other))
        assert acl.rt.stream_query(other) == (1, 0)
        blocked.release()
        ok(acl.rt.synchronize_stream(other))
        assert acl.util.ptr_to_bytes(memory, 64) == bytes([7]) * 64
        ok(acl.rt.destroy_stream(other))
        ok(acl.rt.free(memory))


@row("runtime.md 6", "reset_event(event, stream)")
def a_reset_event_can_be_recorded_anew(acl):
    event = ok(acl.rt.create_event_with_flag(SYNC))
    for _ in range(3):
        ok(acl.rt.record_event(event, 0))
        ok(acl.rt.stream_wait_event(0, event))
        ok(acl.rt.reset_event(event, 0))
    ok(acl.rt.synchronize_stream(0))
    ok(acl.rt.destroy_event(event))


@row("runtime.md 6", "re-record")
def the_last_record_wins(acl):
    with Blocked(acl) as blocked:
        ok(acl.rt.record_event(blocked.event, blocked.gate))
        ok(acl.rt.record_event(blocked.event, 0))
        ok(acl.rt.synchronize_stream(0))
        assert acl.rt.query_event(blocked.event) == (0, 0)


@row("runtime.md 6", "destroy_event | returns")
def destroying_does_not_wait(acl):
    with Blocked(acl) as blocked:
        event = ok(acl.rt.create_event_with_flag(SYNC))
        ok(acl.rt.record_event(event, blocked.stream))
        ok(acl.rt.destroy_event(event))
        assert acl.rt.stream_query(blocked.stream) == (1, 0)
        assert acl.rt.query_event(event)[1] // 1000 == 107
