"""spec/aipp.md sections 5 and 6, spec/model.md section 7: inputs of models with AIPP."""

import struct

import numpy as np
from acl_runner import LoadedModel
from aipp_kit import SIZE, accepted, block, dynamic_model, new_settings, noise
from aipp_models import ACL_FORMATS, Settings
from aipp_reference import config_text, picture_bytes, reference
from rows import INVALID_PARAM, ok, row

PAGE = "aipp.md"

STORED = {
    "YUV420SP_U8": ([2, 6, 8, 3], [2, 9, 8, 1], 3), "RGB888_U8": ([2, 6, 8, 3], [2, 6, 8, 3], 3),
    "XRGB8888_U8": ([2, 6, 8, 4], [2, 6, 8, 4], 4), "YUV400_U8": ([2, 6, 8, 1], [2, 6, 8, 1], 1),
    "YUYV_U8": (None, [2, 6, 8, 2], 3), "YUV422SP_U8": (None, [2, 12, 8, 1], 3),
}  # fmt: skip


def check_input(acl, layout):
    dims, stored, channels = STORED[layout]
    one = block(layout)
    with LoadedModel(acl, accepted(config_text(one), (2, channels, 6, 8))) as model:
        mdl, desc = acl.mdl, model.desc
        assert mdl.get_input_data_type(desc, 0) == 4 and mdl.get_input_format(desc, 0) == 1
        assert mdl.get_input_size_by_index(desc, 0) == 2 * picture_bytes(layout, *SIZE)
        assert ok(mdl.get_input_dims_v2(desc, 0))["dims"] == stored
        if dims:
            assert ok(mdl.get_input_dims(desc, 0))["dims"] == dims
        found = model.run([noise(layout, batch=2)])[0]
    assert np.array_equal(found, reference(noise(layout, batch=2), one, channels, SIZE, 2))


@row(f"{PAGE} 5", "YUV420SP_U8 |")
def input_of_nv12(acl):
    check_input(acl, "YUV420SP_U8")


@row(f"{PAGE} 5", "RGB888_U8 |")
def input_of_rgb(acl):
    check_input(acl, "RGB888_U8")


@row(f"{PAGE} 5", "XRGB8888_U8 |")
def input_of_xrgb(acl):
    check_input(acl, "XRGB8888_U8")


@row(f"{PAGE} 5", "YUV400_U8 |")
def input_of_grey(acl):
    check_input(acl, "YUV400_U8")


@row(f"{PAGE} 5", "YUYV_U8 (if accepted)")
def input_of_yuyv(acl):
    check_input(acl, "YUYV_U8")


@row(f"{PAGE} 5", "YUV422SP_U8 |")
def input_of_nv16(acl):
    check_input(acl, "YUV422SP_U8")


# Section 6: the parameter block, as set_input_aipp leaves it in the buffer.


def written_block(acl):
    """The block of settings in which every field has a number of its own."""
    mdl = acl.mdl
    with dynamic_model(acl) as model, new_settings(acl) as aipp:
        ok(mdl.set_aipp_input_format(aipp, ACL_FORMATS["RGB888_U8"]))
        ok(mdl.set_aipp_csc_params(aipp, 1, *range(-3, 6), 11, 12, 13, 21, 22, 23))
        ok(mdl.set_aipp_rbuv_swap_switch(aipp, 1))
        ok(mdl.set_aipp_ax_swap_switch(aipp, 1))
        ok(mdl.set_aipp_src_image_size(aipp, 60, 50))
        for i in range(2):
            ok(mdl.set_aipp_crop_params(aipp, 1, 3 + i, 5, 5, 3, i))
            ok(mdl.set_aipp_padding_params(aipp, 1, 1, 2, 3, 0, i))
            ok(mdl.set_aipp_dtc_pixel_mean(aipp, 31, 32, 33, 34 + i, i))
            ok(mdl.set_aipp_dtc_pixel_min(aipp, 0.5, 1.5, 2.5, 3.5, i))
            ok(mdl.set_aipp_pixel_var_reci(aipp, 0.25, -2.0, 8.0, 1.0 + i, i))
        ok(mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp))
        return acl.util.ptr_to_bytes(model.inputs[1][1][0], 64 + 2 * 96)


