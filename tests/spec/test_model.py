"""spec/model.md sections 5, 10 and settings of section 2: rules that stand in no table."""

import ctypes
import threading

import numpy as np
import pytest
from model_kit import (
    MODEL_ID,
    MODEL_PARAM,
    Dataset,
    check_plain,
    described,
    loaded,
    plain_expected,
    plain_input,
    plain_outputs,
    run_time_model,
)
from rows import INVALID_PARAM, RT_STREAM_TIMEOUT, library, ok
from test_spec_rows import device, initialized  # noqa: F401 (fixtures)

GRAPH_ENGINE = 500002
STREAM_TIMEOUT, EVENT_TIMEOUT = 0, 1


@pytest.fixture
def acl(device):  # noqa: F811
    device.get_recent_err_msg()
    return device


@pytest.fixture
def model(acl):
    with loaded(acl) as ident:
        yield ident


def test_null_datasets_and_unknown_models(acl, model):
    with Dataset(acl, plain_input()) as x, Dataset(acl, *plain_outputs()) as y:
        assert acl.mdl.execute(model, 0, y) == acl.mdl.execute(model, x, 0) == INVALID_PARAM
        assert acl.mdl.execute(model + 1000, x, y) == MODEL_ID
        assert acl.mdl.execute_async(model + 1000, x, y, 0) == MODEL_ID


def test_an_element_whose_buffer_is_gone(acl, model):
    x, memory = Dataset(acl, plain_input()), plain_input()
    with x as inputs, Dataset(acl, *plain_outputs()) as outputs:
        ok(acl.destroy_data_buffer(x.buffers.pop()))
        assert acl.mdl.execute(model, inputs, outputs) == INVALID_PARAM
    with Dataset(acl, (0, memory.nbytes)) as inputs, Dataset(acl, *plain_outputs()) as outputs:
        assert acl.mdl.execute(model, inputs, outputs) == INVALID_PARAM


def test_the_number_of_buffers(acl, model):
    x, y = plain_input(), plain_outputs()
    for inputs, outputs in (((), y), ((x, x), y), ((x,), y[:1]), ((x,), (*y, x))):
        with Dataset(acl, *inputs) as i, Dataset(acl, *outputs) as o:
            assert acl.mdl.execute(model, i, o) == MODEL_PARAM
            assert acl.mdl.execute_async(model, i, o, 0) == MODEL_PARAM


@pytest.mark.parametrize("missing", [0, 1, 64, 65, 100])
def test_a_buffer_may_be_64_bytes_too_small(acl, model, missing):
    x, (y, mean) = plain_input(), plain_outputs()
    wanted = plain_expected(x)
    code = 0 if missing <= 64 else MODEL_PARAM
    memory = (y.ctypes.data, y.nbytes - missing)
    with Dataset(acl, x) as i, Dataset(acl, memory, mean) as o:
        assert acl.mdl.execute(model, i, o) == code
    if code == 0:
        count = (y.nbytes - missing) // 4
        assert np.allclose(y.ravel()[:count], wanted[0].ravel()[:count], atol=1e-5)
    memory = (x.ctypes.data, x.nbytes - missing)
    with Dataset(acl, memory) as i, Dataset(acl, y, mean) as o:
        assert acl.mdl.execute(model, i, o) == code


def test_a_buffer_may_be_larger(acl, model):
    large = np.full(1000, 7, np.float32)
    x, mean = plain_input(), plain_outputs()[1]
    with Dataset(acl, x) as i, Dataset(acl, large, mean) as o:
        ok(acl.mdl.execute(model, i, o))
    wanted = plain_expected(x)[0].ravel()
    assert np.allclose(large[: wanted.size], wanted, atol=1e-5)
    assert (large[wanted.size :] == 7).all()


def run_into_empty_outputs(acl, execute):
    x, wanted = plain_input(), plain_expected(plain_input())
    with Dataset(acl, x) as inputs, Dataset(acl, (0, 0), (0, 0)) as outputs:
        ok(execute(inputs, outputs))
        for index, result in enumerate(wanted):
            buffer = acl.mdl.get_dataset_buffer(outputs, index)
            address = acl.get_data_buffer_addr(buffer)
            assert acl.get_data_buffer_size_v2(buffer) == result.nbytes and address != 0
            made = np.frombuffer(acl.util.ptr_to_bytes(address, result.nbytes), np.float32)
            assert np.allclose(made, result.ravel(), atol=1e-5)
            ok(acl.rt.free(address))
            ok(acl.update_data_buffer(buffer, 0, 0))


def test_empty_outputs_get_device_memory(acl, model):
    run_into_empty_outputs(acl, lambda i, o: acl.mdl.execute(model, i, o))
    handle = acl.mdl.create_exec_config_handle()
    run_into_empty_outputs(acl, lambda i, o: acl.mdl.execute_v2(model, i, o, 0, handle))
    ok(acl.mdl.destroy_exec_config_handle(handle))


