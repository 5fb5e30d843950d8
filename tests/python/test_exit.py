"""The interpreter may end while other threads are inside calls that let go of it.

Python ends such a thread from within when it comes back for the interpreter; the process has to
outlive that and to end with code 0.
"""

import pytest

# An object that dies while the interpreter ends keeps it ending until every thread has come back
# from its call. It lives in a module that no thread uses: what a thread uses stays alive.
PROGRAM = """
import os, sys, threading, time, types
import acl
import acl_runner

class Lingering:
    def __del__(self, sleep=time.sleep, write=os.write):
        sleep(0.5)
        write(1, b"lingered\\n")

assert acl.init() == 0 and acl.rt.set_device(0) == 0
context, ret = acl.rt.get_context()
assert ret == 0
inside = threading.Semaphore(0)

def synchronize():
    event, _ = acl.rt.create_event()
    stream, _ = acl.rt.create_stream()
    assert acl.rt.stream_wait_event(stream, event) == 0
    inside.release()
    while True:
        acl.rt.synchronize_stream_with_timeout(stream, 20)

def copy():
    size = 8 << 20
    first, second = acl.rt.malloc(size, 0)[0], acl.rt.malloc(size, 0)[0]
    inside.release()
    while True:
        assert acl.rt.memcpy(first, size, second, size, 3) == 0

def execute():
    model = acl_runner.LoadedModel(acl, sys.argv[3]).__enter__()
    inside.release()
    while True:
        assert acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]) == 0

def join():
    # The other thread meets the end of the interpreter first, in its sleep; then the join is over.
    other, ret = acl.util.start_thread(lambda _: time.sleep(0.3), 0)
    assert ret == 0
    inside.release()
    acl.util.stop_thread(other)

def work(_):
    assert acl.rt.set_context(context) == 0
    globals()[sys.argv[2]]()

for _ in range(3):
    if sys.argv[1] == "daemon":
        threading.Thread(target=work, args=(0,), daemon=True).start()
    else:
        assert acl.util.start_thread(work, 0)[1] == 0
for _ in range(3):
    inside.acquire()
time.sleep(0.05)
sys.modules["lingering"] = types.ModuleType("lingering")
sys.modules["lingering"].instance = Lingering()
print("main ends", flush=True)
"""


def ends_well(run):
    assert (run.returncode, run.stdout) == (0, "main ends\nlingered\n"), run.stderr


@pytest.mark.parametrize("call", ["synchronize", "copy", "join"])
@pytest.mark.parametrize("kind", ["daemon", "util"])
def test_end_during_a_call(python_script, kind, call):
    ends_well(python_script(PROGRAM, kind, call))


@pytest.mark.parametrize("kind", ["daemon", "util"])
def test_end_during_a_model(python_script, slow_model, kind):
    ends_well(python_script(PROGRAM, kind, "execute", slow_model))
