"""AIPP inside models: configuration file, atc, acl, against whole-number arithmetic in numpy."""

import aipp_models
import numpy as np
import pytest
from acl_runner import AclError, LoadedModel
from aipp_models import DYNAMIC, DYNAMIC_NAME, Settings, convert_with, execute, put, random_bytes
from aipp_reference import BYTES_PER_PIXEL, picture_bytes, reference
from conftest import acl
from toolchain import ToolError

NOTHING_ATTACHED = 0xFFFFFFFF
SCALES = {f"mean_chn_{c}": 7 * c for c in range(3)} | {
    "min_chn_0": 123.675, "min_chn_1": 116.28, "min_chn_2": 103.53,
    "var_reci_chn_0": 0.0171247538316637, "var_reci_chn_1": 0.0175070028011204,
    "var_reci_chn_2": 0.0174291938997821,
}  # fmt: skip
# The numbers of the guide's examples (7.7.2 and 7.7.3).
GUIDE_MATRIX = (256, 443, 0, 256, -86, -178, 256, 0, 350)
GUIDE_COLOURS = (1, *GUIDE_MATRIX, 0, 0, 0, 0, 128, 128)


def fields_of_guide(**more):
    names = [f"matrix_r{r}c{c}" for r in range(3) for c in range(3)]
    names += [f"{side}_bias_{i}" for side in ("output", "input") for i in range(3)]
    return {"input_format": "YUV420SP_U8", "csc_switch": True,
            **dict(zip(names, GUIDE_COLOURS[1:], strict=True)), **more}  # fmt: skip


def static(layout, **fields):
    return {"aipp_mode": "static", "input_format": layout, **fields}


@pytest.mark.parametrize("layout", BYTES_PER_PIXEL)
@pytest.mark.parametrize("swaps", [(False, False), (True, False), (False, True), (True, True)])
def test_every_format(layout, swaps, device, atc, tmp_path):
    channels = {"YUV400_U8": 1}.get(layout, 4 if BYTES_PER_PIXEL[layout] == 4 else 3)
    fields = static(layout, src_image_size_w=38, src_image_size_h=20, crop=True,
                    load_start_pos_w=4, load_start_pos_h=2, crop_size_w=33, crop_size_h=16,
                    padding=True, left_padding_size=3, top_padding_size=1, bottom_padding_size=2,
                    padding_value=-1.25, rbuv_swap_switch=swaps[0], ax_swap_switch=swaps[1],
                    csc_switch=layout != "YUV400_U8", **SCALES)  # fmt: skip
    om = convert_with(atc, tmp_path, [(2, channels, 19, 36)], [fields])
    pictures = random_bytes(2 * picture_bytes(layout, 38, 20))
    with LoadedModel(acl, om) as model:
        (found,) = model.run([pictures])
    np.testing.assert_array_equal(found, reference(pictures, fields, channels, (38, 20), 2))


def test_grey_from_colours(device, atc, tmp_path):
    grey = {"matrix_r0c0": 76, "matrix_r0c1": 150, "matrix_r0c2": 30, "output_bias_0": 0}
    fields = static("RGB888_U8", csc_switch=True, **grey)
    om = convert_with(atc, tmp_path, [(1, 1, 8, 8)], [fields])
    picture = random_bytes(192)
    with LoadedModel(acl, om) as model:
        (found,) = model.run([picture])
    colours = picture.reshape(8, 8, 3).astype(int)
    wanted = np.minimum(colours @ (76, 150, 30) >> 8, 255)
    np.testing.assert_array_equal(found[0, 0], wanted)


