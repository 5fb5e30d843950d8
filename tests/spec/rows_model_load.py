"""spec/model.md sections 1 and 2: loading, and the settings of it."""

import ctypes

from model_kit import (
    BUNDLE_ID,
    GRAPH_ENGINE,
    MODEL_DATA,
    MODEL_ID,
    MODEL_PARAM,
    MODEL_PATH,
    MODEL_QUEUE,
    bundle,
    check_plain,
    device_memory,
    folder,
    loaded,
    plain_model,
    run_time_model,
)
from rows import INVALID_PARAM, RT_CONTEXT, code_of, library, ok, row

PRIORITY, LOAD_TYPE, PATH, MEM_ADDR, MEM_SIZE = 0, 1, 2, 3, 4
WEIGHT_ADDR, WEIGHT_SIZE, WORK_ADDR, WORK_SIZE = 5, 6, 7, 8
INPUTQ_NUM, INPUTQ_ADDR, OUTPUTQ_NUM, OUTPUTQ_ADDR = 9, 10, 11, 12
WORKSPACE_MEM_OPTIMIZE, WEIGHT_PATH, WITHOUT_GRAPH = 13, 14, 28
FILE, FILE_MEM, MEM, MEM_MEM, FILE_Q, MEM_Q = 1, 2, 3, 4, 5, 6


def model_bytes():
    data = plain_model().read_bytes()
    return ctypes.create_string_buffer(data, len(data)), len(data)


def file_of(name, data):
    path = folder() / name
    path.write_bytes(data)
    return str(path)


def check_and_unload(acl, result):
    model = ok(result)
    check_plain(acl, model)
    ok(acl.mdl.unload(model))


@row("model.md 1", "load_from_file(path)")
def a_file(acl):
    om = plain_model().read_bytes()
    check_and_unload(acl, acl.mdl.load_from_file(str(plain_model())))
    ident = ctypes.c_uint32()
    assert library().aclmdlLoadFromFile(None, ctypes.byref(ident)) == INVALID_PARAM
    assert library().aclmdlLoadFromFile(str(plain_model()).encode(), None) == INVALID_PARAM
    load = acl.mdl.load_from_file
    assert code_of(load("/no/such/file.om")) == MODEL_PATH
    assert code_of(load(str(folder()))) == MODEL_PATH
    assert code_of(load(file_of("empty.om", b""))) == MODEL_PATH
    assert code_of(load(file_of("short.om", om[:100]))) == MODEL_DATA
    assert code_of(load(file_of("cut.om", om[:-1]))) == MODEL_DATA
    assert code_of(load(file_of("magic.om", b"XXXX" + om[4:]))) == MODEL_DATA
    table = om[:256] + (200).to_bytes(4, "little") + om[260:]
    assert code_of(load(file_of("table.om", table))) == MODEL_PARAM


@row("model.md 1", "load_from_file(path)", bare=True)
def loading_needs_a_context(acl):
    ok(acl.init())
    assert code_of(acl.mdl.load_from_file(str(plain_model()))) == RT_CONTEXT


@row("model.md 1", "load_from_mem(ptr, size)")
def a_block_of_memory(acl):
    data, size = model_bytes()
    model = ok(acl.mdl.load_from_mem(ctypes.addressof(data), size))
    ctypes.memset(data, 0, size)  # the model has its own copy
    check_plain(acl, model)
    ok(acl.mdl.unload(model))
    assert code_of(acl.mdl.load_from_mem(0, size)) == INVALID_PARAM
    assert code_of(acl.mdl.load_from_mem(ctypes.addressof(data), 0)) == INVALID_PARAM
    data, size = model_bytes()
    assert code_of(acl.mdl.load_from_mem(ctypes.addressof(data), 100)) in (
        MODEL_DATA,
        INVALID_PARAM,
    )


