"""Rules that hold for the arguments of every function."""

import numpy as np
import pytest
from conftest import acl


def test_keywords_are_refused(device):
    with pytest.raises(TypeError):
        acl.rt.malloc(size=64, policy=0)
    with pytest.raises(TypeError):
        acl.rt.get_device(surplus=1)


def test_functions_without_arguments_ignore_what_they_get(device):
    assert acl.rt.get_context(0) == acl.rt.get_context()
    assert acl.rt.synchronize_device(0) == 0
    assert acl.rt.get_run_mode("anything", 2) == acl.rt.get_run_mode()


def test_number_of_arguments(device):
    with pytest.raises(TypeError, match=r"malloc\(\) takes 2 arguments \(1 given\)"):
        acl.rt.malloc(64)
    with pytest.raises(TypeError, match=r"malloc\(\) takes 2 arguments \(3 given\)"):
        acl.rt.malloc(64, 0, 0)
    with pytest.raises(TypeError, match=r"init\(\) takes 0 to 1 arguments"):
        acl.init("a", "b")


@pytest.mark.parametrize("value, kind", [("64", "str"), (64.0, "float"), (None, "NoneType"),
                                         ([64], "list")])
def test_wrong_kind_names_the_argument(device, value, kind):
    with pytest.raises(TypeError) as error:
        acl.rt.malloc(value, 0)
    assert str(error.value) == f"malloc() argument 1 (size) must be int, not {kind}"


def test_text_arguments(device):
    with pytest.raises(TypeError, match="must be str, not bytes"):
        acl.mdl.load_from_file(b"model.om")
    with pytest.raises(ValueError, match="null character"):
        acl.mdl.load_from_file("a\0b")
    model, ret = acl.mdl.load_from_file("/nowhere/ärger.om")
    assert (model, ret) == (0, 145002)
    assert "/nowhere/ärger.om" in acl.get_recent_err_msg()


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**70])
def test_signed_32_bit_is_range_checked(device, value):
    with pytest.raises(TypeError, match="must lie in -2147483648..2147483647"):
        acl.rt.set_device(value)


def test_signed_32_bit_takes_its_ends(device):
    for value in (2**31 - 1, -(2**31)):
        assert acl.rt.set_device(value) == 107001


def test_unsigned_is_cut_silently():
    # 16 bits: the pattern of 1.0, with bits above it.
    assert acl.float16_to_float(0x3C00 + 0x50000) == 1.0
    assert acl.float16_to_float(-0x10000 + 0x3C00) == 1.0


def test_addresses_are_cut_to_64_bits(device):
    memory, ret = acl.rt.malloc(64, 0)
    assert ret == 0
    assert acl.rt.free(memory + 2**64) == 0


def test_ints_of_numpy_are_ints(device):
    memory, ret = acl.rt.malloc(np.int64(64), np.int32(0))
    assert ret == 0
    assert acl.rt.free(np.uint64(memory)) == 0


def test_floats_take_ints():
    assert acl.float_to_float16(1) == acl.float_to_float16(1.0) == 0x3C00
    with pytest.raises(TypeError, match="must be float, not str"):
        acl.float_to_float16("1")


def test_results_have_the_documented_shape(device):
    assert isinstance(acl.rt.synchronize_device(), int)
    assert [type(item) for item in acl.rt.malloc(0, 0)] == [int, int]
    assert len(acl.get_version()) == 4
    assert acl.get_soc_name() == "Ascend310P3"
    dataset = acl.mdl.create_dataset()
    buffer = acl.create_data_buffer(0, 0)
    assert acl.mdl.add_dataset_buffer(dataset, buffer) == (dataset, 0)
    assert acl.destroy_data_buffer(buffer) == 0
    assert acl.mdl.destroy_dataset(dataset) == 0


def test_error_text_is_cleared_by_reading(device):
    assert acl.rt.free(0) == 100000
    assert "aclrtFree" in acl.get_recent_err_msg()
    assert acl.get_recent_err_msg() is None


def test_dict_arguments_and_results(device):
    desc = acl.mdl.create_desc()
    assert acl.mdl.get_input_dims(desc, 0) == ({}, 100000)
    assert acl.mdl.destroy_desc(desc) == 0