def test_inputs_of_the_converted_model(device, atc, tmp_path):
    fields = static("YUV420SP_U8", src_image_size_w=256, src_image_size_h=224, crop=True,
                    crop_size_w=224, crop_size_h=224)  # fmt: skip
    om = convert_with(atc, tmp_path, [(2, 3, 224, 224), (1, 3, 8, 8)], [fields])
    with LoadedModel(acl, om) as model:
        mdl, desc = acl.mdl, model.desc
        assert mdl.get_num_inputs(desc) == 2
        assert mdl.get_input_size_by_index(desc, 0) == 2 * 256 * 336
        assert mdl.get_input_data_type(desc, 0) == 4 and mdl.get_input_format(desc, 0) == 1
        assert mdl.get_input_dims(desc, 0)[0]["dims"] == [2, 224, 256, 3]
        assert mdl.get_input_dims_v2(desc, 0)[0]["dims"] == [2, 336, 256, 1]
        assert mdl.get_input_data_type(desc, 1) == 0 and mdl.get_input_format(desc, 1) == 0
        assert mdl.get_aipp_type(model.id, 0) == (1, NOTHING_ATTACHED, 0)
        assert mdl.get_aipp_type(model.id, 1) == (0, NOTHING_ATTACHED, 0)
        assert mdl.get_aipp_type(model.id, 2)[2] == 100000
        info, code = mdl.get_first_aipp_info(model.id, 0)
        assert code == 0
        assert (info["inputFormat"], info["srcImageSizeW"], info["cropSizeH"]) == (1, 256, 224)
        assert (info["srcFormat"], info["srcDatatype"], info["srcDimNum"]) == (0, 0, 4)
        assert info["shapeCount"] == 1 and len(info["outDims"]) == 1
        assert info["outDims"][0]["srcDims"]["dims"] == [2, 3, 224, 224]
        assert info["outDims"][0]["aippOutSize"] == 2 * 3 * 224 * 224 * 4
        assert mdl.get_first_aipp_info(model.id, 1) == (None, 145015)


def test_several_static_inputs(device, atc, tmp_path):
    blocks = [static("RGB888_U8", related_input_rank=1, rbuv_swap_switch=True, **SCALES),
              static("YUV400_U8", related_input_rank=2, mean_chn_0=100)]  # fmt: skip
    om = convert_with(atc, tmp_path, [(1, 5), (2, 3, 10, 12), (1, 1, 6, 4)], blocks)
    row, colours, grey = np.arange(5, dtype=np.float32)[None], random_bytes(720), random_bytes(24)
    with LoadedModel(acl, om) as model:
        found = model.run([row, colours, grey])
    np.testing.assert_array_equal(found[0], row)
    np.testing.assert_array_equal(found[1], reference(colours, blocks[0], 3, (12, 10), 2))
    np.testing.assert_array_equal(found[2], reference(grey, blocks[1], 1, (4, 6)))


def test_half_precision_model(device, atc, tmp_path):
    onnx = aipp_models.pass_through(tmp_path / "h.onnx", (1, 3, 4, 4), dtype=np.float16)
    (tmp_path / "h.cfg").write_text("aipp_op { aipp_mode: static input_format: RGB888_U8 "
                                    "mean_chn_1: 3 }")  # fmt: skip
    om = atc(onnx, tmp_path / "h", f"--insert_op_conf={tmp_path / 'h.cfg'}")
    picture = random_bytes(48)
    with LoadedModel(acl, om) as model:
        (found,) = model.run([picture])
        assert acl.mdl.get_first_aipp_info(model.id, 0)[0]["srcDatatype"] == 1
    assert found.dtype == np.float16
    fields = {"input_format": "RGB888_U8", "mean_chn_1": 3}
    np.testing.assert_array_equal(found, reference(picture, fields, 3, (4, 4)))


def dynamic(size, rank=0):
    return {"aipp_mode": "dynamic", "max_src_image_size": size, "related_input_rank": rank}


def test_the_guides_single_input(device, atc, tmp_path):
    """Guide 7.7.2, with its numbers."""
    om = convert_with(atc, tmp_path, [(1, 3, 224, 224)], [dynamic(256 * 224 * 3)])
    picture = random_bytes(picture_bytes("YUV420SP_U8", 256, 224))
    with LoadedModel(acl, om) as model:
        mdl, desc = acl.mdl, model.desc
        index, ret = mdl.get_input_index_by_name(desc, DYNAMIC_NAME)
        assert (index, ret) == (1, 0)
        assert mdl.get_input_size_by_index(desc, index) == mdl.get_aipp_data_size(1)[0] == 160
        assert mdl.get_input_dims(desc, 0)[0]["dims"] == [1, -1, -1, -1]
        assert mdl.get_input_size_by_index(desc, 0) == 256 * 224 * 3
        aipp = mdl.create_aipp(1)
        assert mdl.set_aipp_src_image_size(aipp, 256, 224) == 0
        assert mdl.set_aipp_input_format(aipp, 1) == 0
        assert mdl.set_aipp_csc_params(aipp, *GUIDE_COLOURS) == 0
        assert mdl.set_aipp_rbuv_swap_switch(aipp, 0) == 0
        assert mdl.set_aipp_dtc_pixel_mean(aipp, 0, 0, 0, 0, 0) == 0
        assert mdl.set_aipp_dtc_pixel_min(aipp, 0, 0, 0, 0, 0) == 0
        assert mdl.set_aipp_pixel_var_reci(aipp, 1, 1, 1, 1, 0) == 0
        assert mdl.set_aipp_crop_params(aipp, 1, 0, 0, 224, 224, 0) == 0
        assert mdl.set_input_aipp(model.id, model.inputs[0], index, aipp) == 0
        assert mdl.destroy_aipp(aipp) == 0
        put(model, 0, picture)
        (found,) = execute(model)
    fields = fields_of_guide(crop=True, crop_size_w=224, crop_size_h=224)
    np.testing.assert_array_equal(found, reference(picture, fields, 3, (256, 224)))


