"""spec/model.md sections 3 and 4: descriptions, data buffers, datasets."""

import ctypes

from model_kit import Dataset, MODEL_ID, described, plain_model, run_time_model
from rows import API_UNSUPPORTED, INVALID_PARAM, code_of, ok, row

FLOAT, NCHW, ND, UNDEFINED = 0, 0, 2, -1
DATA, MAPS, MEAN = [1, 3, 4, 4], [1, 3, 4, 4], [1, 3]
MEAN_BYTES, MAP_BYTES = 3 * 4, 48 * 4


@row("model.md 3", "get_num_inputs/outputs", "get_input/output_size_by_index")
def counts_and_sizes(acl):
    mdl = acl.mdl
    with described(acl) as (_, desc):
        assert (mdl.get_num_inputs(desc), mdl.get_num_outputs(desc)) == (1, 2)
        assert mdl.get_input_size_by_index(desc, 0) == MAP_BYTES
        assert [mdl.get_output_size_by_index(desc, i) for i in range(3)] == [
            MAP_BYTES, MEAN_BYTES, 0,
        ]  # fmt: skip
        assert mdl.get_input_size_by_index(desc, 1) == 0
    assert mdl.get_num_inputs(0) == mdl.get_num_outputs(0) == 0
    assert mdl.get_input_size_by_index(0, 0) == mdl.get_output_size_by_index(0, 0) == 0


@row("model.md 3", "get_input/output_name_by_index")
def names(acl):
    mdl = acl.mdl
    with described(acl) as (_, desc):
        assert mdl.get_input_name_by_index(desc, 0) == "data"
        assert mdl.get_output_name_by_index(desc, 0)
        assert mdl.get_output_name_by_index(desc, 0) != mdl.get_output_name_by_index(desc, 1)
        assert not mdl.get_input_name_by_index(desc, 1)
        assert not mdl.get_output_name_by_index(desc, 2)
    assert not mdl.get_input_name_by_index(0, 0)
    assert not mdl.get_output_name_by_index(0, 0)


@row("model.md 3", "get_input/output_format", "get_input/output_data_type")
def formats_and_types(acl):
    mdl = acl.mdl
    with described(acl) as (_, desc):
        assert mdl.get_input_format(desc, 0) == NCHW
        assert mdl.get_output_format(desc, 1) == ND
        assert mdl.get_input_data_type(desc, 0) == mdl.get_output_data_type(desc, 1) == FLOAT
        for ask in (mdl.get_input_format, mdl.get_input_data_type):
            assert ask(desc, 1) == ask(0, 0) == UNDEFINED
        for ask in (mdl.get_output_format, mdl.get_output_data_type):
            assert ask(desc, 2) == ask(0, 0) == UNDEFINED


@row("model.md 3", "get_input/output_dims, get_input_dims_v2", "get_cur_output_dims")
def shapes(acl):
    mdl = acl.mdl
    with described(acl) as (_, desc):
        for ask in (mdl.get_input_dims, mdl.get_input_dims_v2):
            assert ok(ask(desc, 0)) == {"name": "data", "dimCount": 4, "dims": DATA}
            assert ask(desc, 1) == ({}, INVALID_PARAM) == ask(0, 0)
        for ask in (mdl.get_output_dims, mdl.get_cur_output_dims):
            assert [ok(ask(desc, index))["dims"] for index in range(2)] == [MAPS, MEAN]
            assert ask(desc, 2) == ({}, INVALID_PARAM) == ask(0, 0)


@row("model.md 3", "get_cur_output_dims")
def shapes_known_at_run_time_only(acl):
    with described(acl, run_time_model()) as (_, desc):
        assert ok(acl.mdl.get_output_dims(desc, 0))["dims"][0] < 0
        assert acl.mdl.get_cur_output_dims(desc, 0) == ({}, API_UNSUPPORTED)
    desc = acl.mdl.create_desc()
    ok(acl.mdl.get_desc_from_file(desc, str(plain_model())))
    assert code_of(acl.mdl.get_cur_output_dims(desc, 0)) != 0
    ok(acl.mdl.destroy_desc(desc))


@row("model.md 3", "get_input/output_index_by_name")
def indices(acl):
    mdl = acl.mdl
    with described(acl) as (_, desc):
        assert ok(mdl.get_input_index_by_name(desc, "data")) == 0
        for index in range(2):
            name = mdl.get_output_name_by_index(desc, index)
            assert ok(mdl.get_output_index_by_name(desc, name)) == index
        for ask in (mdl.get_input_index_by_name, mdl.get_output_index_by_name):
            assert code_of(ask(desc, "nobody")) == code_of(ask(0, "data")) == INVALID_PARAM


