"""spec/aipp.md section 1: the fields of a configuration."""

import numpy as np
from acl_runner import LoadedModel
from aipp_kit import SIZE, accepted, block, check, noise, refused, result_of, text_of
from aipp_reference import reference
from rows import row

PAGE = "aipp.md"


@row(f"{PAGE} 1", "aipp_mode (1)")
def the_mode_is_required(acl):
    for word in ("static", "1"):
        accepted(f"aipp_op {{ aipp_mode: {word} input_format: RGB888_U8 }}")
    for word in ("dynamic", "2"):
        accepted(f"aipp_op {{ aipp_mode: {word} max_src_image_size: 144 }}")
    refused("E10052", "aipp_mode is missing", "aipp_op { input_format: RGB888_U8 }")
    refused("E13018", "line 1", "aipp_op { aipp_mode: fixed }")


@row(f"{PAGE} 1", "related_input_rank (2)")
def the_index_of_the_input(acl):
    om = accepted(text_of(related_input_rank=1), (1, 4), (1, 3, 6, 8))
    with LoadedModel(acl, om) as model:
        kinds = [acl.mdl.get_aipp_type(model.id, i)[0] for i in range(2)]
        assert kinds == [0, 1]
    refused("E10052", "related_input_rank is -1", text_of(related_input_rank=-1))
    refused("E10052", "the model has 1 inputs", text_of(related_input_rank=1))


@row(f"{PAGE} 1", "related_input_name (6)")
def names_are_for_caffe(acl):
    refused("E10052", "Caffe", text_of(related_input_name='"data0"'))
    refused("E10052", "both given",
            text_of(related_input_name='"data0"', related_input_rank=0))


@row(f"{PAGE} 1", "input_edge_idx (3)")
@row(f"{PAGE} 1", "support_rotation (5)")
@row(f"{PAGE} 1", "cpadding_value (53)")
@row(f"{PAGE} 1", "single_line_mode (56)")
@row(f"{PAGE} 1", "rotation_angle")
def reserved_fields_change_nothing(acl):
    plain = result_of(acl, text_of(mean_chn_0=3))
    reserved = text_of(mean_chn_0=3, support_rotation=True, cpadding_value=1.5,
                       single_line_mode=True, rotation_angle=0, input_edge_idx=0)
    assert np.array_equal(plain, result_of(acl, reserved.replace("}", "input_edge_idx: 1 }")))


@row(f"{PAGE} 1", "max_src_image_size (4)")
def dynamic_needs_its_size(acl):
    om = accepted("aipp_op { aipp_mode: dynamic max_src_image_size: 144 }")
    with LoadedModel(acl, om) as model:
        assert acl.mdl.get_input_size_by_index(model.desc, 0) == 144
    for field in ("", "max_src_image_size: 0", "max_src_image_size: -1"):
        refused("E10052", "max_src_image_size is", f"aipp_op {{ aipp_mode: dynamic {field} }}")


@row(f"{PAGE} 1", "input_format (51)")
def the_picture_format(acl):
    refused("E10052", "input_format is missing", "aipp_op { aipp_mode: static }")
    for number, (layout, channels) in enumerate(
        [("YUV420SP_U8", 3), ("XRGB8888_U8", 4), ("RGB888_U8", 3), ("YUV400_U8", 1)], 1
    ):
        shape = (1, channels, 6, 8)
        word = result_of(acl, text_of(layout=layout), layout, SIZE, shape)
        text = f"aipp_op {{ aipp_mode: static input_format: {number} }}"
        assert np.array_equal(word, result_of(acl, text, layout, SIZE, shape))
    for layout in ("NC1HWC0DI_FP16", "NC1HWC0DI_S8", "RAW10", "RAW24", "RGB16", "RGB24_IR"):
        refused("E10052", layout, text_of(layout=layout))


@row(f"{PAGE} 1", "csc_switch (52)")
def the_switch_of_colour_conversion(acl):
    off = check(acl, matrix_r0c0=5, output_bias_0=7)
    assert np.array_equal(off, check(acl))
    assert not np.array_equal(off, check(acl, csc_switch=True))


@row(f"{PAGE} 1", "rbuv_swap_switch (54), ax_swap_switch (55)")
def the_switches_of_swaps(acl):
    plain = check(acl)
    assert np.array_equal(check(acl, rbuv_swap_switch=True), plain[:, ::-1])
    yuv = check(acl, "YUV420SP_U8")
    assert np.array_equal(check(acl, "YUV420SP_U8", rbuv_swap_switch=True), yuv[:, [0, 2, 1]])
    four = check(acl, "XRGB8888_U8", channels=4)
    swapped = check(acl, "XRGB8888_U8", channels=4, ax_swap_switch=True)
    assert np.array_equal(swapped, four[:, [1, 2, 3, 0]])


@row(f"{PAGE} 1", "src_image_size_w (57), h (58)")
def the_size_of_the_source(acl):
    check(acl, src_image_size_w=8, src_image_size_h=6)
    check(acl, src_image_size_w=0, src_image_size_h=0)
    for field, wrong in (("w", 1), ("w", 4097), ("w", -2), ("h", 4097), ("h", -1)):
        refused("E10052", f"src_image_size_{field} is {wrong}",
                text_of(**{f"src_image_size_{field}": wrong}))
    for width, height in ((7, 6), (8, 5)):
        refused("E10052", "even", text_of(layout="YUV420SP_U8", src_image_size_w=width,
                                          src_image_size_h=height))


