"""Callbacks of streams, as the asynchronous samples use them, and reports of failed tasks."""

import gc
import sys
import time
import weakref

import pytest
from conftest import acl

HOST_TO_HOST = 0
NO_BLOCK, BLOCK = 0, 1


class ReportLoop:
    """The samples' thread: it takes the context and asks for callbacks until it is told to stop."""

    def __init__(self, timeout=20):
        self.context, ret = acl.rt.get_context()
        assert ret == 0
        self.stop = False
        self.codes = []
        self.thread, ret = acl.util.start_thread(self.loop, [self.context, timeout])
        assert ret == 0

    def loop(self, args):
        context, timeout = args
        self.codes.append(acl.rt.set_context(context))
        while not self.stop:
            acl.rt.process_report(timeout)

    def join(self):
        self.stop = True
        assert acl.util.stop_thread(self.thread) == 0


@pytest.fixture
def stream(device):
    made, ret = acl.rt.create_stream()
    assert ret == 0
    yield made
    assert acl.rt.destroy_stream(made) == 0


@pytest.fixture
def reports(stream):
    loop = ReportLoop()
    assert acl.rt.subscribe_report(loop.thread, stream) == 0
    yield loop
    loop.join()
    # The samples unsubscribe a thread that has ended.
    assert acl.rt.unsubscribe_report(loop.thread, stream) == 0


def text():
    return acl.get_recent_err_msg() or ""


def test_a_callback_gets_the_one_object_it_was_queued_with(stream, reports):
    seen = []
    given = [1, "two", seen]
    for block_type in (NO_BLOCK, BLOCK):
        code = acl.rt.launch_callback(lambda *args: seen.append(args), given, block_type, stream)
        assert code == 0
    assert acl.rt.synchronize_stream(stream) == 0
    assert len(seen) == 2
    assert all(len(args) == 1 and args[0] is given for args in seen)
    assert reports.codes == [0]


def test_callbacks_run_in_stream_order_between_copies(stream, reports):
    size = 1 << 16
    source, target = acl.rt.malloc(size, 0)[0], acl.rt.malloc(size, 0)[0]
    order = []
    for value in range(20):
        assert acl.rt.memset_async(source, size, value, size, stream) == 0
        assert acl.rt.memcpy_async(target, size, source, size, 3, stream) == 0

        def look(args):
            order.append((args[0], acl.util.ptr_to_bytes(target, size)[-1]))

        assert acl.rt.launch_callback(look, [value], BLOCK, stream) == 0
    assert acl.rt.synchronize_stream(stream) == 0
    assert order == [(value, value) for value in range(20)]
    assert acl.rt.free(source) == 0
    assert acl.rt.free(target) == 0


def test_an_exception_does_not_lose_later_callbacks(stream, reports, monkeypatch):
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: unraisable.append(args.exc_value))
    seen = []

    def bad(args):
        raise ValueError("bad callback")

    assert acl.rt.launch_callback(bad, [], BLOCK, stream) == 0
    assert acl.rt.launch_callback(seen.append, "later", BLOCK, stream) == 0
    assert acl.rt.synchronize_stream(stream) == 0
    assert seen == ["later"]
    assert [str(error) for error in unraisable] == ["bad callback"]


def test_an_exception_is_logged_with_its_traceback(python_script):
    run = python_script("""
import os
os.environ.update(ASCEND_SLOG_PRINT_TO_STDOUT="1", ASCEND_GLOBAL_LOG_LEVEL="3")
import acl
assert acl.init() == 0 and acl.rt.set_device(0) == 0
stream, _ = acl.rt.create_stream()
stop = []
context, _ = acl.rt.get_context()
def loop(args):
    acl.rt.set_context(context)
    while not stop:
        acl.rt.process_report(20)
def inner_function(args):
    raise ValueError("bad callback")
thread, _ = acl.util.start_thread(loop, [])
assert acl.rt.subscribe_report(thread, stream) == 0
assert acl.rt.launch_callback(inner_function, [], 1, stream) == 0
assert acl.rt.synchronize_stream(stream) == 0
stop.append(1)
acl.util.stop_thread(thread)
""")
    assert run.returncode == 0, run.stderr
    assert "Traceback" in run.stderr and "inner_function" in run.stderr
    assert "inner_function" in run.stdout and "ValueError: bad callback" in run.stdout


