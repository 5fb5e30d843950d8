"""spec/runtime.md sections 3 and 4: devices and contexts."""

import ctypes
import threading

from rows import (
    FEATURE_UNSUPPORTED,
    INVALID_PARAM,
    RT_CONTEXT,
    RT_DEVICE,
    RT_NO_DEVICE,
    RT_PARAM,
    RT_RELEASED,
    code_of,
    library,
    ok,
    row,
)


def in_new_thread(function):
    """The function's result in a thread without a context."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


@row("runtime.md 3", "set_device / reset_device")
def ids_that_are_not_visible(acl):
    count = ok(acl.rt.get_device_count())
    for device in (-1, count, count + 7, 2**31 - 1):
        assert acl.rt.set_device(device) == RT_DEVICE
        assert acl.rt.reset_device(device) == RT_DEVICE
        assert str(device) in acl.get_recent_err_msg()


@row("runtime.md 3", "get_device →")
def a_thread_without_a_device(acl):
    assert ok(acl.rt.get_device()) == 0
    assert in_new_thread(acl.rt.get_device)[1] == RT_CONTEXT


@row("runtime.md 3", "reset_device | never set")
def a_reset_too_many(acl):
    assert acl.rt.reset_device(1) == RT_RELEASED
    ok(acl.rt.set_device(1))
    ok(acl.rt.reset_device(1))
    assert acl.rt.reset_device(1) == RT_RELEASED
    ok(acl.rt.set_device(0))
    ok(acl.rt.reset_device(0))


@row("runtime.md 3", "reset_device_force | second force")
def force_drains_the_count_once(acl):
    for _ in range(3):
        ok(acl.rt.set_device(1))
    ok(acl.rt.reset_device_force(1))
    assert acl.rt.reset_device_force(1) == RT_RELEASED
    restore_device(acl)


@row("runtime.md 3", "reset after force")
def plain_resets_have_to_come_first(acl):
    ok(acl.rt.set_device(1))
    ok(acl.rt.set_device(1))
    ok(acl.rt.reset_device_force(1))
    assert acl.rt.reset_device(1) == RT_RELEASED
    restore_device(acl)


def restore_device(acl):
    ok(acl.rt.set_device(0))
    ok(acl.rt.reset_device(0))


@row("runtime.md 3", "get_device_count")
def a_null_count(acl):
    assert library().aclrtGetDeviceCount(None) == INVALID_PARAM
    assert ok(acl.rt.get_device_count()) > 0


@row("runtime.md 3", "get_device_count", environment={"ASCEND_RT_VISIBLE_DEVICES": "none"})
def nothing_visible(acl):
    ok(acl.init())
    assert acl.rt.get_device_count()[1] == RT_NO_DEVICE


@row("runtime.md 3", "get_run_mode")
def no_context_is_needed(acl):
    assert in_new_thread(acl.rt.get_run_mode)[1] == 0
    assert ok(acl.rt.get_run_mode()) in (0, 1)


@row("runtime.md 3", "get_run_mode", environment={"POACL_SOC": "Ascend310B4"})
def device_mode_on_a_root_complex(acl):
    ok(acl.init())
    assert acl.rt.get_run_mode() == (0, 0)


@row("runtime.md 3", "set_ts_device")
def ids_of_task_schedulers(acl):
    ok(acl.rt.set_ts_device(0))
    for wrong in (2, -1):
        assert acl.rt.set_ts_device(wrong) == INVALID_PARAM


@row("runtime.md 3", "device_can_access_peer")
def a_device_and_itself(acl):
    assert code_of(acl.rt.device_can_access_peer(0, 0)) == INVALID_PARAM
    assert ok(acl.rt.device_can_access_peer(0, 1)) in (0, 1)


@row("runtime.md 3", "device_enable_peer_access")
def flags_itself_and_bad_ids(acl):
    assert acl.rt.device_enable_peer_access(1, 1) == FEATURE_UNSUPPORTED
    assert acl.rt.device_enable_peer_access(0, 0) == INVALID_PARAM
    for wrong in (-1, 99):
        assert acl.rt.device_enable_peer_access(wrong, 0) in (RT_DEVICE, RT_PARAM)
    ok(acl.rt.device_enable_peer_access(1, 0))
    ok(acl.rt.device_disable_peer_access(1))


class Utilization(ctypes.Structure):
    _fields_ = [
        ("cubeUtilization", ctypes.c_int32),
        ("vectorUtilization", ctypes.c_int32),
        ("aicpuUtilization", ctypes.c_int32),
        ("memoryUtilization", ctypes.c_int32),
        ("utilizationExtend", ctypes.c_void_p),
    ]


@row("runtime.md 3", "get_device_utilization_rate")
def the_extension_has_to_be_null(acl):
    info = Utilization(utilizationExtend=1)
    assert library().aclrtGetDeviceUtilizationRate(0, ctypes.byref(info)) == INVALID_PARAM
    rates = ok(acl.rt.get_device_utilization_rate(0))
    assert rates["memory_utilization"] == -1
    assert -1 <= rates["cube_utilization"] <= 100


@row("runtime.md 3", "device_set_limit")
def limits_are_numbered_from_0_to_4(acl):
    for wrong in (-1, 5):
        assert library().aclrtDeviceSetLimit(wrong, 1024) == INVALID_PARAM


@row("runtime.md 3", "query of primary-ctx state")
def the_flags_pointer_has_to_be_null(acl):
    flags, active = ctypes.c_uint32(), ctypes.c_int32()
    state = library().aclrtGetPrimaryCtxState
    assert state(0, ctypes.byref(flags), ctypes.byref(active)) == INVALID_PARAM
    assert state(0, None, ctypes.byref(active)) == 0
    assert active.value == 1
    assert acl.rt.get_primary_ctx_state(1)[0] == 0


@row("runtime.md 4", "create_context")
def bad_ids_and_a_null_pointer(acl):
    assert acl.rt.create_context(-1)[1] == RT_DEVICE
    assert acl.rt.create_context(99)[1] == RT_DEVICE
    assert library().aclrtCreateContext(None, 0) == INVALID_PARAM


@row("runtime.md 4", "destroy_context | 0")
def destroying_nothing(acl):
    assert acl.rt.destroy_context(0) == INVALID_PARAM


@row("runtime.md 4", "destroy_context | unknown")
def destroying_what_is_not_there(acl):
    context = ok(acl.rt.create_context(0))
    ok(acl.rt.destroy_context(context))
    assert acl.rt.destroy_context(context) == RT_CONTEXT
    assert acl.rt.destroy_context(0xDEAD0000BEEF) == RT_CONTEXT
    ok(acl.rt.set_device(0))
    ok(acl.rt.reset_device(0))


@row("runtime.md 4", "destroy_context | default context")
def the_default_context_belongs_to_the_device(acl):
    default = ok(acl.rt.get_context())
    assert acl.rt.destroy_context(default) == RT_CONTEXT


@row("runtime.md 4", "destroy_context | being destroyed elsewhere")
def two_threads_destroy_one_context(acl):
    for _ in range(20):
        context = ok(acl.rt.create_context(0))
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(acl.rt.destroy_context(context)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) in ([0, RT_CONTEXT], [0, RT_RELEASED])
    ok(acl.rt.set_device(0))
    ok(acl.rt.reset_device(0))


@row("runtime.md 4", "set_context | 0")
def setting_nothing(acl):
    assert acl.rt.set_context(0) == INVALID_PARAM


@row("runtime.md 4", "set_context | destroyed")
def setting_what_is_gone(acl):
    default = ok(acl.rt.get_context())
    context = ok(acl.rt.create_context(0))
    ok(acl.rt.destroy_context(context))
    assert acl.rt.set_context(context) in (RT_PARAM, RT_CONTEXT)
    ok(acl.rt.set_context(default))


@row("runtime.md 4", "get_context | none")
def a_new_thread_has_none(acl):
    assert in_new_thread(acl.rt.get_context)[1] == RT_CONTEXT


@row("runtime.md 4", "any device call")
def every_device_call_wants_a_context(acl):
    calls = (
        lambda: acl.rt.malloc(64, 0),
        lambda: acl.rt.create_stream(),
        lambda: acl.rt.synchronize_device(),
        lambda: acl.rt.get_mem_info(0),
        lambda: acl.rt.synchronize_stream(0),
        lambda: acl.rt.get_stream_available_num(),
    )
    for call in calls:
        assert code_of(in_new_thread(call)) == RT_CONTEXT