def block_row(at, kind, values, record_at, record_kind, records):
    def run(acl):
        data = written_block(acl)
        if kind:
            assert struct.unpack_from("<" + kind, data, at) == tuple(values)
        for index, wanted in enumerate(records or ()):
            found = struct.unpack_from("<" + record_kind, data, 64 + 96 * index + record_at)
            assert found == tuple(wanted), index

    return run


ZEROS = [(0,) * 4] * 2
BLOCK_ROWS = {
    "0 u8": block_row(0, "B", [5], 0, "b", [[1]] * 2),
    "1 i8": block_row(1, "b", [1], 1, "b", [[0]] * 2),
    "2 i8": block_row(2, "b", [1], 2, "b", [[1]] * 2),
    "3 i8": block_row(3, "b", [1], 3, "b", [[0]] * 2),
    "4 i8": block_row(4, "b", [2], 8, "4i", [(3, 5, 5, 3), (4, 5, 5, 3)]),
    "8 i32": block_row(8, "i", [60], 24, "4i", ZEROS),
    "12 i32": block_row(12, "i", [50], 40, "4i", [(1, 2, 3, 0)] * 2),
    "16 i16": block_row(16, "9h", range(-3, 6), 56, "4h", [(31, 32, 33, 34), (31, 32, 33, 35)]),
    "34–39": block_row(34, "6B", [0] * 6, 64, "4e", [(0.5, 1.5, 2.5, 3.5)] * 2),
    "40 u8": block_row(40, "3B", [11, 12, 13], 72, "4e",
                       [(0.25, -2.0, 8.0, 1.0), (0.25, -2.0, 8.0, 2.0)]),
    "43 u8": block_row(43, "3B", [21, 22, 23], 80, "16B", [(0,) * 16] * 2),
    "46–63": block_row(46, "18B", [0] * 18, 0, "", None),
}  # fmt: skip
for start, case in BLOCK_ROWS.items():
    case.__name__ = "block_" + start.split()[0]
    row(f"{PAGE} 6", start)(case)


# model.md section 7: setters.


def check_setter(acl, call, good, wrong):
    """`call(settings, *numbers)` takes the good ones and refuses the wrong ones."""
    with new_settings(acl) as aipp:
        for numbers in good:
            assert call(aipp, *numbers) == 0, (numbers, acl.get_recent_err_msg())
        for numbers in wrong:
            acl.get_recent_err_msg()
            assert call(aipp, *numbers) == INVALID_PARAM, numbers
            assert acl.get_recent_err_msg()
        assert call(0, *good[0]) == INVALID_PARAM
    assert call(aipp, *good[0]) == INVALID_PARAM


def replaced(numbers, changes):
    for at, value in changes:
        yield tuple(value if i == at else n for i, n in enumerate(numbers))


@row("model.md 7", "input format")
def set_the_format(acl):
    check_setter(acl, acl.mdl.set_aipp_input_format, [(1,), (2,), (3,), (4,)],
                 [(0,), (5,), (7,), (10,), (14,), (-1,), (65535,)])
    for layout, number in (("YUV420SP_U8", 1), ("XRGB8888_U8", 2), ("RGB888_U8", 5)):
        with dynamic_model(acl) as model:
            with Settings(acl, [{"input_format": layout}] * 2, SIZE) as aipp:
                ok(acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp))
            assert acl.util.ptr_to_bytes(model.inputs[1][1][0], 1)[0] == number


@row("model.md 7", "csc |")
def set_the_colours(acl):
    call, base = acl.mdl.set_aipp_csc_params, (1, *[0] * 9, *[0] * 6)
    limits = (1, *[32676] * 9, *[255] * 6)
    lower = (1, *[-32677] * 9, *[0] * 6)
    check_setter(acl, call, [base, limits, lower, (0, *[32767] * 9, *[9] * 6)],
                 [*replaced(base, [(0, 2), (1, 32677), (9, -32678)])])


@row("model.md 7", "rbuv swap, ax swap")
def set_the_swaps(acl):
    for call in (acl.mdl.set_aipp_rbuv_swap_switch, acl.mdl.set_aipp_ax_swap_switch):
        check_setter(acl, call, [(0,), (1,)], [(2,), (127,)])