@row("model.md 1", "load_from_file_with_mem", "load_from_mem_with_mem")
def memory_of_the_caller(acl):
    work, weight = ok(acl.mdl.query_size(str(plain_model())))
    data, size = model_bytes()
    assert ok(acl.mdl.query_size_from_mem(ctypes.addressof(data), size)) == (work, weight)
    assert work > 0 and weight > 0
    path, memory = str(plain_model()), ctypes.addressof(data)
    with device_memory(acl, work) as w, device_memory(acl, weight) as c:
        check_and_unload(acl, acl.mdl.load_from_file_with_mem(path, w, work, c, weight))
        check_and_unload(acl, acl.mdl.load_from_mem_with_mem(memory, size, w, work, c, weight))
        # A null pointer: that part is the system's.
        check_and_unload(acl, acl.mdl.load_from_file_with_mem(path, 0, 0, c, weight))
        check_and_unload(acl, acl.mdl.load_from_mem_with_mem(memory, size, w, work, 0, 0))
        for small in ((w, work - 1, c, weight), (w, work, c, weight - 1)):
            assert code_of(acl.mdl.load_from_file_with_mem(path, *small)) == MODEL_PARAM
            assert code_of(acl.mdl.load_from_mem_with_mem(memory, size, *small)) == MODEL_PARAM


@row("model.md 1", "load_from_file_with_mem")
def the_weights_really_lie_in_memory_of_the_caller(acl):
    work, weight = ok(acl.mdl.query_size(str(plain_model())))
    path = str(plain_model())
    with device_memory(acl, weight) as block:
        first = ok(acl.mdl.load_from_file_with_mem(path, 0, 0, block, weight))
        second = ok(acl.mdl.load_from_file_with_mem(path, 0, 0, block, weight))
        check_plain(acl, first)
        check_plain(acl, second)
        saved = ctypes.string_at(block, weight)
        ctypes.memset(block, 0, weight)
        for model in (first, second):
            try:
                check_plain(acl, model)
            except AssertionError:
                continue
            raise AssertionError("the model does not use the block")
        ctypes.memmove(block, saved, weight)
        check_plain(acl, first)
        ok(acl.mdl.unload(first))
        check_plain(acl, second)
        ok(acl.mdl.unload(second))


@row("model.md 1", "load_from_file_with_q")
def queues(acl):
    data, size = model_bytes()
    ids = (ctypes.c_uint32 * 1)(3)
    queue, path = ctypes.addressof(ids), str(plain_model())
    for lists in ((0, 1, queue, 1), (queue, 0, queue, 1), (queue, 1, 0, 1), (queue, 1, queue, 0)):
        assert code_of(acl.mdl.load_from_file_with_q(path, *lists)) == INVALID_PARAM
        memory = acl.mdl.load_from_mem_with_q(ctypes.addressof(data), size, *lists)
        assert code_of(memory) == INVALID_PARAM
    assert code_of(acl.mdl.load_from_file_with_q(path, queue, 1, queue, 1)) == MODEL_QUEUE
    assert "none of the 2 queues" in acl.get_recent_err_msg()


@row("model.md 1", "bundle_*")
def bundles(acl):
    data = bundle().read_bytes()
    memory = ctypes.create_string_buffer(data, len(data))
    for result in (
        acl.mdl.bundle_load_from_file(str(bundle())),
        acl.mdl.bundle_load_from_mem(ctypes.addressof(memory), len(data)),
    ):
        ident = ok(result)
        assert ok(acl.mdl.bundle_get_model_num(ident)) == 2
        models = [ok(acl.mdl.bundle_get_model_id(ident, index)) for index in range(2)]
        for model in models:
            check_plain(acl, model)
            assert acl.mdl.unload(model) == INVALID_PARAM
        assert code_of(acl.mdl.bundle_get_model_id(ident, 2)) == INVALID_PARAM
        ok(acl.mdl.bundle_unload(ident))
        assert acl.mdl.unload(models[0]) == MODEL_ID
        assert acl.mdl.bundle_unload(ident) == BUNDLE_ID
        assert code_of(acl.mdl.bundle_get_model_num(ident)) == BUNDLE_ID
        assert code_of(acl.mdl.bundle_get_model_id(ident, 0)) == BUNDLE_ID
    assert code_of(acl.mdl.bundle_load_from_file(str(plain_model()))) == INVALID_PARAM


class Config:
    def __init__(self, acl, *options):
        self.acl, self.handle = acl, acl.mdl.create_config_handle()
        self.set(*options)

    def set(self, *options):
        for attr, value in options:
            ok(self.acl.mdl.set_config_opt(self.handle, attr, value))

    def code(self, attr, value):
        return self.acl.mdl.set_config_opt(self.handle, attr, value)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        ok(self.acl.mdl.destroy_config_handle(self.handle))

    def load(self):
        return self.acl.mdl.load_with_config(self.handle)


