"""spec/util.md: addresses, tensor descriptions, type sizes."""

import ctypes
import warnings

import numpy as np
import pytest
from rows import API_UNSUPPORTED, INVALID_PARAM, code_of, library, ok, row

FLOAT, ND, NCHW, NHWC = 0, 2, 0, 1
UNKNOWN_RANK = 0xFFFFFFFFFFFFFFFE


class Desc:
    def __init__(self, acl, dims, dtype=FLOAT, layout=ND):
        self.acl = acl
        self.handle = acl.create_tensor_desc(dtype, dims, layout)
        assert self.handle != 0

    def __enter__(self):
        return self.handle

    def __exit__(self, *unused):
        self.acl.destroy_tensor_desc(self.handle)


@row("util.md 1", "bytes_to_ptr")
def addresses_of_bytes(acl):
    data = b"0123456789"
    assert ctypes.string_at(acl.util.bytes_to_ptr(data), 10) == data
    for wrong in (bytearray(b"a"), "a", np.zeros(3), None):
        with pytest.raises(ValueError):
            acl.util.bytes_to_ptr(wrong)


@row("util.md 1", "ptr_to_bytes")
def a_copy_of_host_memory(acl):
    array = np.arange(8, dtype=np.uint8)
    copy = acl.util.ptr_to_bytes(array.ctypes.data, 8)
    array[:] = 0
    assert copy == bytes(range(8))
    with pytest.raises(ValueError):
        acl.util.ptr_to_bytes(0, 8)


@row("util.md 1", "numpy_to_ptr")
def addresses_of_arrays(acl):
    array = np.zeros((4, 4), np.float32)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert acl.util.numpy_to_ptr(array) == array.ctypes.data
        assert len(caught) == 1
        assert acl.util.numpy_to_ptr(array[1:]) == array.ctypes.data + 16
        acl.util.numpy_to_ptr(array.T)
        assert len(caught) >= 4  # two of them for the array that is not contiguous
        with pytest.raises(ValueError):
            acl.util.numpy_to_ptr([1, 2])


@row("util.md 1", "numpy_contiguous_to_ptr")
def a_contiguous_array_to_keep(acl):
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    pointer, kept = acl.util.numpy_contiguous_to_ptr(array)
    assert pointer == kept.ctypes.data == array.ctypes.data
    pointer, kept = acl.util.numpy_contiguous_to_ptr(array.T)
    assert pointer == kept.ctypes.data and kept.flags["C_CONTIGUOUS"]
    assert np.array_equal(kept, array.T)


@row("util.md 1", "ptr_to_numpy")
def a_view_of_memory(acl):
    pointer = ok(acl.rt.malloc_host(24))
    view = acl.util.ptr_to_numpy(pointer, (2, 3), 5)
    assert view.dtype == np.int32 and view.shape == (2, 3)
    view[:] = 7
    assert acl.util.ptr_to_bytes(pointer, 24) == np.full(6, 7, np.int32).tobytes()
    with pytest.raises(TypeError):
        acl.util.ptr_to_numpy(pointer, (2.0, 3), 5)
    ok(acl.rt.free_host(pointer))


@row("util.md 1", "start_thread(fn, args)", "stop_thread(id)")
def native_threads(acl):
    seen = []
    thread = ok(acl.util.start_thread(seen.append, [1, 2]))
    ok(acl.util.stop_thread(thread))
    thread = ok(acl.util.start_thread(lambda: seen.append("none"), None))
    ok(acl.util.stop_thread(thread))
    assert seen == [[1, 2], "none"]


@row("util.md 1", "stop_thread(id)")
def a_failing_thread_fails_at_stop(acl):
    def fail():
        raise KeyError("what went wrong")

    thread = ok(acl.util.start_thread(fail, None))
    with pytest.raises(RuntimeError, match="what went wrong"):
        acl.util.stop_thread(thread)
    assert acl.util.stop_thread(thread) != 0


@row("util.md 4", "create_tensor_desc")
def descriptions_and_scalars(acl):
    with Desc(acl, []) as scalar:
        assert acl.get_tensor_desc_num_dims(scalar) == 0
    create = library().aclCreateTensorDesc
    create.restype = ctypes.c_void_p
    assert create(FLOAT, -1, None, ND) is None
    assert create(FLOAT, 2, None, ND) is None
    with pytest.raises(TypeError):
        acl.create_tensor_desc(FLOAT, (1, 2), ND)