def test_the_guides_two_inputs(device, atc, tmp_path):
    """Guide 7.7.3, with its numbers; the second settings go on where the example stops."""
    om = convert_with(atc, tmp_path, [(1, 3, 224, 224), (2, 3, 224, 224)],
                      [dynamic(256 * 224 * 3, 0), dynamic(2 * 224 * 224 * 3, 1)])  # fmt: skip
    first = random_bytes(picture_bytes("YUV420SP_U8", 256, 224), 1)
    second = random_bytes(2 * picture_bytes("RGB888_U8", 224, 224), 2)
    with LoadedModel(acl, om) as model:
        mdl = acl.mdl
        kinds = [mdl.get_aipp_type(model.id, i) for i in range(mdl.get_num_inputs(model.desc))]
        assert kinds == [(2, 2, 0), (2, 3, 0), (3, NOTHING_ATTACHED, 0), (3, NOTHING_ATTACHED, 0)]
        needs = [i for i, (kind, _, _) in enumerate(kinds) if kind == DYNAMIC]
        assert mdl.get_input_name_by_index(model.desc, 2) == DYNAMIC_NAME
        assert mdl.get_input_name_by_index(model.desc, 3).startswith(DYNAMIC_NAME + "_")
        aipp = mdl.create_aipp(1)
        assert mdl.set_aipp_src_image_size(aipp, 256, 224) == 0
        assert mdl.set_aipp_input_format(aipp, 1) == 0
        assert mdl.set_aipp_csc_params(aipp, *GUIDE_COLOURS) == 0
        assert mdl.set_aipp_rbuv_swap_switch(aipp, 0) == 0
        assert mdl.set_aipp_dtc_pixel_mean(aipp, 0, 0, 0, 0, 0) == 0
        assert mdl.set_aipp_dtc_pixel_min(aipp, 0, 0, 0, 0, 0) == 0
        assert mdl.set_aipp_pixel_var_reci(aipp, 1.0, 1.0, 1.0, 1.0, 0) == 0
        assert mdl.set_aipp_crop_params(aipp, 1, 2, 2, 224, 222, 0) == 0
        # As printed the crop of 224 rows from row 2 leaves the picture of 224.
        assert mdl.set_aipp_crop_params(aipp, 1, 2, 2, 224, 224, 0) == 0
        assert mdl.set_aipp_by_input_index(model.id, model.inputs[0], needs[0], aipp) == 100000
        assert "not inside" in acl.get_recent_err_msg()
        assert mdl.set_aipp_src_image_size(aipp, 256, 226) == 0
        assert mdl.set_aipp_by_input_index(model.id, model.inputs[0], needs[0], aipp) == 0
        assert mdl.destroy_aipp(aipp) == 0
        first = random_bytes(picture_bytes("YUV420SP_U8", 256, 226), 1)
        aipp = mdl.create_aipp(2)
        assert mdl.set_aipp_src_image_size(aipp, 224, 224) == 0
        assert mdl.set_aipp_by_input_index(model.id, model.inputs[0], needs[1], aipp) == 100000
        assert mdl.set_aipp_input_format(aipp, 3) == 0
        assert mdl.set_aipp_by_input_index(model.id, model.inputs[0], needs[1], aipp) == 0
        assert mdl.destroy_aipp(aipp) == 0
        put(model, 0, first)
        put(model, 1, second)
        found = execute(model)
    fields = fields_of_guide(crop=True, load_start_pos_w=2, load_start_pos_h=2, crop_size_w=224,
                             crop_size_h=224)  # fmt: skip
    np.testing.assert_array_equal(found[0], reference(first, fields, 3, (256, 226)))
    plain = {"input_format": "RGB888_U8"}
    np.testing.assert_array_equal(found[1], reference(second, plain, 3, (224, 224), 2))


