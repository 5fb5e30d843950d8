"""spec/aipp.md section 2 and spec/model.md section 7: rules that stand in no table."""

import ctypes

import numpy as np
import pytest
from acl_runner import LoadedModel
from aipp_kit import (
    SIZE,
    accepted,
    block,
    dynamic_model,
    dynamic_om,
    new_settings,
    noise,
    refused,
    text_of,
)
from aipp_models import Settings, execute, put
from aipp_reference import config_text, picture_bytes, reference
from model_kit import MODEL_ID, MODEL_PARAM
from rows import INVALID_PARAM, code_of, library, ok
from test_spec_rows import device, initialized  # noqa: F401 (fixtures)

NOTHING_ATTACHED, NO_AIPP, FAILURE = 0xFFFFFFFF, 145015, 500001
SOURCE = {"src_image_size_w": 16, "src_image_size_h": 12}
RGB, NV12 = {"input_format": "RGB888_U8"}, {"input_format": "YUV420SP_U8"}
DYNAMIC = "aipp_op { aipp_mode: dynamic max_src_image_size: 1000 }"


@pytest.fixture
def acl(device):  # noqa: F811
    device.get_recent_err_msg()
    return device


def test_blocks_are_all_by_rank_or_all_by_name(acl):
    refused("E10052", "1 of 2", text_of() + text_of(related_input_name='"data1"'))
    refused("E10052", "same input", text_of() + text_of())
    refused("E10052", "the model has 2 inputs", text_of() + text_of(related_input_rank=2),
            ((1, 3, 6, 8), (1, 3, 6, 8)))


@pytest.mark.parametrize(("fields", "words"), [
    ({"crop": True}, "size of the source is not given"),
    ({"padding": True}, "size of the source is not given"),
    ({**SOURCE, "crop": True, "load_start_pos_w": 9}, "not inside"),
    ({**SOURCE, "crop": True, "load_start_pos_w": 16, "crop_size_w": 1}, "not inside"),
    ({**SOURCE, "crop": True, "padding": True, "left_padding_size": 1}, "give both sizes"),
    ({**SOURCE, "crop": True, "crop_size_w": 7, "crop_size_h": 6}, "takes 8x6"),
    ({**SOURCE}, "takes 8x6"),
    ({"src_image_size_w": 8, "src_image_size_h": 6, "padding": True, "top_padding_size": 1},
     "makes pictures of 8x7"),
])  # fmt: skip
def test_sizes_that_do_not_fit(acl, fields, words):
    refused("E10052", words, text_of(**fields))


@pytest.mark.parametrize("start", [("load_start_pos_w", 1), ("load_start_pos_h", 3)])
def test_crops_of_nv12_start_even(acl, start):
    sized = {**SOURCE, "crop": True, "crop_size_w": 8, "crop_size_h": 6, start[0]: start[1]}
    refused("E10052", "even", text_of(layout="YUV420SP_U8", **sized))


def test_the_models_own_input(acl):
    for text, code in ((text_of(), "E10052"), (DYNAMIC, "E13014")):
        refused(code, "four dimensions", text, ((1, 3),))
    refused("E10052", "widths are 2 to 4096", text_of(), ((1, 3, 1, 5000),))
    refused("E10001", "--input_format", text_of(), ((1, 3, 6, 8),), "--input_format=ND")
    refused("E10034", "data0", text_of(), ((1, 3, 6, 8),), "--input_fp16_nodes=data0")
    refused("E10001", "--dynamic_dims", text_of(), ((1, 3, "h", "w"),), "--input_format=ND",
            "--input_shape=data0:1,3,-1,-1", "--dynamic_dims=8,8;16,16")  # fmt: skip


@pytest.mark.parametrize(("layout", "channels"), [
    ("YUV420SP_U8", 1), ("YUV420SP_U8", 4), ("RGB888_U8", 1), ("RGB888_U8", 4), ("YUV400_U8", 3),
    ("XRGB8888_U8", 1), ("YUYV_U8", 4),
])  # fmt: skip
def test_numbers_of_channels(acl, layout, channels):
    refused("E10052", f"{channels} channels", text_of(layout=layout), ((1, channels, 6, 8),))


