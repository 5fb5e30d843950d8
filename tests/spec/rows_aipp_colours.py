"""spec/aipp.md section 4: colours.

Expected numbers are those of floating point arithmetic, to within what whole numbers lose, so that
a wrong matrix cannot hide behind the reference's own.
"""

import numpy as np
from aipp_kit import check, noise
from aipp_reference import default_matrix
from rows import row

PAGE = "aipp.md"


def matrix_fields(rows, bias, side):
    fields = {f"matrix_r{r}c{c}": rows[r][c] for r in range(3) for c in range(3)}
    return {"csc_switch": True, **fields, **{f"{side}_bias_{i}": bias[i] for i in range(3)}}


@row(f"{PAGE} 4", "YUV in → RGB/BGR")
def the_formula_for_yuv(acl):
    rows = ((300, -200, 100), (-7, 5, 3), (0, 512, -512))
    check(acl, "YUV420SP_U8", **matrix_fields(rows, (1, 200, 3), "input"), output_bias_0=99)


@row(f"{PAGE} 4", "RGB in → YUV/GRAY")
def the_formula_for_rgb(acl):
    rows = ((300, -200, 100), (-7, 5, 3), (0, 512, -512))
    check(acl, **matrix_fields(rows, (1, 200, 3), "output"), input_bias_0=99)


TO_RGB = {
    "JPEG / 601 full": (((256, 0, 359), (256, -88, -183), (256, 454, 0)), 0, 0.299, 0.114),
    "601 narrow": (((298, 0, 409), (298, -100, -208), (298, 516, 0)), 16, 0.299, 0.114),
    "709 narrow": (((298, 0, 459), (298, -55, -136), (298, 541, 0)), 16, 0.2126, 0.0722),
    "709 full": (((256, 0, 403), (256, -48, -120), (256, 475, 0)), 0, 0.2126, 0.0722),
}


def ideal_rgb(yuv, black, red, blue):
    """From the definitions of the standards; `yuv` is [3, H, W]."""
    scale = (255 / 219, 255 / 224) if black else (1, 1)
    luma = (yuv[0] - black) * scale[0]
    u, v = (yuv[1] - 128) * scale[1], (yuv[2] - 128) * scale[1]
    r, b = luma + 2 * (1 - red) * v, luma + 2 * (1 - blue) * u
    g = (luma - red * r - blue * b) / (1 - red - blue)
    return np.clip(np.stack([r, g, b]), 0, 255)


def yuv_of(acl):
    return check(acl, "YUV420SP_U8")[0].astype(float)


def check_to_rgb(acl, name, order=(0, 1, 2), **more):
    rows, black, red, blue = TO_RGB[name]
    fields = matrix_fields([rows[i] for i in order], (black, 128, 128), "input")
    found = check(acl, "YUV420SP_U8", **fields, **more)[0]
    yuv = yuv_of(acl)
    if more.get("rbuv_swap_switch"):
        yuv = yuv[[0, 2, 1]]
    assert np.abs(found - ideal_rgb(yuv, black, red, blue)[list(order)]).max() <= 3


@row(f"{PAGE} 4", "YUV→RGB | JPEG / 601 full")
def yuv_601_full(acl):
    check_to_rgb(acl, "JPEG / 601 full")


@row(f"{PAGE} 4", "YUV→RGB | 601 narrow")
def yuv_601_narrow(acl):
    check_to_rgb(acl, "601 narrow")


@row(f"{PAGE} 4", "YUV→RGB | 709 narrow")
def yuv_709_narrow(acl):
    check_to_rgb(acl, "709 narrow")


@row(f"{PAGE} 4", "YUV→RGB | 709 full")
def yuv_709_full(acl):
    check_to_rgb(acl, "709 full")


@row(f"{PAGE} 4", "YUV→BGR")
def yuv_to_bgr(acl):
    for name in TO_RGB:
        check_to_rgb(acl, name, (2, 1, 0))
    # Which is the default.
    rows = np.reshape(default_matrix("YUV420SP_U8"), (3, 3)).tolist()
    assert rows == [list(r) for r in TO_RGB["601 narrow"][0][::-1]]
    explicit = check(acl, "YUV420SP_U8", **matrix_fields(rows, (16, 128, 128), "input"))
    assert np.array_equal(check(acl, "YUV420SP_U8", csc_switch=True), explicit)


@row(f"{PAGE} 4", "NV21 input")
def nv21_is_a_swap(acl):
    check_to_rgb(acl, "601 narrow", rbuv_swap_switch=True)


@row(f"{PAGE} 4", "YUV→GRAY")
def yuv_to_grey(acl):
    fields = matrix_fields(((256, 0, 0), (0, 0, 0), (0, 0, 0)), (0, 0, 0), "input")
    found = check(acl, "YUV420SP_U8", channels=1, **fields)
    luma = noise("YUV420SP_U8")[:48].reshape(6, 8)
    assert np.array_equal(found[0, 0], luma)