def test_each_picture_has_its_own_parameters(device, atc, tmp_path):
    om = convert_with(atc, tmp_path, [(3, 3, 12, 16)], [dynamic(3 * 24 * 20 * 3)])
    pictures = []
    for i in range(3):
        pictures.append({"input_format": "RGB888_U8", "crop": True, "load_start_pos_w": 2 * i,
                         "load_start_pos_h": i, "crop_size_w": 16 - i, "crop_size_h": 12,
                         "mean_chn_0": 10 * i, "min_chn_1": 1.5 * i, "var_reci_chn_2": 0.5 + i,
                         "padding": i > 0, "left_padding_size": i})  # fmt: skip
    data = random_bytes(3 * picture_bytes("RGB888_U8", 24, 20))
    with LoadedModel(acl, om) as model:
        with Settings(acl, pictures, (24, 20)) as aipp:
            assert acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 0
        put(model, 0, data)
        (found,) = execute(model)
        np.testing.assert_array_equal(found, reference(data, pictures, 3, (24, 20)))
        # The dataset keeps its parameters; another format may follow.
        np.testing.assert_array_equal(execute(model)[0], found)
        swapped = [{"input_format": "YUV420SP_U8"}] * 3
        with Settings(acl, swapped, (16, 12)) as aipp:
            assert acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 0
        wanted = reference(data, swapped, 3, (16, 12))
        np.testing.assert_array_equal(execute(model)[0], wanted)


def test_static_and_dynamic_agree(device, atc, tmp_path):
    fields = fields_of_guide(crop=True, load_start_pos_w=6, load_start_pos_h=4, crop_size_w=40,
                             crop_size_h=30, **SCALES)  # fmt: skip
    data = random_bytes(picture_bytes("YUV420SP_U8", 64, 48))
    block = {"aipp_mode": "static", **fields, "src_image_size_w": 64, "src_image_size_h": 48}
    with LoadedModel(acl, convert_with(atc, tmp_path, [(1, 3, 30, 40)], [block])) as model:
        (wanted,) = model.run([data])
    om = convert_with(atc, tmp_path, [(1, 3, 30, 40)], [dynamic(len(data))], name="d")
    with LoadedModel(acl, om) as model:
        with Settings(acl, [fields], (64, 48)) as aipp:
            assert acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 0
        put(model, 0, data)
        np.testing.assert_array_equal(execute(model)[0], wanted)