def test_grey_pictures_have_no_colours(acl):
    text = text_of(layout="YUV400_U8", csc_switch=True)
    refused("E10052", "YUV400_U8", text, ((1, 1, 6, 8),))


def test_xrgb_for_three_or_four_channels(acl):
    one = block("XRGB8888_U8", ax_swap_switch=True)
    for channels in (3, 4):
        with LoadedModel(acl, accepted(config_text(one), (1, channels, 6, 8))) as model:
            found = model.run([noise("XRGB8888_U8")])[0]
        assert np.array_equal(found, reference(noise("XRGB8888_U8"), one, channels, SIZE))


def test_kinds_of_inputs(acl):
    om = accepted(DYNAMIC + text_of(related_input_rank=2), (1, 3, 6, 8), (1, 4), (1, 3, 6, 8))
    with LoadedModel(acl, om) as model:
        kinds = [acl.mdl.get_aipp_type(model.id, i) for i in range(5)]
        none = NOTHING_ATTACHED
        assert kinds == [(2, 3, 0), (0, none, 0), (1, none, 0), (3, none, 0),
                         (0, 0, INVALID_PARAM)]  # fmt: skip
        codes = [code_of(acl.mdl.get_first_aipp_info(model.id, i)) for i in range(5)]
        assert codes == [0, NO_AIPP, 0, NO_AIPP, INVALID_PARAM]
        info = ok(acl.mdl.get_first_aipp_info(model.id, 0))
        assert (info["srcFormat"], info["srcDatatype"], info["srcDimNum"]) == (0, 0, 4)
        assert info["shapeCount"] == len(info["outDims"]) == 1
        assert info["outDims"][0]["srcDims"]["dims"] == [1, 3, 6, 8]
        assert info["outDims"][0]["srcSize"] == 576
    assert code_of(acl.mdl.get_aipp_type(model.id, 0)) == MODEL_ID
    assert acl.mdl.get_first_aipp_info(model.id, 0) == (None, MODEL_ID)


def test_every_field_of_the_information(acl):
    fields = block("YUV420SP_U8", **SOURCE, crop=True, load_start_pos_w=2, load_start_pos_h=4,
                   crop_size_w=5, crop_size_h=3, padding=True, left_padding_size=1,
                   right_padding_size=2, top_padding_size=3, bottom_padding_size=0,
                   rbuv_swap_switch=True, csc_switch=True, mean_chn_0=1, mean_chn_3=4,
                   min_chn_1=0.5, var_reci_chn_2=2)  # fmt: skip
    with LoadedModel(acl, accepted(config_text(fields), (1, 3, 6, 8))) as model:
        info = ok(acl.mdl.get_first_aipp_info(model.id, 0))
    wanted = {
        "inputFormat": 1, "srcImageSizeW": 16, "srcImageSizeH": 12, "cropSwitch": 1,
        "loadStartPosW": 2, "loadStartPosH": 4, "cropSizeW": 5, "cropSizeH": 3, "resizeSwitch": 0,
        "paddingSwitch": 1, "leftPaddingSize": 1, "rightPaddingSize": 2, "topPaddingSize": 3,
        "bottomPaddingSize": 0, "cscSwitch": 1, "rbuvSwapSwitch": 1, "axSwapSwitch": 0,
        "matrixR0C0": 298, "matrixR0C1": 516, "matrixR1C0": 298, "matrixR1C1": -100,
        "matrixR1C2": -208, "matrixR2C2": 409, "outputBias0": 16, "inputBias2": 128,
        "meanChn0": 1, "meanChn3": 4, "minChn1": 0.5, "varReciChn2": 2.0, "varReciChn3": 1.0,
        "aippExtend": 0,
    }  # fmt: skip
    assert {key: info[key] for key in wanted} == wanted
    assert not {"matrixR0C2", "matrixR2C0", "matrixR2C1"} & set(info)


