"""acl.init and acl.rt through Python: results and documented codes (spec runtime.md)."""

import threading

import pytest
from conftest import acl

H2H, H2D, D2H, D2D, DEFAULT = range(5)


def test_init_and_finalize(python_script):
    run = python_script("""
import acl
assert acl.rt.set_device(0) == 0 or acl.get_recent_err_msg()
assert acl.init() == 0
assert acl.init() == 100002
print(acl.get_recent_err_msg())
assert acl.finalize() == 0
""")
    assert run.returncode == 0, run.stderr
    assert "init" in run.stdout


def test_init_with_a_bad_configuration(python_script, tmp_path):
    bad = tmp_path / "acl.json"
    bad.write_text("{ this is no json")
    run = python_script("import acl, sys\nprint(acl.init(sys.argv[1]), acl.get_recent_err_msg())",
                        bad)
    assert run.stdout.split()[0] != "0", run.stderr
    assert "acl.json" in run.stdout


def test_devices(device):
    count, ret = acl.rt.get_device_count()
    assert ret == 0 and count >= 1
    assert acl.rt.get_device() == (0, 0)
    assert acl.rt.set_device(count) == 107001
    assert str(count) in acl.get_recent_err_msg()
    assert acl.rt.get_run_mode() == (1, 0)


def test_context_of_a_new_thread(device):
    context, ret = acl.rt.get_context()
    assert ret == 0 and context != 0
    codes = []

    def work():
        codes.append(acl.rt.malloc(64, 0)[1])
        codes.append(acl.rt.set_context(context))
        memory, ret = acl.rt.malloc(64, 0)
        codes.extend([ret, acl.rt.free(memory)])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert codes == [107002, 0, 0, 0]


def test_explicit_contexts(device):
    default, _ = acl.rt.get_context()
    context, ret = acl.rt.create_context(0)
    assert ret == 0 and acl.rt.get_context() == (context, 0)
    assert acl.rt.set_context(default) == 0
    assert acl.rt.get_context() == (default, 0)
    assert acl.rt.destroy_context(context) == 0
    assert acl.rt.destroy_context(context) == 107002
    assert acl.rt.destroy_context(0) == 100000
    assert acl.rt.set_context(0) == 100000
    assert acl.rt.create_context(999)[1] == 107001


def test_streams(device):
    stream, ret = acl.rt.create_stream()
    assert ret == 0
    assert acl.rt.stream_query(stream) == (0, 0)
    assert acl.rt.synchronize_stream(stream) == 0
    assert acl.rt.synchronize_stream(0) == 0
    assert acl.rt.synchronize_stream_with_timeout(stream, 1000) == 0
    assert acl.rt.synchronize_stream_with_timeout(stream, 0) == 107000
    assert acl.rt.destroy_stream(stream) == 0
    assert acl.rt.destroy_stream(stream) != 0
    assert acl.rt.synchronize_stream(stream) != 0
    assert acl.rt.destroy_stream(0) == 100000


def test_events_order_two_streams(device):
    size = 1 << 20
    a, _ = acl.rt.malloc(size, 0)
    b, _ = acl.rt.malloc(size, 0)
    first, _ = acl.rt.create_stream()
    second, _ = acl.rt.create_stream()
    event, ret = acl.rt.create_event()
    assert ret == 0
    for value in range(20):
        assert acl.rt.memset_async(a, size, value, size, first) == 0
        assert acl.rt.record_event(event, first) == 0
        assert acl.rt.stream_wait_event(second, event) == 0
        assert acl.rt.memcpy_async(b, size, a, size, D2D, second) == 0
        assert acl.rt.synchronize_stream(second) == 0
        assert acl.util.ptr_to_bytes(b, size) == bytes([value]) * size
    assert acl.rt.synchronize_event(event) == 0
    assert acl.rt.query_event(event) == (0, 0)
    assert acl.rt.query_event_status(event) == (1, 0)
    assert acl.rt.destroy_event(event) == 0
    assert acl.rt.destroy_event(0) == 100000
    for stream in (first, second):
        assert acl.rt.destroy_stream(stream) == 0
    for memory in (a, b):
        assert acl.rt.free(memory) == 0


def test_elapsed_time(device):
    start, _ = acl.rt.create_event_with_flag(8)
    end, _ = acl.rt.create_event_with_flag(8)
    assert acl.rt.event_elapsed_time(start, end)[1] == 507000
    assert acl.rt.record_event(start, 0) == 0
    assert acl.rt.record_event(end, 0) == 0
    assert acl.rt.synchronize_stream(0) == 0
    milliseconds, ret = acl.rt.event_elapsed_time(start, end)
    assert ret == 0 and isinstance(milliseconds, float) and milliseconds >= 0
    assert acl.rt.destroy_event(start) == 0
    assert acl.rt.destroy_event(end) == 0