@row("util.md 4", "destroy_tensor_desc")
def destroying_nothing_is_tolerated(acl):
    assert acl.destroy_tensor_desc(0) is None


@row("util.md 4", "get_tensor_desc_type / format")
def type_and_format(acl):
    with Desc(acl, [1, 3, 4, 4], 1, NHWC) as desc:
        assert acl.get_tensor_desc_type(desc) == 1
        assert acl.get_tensor_desc_format(desc) == NHWC
    assert acl.get_tensor_desc_type(0) == -1
    assert acl.get_tensor_desc_format(0) == -1


@row("util.md 4", "get_tensor_desc_element_count")
def element_counts(acl):
    for dims, count in (([2, 3], 6), ([], 1), ([2, 0], 0), ([2, -1], 0), ([2**62, 8], 0)):
        with Desc(acl, dims) as desc:
            assert acl.get_tensor_desc_element_count(desc) == count
    assert acl.get_tensor_desc_element_count(0) == 0


@row("util.md 4", "get_tensor_desc_size")
def sizes_in_bytes(acl):
    for dtype, size in ((FLOAT, 24), (1, 12), (11, 48), (13, 0), (-1, 0)):
        with Desc(acl, [2, 3], dtype) as desc:
            assert acl.get_tensor_desc_size(desc) == size
    assert acl.get_tensor_desc_size(0) == 0


@row("util.md 4", "get_tensor_desc_num_dims")
def ranks(acl):
    with Desc(acl, [2, 3]) as desc:
        assert acl.get_tensor_desc_num_dims(desc) == 2
    with Desc(acl, [-2]) as desc:
        assert acl.get_tensor_desc_num_dims(desc) == UNKNOWN_RANK
    assert acl.get_tensor_desc_num_dims(0) == 0


@row("util.md 4", "get_tensor_desc_dim(d,i)")
def single_dims(acl):
    with Desc(acl, [2, -1]) as desc:
        assert acl.get_tensor_desc_dim(desc, 0) == 2
        assert acl.get_tensor_desc_dim(desc, 2) == -1
    assert acl.get_tensor_desc_dim(0, 0) == -1


@row("util.md 4", "get_tensor_desc_dim_v2")
def single_dims_with_a_code(acl):
    with Desc(acl, [2, -1]) as desc:
        assert acl.get_tensor_desc_dim_v2(desc, 1) == (-1, 0)
        assert acl.get_tensor_desc_dim_v2(desc, 2)[1] == INVALID_PARAM
    assert acl.get_tensor_desc_dim_v2(0, 0)[1] == INVALID_PARAM


@row("util.md 4", "get_tensor_desc_dim_range", "set_tensor_shape_range")
def ranges_of_dims(acl):
    with Desc(acl, [-1, 3]) as desc:
        ok(acl.set_tensor_shape_range(desc, [[1, 8], [3, 3]]))
        assert acl.get_tensor_desc_dim_range(desc, 0, 2) == ([1, 8], 0)
        assert acl.get_tensor_desc_dim_range(desc, 2, 2) == (None, INVALID_PARAM)
        assert acl.get_tensor_desc_dim_range(desc, 0, 1) == (None, INVALID_PARAM)
        assert acl.get_tensor_desc_dim_range(desc, 0, 4097)[1] == INVALID_PARAM
    assert acl.set_tensor_shape_range(0, [[1, 2]]) == INVALID_PARAM


@row("util.md 4", "get_tensor_desc_name", "set_tensor_desc_name")
def names(acl):
    with Desc(acl, [1]) as desc:
        assert acl.get_tensor_desc_name(desc) == ""
        acl.set_tensor_desc_name(desc, "data")
        assert acl.get_tensor_desc_name(desc) == "data"
        library().aclSetTensorDescName(ctypes.c_void_p(desc), None)
        assert acl.get_tensor_desc_name(desc) == ""
    assert acl.get_tensor_desc_name(0) == ""


@row("util.md 4", "set_tensor_format / storage_format")
def storage_formats(acl):
    with Desc(acl, [1, 2, 3, 4], layout=NCHW) as desc:
        ok(acl.set_tensor_format(desc, NHWC))
        ok(acl.set_tensor_storage_format(desc, NHWC))
        assert acl.get_tensor_desc_format(desc) == NCHW
    assert acl.set_tensor_format(0, NHWC) == 0
    assert acl.set_tensor_storage_format(0, NHWC) == 0