def test_empty_outputs_are_not_for_asynchronous_execution(acl, model):
    with Dataset(acl, plain_input()) as inputs, Dataset(acl, (0, 0), (0, 0)) as outputs:
        assert acl.mdl.execute_async(model, inputs, outputs, 0) != 0


def test_empty_outputs_of_shapes_known_at_run_time_only(acl):
    x, shape = np.arange(24, dtype=np.float32), np.array([3, 8], np.int64)
    handle = acl.mdl.create_exec_config_handle()
    with loaded(acl, run_time_model()) as model:
        for execute in (
            lambda i, o: acl.mdl.execute(model, i, o),
            lambda i, o: acl.mdl.execute_v2(model, i, o, 0, handle),
        ):
            with Dataset(acl, x, shape) as inputs, Dataset(acl, (0, 0)) as outputs:
                ok(execute(inputs, outputs))
                buffer = acl.mdl.get_dataset_buffer(outputs, 0)
                address = acl.get_data_buffer_addr(buffer)
                assert acl.util.ptr_to_bytes(address, x.nbytes) == x.tobytes()
                desc = acl.mdl.get_dataset_tensor_desc(outputs, 0)
                assert [ok(acl.get_tensor_desc_dim_v2(desc, i)) for i in range(2)] == [3, 8]
                ok(acl.rt.free(address))
    ok(acl.mdl.destroy_exec_config_handle(handle))


def test_a_shape_that_is_not_the_models(acl):
    x, shape = np.arange(24, dtype=np.float32), np.array([5, 8], np.int64)
    with loaded(acl, run_time_model()) as model:
        with Dataset(acl, x, shape) as inputs, Dataset(acl, (0, 0)) as outputs:
            assert acl.mdl.execute(model, inputs, outputs) != 0
        with Dataset(acl, x) as inputs, Dataset(acl, (0, 0)) as outputs:
            assert acl.mdl.execute(model, inputs, outputs) in (INVALID_PARAM, MODEL_PARAM)


def test_outputs_are_described_when_a_description_is_set(acl, model):
    desc = acl.create_tensor_desc(0, [1, 3, 4, 4], 0)
    with Dataset(acl, plain_input()) as inputs, Dataset(acl, *plain_outputs()) as outputs:
        ok(acl.mdl.execute(model, inputs, outputs))
        assert acl.mdl.get_dataset_tensor_desc(outputs, 1) == 0
        ok(acl.mdl.set_dataset_tensor_desc(inputs, desc, 0)[1])
        ok(acl.mdl.execute(model, inputs, outputs))
        made = acl.mdl.get_dataset_tensor_desc(outputs, 1)
        assert acl.get_tensor_desc_type(made) == 0
        assert [ok(acl.get_tensor_desc_dim_v2(made, i)) for i in range(2)] == [1, 3]
    acl.destroy_tensor_desc(desc)


def test_one_model_on_several_streams_at_once(acl, model):
    streams = [ok(acl.rt.create_stream()) for _ in range(4)]
    runs = []
    for number in range(40):
        x, outputs = plain_input(number), plain_outputs()
        runs.append((x, outputs, Dataset(acl, x), Dataset(acl, *outputs)))
    for number, (_, _, inputs, outputs) in enumerate(runs):
        ok(acl.mdl.execute_async(model, inputs.handle, outputs.handle, streams[number % 4]))
    for stream in streams:
        ok(acl.rt.synchronize_stream(stream))
        ok(acl.rt.destroy_stream(stream))
    for x, outputs, *datasets in runs:
        for made, wanted in zip(outputs, plain_expected(x), strict=True):
            assert np.allclose(made, wanted, atol=1e-5)
        for dataset in datasets:
            dataset.__exit__()


def test_one_model_in_several_threads_at_once(acl, model):
    failures = []
    context = ok(acl.rt.get_context())

    def run(seed):
        try:
            ok(acl.rt.set_context(context))
            for number in range(25):
                check_plain(acl, model, seed * 100 + number)
        except BaseException as error:  # noqa: BLE001 (told by the main thread)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_execution_settings(acl, model):
    mdl = acl.mdl
    handle = mdl.create_exec_config_handle()
    for attr in (STREAM_TIMEOUT, EVENT_TIMEOUT):
        for timeout in (-1, 0, 1000):
            ok(mdl.set_exec_config_opt(handle, attr, timeout))
        assert mdl.set_exec_config_opt(handle, attr, -2) == INVALID_PARAM
    for attr in (-1, *range(2, 10)):
        assert mdl.set_exec_config_opt(handle, attr, 1) == INVALID_PARAM
    assert mdl.set_exec_config_opt(0, STREAM_TIMEOUT, 1) == INVALID_PARAM
    ok(mdl.set_exec_config_opt(handle, STREAM_TIMEOUT, -1))
    x, (y, mean) = plain_input(), plain_outputs()
    stream = ok(acl.rt.create_stream())
    with Dataset(acl, x) as inputs, Dataset(acl, y, mean) as outputs:
        for target in (0, stream):
            y[:] = 0
            ok(mdl.execute_v2(model, inputs, outputs, target, handle))
            assert np.allclose(y, plain_expected(x)[0], atol=1e-5)
        assert mdl.execute_v2(model, inputs, outputs, stream, 0) == INVALID_PARAM
    ok(acl.rt.destroy_stream(stream))
    ok(mdl.destroy_exec_config_handle(handle))
    assert mdl.destroy_exec_config_handle(handle) == INVALID_PARAM