def test_making_settings(acl):
    assert acl.mdl.create_aipp(0) == 0 and acl.mdl.create_aipp(128) == 0
    assert acl.mdl.destroy_aipp(0) == INVALID_PARAM
    aipp = acl.mdl.create_aipp(127)
    ok(acl.mdl.destroy_aipp(aipp))
    assert acl.mdl.destroy_aipp(aipp) == INVALID_PARAM
    for batch in (1, 2, 127):
        assert acl.mdl.get_aipp_data_size(batch) == (64 + 96 * batch, 0)
    assert code_of(acl.mdl.get_aipp_data_size(0)) == INVALID_PARAM


def refuse_settings(acl, pictures, size, words, om=None):
    with LoadedModel(acl, om or dynamic_om()) as model:
        with Settings(acl, pictures, size) as aipp:
            assert acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == INVALID_PARAM
            assert words in acl.get_recent_err_msg()
            by_input = acl.mdl.set_aipp_by_input_index(model.id, model.inputs[0], 0, aipp)
            assert by_input == INVALID_PARAM
        put(model, 1, np.zeros(64 + 192, np.uint8))
        assert acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]) == MODEL_PARAM


CROP = {"crop": True, "crop_size_w": 8, "crop_size_h": 6}


@pytest.mark.parametrize(("first", "second", "size", "words"), [
    (RGB, RGB, (8, 7), "makes 8x7"),
    ({**NV12, **CROP}, {**NV12, **CROP}, (17, 12), "even width"),
    ({**NV12, **CROP}, {**NV12, **CROP}, (16, 13), "even height"),
    ({**RGB, **CROP, "load_start_pos_w": 9}, {**RGB, **CROP}, (16, 12), "not inside"),
    ({**NV12, **CROP, "load_start_pos_w": 3}, {**NV12, **CROP}, (16, 12), "even column"),
    ({**NV12, **CROP, "load_start_pos_h": 3}, {**NV12, **CROP}, (16, 12), "even column and row"),
    ({**RGB, **CROP}, {**RGB, **CROP, "crop_size_w": 7}, (16, 12), "picture 1 of the batch"),
    ({"input_format": "YUV400_U8"}, {"input_format": "YUV400_U8"}, (8, 6), "3 channels"),
    ({**RGB, **CROP}, {**RGB, **CROP}, (400, 300), "have 720000 bytes"),
])  # fmt: skip
def test_settings_that_do_not_fit_the_model(acl, first, second, size, words):
    refuse_settings(acl, [first, second], size, words)


def test_settings_for_another_batch(acl):
    refuse_settings(acl, [RGB], SIZE, "for 1 pictures, but the model takes 2")
    refuse_settings(acl, [RGB] * 3, SIZE, "for 3 pictures, but the model takes 2")


def test_wide_pictures_with_padding(acl):
    text = "aipp_op { aipp_mode: dynamic max_src_image_size: 100000 }"
    om = accepted(text, (2, 3, 4, 1088))
    sized = {**RGB, "padding": True, "left_padding_size": 8}
    refuse_settings(acl, [sized] * 2, (1080, 4), "1088 pixels wide", om)


def test_grey_settings_with_colours(acl):
    om = accepted("aipp_op { aipp_mode: dynamic max_src_image_size: 1000 }", (1, 1, 6, 8))
    with LoadedModel(acl, om) as model:
        with Settings(acl, [{"input_format": "YUV400_U8"}], SIZE) as aipp:
            ok(acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp))
            ok(acl.mdl.set_aipp_csc_params(aipp, 1, *[256] * 9, *[0] * 6))
            code = acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp)
            assert code == INVALID_PARAM and "YUV400" in acl.get_recent_err_msg()


def test_what_is_not_set_yet(acl):
    with dynamic_model(acl) as model, new_settings(acl) as aipp:
        call = acl.mdl.set_input_aipp
        assert call(model.id, model.inputs[0], 1, aipp) == INVALID_PARAM
        assert "format is not set" in acl.get_recent_err_msg()
        ok(acl.mdl.set_aipp_input_format(aipp, 3))
        assert call(model.id, model.inputs[0], 1, aipp) == INVALID_PARAM
        assert "size of the source picture is not set" in acl.get_recent_err_msg()
        ok(acl.mdl.set_aipp_src_image_size(aipp, *SIZE))
        ok(call(model.id, model.inputs[0], 1, aipp))


