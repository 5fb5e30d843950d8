"""Arguments whose own code runs while they are converted."""

import numpy as np
import pytest
from conftest import acl


# Python refuses to write out an int of so many digits.
HUGE = 10**5000


class Index:
    """An int by __index__, which first does something else."""

    def __init__(self, action, value=1):
        self.action = action
        self.value = value

    def __index__(self):
        self.action()
        return self.value

    __float__ = __index__


def shrinking(fill, inner=False):
    """A list that empties itself, and gives its memory away, when an item is converted."""
    made = []

    def empty():
        target = made[0] if inner else made
        target.clear()
        target.extend([object()])
        target.clear()

    fill(made, empty)
    return made


SHAPES = [acl.set_tensor_shape, acl.set_tensor_storage_shape, acl.set_tensor_origin_shape]
RANGES = [acl.set_tensor_shape_range, acl.set_tensor_value_range]


@pytest.fixture
def tensor_desc(device):
    desc = acl.create_tensor_desc(0, [2, 3, 4, 5], 2)
    assert desc
    yield desc
    acl.destroy_tensor_desc(desc)


def test_dims_that_shrink(device):
    dims = shrinking(lambda made, empty: made.extend([Index(empty), *([int("7")] * 31)]))
    desc = acl.create_tensor_desc(0, dims, 2)
    assert dims == [] and desc
    assert acl.get_tensor_desc_num_dims(desc) == 32
    assert [acl.get_tensor_desc_dim_v2(desc, i)[0] for i in (0, 1, 31)] == [1, 7, 7]
    acl.destroy_tensor_desc(desc)


@pytest.mark.parametrize("function", SHAPES)
def test_shapes_that_shrink(tensor_desc, function):
    dims = shrinking(lambda made, empty: made.extend([Index(empty, 2), Index(empty, 3), 4, 5]))
    assert function(tensor_desc, dims) in (0, 100000)
    assert dims == []


@pytest.mark.parametrize("function", RANGES)
def test_ranges_that_shrink(tensor_desc, function):
    ranges = shrinking(lambda made, empty: made.extend(
        [[Index(empty, 1), 9], *([i, i + 1] for i in range(1, 4))]))
    assert function(tensor_desc, ranges) in (0, 100000)
    assert ranges == []


@pytest.mark.parametrize("function", RANGES)
def test_pairs_that_shrink(tensor_desc, function):
    ranges = shrinking(lambda made, empty: made.extend([[Index(empty, 1), Index(empty, 9)]]),
                       inner=True)
    assert function(tensor_desc, ranges) in (0, 100000)
    assert ranges == [[]]


@pytest.mark.parametrize("pair", [[], [1], [1, 2, 3], [HUGE]], ids=["0", "1", "3", "huge"])
def test_a_range_is_a_pair(tensor_desc, pair):
    with pytest.raises(ValueError, match=rf"entry 1 has {len(pair)} items, not \[min, max\]"):
        acl.set_tensor_shape_range(tensor_desc, [[1, 2], pair])


class Stop(Exception):
    pass


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, Stop, MemoryError])
def test_errors_of_the_argument_pass_through(tensor_desc, error):
    def fail():
        raise error("from inside")

    bad = Index(fail)
    for call in (lambda: acl.rt.set_device(bad), lambda: acl.rt.malloc(bad, 0),
                 lambda: acl.rt.free(bad), lambda: acl.float_to_float16(bad),
                 lambda: acl.set_tensor_shape(tensor_desc, [bad]),
                 lambda: acl.set_tensor_shape_range(tensor_desc, [[1, bad]]),
                 lambda: acl.util.ptr_to_bytes(0, bad),
                 lambda: acl.util.ptr_to_numpy(0, (bad,), 11)):
        with pytest.raises(error, match="from inside"):
            call()


def test_a_type_error_of_the_argument_names_the_argument(device):
    def fail():
        raise TypeError("from inside")

    with pytest.raises(TypeError, match=r"malloc\(\) argument 1 \(size\) must be int, not Index"):
        acl.rt.malloc(Index(fail), 0)


@pytest.mark.parametrize("value", [HUGE, -HUGE, 2**63, -(2**63) - 1],
                         ids=["huge", "-huge", "above", "below"])
def test_ints_beyond_64_bits(device, value):
    with pytest.raises(TypeError) as error:
        acl.rt.set_device(value)
    assert str(error.value).startswith("set_device() argument 1 (device_id) does not fit 64 bits")
    assert "must lie in -2147483648..2147483647" in str(error.value)


def test_ints_beyond_32_bits_are_shown(device):
    with pytest.raises(TypeError, match=r"\(device_id\) is -3000000000; it must lie in -2147"):
        acl.rt.set_device(-3000000000)


def test_an_int_that_cannot_be_shown(device):
    class Silent(int):
        def __str__(self):
            raise Stop

        __repr__ = __str__

    with pytest.raises(TypeError, match=r"is 3000000000; it must lie in"):
        acl.rt.set_device(Silent(3000000000))


def test_a_shape_that_cannot_be_shown():
    address = np.zeros(4, np.float32).ctypes.data
    with pytest.raises(ValueError, match="larger than the memory"):
        acl.util.ptr_to_numpy(address, (2**40, 2**40, HUGE), 11)


def test_floats_beyond_the_range():
    with pytest.raises(OverflowError):
        acl.float_to_float16(10**400)