def test_parameters_of_strangers(device, atc, tmp_path):
    om = convert_with(atc, tmp_path, [(1, 3, 16, 16)], [dynamic(16 * 16 * 3)])
    random = np.random.default_rng(5)
    with LoadedModel(acl, om) as model:
        put(model, 1, np.zeros(160, np.uint8))
        with pytest.raises(AclError, match="no parameters are set"):
            execute(model)
        with Settings(acl, [{"input_format": "RGB888_U8"}], (16, 16)) as aipp:
            assert acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 0
        pointer = model.inputs[1][1][0]
        good = np.frombuffer(acl.util.ptr_to_bytes(pointer, 160), np.uint8)
        execute(model)
        refused = 0
        for _ in range(300):
            block = good.copy()
            block[random.integers(0, 160, 4)] = random.integers(0, 256, 4, np.uint8)
            put(model, 1, block)
            try:
                execute(model)
            except AclError as error:
                refused += 1
                assert "145000" in str(error) and "input 0 (data0)" in str(error)
        assert refused > 50
        put(model, 1, good)
        execute(model)


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_batch_gears(batch, device, atc, tmp_path):
    """Guide: settings and memory are those of the largest batch."""
    gears = ("--input_shape=data0:-1,3,16,24", "--dynamic_batch_size=1,2,4")
    fields = static("YUV420SP_U8", csc_switch=True, **SCALES)
    data = random_bytes(4 * picture_bytes("YUV420SP_U8", 24, 16))
    om = convert_with(atc, tmp_path, [("n", 3, 16, 24)], [fields], *gears)
    with LoadedModel(acl, om) as model:
        assert acl.mdl.get_input_dims(model.desc, 0)[0]["dims"] == [-1, 16, 24, 3]
        assert acl.mdl.get_input_size_by_index(model.desc, 0) == len(data)
        assert acl.mdl.set_dynamic_batch_size(model.id, model.inputs[0], 1, batch) == 0
        put(model, 0, data)
        (found,) = execute(model)
    wanted = reference(data, fields, 3, (24, 16), batch)
    np.testing.assert_array_equal(found.reshape(-1)[: wanted.size], wanted.reshape(-1))

    om = convert_with(atc, tmp_path, [("n", 3, 16, 24)], [dynamic(len(data))], *gears, name="d")
    with LoadedModel(acl, om) as model:
        mdl = acl.mdl
        assert mdl.get_input_dims(model.desc, 0)[0]["dims"] == [-1, -1, -1, -1]
        assert mdl.get_input_size_by_index(model.desc, 1) == 64 + 96 * 4
        assert mdl.set_dynamic_batch_size(model.id, model.inputs[0], 2, batch) == 0
        colours = fields_of_guide(**SCALES)
        with Settings(acl, [colours] * 3, (24, 16)) as aipp:
            assert mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 100000
            assert "for 3 pictures, but the model takes 4" in acl.get_recent_err_msg()
        with Settings(acl, [colours] * 4, (24, 16)) as aipp:
            assert mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 0
        put(model, 0, data)
        (found,) = execute(model)
    wanted = reference(data, colours, 3, (24, 16), batch)
    np.testing.assert_array_equal(found.reshape(-1)[: wanted.size], wanted.reshape(-1))


IMAGE_GEARS = ("--input_shape=data0:1,3,-1,-1", "--dynamic_image_size=16,24;32,40")


@pytest.mark.parametrize("size", [(16, 24), (32, 40)])
def test_image_gears_of_static_aipp(size, device, atc, tmp_path):
    fields = static("YUV420SP_U8", csc_switch=True)
    om = convert_with(atc, tmp_path, [(1, 3, "h", "w")], [fields], *IMAGE_GEARS)
    data = random_bytes(picture_bytes("YUV420SP_U8", 40, 32))
    with LoadedModel(acl, om) as model:
        assert acl.mdl.get_input_dims(model.desc, 0)[0]["dims"] == [1, -1, -1, 3]
        assert acl.mdl.get_input_dims_v2(model.desc, 0)[0]["dims"] == [1, -1, -1, 1]
        assert acl.mdl.get_first_aipp_info(model.id, 0)[0]["shapeCount"] == 2
        assert acl.mdl.set_dynamic_hw_size(model.id, model.inputs[0], 1, *size) == 0
        put(model, 0, data)
        (found,) = execute(model)
    height, width = size
    wanted = reference(data[: picture_bytes("YUV420SP_U8", width, height)], fields, 3,
                       (width, height))  # fmt: skip
    np.testing.assert_array_equal(found.reshape(-1)[: wanted.size], wanted.reshape(-1))


@pytest.mark.parametrize("fields", [
    {"crop": True}, {"padding": True}, {"src_image_size_w": 40, "src_image_size_h": 32},
])  # fmt: skip
def test_image_gears_forbid_sizes_in_the_configuration(fields, atc, tmp_path):
    """Guide 7.6: no crop, no padding and source size 0 with static AIPP and image gears."""
    with pytest.raises(ToolError, match="E10052.*dynamic_image_size"):
        convert_with(atc, tmp_path, [(1, 3, "h", "w")], [static("RGB888_U8", **fields)],
                     *IMAGE_GEARS)  # fmt: skip