def test_objects_live_until_the_callback_has_run_and_no_longer(stream, reports):
    class Thing:
        pass

    thing = Thing()
    alive = weakref.ref(thing)
    event, _ = acl.rt.create_event()
    assert acl.rt.stream_wait_event(stream, event) == 0
    assert acl.rt.launch_callback(lambda args: None, [thing], BLOCK, stream) == 0
    del thing
    gc.collect()
    assert alive() is not None
    other, _ = acl.rt.create_stream()
    assert acl.rt.record_event(event, other) == 0
    assert acl.rt.synchronize_stream(stream) == 0
    gc.collect()
    for _ in range(200):
        if alive() is None:
            break
        time.sleep(0.01)
    assert alive() is None
    assert acl.rt.destroy_stream(other) == 0
    assert acl.rt.destroy_event(event) == 0


def test_objects_of_a_dropped_callback_go_too(device):
    class Thing:
        pass

    stream, _ = acl.rt.create_stream()
    event, _ = acl.rt.create_event()
    assert acl.rt.subscribe_report(7, stream) == 0
    assert acl.rt.stream_wait_event(stream, event) == 0
    thing = Thing()
    alive = weakref.ref(thing)
    assert acl.rt.launch_callback(print, [thing], BLOCK, stream) == 0
    del thing
    assert acl.rt.destroy_stream_force(stream) == 0
    for _ in range(200):
        gc.collect()
        if alive() is None:
            break
        time.sleep(0.01)
    assert alive() is None
    assert acl.rt.destroy_event(event) == 0


def test_codes_and_sentences(stream, reports):
    other, _ = acl.rt.create_stream()
    assert acl.rt.subscribe_report(reports.thread, stream) == 107011
    assert text().startswith("acl.rt.subscribe_report (aclrtSubscribeReport): ")
    assert acl.rt.launch_callback(print, [], BLOCK, other) == 107015
    assert "acl.rt.subscribe_report" in text()
    assert acl.rt.launch_callback(print, [], 2, stream) == 100000
    assert acl.rt.launch_callback(None, [], BLOCK, stream) == 107000
    assert acl.rt.unsubscribe_report(reports.thread, other) == 107011
    assert acl.rt.unsubscribe_report(reports.thread + 1, stream) == 107012
    assert acl.rt.process_report(100) == 107012
    for timeout in (0, -2):
        assert acl.rt.process_report(timeout) == 100000
    with pytest.raises(TypeError):
        acl.rt.launch_callback(5, [], BLOCK, stream)
    with pytest.raises(TypeError):
        acl.rt.launch_callback(print, [], BLOCK)
    context, _ = acl.rt.create_context(0)
    assert acl.rt.launch_callback(print, [], BLOCK, stream) == 107003
    assert acl.rt.destroy_context(context) == 0
    assert acl.rt.set_context(reports.context) == 0
    assert acl.rt.destroy_stream(other) == 0


def test_a_python_thread_may_process_its_own_reports(device):
    import threading

    stream, _ = acl.rt.create_stream()
    context, _ = acl.rt.get_context()
    seen = []
    ready = threading.Event()
    stop = threading.Event()

    def work():
        assert acl.rt.set_context(context) == 0
        assert acl.rt.subscribe_report(threading.get_ident(), stream) == 0
        assert acl.rt.process_report(10) == 507012
        ready.set()
        while not stop.is_set():
            acl.rt.process_report(10)
        assert acl.rt.unsubscribe_report(threading.get_ident(), stream) == 0

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait()
    for number in range(10):
        assert acl.rt.launch_callback(seen.append, number, NO_BLOCK, stream) == 0
    assert acl.rt.launch_callback(seen.append, "end", BLOCK, stream) == 0
    assert acl.rt.synchronize_stream(stream) == 0
    stop.set()
    thread.join()
    assert seen == [*range(10), "end"]
    assert acl.rt.destroy_stream(stream) == 0