def test_memory(device):
    memory, ret = acl.rt.malloc(1000, 0)
    assert ret == 0 and memory % 64 == 0
    free, total, ret = acl.rt.get_mem_info(0)
    assert ret == 0 and 0 < free < total
    assert acl.rt.malloc(0, 0) == (0, 100000)
    assert acl.rt.malloc(total * 2, 0) == (0, 207001)
    host, ret = acl.rt.malloc_host(1000)
    assert ret == 0
    assert acl.rt.free(memory) == 0
    assert acl.rt.free(memory) != 0
    assert acl.rt.free_host(host) == 0
    assert acl.rt.free_host(host) != 0
    assert acl.rt.free(0) == 100000


@pytest.mark.parametrize("kind", [H2H, H2D, D2H, D2D, DEFAULT])
def test_memcpy_does_not_mind_the_direction(device, kind):
    text = bytes(range(200))
    memory, _ = acl.rt.malloc(200, 0)
    assert acl.rt.memcpy(memory, 200, acl.util.bytes_to_ptr(text), 200, kind) == 0
    assert acl.util.ptr_to_bytes(memory, 200) == text
    assert acl.rt.free(memory) == 0


def test_memcpy_misuse(device):
    memory, _ = acl.rt.malloc(64, 0)
    other, _ = acl.rt.malloc(128, 0)
    assert acl.rt.memcpy(memory, 64, other, 65, D2D) == 107000
    assert acl.rt.memcpy(memory, 0, other, 64, D2D) == 107000
    assert acl.rt.memcpy(memory, 64, other, 0, D2D) == 0
    assert acl.rt.memcpy(0, 64, memory, 64, D2D) == 100000
    assert acl.rt.memcpy(memory, 64, other, 64, 99) == 100000
    assert acl.rt.free(other) == 0
    assert acl.rt.memset(memory, 64, 0, 65) == 107000
    assert acl.rt.memset(memory, 64, 0, 0) == 0
    assert acl.rt.free(memory) == 0


def test_memory_arithmetic(device):
    """Programs cut one block into pieces by adding to its address."""
    memory, _ = acl.rt.malloc(300, 0)
    for index in range(3):
        assert acl.rt.memset(memory + index * 100, 100, index + 1, 100) == 0
    assert acl.util.ptr_to_bytes(memory, 300) == b"\1" * 100 + b"\2" * 100 + b"\3" * 100
    assert acl.rt.free(memory) == 0


def test_data_buffers():
    buffer = acl.create_data_buffer(4096, 2**32 + 5)
    assert acl.get_data_buffer_addr(buffer) == 4096
    assert acl.get_data_buffer_size(buffer) == 5
    assert acl.get_data_buffer_size_v2(buffer) == 2**32 + 5
    assert acl.update_data_buffer(buffer, 64, 7) == 0
    assert (acl.get_data_buffer_addr(buffer), acl.get_data_buffer_size(buffer)) == (64, 7)
    assert acl.destroy_data_buffer(buffer) == 0
    assert acl.destroy_data_buffer(0) == 100000
    assert acl.get_data_buffer_addr(0) == 0
    assert acl.update_data_buffer(0, 64, 7) == 100000


def test_half_precision():
    assert [acl.float_to_float16(x) for x in (1.0, -2.0, 65504.0, 1e9, 0.0)] == [
        0x3C00, 0xC000, 0x7BFF, 0x7BFF, 0]
    assert acl.float16_to_float(0x7C00) == 65536.0
    assert acl.float16_to_float(0x0001) == 2.0**-24


def test_tensor_descriptions():
    desc = acl.create_tensor_desc(0, [2, 3, 4], 2)
    assert desc != 0
    assert acl.get_tensor_desc_type(desc) == 0
    assert acl.get_tensor_desc_format(desc) == 2
    assert acl.get_tensor_desc_num_dims(desc) == 3
    assert acl.get_tensor_desc_element_count(desc) == 24
    assert acl.get_tensor_desc_size(desc) == 96
    assert acl.get_tensor_desc_dim_v2(desc, 1) == (3, 0)
    assert acl.get_tensor_desc_dim_v2(desc, 3)[1] == 100000
    acl.set_tensor_desc_name(desc, "näme")
    assert acl.get_tensor_desc_name(desc) == "näme"
    assert acl.set_tensor_shape_range(desc, [[1, 2], [3, 3], [4, 8]]) == 0
    assert acl.get_tensor_desc_dim_range(desc, 2, 2) == ([4, 8], 0)
    assert acl.get_tensor_desc_dim_range(desc, 9, 2) == (None, 100000)
    assert acl.get_tensor_desc_dim_range(desc, 0, 5000) == (None, 100000)
    assert acl.set_tensor_shape(desc, [6, 4]) == 0
    with pytest.raises(TypeError, match="list of int"):
        acl.create_tensor_desc(0, (2, 3), 2)
    with pytest.raises(ValueError, match=r"\[min, max\]"):
        acl.set_tensor_shape_range(desc, [[1]])
    assert acl.destroy_tensor_desc(desc) is None
