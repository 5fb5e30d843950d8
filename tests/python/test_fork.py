"""A forked child starts afresh: clean codes, acl.init works, nothing hangs."""

import os

import pytest
from conftest import acl

PROGRAM = """
import multiprocessing, sys
import acl

def work(number):
    # In a child made by fork the parent's state must not be taken for its own.
    ret = acl.init()
    if ret != 0:
        return "init", ret, acl.get_recent_err_msg()
    ret = acl.rt.set_device(0)
    stream, ret2 = acl.rt.create_stream()
    memory, ret3 = acl.rt.malloc(1024, 0)
    ret4 = acl.rt.memset_async(memory, 1024, number, 1024, stream)
    ret5 = acl.rt.synchronize_stream(stream)
    data = acl.util.ptr_to_bytes(memory, 4)
    codes = [ret, ret2, ret3, ret4, ret5, acl.rt.free(memory), acl.rt.destroy_stream(stream),
             acl.rt.reset_device(0), acl.finalize()]
    return "done", codes, data

if __name__ == "__main__":
    method, used = sys.argv[1], sys.argv[2] == "used"
    if used:
        assert acl.init() == 0 and acl.rt.set_device(0) == 0
        stream, _ = acl.rt.create_stream()
        first, second = acl.rt.malloc(1 << 20, 0)[0], acl.rt.malloc(1 << 20, 0)[0]
        for _ in range(200):
            assert acl.rt.memcpy_async(first, 1 << 20, second, 1 << 20, 3, stream) == 0
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        results = pool.map_async(work, range(1)).get(60)
    for number, (word, codes, data) in enumerate(results):
        assert word == "done", (word, codes, data)
        assert not any(codes), codes
        assert data == bytes([number]) * 4
    if used:
        assert acl.rt.synchronize_stream(stream) == 0
    print("parent ends")
"""


@pytest.mark.parametrize("state", ["fresh", "used"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(tmp_path, method, state):
    # The other start methods import the program, so it has to be a file.
    import subprocess
    import sys

    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, program, method, state], env=environment,
                         capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stdout) == (0, "parent ends\n"), run.stderr


def in_child(body):
    """What body() returns in a forked child, as text."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(body()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    answer = b""
    while part := os.read(reader, 4096):
        answer += part
    os.close(reader)
    os.waitpid(child, 0)
    return answer.decode()


def test_a_child_is_told_that_it_was_forked(device):
    stream, _ = acl.rt.create_stream()
    context, _ = acl.rt.get_context()

    def body():
        answers = []
        for call in (acl.rt.create_stream, acl.rt.get_context, acl.rt.synchronize_device):
            ret = call()
            answers.append(ret[-1] if isinstance(ret, tuple) else ret)
            answers.append("forked" in acl.get_recent_err_msg())
        answers.append(acl.rt.set_context(context))
        answers.append("forked" in acl.get_recent_err_msg())
        answers.append(acl.rt.synchronize_stream(stream))
        answers.append("forked" in acl.get_recent_err_msg())
        answers.append(acl.rt.process_report(10))
        answers.append("forked" in acl.get_recent_err_msg())
        return answers

    assert in_child(body) == str([107002, True] * 4 + [107017, True] + [107012, True])
    assert acl.rt.destroy_stream(stream) == 0


def test_callbacks_work_in_a_child(device):
    def body():
        import threading

        assert acl.init() == 0 and acl.rt.set_device(0) == 0
        context, _ = acl.rt.get_context()
        stream, _ = acl.rt.create_stream()
        seen, stop = [], threading.Event()

        def loop(args):
            acl.rt.set_context(context)
            while not stop.is_set():
                acl.rt.process_report(10)

        thread, _ = acl.util.start_thread(loop, [])
        assert acl.rt.subscribe_report(thread, stream) == 0
        assert acl.rt.launch_callback(seen.append, "called", 1, stream) == 0
        assert acl.rt.synchronize_stream(stream) == 0
        stop.set()
        acl.util.stop_thread(thread)
        return seen

    assert in_child(body) == "['called']"


BUSY = """
import sys
import acl
assert acl.init() == 0 and acl.rt.set_device(0) == 0
if sys.argv[1] == "copies":
    size = 64 << 20
    first, second = acl.rt.malloc(size, 0)[0], acl.rt.malloc(size, 0)[0]
    for _ in range(1000):
        assert acl.rt.memcpy_async(first, size, second, size, 3, 0) == 0
elif sys.argv[1] == "waits":
    event, _ = acl.rt.create_event()
    assert acl.rt.set_op_wait_timeout(3600) == 0
    for _ in range(100):
        stream, _ = acl.rt.create_stream()
        assert acl.rt.stream_wait_event(stream, event) == 0
        assert acl.rt.record_event(event, stream) == 0
print("main ends", flush=True)
"""


@pytest.mark.parametrize("work", ["copies", "waits"])
def test_the_process_ends_while_streams_are_busy(python_script, work):
    run = python_script(BUSY, work, timeout=60)
    assert (run.returncode, run.stdout) == (0, "main ends\n"), run.stderr