def fail_a_task(stream):
    """Queues a copy that the device refuses when its turn comes."""
    a, b = acl.rt.malloc_host(64)[0], acl.rt.malloc_host(64)[0]
    assert acl.rt.memcpy_async(a, 64, b, 64, HOST_TO_HOST, stream) == 0
    ret = acl.rt.synchronize_stream(stream)
    sentence = text()
    assert acl.rt.free_host(a) == 0
    assert acl.rt.free_host(b) == 0
    return ret, sentence


def test_failed_tasks_are_told(stream):
    seen = []

    def told(info):
        seen.append((acl.rt.get_task_id_from_exception_info(info),
                     acl.rt.get_stream_id_from_exception_info(info),
                     acl.rt.get_thread_id_from_exception_info(info),
                     acl.rt.get_device_id_from_exception_info(info),
                     acl.rt.get_error_code_from_exception_info(info)))

    import threading

    assert acl.rt.set_exception_info_callback(lambda info: seen.append("old")) == 0
    assert acl.rt.set_exception_info_callback(told) == 0
    ret, sentence = fail_a_task(stream)
    assert ret == 207000
    assert "acl.rt.memcpy_async" in sentence
    number, _ = acl.rt.stream_get_id(stream)
    assert seen == [(1, number, threading.get_native_id(), 0, 207000)]
    assert acl.rt.set_exception_info_callback(None) == 0
    assert fail_a_task(stream)[0] == 207000
    assert acl.rt.set_exception_info_callback(told) == 0
    assert acl.rt.set_exception_info_callback() == 0
    assert fail_a_task(stream)[0] == 207000
    assert len(seen) == 1
    assert acl.rt.get_task_id_from_exception_info(0) == 0xFFFFFFFF
    assert acl.rt.get_error_code_from_exception_info(12345) == 0xFFFFFFFF
    with pytest.raises(TypeError):
        acl.rt.set_exception_info_callback(5)


def test_the_newest_error_of_a_thread(stream):
    acl.rt.get_last_error(0)
    assert acl.rt.peek_at_last_error(0) == 0
    assert acl.rt.set_device(99) == 107001
    assert acl.rt.peek_at_last_error(0) == 107001
    assert acl.rt.get_last_error(0) == 107001
    assert acl.rt.get_last_error(0) == 0
    assert acl.rt.get_last_error(7) == 100000


EXIT = """
import sys, time
import acl
assert acl.init() == 0 and acl.rt.set_device(0) == 0
stream, _ = acl.rt.create_stream()
context, _ = acl.rt.get_context()
def callback(args):
    time.sleep(args)
    print("called", flush=True)
def loop(args):
    acl.rt.set_context(context)
    while True:
        acl.rt.process_report(args)
if sys.argv[1] != "nobody":
    thread, _ = acl.util.start_thread(loop, -1 if sys.argv[1] == "forever" else 10)
else:
    thread = 7
assert acl.rt.subscribe_report(thread, stream) == 0
class Lingering:
    def __del__(self, sleep=time.sleep):
        sleep(0.4)
import types
sys.modules["lingering"] = types.ModuleType("lingering")
sys.modules["lingering"].instance = Lingering()
for i in range(100):
    assert acl.rt.launch_callback(callback, 0.02, i % 2, stream) == 0
time.sleep(0.1)
print("main ends", flush=True)
"""


@pytest.mark.parametrize("kind", ["loop", "forever", "nobody"])
def test_the_process_ends_with_callbacks_pending(python_script, kind):
    run = python_script(EXIT, kind, timeout=60)
    assert run.returncode == 0, run.stderr
    assert "main ends" in run.stdout