def with_settings(acl, *options):
    """A model loaded by settings, run and unloaded."""
    with Config(acl, *options) as config:
        check_and_unload(acl, config.load())


@row("model.md 1", "load_with_config(handle)")
def settings(acl):
    with_settings(acl, (LOAD_TYPE, FILE), (PATH, str(plain_model())))
    assert code_of(acl.mdl.load_with_config(0)) == INVALID_PARAM
    assert acl.mdl.set_config_opt(0, LOAD_TYPE, FILE) == INVALID_PARAM
    assert acl.mdl.destroy_config_handle(0) == INVALID_PARAM
    with Config(acl) as config:
        assert code_of(config.load()) == INVALID_PARAM
        for kind in (FILE, FILE_MEM, MEM, MEM_MEM, FILE_Q, MEM_Q):
            config.set((LOAD_TYPE, kind))
            assert code_of(config.load()) == INVALID_PARAM


def refuses_other_sizes(config, attr, size):
    value = ctypes.create_string_buffer(64)
    for wrong in {1, 4, 8, 16} - {size}:
        code = library().aclmdlSetConfigOpt(
            ctypes.c_void_p(config.handle), attr, value, ctypes.c_size_t(wrong)
        )
        assert code == INVALID_PARAM
    null = library().aclmdlSetConfigOpt(
        ctypes.c_void_p(config.handle), attr, None, ctypes.c_size_t(size)
    )
    assert null == INVALID_PARAM


@row("model.md 2", "PRIORITY")
def priorities(acl):
    for priority in (0, 7):
        options = (PRIORITY, priority), (LOAD_TYPE, FILE), (PATH, str(plain_model()))
        with_settings(acl, *options)
    with Config(acl) as config:
        assert config.code(PRIORITY, -1) == config.code(PRIORITY, 8) == INVALID_PARAM
        refuses_other_sizes(config, PRIORITY, 4)


@row("model.md 2", "LOAD_TYPE")
def load_types(acl):
    with Config(acl) as config:
        for kind in range(1, 7):
            config.set((LOAD_TYPE, kind))
        assert config.code(LOAD_TYPE, 0) == config.code(LOAD_TYPE, 7) == INVALID_PARAM
        refuses_other_sizes(config, LOAD_TYPE, 8)


@row("model.md 2", "PATH |")
def paths_are_copied(acl):
    with Config(acl, (LOAD_TYPE, FILE)) as config:
        text = ctypes.create_string_buffer(str(plain_model()).encode())
        pointer = ctypes.c_void_p(ctypes.addressof(text))
        handle = ctypes.c_void_p(config.handle)
        size = ctypes.c_size_t(8)
        assert library().aclmdlSetConfigOpt(handle, PATH, ctypes.byref(pointer), size) == 0
        ctypes.memset(text, 0, len(text))
        check_and_unload(acl, config.load())
        null = ctypes.c_void_p()
        code = library().aclmdlSetConfigOpt(handle, PATH, ctypes.byref(null), size)
        assert code == INVALID_PARAM


@row("model.md 2", "MEM_ADDR / MEM_SIZE")
def models_in_memory(acl):
    data, size = model_bytes()
    address = ctypes.addressof(data)
    with_settings(acl, (LOAD_TYPE, MEM), (MEM_ADDR, address), (MEM_SIZE, size))
    with Config(acl, (LOAD_TYPE, MEM), (MEM_ADDR, address)) as config:
        assert config.code(MEM_ADDR, 0) == INVALID_PARAM
        assert code_of(config.load()) == INVALID_PARAM


@row("model.md 2", "WEIGHT_ADDR / SIZE", "WORKSPACE_ADDR / SIZE")
def memory_by_settings(acl):
    work, weight = ok(acl.mdl.query_size(str(plain_model())))
    where = (LOAD_TYPE, FILE_MEM), (PATH, str(plain_model()))
    with device_memory(acl, work) as w, device_memory(acl, weight) as c:
        mine = (WORK_ADDR, w), (WORK_SIZE, work), (WEIGHT_ADDR, c), (WEIGHT_SIZE, weight)
        with_settings(acl, *where, *mine)
        with_settings(acl, *where, (WORK_ADDR, 0), (WEIGHT_ADDR, 0))
        for small in ((WORK_SIZE, work - 1), (WEIGHT_SIZE, weight - 1)):
            with Config(acl, *where, *mine, small) as config:
                assert code_of(config.load()) == MODEL_PARAM


