"""spec/runtime.md section 7: allocation, memset and memcpy."""

import ctypes

from rows import (
    D2D,
    D2H,
    DEFAULT_KIND,
    H2D,
    H2H,
    INVALID_PARAM,
    RT_CONTEXT,
    RT_MEMORY,
    RT_PARAM,
    library,
    ok,
    row,
)
from rows_device import in_new_thread

HUGE = 1 << 50


def filled(size, byte):
    return bytes([byte]) * size


@row("runtime.md 7", "malloc(size, policy)")
def device_memory(acl):
    assert acl.rt.malloc(0, 0)[1] == INVALID_PARAM
    assert acl.rt.malloc(2**64 - 1, 0)[1] == INVALID_PARAM
    assert in_new_thread(lambda: acl.rt.malloc(64, 0))[1] == RT_CONTEXT
    assert acl.rt.malloc(HUGE, 0)[1] == RT_MEMORY
    assert str(HUGE) in acl.get_recent_err_msg()
    for size in (1, 33, 4096, 3 << 20):
        pointer = ok(acl.rt.malloc(size, 0))
        assert pointer % 64 == 0
        whole = (size + 31) // 32 * 32 + 32
        ok(acl.rt.memset(pointer, whole, 1, whole))
        ok(acl.rt.free(pointer))


@row("runtime.md 7", "malloc_align32")
def device_memory_in_units_of_32(acl):
    pointer = ok(acl.rt.malloc_align32(33, 0))
    assert pointer % 64 == 0
    ok(acl.rt.memset(pointer, 64, 1, 64))
    ok(acl.rt.free(pointer))
    assert acl.rt.malloc_align32(0, 0)[1] == INVALID_PARAM


@row("runtime.md 7", "malloc_cached")
def cached_memory(acl):
    for policy in (0, 1, 2, 6):
        pointer = ok(acl.rt.malloc_cached(100, policy))
        ok(acl.rt.mem_flush(pointer, 100))
        ok(acl.rt.mem_invalidate(pointer, 100))
        assert acl.rt.mem_flush(pointer, 0) == INVALID_PARAM
        assert acl.rt.mem_invalidate(pointer, 0) == INVALID_PARAM
        ok(acl.rt.free(pointer))
    assert acl.rt.malloc_cached(100, 3)[1] != 0


@row("runtime.md 7", "malloc_host(size)")
def host_memory(acl):
    assert acl.rt.malloc_host(0)[1] == INVALID_PARAM
    pointer = ok(acl.rt.malloc_host(100))
    assert pointer % 64 == 0
    ok(acl.rt.free_host(pointer))
    assert acl.rt.free_host(pointer) != 0


@row("runtime.md 7", "malloc_with_cfg")
def memory_with_a_configuration(acl):
    pointer = ok(acl.rt.malloc_with_cfg(100, 0, {}))
    ok(acl.rt.free(pointer))
    assert acl.rt.malloc_with_cfg(0, 0, {})[1] == INVALID_PARAM


@row("runtime.md 7", "media dvpp_malloc")
def media_memory_follows_its_own_page(acl):
    # Its rule belongs to the media specification; device memory in general keeps to it too when
    # it is asked for what that page asks for.
    pointer = ok(acl.rt.malloc(1000 + 128, 0))
    aligned = (pointer + 127) // 128 * 128
    ok(acl.rt.memset(aligned, 1000, 3, 1000))
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "count 0")
def nothing_to_do(acl):
    pointer = ok(acl.rt.malloc(64, 0))
    ok(acl.rt.memset(pointer, 64, 5, 64))
    ok(acl.rt.memset(pointer, 64, 9, 0))
    ok(acl.rt.memcpy(pointer, 64, pointer + 32, 0, D2D))
    assert acl.util.ptr_to_bytes(pointer, 64) == filled(64, 5)
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "null pointer")
def null_pointers(acl):
    pointer = ok(acl.rt.malloc(64, 0))
    assert acl.rt.memset(0, 64, 0, 64) == INVALID_PARAM
    assert acl.rt.memcpy(0, 64, pointer, 64, D2D) == INVALID_PARAM
    assert acl.rt.memcpy(pointer, 64, 0, 64, D2D) == INVALID_PARAM
    assert acl.rt.memcpy_async(pointer, 64, 0, 64, D2D, 0) == INVALID_PARAM
    assert acl.rt.memset_async(0, 64, 0, 64, 0) == INVALID_PARAM
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "memset count > max")
def more_than_there_is_room_for(acl):
    pointer = ok(acl.rt.malloc(64, 0))
    assert acl.rt.memset(pointer, 64, 0, 65) == RT_PARAM
    text = acl.get_recent_err_msg()
    assert "64" in text and "65" in text
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "memcpy kind outside enum")
def kinds_that_are_none(acl):
    pointer = ok(acl.rt.malloc(64, 0))
    for kind in (-1, 8, 1000):
        assert acl.rt.memcpy(pointer, 32, pointer + 32, 32, kind) == INVALID_PARAM
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "memcpy destMax 0")
def room_for_the_copy(acl):
    pointer = ok(acl.rt.malloc(64, 0))
    assert acl.rt.memcpy(pointer, 0, pointer + 32, 16, D2D) == RT_PARAM
    assert acl.rt.memcpy(pointer, 15, pointer + 32, 16, D2D) == RT_PARAM
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "dst == src")
def onto_itself(acl):
    pointer = ok(acl.rt.malloc(64, 0))
    ok(acl.rt.memcpy(pointer, 64, pointer, 64, D2D))
    ok(acl.rt.free(pointer))