@row(f"{PAGE} 1", "crop (59), load_start_pos_w")
def the_crop(acl):
    sized = {"src_image_size_w": 12, "src_image_size_h": 10, "crop": True}
    check(acl, "YUV420SP_U8", (12, 10), **sized, load_start_pos_w=4, load_start_pos_h=2,
          crop_size_w=8, crop_size_h=6)
    # Size 0 is the model's.
    found = result_of(acl, text_of(**sized, load_start_pos_h=3), "RGB888_U8", (12, 10))
    wanted = block(**sized, load_start_pos_h=3, crop_size_w=8, crop_size_h=6)
    assert np.array_equal(found, reference(noise("RGB888_U8", (12, 10)), wanted, 3, (12, 10)))
    for field, wrong in (("load_start_pos_w", 4096), ("load_start_pos_h", -1),
                         ("crop_size_w", 4097), ("crop_size_h", -1)):
        refused("E10052", f"{field} is {wrong}", text_of(**sized, **{field: wrong}))
    off = {"load_start_pos_w": 4096, "crop_size_w": 9999}
    assert np.array_equal(result_of(acl, text_of(**off)), check(acl))


@row(f"{PAGE} 1", "resize (64)")
def resizing_is_refused(acl):
    refused("E10052", "resize is true", text_of(resize=True, resize_output_w=8))
    accepted(text_of(resize=False, resize_output_w=8, resize_output_h=6))


@row(f"{PAGE} 1", "padding (67)")
def the_padding(acl):
    sizes = {"left_padding_size": 1, "right_padding_size": 2, "top_padding_size": 3,
             "bottom_padding_size": 32}
    sized = {"src_image_size_w": 8, "src_image_size_h": 6, "padding": True}
    check(acl, padding_value=-2.5, **sized, **sizes)
    for side in sizes:
        for wrong in (33, -1):
            refused("E10052", f"{side} is {wrong}", text_of(**sized, **{side: wrong}))
    assert np.array_equal(result_of(acl, text_of(left_padding_size=99)), check(acl))


@row(f"{PAGE} 1", "mean_chn_0..2")
def the_means(acl):
    check(acl, "XRGB8888_U8", channels=4, mean_chn_0=0, mean_chn_1=255, mean_chn_2=128,
          mean_chn_3=7)
    for channel, wrong in ((0, 256), (1, -1), (3, 300)):
        refused("E10052", f"mean_chn_{channel} is {wrong}",
                text_of(**{f"mean_chn_{channel}": wrong}))
    refused("E13018", "integer", text_of(mean_chn_0=103.5))


@row(f"{PAGE} 1", "min_chn_0..2")
def the_minima(acl):
    check(acl, "XRGB8888_U8", channels=4, min_chn_0=123.675, min_chn_1=-65504, min_chn_2=0.1,
          min_chn_3=65504)
    for wrong in (65520, -70000):
        refused("E10052", f"min_chn_1 is {wrong}", text_of(min_chn_1=wrong))


@row(f"{PAGE} 1", "var_reci_chn_0..2")
def the_scales(acl):
    check(acl, "XRGB8888_U8", channels=4, var_reci_chn_0=0.0171247538316637,
          var_reci_chn_1=-2, var_reci_chn_2=0, var_reci_chn_3=100)
    refused("E10052", "var_reci_chn_2 is 70000", text_of(var_reci_chn_2=70000))
    twice = text_of(var_reci_chn_0=1).replace("}", "var_reci_chn_0: 1 }")
    refused("E10052", "var_reci_chn_0 is given 2 times", twice)


@row(f"{PAGE} 1", "matrix_r0c0")
def the_matrix(acl):
    check(acl, csc_switch=True, matrix_r0c0=32676, matrix_r2c1=-32677)
    # What is left out has its default, field by field.
    check(acl, "YUV420SP_U8", csc_switch=True, matrix_r1c1=0)
    for wrong in (32677, -32678):
        refused("E10052", f"matrix_r2c2 is {wrong}", text_of(csc_switch=True, matrix_r2c2=wrong))
    twice = text_of(csc_switch=True, matrix_r0c1=1).replace("}", "matrix_r0c1: 1 }")
    refused("E10052", "given 2 times", twice)


@row(f"{PAGE} 1", "output_bias_0..2")
def the_biases(acl):
    default = check(acl, csc_switch=True)
    zero = check(acl, csc_switch=True, output_bias_0=0, output_bias_1=0, output_bias_2=0)
    assert not np.array_equal(default, zero)
    same = check(acl, csc_switch=True, output_bias_0=16, output_bias_1=128, output_bias_2=128,
                 input_bias_0=9)
    assert np.array_equal(default, same)
    yuv = check(acl, "YUV420SP_U8", csc_switch=True)
    assert not np.array_equal(yuv, check(acl, "YUV420SP_U8", csc_switch=True, input_bias_1=0))
    for name, wrong in (("output_bias_0", 256), ("input_bias_2", -1)):
        refused("E10052", f"{name} is {wrong}", text_of(csc_switch=True, **{name: wrong}))
    twice = text_of(csc_switch=True, input_bias_1=1).replace("}", "input_bias_1: 1 }")
    refused("E10052", "given 2 times", twice)


@row(f"{PAGE} 1", "raw_rgbir_to_f16_n (45)")
def raw_pictures_are_refused(acl):
    refused("E10052", "raw", text_of(raw_rgbir_to_f16_n=1))