@row("model.md 2", "INPUTQ_NUM/ADDR, OUTPUTQ_NUM/ADDR")
def queues_by_settings(acl):
    ids = (ctypes.c_uint32 * 1)(3)
    queue = ctypes.addressof(ids)
    every = [(INPUTQ_NUM, 1), (INPUTQ_ADDR, queue), (OUTPUTQ_NUM, 1), (OUTPUTQ_ADDR, queue)]
    where = (LOAD_TYPE, FILE_Q), (PATH, str(plain_model()))
    with Config(acl, *where, *every) as config:
        assert code_of(config.load()) == MODEL_QUEUE
    for left_out in range(4):
        given = every[:left_out] + every[left_out + 1 :]
        with Config(acl, *where, *given) as config:
            assert code_of(config.load()) == INVALID_PARAM


@row("model.md 2", "WORKSPACE_MEM_OPTIMIZE")
def inputs_and_outputs_outside_the_work_memory(acl):
    for value in (0, 1):
        options = (WORKSPACE_MEM_OPTIMIZE, value), (LOAD_TYPE, FILE), (PATH, str(plain_model()))
        with_settings(acl, *options)
    with Config(acl) as config:
        assert config.code(WORKSPACE_MEM_OPTIMIZE, 2) == INVALID_PARAM


@row("model.md 2", "WEIGHT_PATH")
def a_path_of_weights_is_for_models_in_memory(acl):
    data, size = model_bytes()
    with_settings(
        acl, (LOAD_TYPE, MEM), (MEM_ADDR, ctypes.addressof(data)), (MEM_SIZE, size),
        (WEIGHT_PATH, str(folder())),
    )  # fmt: skip
    both = (LOAD_TYPE, FILE), (PATH, str(plain_model())), (WEIGHT_PATH, str(folder()))
    with Config(acl, *both) as config:
        assert code_of(config.load()) == INVALID_PARAM


@row("model.md 2", "15–27")
def settings_of_other_products(acl):
    with Config(acl) as config:
        for attr in (*range(15, 28), 29, 1000, -1):
            assert config.code(attr, 1) == INVALID_PARAM


@row("model.md 2", "WITHOUT_GRAPH")
def models_without_their_graph(acl):
    where = (LOAD_TYPE, FILE), (PATH, str(plain_model()))
    for value, code in ((0, 0), (1, GRAPH_ENGINE)):
        with Config(acl, *where, (WITHOUT_GRAPH, value)) as config:
            model = ok(config.load())
            assert code_of(look_up_after_running(acl, model)) == code
            ok(acl.mdl.unload(model))
    with Config(acl) as config:
        assert config.code(WITHOUT_GRAPH, 2) == INVALID_PARAM
    path = (LOAD_TYPE, FILE), (PATH, str(run_time_model())), (WITHOUT_GRAPH, 1)
    with Config(acl, *path) as config:
        assert code_of(config.load()) != 0


def look_up_after_running(acl, model):
    from model_kit import Dataset, plain_input, plain_outputs

    stream = ok(acl.rt.create_stream())
    with Dataset(acl, plain_input()) as x, Dataset(acl, *plain_outputs()) as y:
        ok(acl.mdl.execute_async(model, x, y, stream))
        task, ident = ctypes.c_uint32(), ctypes.c_int32()
        assert library().aclrtGetThreadLastTaskId(ctypes.byref(task)) == 0
        handle = ctypes.c_void_p(stream)
        assert library().aclrtStreamGetId(handle, ctypes.byref(ident)) == 0
        ok(acl.rt.synchronize_stream(stream))
    result = acl.mdl.create_and_get_op_desc(0, ident.value, task.value, 256)
    ok(acl.rt.destroy_stream(stream))
    for desc in (result[1], result[3]):
        acl.destroy_tensor_desc(desc)
    return result


@row("model.md 1", "load_from_file(path)")
def ids_count_up_and_are_not_used_again(acl):
    with loaded(acl) as first:
        pass
    with loaded(acl) as second:
        assert second > first > 0
    assert acl.mdl.unload(first) == acl.mdl.unload(0) == MODEL_ID