@row("util.md 4", "set_tensor_origin_format")
def the_main_format(acl):
    with Desc(acl, [1, 2, 3, 4], layout=NCHW) as desc:
        ok(acl.set_tensor_origin_format(desc, NHWC))
        assert acl.get_tensor_desc_format(desc) == NHWC
    assert acl.set_tensor_origin_format(0, NHWC) == 0


@row("util.md 4", "set_tensor_shape / storage_shape")
def storage_shapes(acl):
    with Desc(acl, [1, 2]) as desc:
        ok(acl.set_tensor_shape(desc, [3, 4]))
        ok(acl.set_tensor_storage_shape(desc, [3, 4]))
        assert acl.get_tensor_desc_element_count(desc) == 2
    assert acl.set_tensor_shape(0, [1]) == INVALID_PARAM
    assert acl.set_tensor_storage_shape(0, [1]) == INVALID_PARAM


@row("util.md 4", "set_tensor_origin_shape")
def the_main_shape(acl):
    with Desc(acl, [1, 2]) as desc:
        ok(acl.set_tensor_origin_shape(desc, [3, 4, 5]))
        assert acl.get_tensor_desc_element_count(desc) == 60
    assert acl.set_tensor_origin_shape(0, [1]) == INVALID_PARAM


@row("util.md 4", "set_tensor_value_range")
def ranges_of_values(acl):
    with Desc(acl, [2]) as desc:
        ok(acl.set_tensor_value_range(desc, [[0, 5], [1, 9]]))
    assert acl.set_tensor_value_range(0, [[0, 5]]) == INVALID_PARAM


@row("util.md 4", "set_tensor_dynamic_input")
def groups_of_inputs(acl):
    with Desc(acl, [2]) as desc:
        ok(acl.set_tensor_dynamic_input(desc, "x"))
    assert acl.set_tensor_dynamic_input(0, "x") == INVALID_PARAM


@row("util.md 4", "set_tensor_const")
def constant_data(acl):
    data = np.arange(2, dtype=np.float32).tobytes()
    pointer = acl.util.bytes_to_ptr(data)
    with Desc(acl, [2]) as desc:
        ok(acl.set_tensor_const(desc, pointer, 8))
        assert acl.set_tensor_const(desc, 0, 8) == INVALID_PARAM
        assert acl.set_tensor_const(desc, pointer, 0) == INVALID_PARAM
    assert acl.set_tensor_const(0, pointer, 8) == INVALID_PARAM


@row("util.md 4", "set_tensor_place_ment")
def placements(acl):
    with Desc(acl, [2]) as desc:
        for place in (0, 1, 2):
            ok(acl.set_tensor_place_ment(desc, place))
    assert acl.set_tensor_place_ment(0, 1) == INVALID_PARAM


@row("util.md 4", "get_tensor_desc_by_index")
def descriptions_of_an_array(acl):
    assert acl.get_tensor_desc_by_index(0, 0) == 0
    with Desc(acl, [2]) as desc:
        assert acl.get_tensor_desc_by_index(desc, 0) == desc


@row("util.md 4", "get_tensor_desc_address")
def addresses_belong_to_operator_descriptions(acl):
    with Desc(acl, [2]) as desc:
        assert acl.get_tensor_desc_address(desc) == 0
    assert acl.get_tensor_desc_address(0) == 0


@row("util.md 4", "trans_tensor_desc_format")
def the_reserved_transformation(acl):
    with Desc(acl, [1, 2, 3, 4], layout=NCHW) as desc:
        assert code_of(acl.trans_tensor_desc_format(desc, NHWC)) == API_UNSUPPORTED


SIZES = {
    0: 4, 1: 2, 2: 1, 3: 4, 4: 1, 6: 2, 7: 2, 8: 4, 9: 8, 10: 8, -1: 0, 11: 8, 12: 1, 13: 0, 16: 8,
    17: 16, 27: 2, 29: 1, 30: 1, 33: 4, 34: 1, 35: 1, 36: 1, 37: 1,
}  # fmt: skip


@row(
    "util.md 5",
    *(f"{number} | " for number in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10)),
    "−1 | undefined",
)
def sizes_of_types(acl):
    for dtype, size in SIZES.items():
        assert acl.data_type_size(dtype) == size, dtype
    assert acl.data_type_size(99) == 8
