"""Which calls let other Python threads run."""

import sys
import threading
import time

import pytest
from acl_runner import LoadedModel
from conftest import acl

SIZE = 16 << 20


@pytest.fixture
def bystander():
    """Counts whenever it gets the interpreter; nothing but a call that lets go gives it away."""
    state = {"count": 0, "stop": False}

    def count():
        while not state["stop"]:
            state["count"] += 1
            time.sleep(0)

    interval = sys.getswitchinterval()
    thread = threading.Thread(target=count)
    thread.start()
    sys.setswitchinterval(1000)
    yield state
    sys.setswitchinterval(interval)
    state["stop"] = True
    thread.join()


def lets_others_run(state, call, attempts=500):
    for _ in range(attempts):
        before = state["count"]
        call()
        if state["count"] != before:
            return True
    return False


@pytest.fixture
def memory(device):
    first, ret = acl.rt.malloc(SIZE, 0)
    assert ret == 0
    second, ret = acl.rt.malloc(SIZE, 0)
    assert ret == 0
    yield first, second
    assert acl.rt.free(first) == 0
    assert acl.rt.free(second) == 0


def test_the_method_can_fail(bystander, device):
    assert not lets_others_run(bystander, acl.rt.get_run_mode)


def test_memcpy(memory, bystander):
    first, second = memory
    assert lets_others_run(bystander, lambda: acl.rt.memcpy(first, SIZE, second, SIZE, 3))


def test_memset(memory, bystander):
    assert lets_others_run(bystander, lambda: acl.rt.memset(memory[0], SIZE, 0, SIZE))


def test_synchronize_stream(memory, bystander):
    first, second = memory
    stream, ret = acl.rt.create_stream()
    assert ret == 0

    def call():
        assert acl.rt.memcpy_async(first, SIZE, second, SIZE, 3, stream) == 0
        assert acl.rt.synchronize_stream(stream) == 0

    assert lets_others_run(bystander, call)
    assert acl.rt.destroy_stream(stream) == 0


def test_execute(slow_model, device, bystander):
    with LoadedModel(acl, slow_model) as model:
        assert lets_others_run(
            bystander, lambda: acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]))


def test_threads_may_use_one_stream_at_once(device):
    """Calls from many Python threads, none of which holds the interpreter while it waits."""
    context, _ = acl.rt.get_context()
    stream, _ = acl.rt.create_stream()
    failures = []

    def work():
        if acl.rt.set_context(context) != 0:
            failures.append("set_context")
        for _ in range(50):
            memory, ret = acl.rt.malloc(4096, 0)
            ret = ret or acl.rt.memset_async(memory, 4096, 1, 4096, stream)
            ret = ret or acl.rt.synchronize_stream(stream)
            ret = ret or acl.rt.free(memory)
            if ret:
                failures.append(ret)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert acl.rt.destroy_stream(stream) == 0