@row("model.md 3", "get_dynamic_batch / get_dynamic_hw", "get_input_dynamic_gear_count")
@row("model.md 3", "get_input_dynamic_dims(desc, -1, n)", "get_input_dims_range")
def models_without_gears(acl):
    mdl = acl.mdl
    with described(acl) as (_, desc):
        assert ok(mdl.get_dynamic_batch(desc))["batchCount"] == 0
        for index in (-1, 0, 5):
            assert ok(mdl.get_dynamic_hw(desc, index))["hwCount"] == 0
        assert ok(mdl.get_input_dynamic_gear_count(desc, -1)) == 0
        assert code_of(mdl.get_input_dynamic_gear_count(desc, 0)) == INVALID_PARAM
        assert code_of(mdl.get_input_dynamic_dims(desc, 0, 1)) == INVALID_PARAM
        assert mdl.get_input_dynamic_dims(desc, -1, 4097) == (None, INVALID_PARAM)
        assert code_of(mdl.get_input_dims_range(desc, 1)) == INVALID_PARAM
    assert code_of(mdl.get_dynamic_batch(0)) == code_of(mdl.get_dynamic_hw(0, 0)) == INVALID_PARAM
    assert code_of(mdl.get_input_dynamic_gear_count(0, -1)) == INVALID_PARAM
    assert code_of(mdl.get_input_dynamic_dims(0, -1, 1)) == INVALID_PARAM
    assert code_of(mdl.get_input_dims_range(0, 0)) == INVALID_PARAM


@row("model.md 3", "get_tensor_real_name", "get_op_attr")
def names_behind_names_and_attributes(acl):
    mdl, attr = acl.mdl, "_datadump_original_op_names"
    with described(acl) as (_, desc):
        assert mdl.get_tensor_real_name(desc, "data") == "data"
        assert mdl.get_tensor_real_name(desc, "nobody") is None
        assert mdl.get_op_attr(desc, "nobody", attr) == ""
        assert mdl.get_op_attr(desc, "data", "another attribute") is None
    assert mdl.get_tensor_real_name(0, "data") is None
    assert mdl.get_op_attr(0, "data", attr) is None
    desc = mdl.create_desc()
    ok(mdl.get_desc_from_file(desc, str(plain_model())))
    assert mdl.get_op_attr(desc, "data", attr) is None
    assert mdl.get_desc(desc, 123456) == MODEL_ID and mdl.get_num_inputs(desc) == 0
    ok(mdl.destroy_desc(desc))
    assert mdl.destroy_desc(0) == mdl.get_desc(0, 1) == INVALID_PARAM


@row("model.md 4", "create_data_buffer(ptr, size)", "destroy_data_buffer(0)")
@row("model.md 4", "get_data_buffer_addr / size / size_v2", "update_data_buffer")
def data_buffers(acl):
    empty = acl.create_data_buffer(0, 0)
    assert empty != 0 and acl.get_data_buffer_addr(empty) == 0
    ok(acl.update_data_buffer(empty, 4096, (1 << 32) + 7))
    assert acl.get_data_buffer_addr(empty) == 4096
    assert acl.get_data_buffer_size(empty) == 7
    assert acl.get_data_buffer_size_v2(empty) == (1 << 32) + 7
    ok(acl.destroy_data_buffer(empty))
    assert acl.destroy_data_buffer(0) == acl.update_data_buffer(0, 0, 0) == INVALID_PARAM
    for ask in (acl.get_data_buffer_addr, acl.get_data_buffer_size, acl.get_data_buffer_size_v2):
        assert ask(0) == 0


@row("model.md 4", "create_dataset", "destroy_dataset(0)", "add_dataset_buffer")
@row("model.md 4", "get_dataset_num_buffers", "get_dataset_buffer |")
def datasets(acl):
    mdl = acl.mdl
    buffers = [acl.create_data_buffer(0, size) for size in range(1, 4)]
    dataset = mdl.create_dataset()
    assert dataset != 0
    for buffer in buffers:
        assert mdl.add_dataset_buffer(dataset, buffer) == (dataset, 0)
    assert mdl.get_dataset_num_buffers(dataset) == 3
    assert [mdl.get_dataset_buffer(dataset, i) for i in range(4)] == [*buffers, 0]
    assert mdl.get_dataset_buffer(0, 0) == mdl.get_dataset_num_buffers(0) == 0
    assert code_of(mdl.add_dataset_buffer(0, buffers[0])) == INVALID_PARAM
    assert code_of(mdl.add_dataset_buffer(dataset, 0)) == INVALID_PARAM
    ok(mdl.destroy_dataset(dataset))
    assert mdl.destroy_dataset(0) == INVALID_PARAM
    for size, buffer in enumerate(buffers, 1):  # they outlive the dataset
        assert acl.get_data_buffer_size(buffer) == size
        ok(acl.destroy_data_buffer(buffer))


@row("model.md 4", "set_dataset_tensor_desc", "get_dataset_tensor_desc")
def descriptions_in_datasets(acl):
    mdl, memory = acl.mdl, ctypes.create_string_buffer(64)
    with Dataset(acl, (ctypes.addressof(memory), 64)) as dataset:
        assert mdl.get_dataset_tensor_desc(dataset, 0) == 0
        mine = acl.create_tensor_desc(FLOAT, [2, 8], ND)
        assert mdl.set_dataset_tensor_desc(dataset, mine, 0) == (dataset, 0)
        copied = mdl.get_dataset_tensor_desc(dataset, 0)
        assert copied not in (0, mine)
        acl.destroy_tensor_desc(mine)
        assert acl.get_tensor_desc_element_count(copied) == 16
        assert mdl.get_dataset_tensor_desc(dataset, 1) == 0
        assert code_of(mdl.set_dataset_tensor_desc(dataset, copied, 1)) == INVALID_PARAM
        ok(mdl.set_dataset_tensor_desc(dataset, 0, 0)[1])
        assert mdl.get_dataset_tensor_desc(dataset, 0) == 0
