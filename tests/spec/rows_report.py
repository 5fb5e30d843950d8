"""spec/runtime.md section 9: callbacks."""

import ctypes
import threading
import time

from rows import (
    INVALID_PARAM,
    RT_NO_CALLBACK_THREAD,
    RT_PARAM,
    RT_REPORT_TIMEOUT,
    RT_STREAM_CONTEXT,
    RT_STREAM_SUBSCRIBE,
    RT_THREAD_SUBSCRIBE,
    library,
    ok,
    row,
)

UNBLOCKING, BLOCKING = 0, 1


class ReportThread:
    """A thread of acl.util.start_thread that calls process_report until it is stopped."""

    def __init__(self, acl):
        self.acl, self.stop, self.codes = acl, threading.Event(), []
        self.context = ok(acl.rt.get_context())
        self.id = ok(acl.util.start_thread(self.run, [100]))

    def run(self, arguments):
        self.acl.rt.set_context(self.context)
        while not self.stop.is_set():
            self.codes.append(self.acl.rt.process_report(arguments[0]))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop.set()
        ok(self.acl.util.stop_thread(self.id))


@row("runtime.md 9", "subscribe_report(thread_id, stream)", "callbacks | run in")
def callbacks_run_in_the_bound_thread_in_stream_order(acl):
    seen = []
    stream = ok(acl.rt.create_stream())
    with ReportThread(acl) as reports:
        ok(acl.rt.subscribe_report(reports.id, stream))
        for number in range(20):
            kind = BLOCKING if number % 2 else UNBLOCKING
            ok(acl.rt.launch_callback(
                lambda data: seen.append((data[0], threading.get_ident())), [number], kind, stream
            ))  # fmt: skip
        ok(acl.rt.synchronize_stream(stream))
        deadline = time.monotonic() + 30
        while len(seen) < 20 and time.monotonic() < deadline:
            time.sleep(0.001)
        ok(acl.rt.unsubscribe_report(reports.id, stream))
    assert [number for number, _ in seen] == list(range(20))
    assert {thread for _, thread in seen} == {reports.id}
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 9", "subscribe_report(thread_id, stream)")
def stream_0_is_the_default_stream(acl):
    with ReportThread(acl) as reports:
        ok(acl.rt.subscribe_report(reports.id, 0))
        ok(acl.rt.unsubscribe_report(reports.id, 0))


@row("runtime.md 9", "stream already subscribed")
def one_thread_for_a_stream(acl):
    stream = ok(acl.rt.create_stream())
    with ReportThread(acl) as first, ReportThread(acl) as second:
        ok(acl.rt.subscribe_report(first.id, stream))
        assert acl.rt.subscribe_report(second.id, stream) == RT_STREAM_SUBSCRIBE
        ok(acl.rt.unsubscribe_report(first.id, stream))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 9", "thread already bound")
def one_device_for_a_thread(acl):
    default = ok(acl.rt.get_context())
    stream = ok(acl.rt.create_stream())
    with ReportThread(acl) as reports:
        ok(acl.rt.subscribe_report(reports.id, stream))
        context = ok(acl.rt.create_context(1))
        foreign = ok(acl.rt.create_stream())
        assert acl.rt.subscribe_report(reports.id, foreign) == RT_THREAD_SUBSCRIBE
        ok(acl.rt.destroy_stream(foreign))
        ok(acl.rt.destroy_context(context))
        ok(acl.rt.set_context(default))
        ok(acl.rt.unsubscribe_report(reports.id, stream))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 9", "limit | 1024")
def as_many_threads_as_advised(acl):
    streams = [ok(acl.rt.create_stream()) for _ in range(32)]
    threads = [ReportThread(acl) for _ in streams]
    for thread, stream in zip(threads, streams):
        ok(acl.rt.subscribe_report(thread.id, stream))
    for thread, stream in zip(threads, streams):
        ok(acl.rt.unsubscribe_report(thread.id, stream))
        thread.__exit__()
        ok(acl.rt.destroy_stream(stream))


@row("runtime.md 9", "launch_callback")
def what_cannot_be_launched(acl):
    default = ok(acl.rt.get_context())
    stream = ok(acl.rt.create_stream())

    def nothing(_):
        pass

    assert acl.rt.launch_callback(nothing, [], BLOCKING, stream) == RT_NO_CALLBACK_THREAD
    with ReportThread(acl) as reports:
        ok(acl.rt.subscribe_report(reports.id, stream))
        for wrong in (2, -1):
            assert acl.rt.launch_callback(nothing, [], wrong, stream) == INVALID_PARAM
        assert library().aclrtLaunchCallback(None, None, BLOCKING, ctypes.c_void_p(stream)) == (
            RT_PARAM
        )
        context = ok(acl.rt.create_context(0))
        assert acl.rt.launch_callback(nothing, [], BLOCKING, stream) == RT_STREAM_CONTEXT
        ok(acl.rt.destroy_context(context))
        ok(acl.rt.set_context(default))
        ok(acl.rt.unsubscribe_report(reports.id, stream))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 9", "process_report(timeout_ms)")
def reports_that_cannot_come(acl):
    for wrong in (0, -2):
        assert acl.rt.process_report(wrong) == INVALID_PARAM
    assert acl.rt.process_report(10) == RT_THREAD_SUBSCRIBE
    with ReportThread(acl) as reports:
        ok(acl.rt.subscribe_report(reports.id, 0))
        deadline = time.monotonic() + 30
        while RT_REPORT_TIMEOUT not in reports.codes and time.monotonic() < deadline:
            time.sleep(0.01)
        ok(acl.rt.unsubscribe_report(reports.id, 0))
    assert RT_REPORT_TIMEOUT in reports.codes


@row("runtime.md 9", "unsubscribe_report")
def not_bound_or_bound_to_another(acl):
    stream = ok(acl.rt.create_stream())
    with ReportThread(acl) as first, ReportThread(acl) as second:
        assert acl.rt.unsubscribe_report(first.id, stream) == RT_STREAM_SUBSCRIBE
        ok(acl.rt.subscribe_report(first.id, stream))
        assert acl.rt.unsubscribe_report(second.id, stream) == RT_THREAD_SUBSCRIBE
        ok(acl.rt.unsubscribe_report(first.id, stream))
    ok(acl.rt.destroy_stream(stream))


@row("runtime.md 9", "launch_host_func")
def host_functions_need_no_thread_and_allow_none(acl):
    launch = library().aclrtLaunchHostFunc
    launch.argtypes = [ctypes.c_void_p] * 3
    threads = []
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(
        lambda _: threads.append(threading.get_ident())
    )
    stream = ok(acl.rt.create_stream())
    assert launch(stream, function, None) == 0
    ok(acl.rt.synchronize_stream(stream))
    assert len(threads) == 1 and threads[0] != threading.get_ident()
    ok(acl.rt.destroy_stream(stream))
    stream = ok(acl.rt.create_stream())
    with ReportThread(acl) as reports:
        ok(acl.rt.subscribe_report(reports.id, stream))
        assert launch(stream, function, None) == RT_STREAM_SUBSCRIBE
        ok(acl.rt.unsubscribe_report(reports.id, stream))
    ok(acl.rt.destroy_stream(stream))
