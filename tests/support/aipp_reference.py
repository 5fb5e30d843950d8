"""AIPP in whole numbers, written from the specification alone: what tests compare with.

    reference(pictures, settings, channels) -> [N, C, H, W] float32

`pictures` is the flat bytes of a batch, `settings` a dict with the fields of a configuration file
(those left out have their defaults). settings["input_format"] is the format's word.
"""

import numpy as np

BYTES_PER_PIXEL = {
    "YUV420SP_U8": 1.5, "XRGB8888_U8": 4, "RGB888_U8": 3, "YUV400_U8": 1, "ARGB8888_U8": 4,
    "YUYV_U8": 2, "YUV422SP_U8": 2, "AYUV444_U8": 4,
}  # fmt: skip
YUV = ("YUV420SP_U8", "YUV400_U8", "YUYV_U8", "YUV422SP_U8", "AYUV444_U8")


def picture_bytes(layout, width, height):
    return int(width * height * BYTES_PER_PIXEL[layout])


def _unpack(data, layout, w, h):
    """[H, W, channels] of int64, in the order of the bytes."""
    data = data.astype(np.int64)
    if layout in ("YUV420SP_U8", "YUV422SP_U8"):
        rows = 2 if layout == "YUV420SP_U8" else 1
        luma = data[: w * h].reshape(h, w, 1)
        pairs = data[w * h :].reshape(h // rows, w // 2, 2)
        return np.concatenate([luma, pairs.repeat(rows, axis=0).repeat(2, axis=1)], axis=2)
    if layout == "YUYV_U8":
        pairs = data.reshape(h, w // 2, 4)
        luma = pairs[:, :, [0, 2]].reshape(h, w, 1)
        return np.concatenate([luma, pairs[:, :, [1, 3]].repeat(2, axis=1)], axis=2)
    return data.reshape(h, w, -1)


def _swap(pixels, layout, rbuv, ax):
    order = list(range(pixels.shape[2]))
    if ax and len(order) == 4:
        order = order[1:] + order[:1]
    if rbuv and len(order) >= 3:
        if layout == "AYUV444_U8" and not ax:
            order[2], order[3] = order[3], order[2]
        elif layout in YUV:
            order[1], order[2] = order[2], order[1]
        else:
            order[0], order[2] = order[2], order[0]
    return pixels[:, :, order]


def default_matrix(layout):
    if layout == "YUV420SP_U8":
        return [298, 516, 0, 298, -100, -208, 298, 0, 409]
    return [66, 129, 25, -38, -74, 112, 112, -94, -18]


def _numbers(settings, names, defaults):
    return np.array([settings.get(n, d) for n, d in zip(names, defaults, strict=True)], np.int64)


def _convert(pixels, layout, settings):
    names = [f"matrix_r{r}c{c}" for r in range(3) for c in range(3)]
    matrix = _numbers(settings, names, default_matrix(layout)).reshape(3, 3)
    bias_in = _numbers(settings, [f"input_bias_{i}" for i in range(3)], (16, 128, 128))
    bias_out = _numbers(settings, [f"output_bias_{i}" for i in range(3)], (16, 128, 128))
    colours = pixels[:, :, :3]
    if layout in YUV:
        colours = (colours - bias_in) @ matrix.T >> 8
    else:
        colours = (colours @ matrix.T >> 8) + bias_out
    return np.concatenate([np.clip(colours, 0, 255), pixels[:, :, 3:]], axis=2)


def _one(data, settings, channels, w, h):
    layout = settings["input_format"]
    pixels = _unpack(data, layout, w, h)
    pixels = _swap(pixels, layout, settings.get("rbuv_swap_switch"), settings.get("ax_swap_switch"))
    if settings.get("crop"):
        x, y = settings.get("load_start_pos_w", 0), settings.get("load_start_pos_h", 0)
        pixels = pixels[y : y + settings["crop_size_h"], x : x + settings["crop_size_w"]]
    if settings.get("csc_switch"):
        pixels = _convert(pixels, layout, settings)
    result = np.empty((channels, *pixels.shape[:2]), np.float32)
    for c in range(channels):
        low = np.float32(np.float16(settings.get(f"min_chn_{c}", 0)))
        scale = np.float32(np.float16(settings.get(f"var_reci_chn_{c}", 1)))
        values = (pixels[:, :, c] - settings.get(f"mean_chn_{c}", 0)).astype(np.float32)
        result[c] = (values - low) * scale
    if settings.get("padding"):
        edge = [settings.get(f"{side}_padding_size", 0)
                for side in ("top", "bottom", "left", "right")]  # fmt: skip
        result = np.pad(result, ((0, 0), edge[:2], edge[2:]),
                        constant_values=np.float32(settings.get("padding_value", 0)))  # fmt: skip
    return result


def reference(pictures, settings, channels, size, batch=1):
    """`size` is (width, height) of the source; `settings` may be a list, one for each picture."""
    each = settings if isinstance(settings, list) else [settings] * batch
    step = picture_bytes(each[0]["input_format"], *size)
    flat = np.asarray(pictures, np.uint8).reshape(-1)
    return np.stack([_one(flat[i * step : (i + 1) * step], own, channels, *size)
                     for i, own in enumerate(each)])  # fmt: skip


def config_text(*blocks):
    """The text of a configuration file with these blocks of fields."""
    text = ""
    for fields in blocks:
        lines = []
        for name, value in fields.items():
            word = str(value).lower() if isinstance(value, bool) else value
            lines.append(f"  {name}: {word}\n")
        text += "aipp_op {\n" + "".join(lines) + "}\n"
    return text
