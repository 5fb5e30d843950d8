"""acl.util: addresses and threads."""

import threading
import warnings

import numpy as np
import pytest
from conftest import acl

FLOAT32 = 11


def test_bytes_to_ptr_is_the_object_itself():
    data = bytes(range(256))
    address = acl.util.bytes_to_ptr(data)
    assert acl.util.ptr_to_bytes(address, 256) == data
    assert acl.util.bytes_to_ptr(data) == address
    for wrong in ("text", bytearray(b"x"), memoryview(b"x"), 1):
        with pytest.raises(ValueError):
            acl.util.bytes_to_ptr(wrong)


def test_memcpy_into_the_bytes_object(device):
    """Programs copy into a bytes object and read it back."""
    target = bytes(16)
    source = b"0123456789abcdef"
    assert acl.rt.memcpy(acl.util.bytes_to_ptr(target), 16, acl.util.bytes_to_ptr(source), 16, 2
                         ) == 0
    assert target == source


def test_ptr_to_bytes_copies():
    array = np.arange(8, dtype=np.uint8)
    copy = acl.util.ptr_to_bytes(array.ctypes.data, 8)
    array[:] = 0
    assert copy == bytes(range(8))
    assert acl.util.ptr_to_bytes(array.ctypes.data, 0) == b""
    large = np.random.default_rng(1).integers(0, 255, 5_000_003, np.uint8)
    assert acl.util.ptr_to_bytes(large.ctypes.data, large.nbytes) == large.tobytes()


@pytest.mark.parametrize("address, size", [(0, 1), (1234, 8), (2**64 - 1, 1), (2**63, 4096),
                                           (2**64 - 8, 16)])
def test_ptr_to_bytes_refuses_bad_addresses(address, size):
    with pytest.raises(ValueError, match="cannot read"):
        acl.util.ptr_to_bytes(address, size)


def test_ptr_to_bytes_refuses_bad_sizes():
    address = acl.util.bytes_to_ptr(b"abc")
    for size in (2**47, 2**62):
        with pytest.raises(ValueError, match=f"cannot read {size} bytes at address {address:#x}:"):
            acl.util.ptr_to_bytes(address, size)
    for size in (-1, -(2**63)):
        with pytest.raises(ValueError, match=rf"\(size\) is {size}: it is negative"):
            acl.util.ptr_to_bytes(address, size)
    with pytest.raises(ValueError, match="at address 0x0:"):
        acl.util.ptr_to_bytes(0, 1)
    with pytest.raises(ValueError, match="at address 0x0 are not"):
        acl.util.ptr_to_numpy(0, (4,), FLOAT32)
    with pytest.raises(TypeError):
        acl.util.ptr_to_bytes("0", 3)


def test_numpy_to_ptr_warns_and_gives_the_address():
    array = np.arange(6, dtype=np.float32)
    with pytest.warns(Warning, match="deprecated"):
        assert acl.util.numpy_to_ptr(array) == array.ctypes.data
    with pytest.warns(Warning) as caught:
        acl.util.numpy_to_ptr(array.reshape(2, 3).T)
    assert any("contiguous" in str(item.message) for item in caught)
    for wrong in ([1.0], b"bytes", 1):
        with pytest.raises(ValueError):
            acl.util.numpy_to_ptr(wrong)


def test_numpy_to_ptr_as_an_error():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Warning):
            acl.util.numpy_to_ptr(np.zeros(1))


def test_numpy_contiguous_to_ptr():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    address, same = acl.util.numpy_contiguous_to_ptr(array)
    assert address == array.ctypes.data and np.shares_memory(same, array)
    address, copy = acl.util.numpy_contiguous_to_ptr(array.T)
    assert copy.flags.c_contiguous and copy.ctypes.data == address
    assert acl.util.ptr_to_bytes(address, 24) == array.T.tobytes()
    with pytest.raises(ValueError):
        acl.util.numpy_contiguous_to_ptr([1])


@pytest.mark.parametrize("number, dtype", [
    (0, np.bool_), (1, np.int8), (2, np.uint8), (3, np.int16), (4, np.uint16), (5, np.int32),
    (6, np.uint32), (7, np.int64), (8, np.uint64), (9, np.longlong), (10, np.ulonglong),
    (11, np.float32), (12, np.float64), (14, np.complex64), (15, np.complex128),
    (23, np.float16)])
def test_ptr_to_numpy_types(number, dtype):
    source = np.arange(6).astype(dtype)
    view = acl.util.ptr_to_numpy(source.ctypes.data, (2, 3), number)
    assert view.dtype == np.dtype(dtype) and view.shape == (2, 3)
    assert np.array_equal(view.ravel(), source)


