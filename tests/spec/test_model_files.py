"""spec/model.md section 9 and external weights of section 2: rules that stand in no table."""

import ctypes

import pytest
from model_kit import (
    MODEL_ID,
    MODEL_PARAM,
    bundle,
    check_plain,
    loaded,
    plain_model,
    plain_model_with_weights_outside,
)
from rows import API_UNSUPPORTED, INVALID_PARAM, code_of, library, ok
from test_spec_rows import device, initialized  # noqa: F401 (fixtures)

BUNDLE_ID = 148053
LOAD_TYPE, MEM_ADDR, MEM_SIZE, WEIGHT_PATH, LOAD_FROM_MEM = 1, 3, 4, 14, 3


@pytest.fixture
def acl(device):  # noqa: F811
    device.get_recent_err_msg()
    return device


def test_external_weight_addresses(acl):
    handle, memory = acl.mdl.create_config_handle(), ctypes.create_string_buffer(64)
    address = library().aclmdlSetExternalWeightAddress
    address.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t]
    assert address(handle, b"weights", memory, 64) == 0
    for size in (0, 1, 31, 33):
        assert address(handle, b"weights", memory, size) == INVALID_PARAM
    assert address(None, b"weights", memory, 64) == INVALID_PARAM
    assert address(handle, None, memory, 64) == address(handle, b"w", None, 64) == INVALID_PARAM
    ok(acl.mdl.destroy_config_handle(handle))


def load_by_settings(acl, options, addresses=()):
    handle = acl.mdl.create_config_handle()
    address = library().aclmdlSetExternalWeightAddress
    address.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t]
    for attr, value in options:
        ok(acl.mdl.set_config_opt(handle, attr, value))
    for name, memory, size in addresses:
        assert address(handle, name.encode(), memory, size) == 0
    result = acl.mdl.load_with_config(handle)
    ok(acl.mdl.destroy_config_handle(handle))
    return result


@pytest.mark.parametrize("mode", [1, 2])
def test_weights_in_files_of_their_own(acl, mode):
    path = plain_model_with_weights_outside(mode)
    files = sorted((path.parent / "weight").iterdir())
    if mode == 1:
        assert len(files) > 1 and all(file.name.startswith("weight_") for file in files)
    else:
        assert [file.name for file in files] == ["plain_weight_combined"]
    with loaded(acl, path) as model:
        check_plain(acl, model)
    om = path.read_bytes()
    data = ctypes.create_string_buffer(om, len(om))
    memory = (LOAD_TYPE, LOAD_FROM_MEM), (MEM_ADDR, ctypes.addressof(data)), (MEM_SIZE, len(om))
    assert code_of(acl.mdl.load_from_mem(ctypes.addressof(data), len(om))) == MODEL_PARAM
    assert code_of(load_by_settings(acl, memory)) == MODEL_PARAM
    model = ok(load_by_settings(acl, (*memory, (WEIGHT_PATH, str(path.parent / "weight")))))
    check_plain(acl, model)
    ok(acl.mdl.unload(model))

    contents = {file.name: file.read_bytes() for file in files}
    blocks = {
        name: ctypes.create_string_buffer(text, -(-len(text) // 32) * 32)
        for name, text in contents.items()
    }
    given = [(name, block, len(block)) for name, block in blocks.items()]
    model = ok(load_by_settings(acl, memory, given))
    check_plain(acl, model)
    ok(acl.mdl.unload(model))
    short = [(name, block, 32) for name, block in blocks.items() if len(contents[name]) > 32]
    enough = [each for each in given if each[0] not in {name for name, _, _ in short}]
    assert short and code_of(load_by_settings(acl, memory, short + enough)) == MODEL_PARAM


class BundleCalls:
    """The C functions of bundles that Python does not have."""

    def __init__(self):
        self.library = library()
        self.library.aclmdlBundleCreateQueryInfo.restype = ctypes.c_void_p

    def init_from_file(self, path):
        ident = ctypes.c_uint32()
        size = ctypes.c_size_t(0)
        code = self.library.aclmdlBundleInitFromFile(
            str(path).encode(), None, size, ctypes.byref(ident)
        )
        return ident.value, code

    def load(self, ident, index):
        model = ctypes.c_uint32()
        code = self.library.aclmdlBundleLoadModel(
            ident, ctypes.c_size_t(index), ctypes.byref(model)
        )
        return model.value, code


def test_bundles_whose_models_are_loaded_one_by_one(acl):
    calls = BundleCalls()
    ident = ok(calls.init_from_file(bundle()))
    assert code_of(acl.mdl.bundle_get_model_id(ident, 0)) == API_UNSUPPORTED
    model = ok(calls.load(ident, 1))
    check_plain(acl, model)
    assert acl.mdl.unload(model) == INVALID_PARAM
    assert code_of(calls.load(ident, 2)) == INVALID_PARAM
    assert code_of(calls.load(ident + 1000, 0)) == BUNDLE_ID
    assert library().aclmdlBundleUnloadModel(ident, model + 1000) == INVALID_PARAM
    assert library().aclmdlBundleUnloadModel(ident, model) == 0
    again = ok(calls.load(ident, 0))
    ok(acl.mdl.bundle_unload(ident))
    assert acl.mdl.unload(again) == MODEL_ID
    assert code_of(calls.init_from_file(plain_model())) == INVALID_PARAM


def test_what_a_bundle_needs(acl):
    calls = BundleCalls().library
    info = ctypes.c_void_p(calls.aclmdlBundleCreateQueryInfo())
    number, work, weight = ctypes.c_size_t(), ctypes.c_size_t(), ctypes.c_size_t()
    assert calls.aclmdlBundleGetQueryModelNum(info, ctypes.byref(number)) == INVALID_PARAM
    assert calls.aclmdlBundleQueryInfoFromFile(str(bundle()).encode(), info) == 0
    assert calls.aclmdlBundleGetQueryModelNum(info, ctypes.byref(number)) == 0
    assert number.value == 2
    sizes = ok(acl.mdl.query_size(str(plain_model())))
    for index, code in ((0, 0), (1, 0), (2, INVALID_PARAM)):
        result = calls.aclmdlBundleGetSize(
            info, ctypes.c_size_t(index), ctypes.byref(work), ctypes.byref(weight)
        )
        assert result == code and (work.value, weight.value) == sizes
    assert calls.aclmdlBundleGetVarWeightSize(info, ctypes.byref(number)) == 0
    assert number.value == 0
    assert calls.aclmdlBundleDestroyQueryInfo(info) == 0
    assert calls.aclmdlBundleDestroyQueryInfo(info) == INVALID_PARAM