def test_the_wrong_input(acl):
    with dynamic_model(acl) as model, Settings(acl, [RGB] * 2, SIZE) as aipp:
        mdl, inputs = acl.mdl, model.inputs[0]
        for index in (0, 2, 1 << 40):
            assert mdl.set_input_aipp(model.id, inputs, index, aipp) == INVALID_PARAM
        assert mdl.set_aipp_by_input_index(model.id, inputs, 1, aipp) == FAILURE
        assert mdl.set_aipp_by_input_index(model.id, inputs, 2, aipp) == INVALID_PARAM
        assert mdl.set_input_aipp(model.id, 0, 1, aipp) == INVALID_PARAM
        assert mdl.set_input_aipp(model.id, inputs, 1, 0) == INVALID_PARAM
        assert mdl.set_input_aipp(model.id + 1000, inputs, 1, aipp) == MODEL_ID
        assert mdl.set_input_aipp(model.id, model.outputs[0], 1, aipp) == INVALID_PARAM
        ok(mdl.set_aipp_by_input_index(model.id, inputs, 0, aipp))


def test_a_buffer_too_small_for_the_parameters(acl):
    with dynamic_model(acl) as model, Settings(acl, [RGB] * 2, SIZE) as aipp:
        pointer, size, buffer = model.inputs[1][1]
        for data, count in ((pointer, size - 1), (0, size), (8, size)):
            ok(acl.update_data_buffer(buffer, data, count))
            code = acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp)
            assert code == INVALID_PARAM
        ok(acl.update_data_buffer(buffer, pointer, size))
        ok(acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp))


def test_asynchronous_execution_checks_when_it_runs(acl):
    data = noise("RGB888_U8", batch=2)
    with dynamic_model(acl) as model:
        stream = ok(acl.rt.create_stream())
        with Settings(acl, [RGB] * 2, SIZE) as aipp:
            ok(acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp))
        put(model, 0, data)
        ok(acl.mdl.execute_async(model.id, model.inputs[0], model.outputs[0], stream))
        ok(acl.rt.synchronize_stream(stream))
        found = model.get_output(0)
        assert np.array_equal(found, reference(data, RGB, 3, SIZE, 2))
        put(model, 1, np.full(64 + 192, 1, np.uint8))
        ok(acl.mdl.execute_async(model.id, model.inputs[0], model.outputs[0], stream))
        assert acl.rt.synchronize_stream(stream) == MODEL_PARAM
        ok(acl.rt.destroy_stream(stream))


def test_results_through_the_whole_source(acl):
    """A picture smaller than max_src_image_size; what lies behind it does not matter."""
    data = noise("YUV420SP_U8", (20, 14), 2)
    crop = {**NV12, **CROP, "load_start_pos_w": 12, "load_start_pos_h": 8}
    with dynamic_model(acl) as model:
        with Settings(acl, [crop] * 2, (20, 14)) as aipp:
            ok(acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp))
        for filler in (0, 255):
            rest = np.full(100000 - 2 * picture_bytes("YUV420SP_U8", 20, 14), filler, np.uint8)
            put(model, 0, np.concatenate([data, rest]))
            assert np.array_equal(execute(model)[0], reference(data, crop, 3, (20, 14), 2))


def test_null_pointers_of_the_c_functions(acl):
    with dynamic_model(acl) as model:
        kind, attached = ctypes.c_int(), ctypes.c_size_t()
        call = library().aclmdlGetAippType
        ident, index = ctypes.c_uint32(model.id), ctypes.c_size_t(0)
        assert call(ident, index, None, ctypes.byref(attached)) == INVALID_PARAM
        assert call(ident, index, ctypes.byref(kind), None) == INVALID_PARAM
        assert library().aclmdlGetFirstAippInfo(ident, index, None) == INVALID_PARAM
        assert library().aclmdlGetAippDataSize(ctypes.c_uint64(1), None) == INVALID_PARAM