def test_ptr_to_numpy_is_a_view():
    source = np.zeros(4, np.float32)
    view = acl.util.ptr_to_numpy(source.ctypes.data, (4,), FLOAT32)
    view[2] = 5
    assert source[2] == 5
    assert acl.util.ptr_to_numpy(source.ctypes.data, (), FLOAT32).shape == ()
    assert acl.util.ptr_to_numpy(0, (0, 3), FLOAT32).shape == (0, 3)


def test_ptr_to_numpy_refusals():
    source = np.zeros(4, np.float32)
    address = source.ctypes.data
    with pytest.raises(TypeError):
        acl.util.ptr_to_numpy(address, [4], FLOAT32)
    with pytest.raises(TypeError):
        acl.util.ptr_to_numpy(address, (4.0,), FLOAT32)
    with pytest.raises(TypeError):
        acl.util.ptr_to_numpy(address, (-1,), FLOAT32)
    with pytest.raises(ValueError, match="type number 17"):
        acl.util.ptr_to_numpy(address, (4,), 17)
    with pytest.raises(ValueError, match="not memory"):
        acl.util.ptr_to_numpy(8, (4,), FLOAT32)
    with pytest.raises(ValueError):
        acl.util.ptr_to_numpy(address, (2**40, 2**40), FLOAT32)


def test_thread_gets_one_argument():
    seen = []
    thread, ret = acl.util.start_thread(seen.append, [1, 2])
    assert ret == 0 and thread != 0
    assert acl.util.stop_thread(thread) == 0
    assert seen == [[1, 2]]
    thread, ret = acl.util.start_thread(lambda: seen.append("none"), None)
    assert ret == 0
    assert acl.util.stop_thread(thread) == 0
    assert seen[-1] == "none"


def test_thread_id_is_the_native_one():
    seen = []
    thread, _ = acl.util.start_thread(lambda _: seen.append(threading.get_ident()), 0)
    assert acl.util.stop_thread(thread) == 0
    assert seen == [thread]


def test_stop_thread_lets_the_thread_finish():
    """The thread needs the interpreter to end: a stop_thread that kept it would hang."""
    go = threading.Event()
    done = []

    def work(_):
        go.wait()
        done.append(sum(range(100000)))

    thread, _ = acl.util.start_thread(work, 0)
    threading.Timer(0.05, go.set).start()
    assert acl.util.stop_thread(thread) == 0
    assert done


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_stop_thread_raises_what_the_function_raised():
    def fail(_):
        raise KeyError("no such thing")

    thread, _ = acl.util.start_thread(fail, [])
    with pytest.raises(RuntimeError, match="no such thing"):
        acl.util.stop_thread(thread)


def test_thread_misuse():
    with pytest.raises(TypeError, match="must be callable"):
        acl.util.start_thread(1, [])
    assert acl.util.stop_thread(12345) == 100000
    thread, _ = acl.util.start_thread(lambda _: None, [])
    assert acl.util.stop_thread(thread) == 0
    assert acl.util.stop_thread(thread) == 100000


def test_refused_stop_thread_is_explained_in_the_log(python_script):
    run = python_script("""
import os
os.environ["ASCEND_SLOG_PRINT_TO_STDOUT"] = "1"
import acl
thread, _ = acl.util.start_thread(lambda _: None, [])
codes = [acl.util.stop_thread(thread), acl.util.stop_thread(thread)]
seen = []
ready = __import__("threading").Event()
def stop_itself(_):
    ready.wait()
    seen.append(acl.util.stop_thread(seen[0]))
own, _ = acl.util.start_thread(stop_itself, [])
seen.append(own)
ready.set()
codes += [acl.util.stop_thread(own), seen[1]]
print("codes", codes)
print("ids", thread, own)
""")
    assert run.returncode == 0, run.stderr
    assert "codes [0, 100000, 0, 100000]\n" in run.stdout
    thread, own = run.stdout.split("ids ")[1].split()[:2]
    assert f"no thread with id {thread} waits to be stopped" in run.stdout
    assert f"thread {own} cannot wait for its own end" in run.stdout


def test_new_thread_has_no_context(device):
    seen = []
    thread, _ = acl.util.start_thread(lambda _: seen.append(acl.rt.get_context()), 0)
    assert acl.util.stop_thread(thread) == 0
    assert seen == [(0, 107002)]


def test_program_may_end_while_a_thread_runs(python_script):
    run = python_script("""
import time, acl
def forever(_):
    while True:
        time.sleep(0.001)
thread, ret = acl.util.start_thread(forever, [])
time.sleep(0.05)
print(ret)
""")
    assert (run.returncode, run.stdout) == (0, "0\n"), run.stderr