@row(f"{PAGE} 4", "YUV→YUV444")
def yuv_without_conversion(acl):
    data = noise("YUV420SP_U8")
    found = check(acl, "YUV420SP_U8")[0]
    assert np.array_equal(found[0], data[:48].reshape(6, 8))
    assert np.array_equal(found[1, ::2, ::2], data[48::2].reshape(3, 4))


TO_YUV = {
    "JPEG / 601 full": (((77, 150, 29), (-43, -85, 128), (128, -107, -21)), 0, 0.299, 0.114),
    "601 narrow": (((66, 129, 25), (-38, -74, 112), (112, -94, -18)), 16, 0.299, 0.114),
    "709 narrow": (((47, 157, 16), (-26, -87, 112), (112, -102, -10)), 16, 0.2126, 0.0722),
    "709 full": (((55, 183, 19), (-29, -99, 128), (128, -116, -12)), 0, 0.2126, 0.0722),
}


def ideal_yuv(rgb, black, red, blue):
    scale = (219 / 255, 224 / 255) if black else (1, 1)
    luma = red * rgb[0] + (1 - red - blue) * rgb[1] + blue * rgb[2]
    u, v = (rgb[2] - luma) / 2 / (1 - blue), (rgb[0] - luma) / 2 / (1 - red)
    return np.stack([luma * scale[0] + black, u * scale[1] + 128, v * scale[1] + 128])


def check_to_yuv(acl, name, order=(0, 1, 2), swap=False):
    rows, black, red, blue = TO_YUV[name]
    bias = (black, 128, 128)
    fields = matrix_fields([rows[i] for i in order], [bias[i] for i in order], "output")
    found = check(acl, **fields, rbuv_swap_switch=swap)[0]
    rgb = noise("RGB888_U8").reshape(6, 8, 3).transpose(2, 0, 1).astype(float)
    ideal = ideal_yuv(rgb[::-1] if swap else rgb, black, red, blue)[list(order)]
    assert np.abs(found - ideal).max() <= 3


@row(f"{PAGE} 4", "RGB→YUV444 | JPEG / 601 full")
def rgb_601_full(acl):
    check_to_yuv(acl, "JPEG / 601 full")


@row(f"{PAGE} 4", "RGB→YUV444 | 601 narrow")
def rgb_601_narrow(acl):
    check_to_yuv(acl, "601 narrow")
    rows = np.reshape(default_matrix("RGB888_U8"), (3, 3)).tolist()
    assert rows == [list(r) for r in TO_YUV["601 narrow"][0]]


@row(f"{PAGE} 4", "RGB→YUV444 | 709 narrow")
def rgb_709_narrow(acl):
    check_to_yuv(acl, "709 narrow")


@row(f"{PAGE} 4", "RGB→YUV444 | 709 full")
def rgb_709_full(acl):
    check_to_yuv(acl, "709 full")


@row(f"{PAGE} 4", "RGB→YVU444")
def rgb_to_yvu(acl):
    for name in TO_YUV:
        check_to_yuv(acl, name, (0, 2, 1))


@row(f"{PAGE} 4", "RGB→GRAY")
def rgb_to_grey(acl):
    fields = matrix_fields(((76, 150, 30), (0, 0, 0), (0, 0, 0)), (0, 0, 0), "output")
    found = check(acl, channels=1, **fields)[0, 0]
    rgb = noise("RGB888_U8").reshape(6, 8, 3)
    assert np.abs(found - rgb @ (0.299, 0.587, 0.114)).max() <= 2


@row(f"{PAGE} 4", "BGR→")
def bgr_is_a_swap(acl):
    check_to_yuv(acl, "601 narrow", swap=True)


@row(f"{PAGE} 4", "XRGB→")
def xrgb_is_a_swap(acl):
    fields = matrix_fields(TO_YUV["601 narrow"][0], (16, 128, 128), "output")
    xrgb = noise("XRGB8888_U8").reshape(6, 8, 4)
    found = {}
    for swap in (True, False):
        found[swap] = check(acl, "XRGB8888_U8", **fields, ax_swap_switch=swap)[0]
    for swap, colours in ((True, xrgb[:, :, 1:]), (False, xrgb[:, :, :3])):
        ideal = ideal_yuv(colours.transpose(2, 0, 1).astype(float), 16, 0.299, 0.114)
        assert np.abs(found[swap] - ideal).max() <= 3


@row(f"{PAGE} 4", "RGB→BGR")
def rgb_to_bgr(acl):
    found = check(acl, rbuv_swap_switch=True)[0]
    assert np.array_equal(found, noise("RGB888_U8").reshape(6, 8, 3).transpose(2, 0, 1)[::-1])