@row("model.md 7", "src image size")
def set_the_source(acl):
    check_setter(acl, acl.mdl.set_aipp_src_image_size, [(2, 1), (4096, 4096)],
                 [(1, 1), (4097, 8), (8, 0), (8, 4097), (-8, 8)])


@row("model.md 7", "resize (scf)")
def set_the_scaling(acl):
    call, base = acl.mdl.set_aipp_scf_params, (1, 64, 64, 64, 64, 0)
    check_setter(acl, call, [base, (0, 1, 1, 1, 1, 0), (1, 4096, 16, 1920, 256, 1)],
                 [*replaced(base, [(0, 2), (1, 15), (1, 4097), (2, 15), (3, 1921), (3, 15),
                                   (4, 4097), (5, 2)]),
                  (1, 16, 64, 272, 64, 0), (1, 64, 4096, 64, 255, 0)])
    with dynamic_model(acl) as model:
        with Settings(acl, [{"input_format": "RGB888_U8"}] * 2, SIZE) as aipp:
            ok(call(aipp, *base))
            assert acl.mdl.set_input_aipp(model.id, model.inputs[0], 1, aipp) == INVALID_PARAM
            assert "resizing" in acl.get_recent_err_msg()


@row("model.md 7", "crop |")
def set_the_crop(acl):
    base = (1, 0, 0, 8, 8, 0)
    check_setter(acl, acl.mdl.set_aipp_crop_params,
                 [base, (1, 4095, 4095, 4096, 4096, 1), (0, -1, -1, 0, 0, 0)],
                 [*replaced(base, [(0, 2), (1, 4096), (1, -1), (2, 4096), (3, 0), (3, 4097),
                                   (4, 0), (4, 4097)])])


@row("model.md 7", "padding |")
def set_the_padding(acl):
    base = (1, 0, 0, 0, 0, 0)
    check_setter(acl, acl.mdl.set_aipp_padding_params, [base, (1, 32, 32, 32, 32, 1)],
                 [*replaced(base, [(0, 3), (1, 33), (2, -1), (3, 33), (4, -5)])])


@row("model.md 7", "mean |")
def set_the_means(acl):
    base = (0, 0, 0, 0, 0)
    check_setter(acl, acl.mdl.set_aipp_dtc_pixel_mean, [base, (255, 255, 255, 255, 1)],
                 [*replaced(base, [(0, 256), (1, -1), (2, 300), (3, -9)])])


@row("model.md 7", "min |")
def set_the_minima(acl):
    base = (0.0, 0.0, 0.0, 0.0, 0)
    check_setter(acl, acl.mdl.set_aipp_dtc_pixel_min, [base, (255.0, 0.1, 123.675, 1.0, 1)],
                 [*replaced(base, [(0, 255.5), (1, -0.1), (2, float("nan")), (3, 1e9)])])


@row("model.md 7", "var reci")
def set_the_scales(acl):
    base = (1.0, 1.0, 1.0, 1.0, 0)
    check_setter(acl, acl.mdl.set_aipp_pixel_var_reci,
                 [base, (-65504.0, 65504.0, 0.0171, -1.0, 1)],
                 [*replaced(base, [(0, 65505.0), (1, -65505.0), (2, float("nan")),
                                   (3, float("inf"))])])


@row("model.md 7", "any per-batch setter")
def the_picture_must_be_in_the_batch(acl):
    mdl = acl.mdl
    calls = {
        mdl.set_aipp_scf_params: (0, 16, 16, 16, 16), mdl.set_aipp_crop_params: (1, 0, 0, 8, 8),
        mdl.set_aipp_padding_params: (1, 0, 0, 0, 0), mdl.set_aipp_dtc_pixel_mean: (0,) * 4,
        mdl.set_aipp_dtc_pixel_min: (0.0,) * 4, mdl.set_aipp_pixel_var_reci: (1.0,) * 4,
    }  # fmt: skip
    for call, numbers in calls.items():
        wrong = [(*numbers, 2), (*numbers, 1 << 40)]
        check_setter(acl, call, [(*numbers, 0), (*numbers, 1)], wrong)