def test_an_execution_that_takes_too_long(acl, model):
    mdl = acl.mdl
    handle, stream = mdl.create_exec_config_handle(), ok(acl.rt.create_stream())
    ok(mdl.set_exec_config_opt(handle, STREAM_TIMEOUT, 20))
    gate = threading.Event()
    hold = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: gate.wait(60) and None)
    with Dataset(acl, plain_input()) as inputs, Dataset(acl, *plain_outputs()) as outputs:
        assert library().aclrtLaunchHostFunc(ctypes.c_void_p(stream), hold, None) == 0
        assert mdl.execute_v2(model, inputs, outputs, stream, handle) == RT_STREAM_TIMEOUT
        gate.set()
        ok(acl.rt.synchronize_stream(stream))
    ok(acl.rt.destroy_stream(stream))
    ok(mdl.destroy_exec_config_handle(handle))


def test_asynchronous_execution_with_settings_needs_a_stream(acl, model):
    run = library().aclmdlExecuteAsyncV2
    run.argtypes = [ctypes.c_uint32] + [ctypes.c_void_p] * 4
    handle, stream = acl.mdl.create_exec_config_handle(), ok(acl.rt.create_stream())
    x, (y, mean) = plain_input(), plain_outputs()
    with Dataset(acl, x) as inputs, Dataset(acl, y, mean) as outputs:
        assert run(model, inputs, outputs, None, handle) == INVALID_PARAM
        assert run(model, inputs, outputs, stream, None) == INVALID_PARAM
        assert run(model, inputs, outputs, stream, handle) == 0
        ok(acl.rt.synchronize_stream(stream))
    assert np.allclose(y, plain_expected(x)[0], atol=1e-5)
    ok(acl.rt.destroy_stream(stream))
    ok(acl.mdl.destroy_exec_config_handle(handle))


def test_the_priority_of_a_loaded_model(acl, model):
    get, set_ = library().aclmdlGetAttribute, library().aclmdlSetAttribute
    value = (ctypes.c_uint32 * 8)()
    assert get(model, 0, value) == 0 and value[0] == 0
    value[0] = 5
    assert set_(model, 0, value) == 0
    value[0] = 0
    assert get(model, 0, value) == 0 and value[0] == 5
    value[0] = 8
    assert set_(model, 0, value) == INVALID_PARAM
    assert get(model, 1, value) == get(model, 0, None) == INVALID_PARAM
    assert get(model + 1000, 0, value) == MODEL_ID


def queue_and_find(acl, model, name_len=256):
    stream = ok(acl.rt.create_stream())
    arrays = plain_input(), *plain_outputs()
    task, ident = ctypes.c_uint32(), ctypes.c_int32()
    with Dataset(acl, arrays[0]) as x, Dataset(acl, *arrays[1:]) as y:
        ok(acl.mdl.execute_async(model, x, y, stream))
        assert library().aclrtGetThreadLastTaskId(ctypes.byref(task)) == 0
        handle = ctypes.c_void_p(stream)
        assert library().aclrtStreamGetId(handle, ctypes.byref(ident)) == 0
        ok(acl.rt.synchronize_stream(stream))
    ok(acl.rt.destroy_stream(stream))
    found = acl.mdl.create_and_get_op_desc(0, ident.value, task.value, name_len)
    return found, arrays, (ident.value, task.value)


def test_the_operator_of_a_task(acl):
    with described(acl) as (model, _):
        (name, inputs, n_in, outputs, n_out, code), arrays, ids = queue_and_find(acl, model)
        ok(code)
        assert name and n_in >= 1 and n_out >= 1
        first = acl.get_tensor_desc_by_index(outputs, 0)
        assert acl.get_tensor_desc_address(first) in {a.ctypes.data for a in arrays[1:]}
        assert acl.get_tensor_desc_element_count(first) in (3, 48)
        assert acl.get_tensor_desc_type(first) == 0
        for index in range(n_in):
            assert acl.get_tensor_desc_by_index(inputs, index) != 0
        assert acl.get_tensor_desc_by_index(inputs, n_in) == 0
        acl.destroy_tensor_desc(inputs)
        acl.destroy_tensor_desc(outputs)
        assert acl.get_tensor_desc_by_index(outputs, 0) == 0
        assert queue_and_find(acl, model, len(name))[0][5] == INVALID_PARAM
        assert queue_and_find(acl, model, 4097)[0][5] == INVALID_PARAM
        for wrong in ((1, *ids), (0, ids[0] + 1000, ids[1]), (0, ids[0], ids[1] + 1000)):
            assert acl.mdl.create_and_get_op_desc(*wrong, 256)[5] == GRAPH_ENGINE
    assert acl.mdl.create_and_get_op_desc(0, *ids, 256)[5] == GRAPH_ENGINE