@row("runtime.md 7", "sync memcpy with the wrong direction")
def the_addresses_decide(acl):
    device = ok(acl.rt.malloc(64, 0))
    data = filled(64, 3)
    ok(acl.rt.memcpy(device, 64, acl.util.bytes_to_ptr(data), 64, D2H))
    assert acl.util.ptr_to_bytes(device, 64) == data
    ok(acl.rt.free(device))


@row("runtime.md 7", "async memcpy, both locations known")
def the_kind_is_corrected(acl):
    device, host = ok(acl.rt.malloc(64, 0)), ok(acl.rt.malloc_host(64))
    ok(acl.rt.memset(host, 64, 8, 64))
    ok(acl.rt.memcpy_async(device, 64, host, 64, D2H, 0))
    ok(acl.rt.synchronize_stream(0))
    assert acl.util.ptr_to_bytes(device, 64) == filled(64, 8)
    ok(acl.rt.free(device))
    ok(acl.rt.free_host(host))


@row("runtime.md 7", "async memcpy with pageable host memory")
def a_kind_that_contradicts_pageable_memory(acl):
    device = ok(acl.rt.malloc(64, 0))
    data = filled(64, 3)
    pageable = acl.util.bytes_to_ptr(data)
    assert acl.rt.memcpy_async(device, 64, pageable, 64, D2D, 0) == RT_PARAM
    ok(acl.rt.memcpy_async(device, 64, pageable, 64, H2D, 0))
    ok(acl.rt.memcpy_async(device, 64, pageable, 64, DEFAULT_KIND, 0))
    ok(acl.rt.synchronize_stream(0))
    assert acl.util.ptr_to_bytes(device, 64) == data
    ok(acl.rt.free(device))


@row("runtime.md 7", "2-D copy width or height 0")
def rectangles(acl):
    device = ok(acl.rt.malloc(1024, 0))
    ok(acl.rt.memset(device, 1024, 0, 1024))
    data = bytes(range(64))
    source = acl.util.bytes_to_ptr(data)
    copy = acl.rt.memcpy2d
    ok(copy(device, 16, source, 8, 0, 4, H2D))
    ok(copy(device, 16, source, 8, 8, 0, H2D))
    assert copy(device, 16, source, 8, 9, 4, H2D) == INVALID_PARAM
    assert copy(device, 7, source, 8, 8, 4, H2D) == INVALID_PARAM
    assert copy(device, 16, source, 8, 8, 4, H2H) == INVALID_PARAM
    ok(copy(device, 16, source, 8, 8, 4, H2D))
    rows = acl.util.ptr_to_bytes(device, 64)
    for line in range(4):
        assert rows[16 * line : 16 * line + 8] == data[8 * line : 8 * line + 8]
        assert rows[16 * line + 8 : 16 * line + 16] == bytes(8)
    # The page names no code for these; the runtime below finds them, not the acl layer.
    wide, tall = 5_000_001, 5 * 1024 * 1024 + 1
    later = acl.rt.memcpy2d_async
    assert later(device, wide, source, wide, wide, 1, H2D, 0) == RT_PARAM
    assert "5000000" in acl.get_recent_err_msg()
    assert later(device, 8, source, 8, 8, tall, H2D, 0) == RT_PARAM
    ok(acl.rt.free(device))


@row("runtime.md 7", "memset_d32")
def words(acl):
    device = ok(acl.rt.malloc(64, 0))
    fill = library().aclrtMemsetD32
    fill.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_size_t]
    assert fill(device, 64, 0x01020304, 16) == 0
    assert acl.util.ptr_to_bytes(device, 64) == bytes([4, 3, 2, 1]) * 16
    assert fill(device + 2, 60, 1, 1) == INVALID_PARAM
    assert fill(device, 64, 1, 17) == INVALID_PARAM
    ok(acl.rt.free(device))
