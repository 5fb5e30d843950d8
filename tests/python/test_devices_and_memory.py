"""acl.rt's device queries, configurations, sharing and virtual memory through Python."""

import os

import pytest
from conftest import acl


def test_device_queries(device):
    load, ret = acl.rt.get_device_utilization_rate(0)
    assert ret == 0
    assert set(load) == {"cube_utilization", "vector_utilization", "aicpu_utilization",
                         "memory_utilization", "utilization_extend"}
    assert load["memory_utilization"] == -1
    assert acl.rt.query_device_status(0) == (0, 0)
    assert acl.rt.set_ts_device(2) == 100000
    assert acl.rt.device_can_access_peer(0, 1) == (1, 0)
    assert acl.rt.device_enable_peer_access(1, 1) == 200006
    assert acl.rt.device_get_bare_tgid() == (os.getpid(), 0)
    uuid, ret = acl.rt.device_get_uuid(0)
    assert ret == 0 and len(uuid["bytes"]) == 16
    assert acl.rt.device_get_stream_priority_range() == (7, 0, 0)
    assert acl.rt.get_user_dev_id_by_logic_dev_id(1) == (1, 0)
    assert acl.rt.get_phy_dev_id_by_logic_dev_id(1) == (1, 0)
    assert acl.rt.get_device_res_limit(0, 0) == (8, 0)
    assert acl.rt.get_res_in_current_thread(0) == (8, 0)


def test_product_information(device):
    attributes, count, ret = acl.get_cann_attribute_list()
    assert ret == 0 and len(attributes) == count
    assert acl.get_cann_attribute(-1)[1] == 100000
    assert acl.get_device_capability(0, 0) == (8, 0)
    version, ret = acl.get_cann_version(0)
    assert ret == 0 and acl.get_version_str("runtime") == (version["version"], 0)
    assert acl.get_cann_version(7)[1] != 0


def test_groups_of_a_chip_without_groups(device):
    assert acl.rt.get_group_count(0) == (0, 0)
    assert acl.rt.create_group_info() == 0
    with pytest.raises(RuntimeError):
        acl.rt.get_group_info_detail(0, 0, 0)


def test_allocation_with_a_configuration(device):
    memory, ret = acl.rt.malloc_with_cfg(64, 0, {})
    assert ret == 0 and acl.rt.free(memory) == 0
    config = {"attrs": [{"attr": 2, "value": {"deviceId": 1}}], "numAttrs": 1}
    memory, ret = acl.rt.malloc_with_cfg(64, 0, config)
    assert ret == 0
    where, ret = acl.rt.pointer_get_attributes(memory)
    assert ret == 0 and where["location"] == {"id": 1, "type": 1}
    assert acl.rt.free(memory) == 0
    assert acl.rt.malloc_host_with_cfg(64, {"attrs": [{"attr": 77}]})[1] == 100000
    with pytest.raises(TypeError):
        acl.rt.malloc_with_cfg(64, 0, [])


def test_virtual_memory(device):
    prop = {"handleType": 0, "allocationType": 0, "memAttr": 4,
            "location": {"id": 0, "type": 1}, "reserve": 0}
    granularity, ret = acl.rt.mem_get_allocation_granularity(prop, 0)
    assert ret == 0
    memory, ret = acl.rt.malloc_physical(granularity, prop, 0)
    assert ret == 0
    address, ret = acl.rt.reserve_mem_address(granularity, 0, 0, 0)
    assert ret == 0
    assert acl.rt.memset(address, 8, 0, 8) == 107000
    assert acl.rt.map_mem(address, granularity, 0, memory, 0) == 0
    assert acl.rt.memset(address, 8, 65, 8) == 0
    assert acl.util.ptr_to_bytes(address, 8) == b"A" * 8
    shareable, ret = acl.rt.mem_export_to_shareable_handle(memory, 0, 0)
    assert ret == 0
    assert acl.rt.mem_set_pid_to_shareable_handle(shareable, [os.getpid()]) == 0
    assert acl.rt.mem_set_pid_to_shareable_handle(shareable, [-1]) == 107000
    assert acl.rt.mem_import_from_shareable_handle(shareable, 0)[1] == 107000
    assert acl.rt.unmap_mem(address) == 0
    assert acl.rt.free_physical(memory) == 0
    assert acl.rt.release_mem_address(address) == 0


def test_reductions_and_cache_hints(device):
    target, _ = acl.rt.malloc(64, 0)
    source, _ = acl.rt.malloc(64, 0)
    assert acl.rt.memset(target, 64, 3, 64) == acl.rt.memset(source, 64, 250, 64) == 0
    for kind, value in ((10, 253), (11, 253), (12, 250)):  # sum, maximum, minimum of int8
        assert acl.rt.reduce_async(target, source, 64, kind, 2, 0, 0) == 0
        assert acl.rt.synchronize_stream(0) == 0
        assert acl.util.ptr_to_bytes(target, 64) == bytes([value]) * 64
    assert acl.rt.reduce_async(target, source, 64, 9, 2, 0, 0) == 100000
    assert acl.rt.cmo_async(target, 64, 0, 0) == 0
    assert acl.rt.cmo_async(target, 1 << 40, 0, 0) == 107000
    assert acl.rt.synchronize_stream(0) == 0
    assert acl.rt.free(target) == acl.rt.free(source) == 0


def test_keys_and_memory_errors(device):
    memory, _ = acl.rt.malloc(1 << 20, 0)
    key, ret = acl.rt.ipc_mem_get_export_key(memory, 1 << 20, 65, 0)
    assert ret == 0 and 0 < len(key) < 65
    assert acl.rt.ipc_mem_set_import_pid(key, [1]) == 0
    assert acl.rt.ipc_mem_import_by_key(key, 0)[1] == 107000
    assert acl.rt.ipc_mem_close(key) == 0
    assert acl.rt.get_mem_uce_info(0, 20) == ([], 0)
    assert acl.rt.mem_uce_repair(0, [{"addr": memory, "len": 64}]) == 107000
    assert acl.rt.free(memory) == 0


def test_allocators(device):
    desc = acl.rt.allocator_create_desc()
    stream, _ = acl.rt.create_stream()
    assert acl.rt.allocator_register(stream, desc) == 100000
    assert acl.rt.allocator_set_obj_to_desc(desc, 1) == 0
    assert acl.rt.allocator_set_alloc_func_to_desc(desc, lambda allocator, size: None) == 0
    assert acl.rt.allocator_set_free_func_to_desc(desc, lambda allocator, block: None) == 0
    assert acl.rt.allocator_set_get_addr_from_block_func_to_desc(desc, lambda block: None) == 0
    assert acl.rt.allocator_register(stream, desc) == 0
    assert acl.rt.allocator_unregister(stream) == 0
    assert acl.rt.allocator_unregister(stream) == 100000
    assert acl.rt.allocator_destroy_desc(desc) == 0
    assert acl.rt.allocator_destroy_desc(desc) == 100000
    assert acl.rt.destroy_stream(stream) == 0
    with pytest.raises(TypeError):
        acl.rt.allocator_set_alloc_func_to_desc(desc, 5)