def test_image_gears_of_dynamic_aipp(device, atc, tmp_path):
    """Guide 7.6: no crop or padding; the source is as large as the largest gear, and so is it."""
    om = convert_with(atc, tmp_path, [(1, 3, "h", "w")], [dynamic(40 * 32 * 3)], *IMAGE_GEARS)
    data = random_bytes(40 * 32 * 3)
    plain = {"input_format": "RGB888_U8"}
    with LoadedModel(acl, om) as model:
        mdl = acl.mdl
        assert mdl.get_input_size_by_index(model.desc, 0) == 40 * 32 * 3
        for fields, size, words in (
            ({"crop": True, "crop_size_w": 40, "crop_size_h": 32}, (40, 32), "must be off"),
            ({"padding": True, "left_padding_size": 1}, (40, 32), "must be off"),
            ({}, (24, 16), "takes its largest, 40x32"),
        ):
            with Settings(acl, [plain | fields], size) as aipp:
                assert mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 100000
                assert words in acl.get_recent_err_msg()
        with Settings(acl, [plain], (40, 32)) as aipp:
            assert mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == 0
        put(model, 0, data)
        assert mdl.set_dynamic_hw_size(model.id, model.inputs[0], 2, 32, 40) == 0
        (found,) = execute(model)
        np.testing.assert_array_equal(found, reference(data, plain, 3, (40, 32)))
        # The smaller gear does not go with parameters of the largest.
        assert mdl.set_dynamic_hw_size(model.id, model.inputs[0], 2, 16, 24) == 0
        with pytest.raises(AclError, match="makes 40x32.*the model takes 24x16"):
            execute(model)


def test_aipp_excludes_dims_gears(atc, tmp_path):
    """Guide 7.6 and 7.7: AIPP, static or dynamic, not with dynamic dims."""
    for block in (static("RGB888_U8"), dynamic(1000)):
        with pytest.raises(ToolError, match="E10001.*dynamic_dims"):
            convert_with(atc, tmp_path, [(1, 3, "h", "w")], [block], "--input_format=ND",
                         "--input_shape=data0:1,3,-1,-1", "--dynamic_dims=8,8;16,16")  # fmt: skip


@pytest.mark.parametrize("layout", ["RGB888_U8", "YUV420SP_U8"])
def test_open_sizes(layout, device, atc, tmp_path):
    """A range of shapes with static AIPP: sizes are those of the picture that is given."""
    fields = static(layout, **SCALES)
    om = convert_with(atc, tmp_path, [("n", 3, "h", 8)], [fields],
                      "--input_shape=data0:1~3,3,2~6,8")  # fmt: skip
    with LoadedModel(acl, om) as model:
        dims = acl.mdl.get_input_dims(model.desc, 0)[0]["dims"]
        assert dims == [-1, -1, 8, 3]
        assert acl.mdl.get_input_size_by_index(model.desc, 0) == 3 * picture_bytes(layout, 8, 6)
        for batch, height in ((3, 6), (1, 2), (2, 4)):
            data = random_bytes(batch * picture_bytes(layout, 8, height))
            stored = [batch, height * 3 // 2, 8, 1]
            shapes = [[batch, height, 8, 3]] + ([stored] if layout == "YUV420SP_U8" else [])
            for shape in shapes:
                desc = acl.create_tensor_desc(4, shape, 1)
                assert acl.mdl.set_dataset_tensor_desc(model.inputs[0], desc, 0)[1] == 0
                acl.destroy_tensor_desc(desc)
                put(model, 0, data)
                (found,) = execute(model)
                wanted = reference(data, fields, 3, (8, height), batch)
                np.testing.assert_array_equal(found, wanted)
        desc = acl.create_tensor_desc(4, [4, 6, 8, 3], 1)
        assert acl.mdl.set_dataset_tensor_desc(model.inputs[0], desc, 0)[1] == 0
        acl.destroy_tensor_desc(desc)
        assert acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]) == 100000
        assert "range 1 to 3" in acl.get_recent_err_msg()


def test_descriptions_of_pictures(device, atc, tmp_path):
    """On fixed sizes a tensor description may repeat either form of the shape."""
    fields = static("YUV420SP_U8")
    om = convert_with(atc, tmp_path, [(1, 3, 6, 8)], [fields])
    data = random_bytes(picture_bytes("YUV420SP_U8", 8, 6))
    with LoadedModel(acl, om) as model:
        put(model, 0, data)
        for shape, code in (([1, 6, 8, 3], 0), ([1, 9, 8, 1], 0), ([1, 8, 8, 3], 145021)):
            desc = acl.create_tensor_desc(4, shape, 1)
            assert acl.mdl.set_dataset_tensor_desc(model.inputs[0], desc, 0)[1] == 0
            acl.destroy_tensor_desc(desc)
            assert acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]) == code, shape
