#!/usr/bin/python3
"""Makes the pictures of docs/media.md with the acl module, from one of the demo's pictures.

    PYTHONPATH=build/release/python docs/media/make_pictures.py [folder, by default this one]
"""

import pathlib
import sys

import acl
import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1] / "demo" / "pictures" / "roundabout.jpg"
GRAY, NV12, RGB = 0, 1, 12
SIZE = 320


def ok(result):
    """The value of a call that has to work."""
    *values, code = result if isinstance(result, tuple) else (result,)
    if code != 0:
        sys.exit(f"{code}: {acl.get_recent_err_msg()}")
    return values[0] if values else None


class Picture:
    """A picture in device memory, without padding; everything is freed when the program ends."""

    def __init__(self, picture_format, width, height, desc=None):
        channels = 3 if picture_format == RGB else 1
        self.shape = (height, width, 3) if channels == 3 else (height, width)
        self.size = width * height * 3 // 2 if picture_format == NV12 else width * height * channels
        self.data = ok(acl.media.dvpp_malloc(self.size))
        self.desc = desc or acl.media.dvpp_create_pic_desc()
        for name, value in {"data": self.data, "size": self.size, "format": picture_format,
                            "width": width, "height": height, "width_stride": width * channels,
                            "height_stride": height}.items():  # fmt: skip
            ok(getattr(acl.media, f"dvpp_set_pic_desc_{name}")(self.desc, value))

    def fill(self, values):
        content = np.ascontiguousarray(values, np.uint8).tobytes()
        ok(acl.rt.memcpy(self.data, self.size, acl.util.bytes_to_ptr(content), len(content), 1))
        return self

    def pixels(self):
        content = bytes(self.size)
        ok(acl.rt.memcpy(acl.util.bytes_to_ptr(content), self.size, self.data, self.size, 2))
        return np.frombuffer(content, np.uint8)[: np.prod(self.shape)].reshape(self.shape)


class Processor:
    def __init__(self):
        self.stream = ok(acl.rt.create_stream())
        self.channel = acl.media.dvpp_create_channel_desc()
        ok(acl.media.dvpp_create_channel(self.channel))

    def run(self, name, *arguments):
        ok(getattr(acl.media, f"dvpp_{name}_async")(self.channel, *arguments, self.stream))
        ok(acl.rt.synchronize_stream(self.stream))

    def decode(self, file):
        """A JPEG file as RGB, by way of NV12 as programs do."""
        pointer = acl.util.bytes_to_ptr(file)
        width, height, _ = ok_all(acl.media.dvpp_jpeg_get_image_info(pointer, len(file)))
        memory = ok(acl.media.dvpp_malloc(len(file)))
        ok(acl.rt.memcpy(memory, len(file), pointer, len(file), 1))
        decoded, picture = Picture(NV12, width, height), Picture(RGB, width, height)
        self.run("jpeg_decode", memory, len(file), decoded.desc)
        self.run("vpc_convert_color", decoded.desc, picture.desc)
        return decoded, picture

    def encode(self, picture, level):
        config = acl.media.dvpp_create_jpege_config()
        ok(acl.media.dvpp_set_jpege_config_level(config, level))
        room = ok(acl.media.dvpp_jpeg_predict_enc_size(picture.desc, config))
        memory, size = ok(acl.media.dvpp_malloc(room)), room.to_bytes(4, "little")
        self.run("jpeg_encode", picture.desc, memory, acl.util.bytes_to_ptr(size), config)
        return acl.util.ptr_to_bytes(memory, int.from_bytes(size, "little"))


def ok_all(result):
    ok(result[-1])
    return result[:-1]


def area(left, top, width, height):
    return acl.media.dvpp_create_roi_config(left, left + width - 1, top, top + height - 1)


def resize_config(interpolation):
    config = acl.media.dvpp_create_resize_config()
    ok(acl.media.dvpp_set_resize_config_interpolation(config, interpolation))
    return config


def row(*pictures, gap=8):
    """Pictures beside each other, on white, aligned at the top."""
    planes = [np.stack([p] * 3, -1) if p.ndim == 2 else p for p in pictures]
    height = max(p.shape[0] for p in planes)
    width = sum(p.shape[1] for p in planes) + gap * (len(planes) - 1)
    sheet = np.full((height, width, 3), 255, np.uint8)
    left = 0
    for plane in planes:
        sheet[: plane.shape[0], left : left + plane.shape[1]] = plane
        left += plane.shape[1] + gap
    return sheet


def interpolations(processor, photo):
    found = []
    for number in (1, 2):
        target = Picture(RGB, SIZE, SIZE)
        processor.run("vpc_crop_resize", photo.desc, target.desc, area(96, 104, 40, 40),
                      resize_config(number))  # fmt: skip
        found.append(target.pixels())
    return row(*found)


def resize(processor, photo):
    found = [photo.pixels()]
    for width, height in ((160, 160), (240, 80)):
        target = Picture(RGB, width, height)
        processor.run("vpc_resize", photo.desc, target.desc, resize_config(1))
        found.append(target.pixels())
    return row(*found)


def crop(processor, photo):
    target = Picture(RGB, 160, 120)
    processor.run("vpc_crop", photo.desc, target.desc, area(80, 96, 160, 120))
    return row(photo.pixels(), target.pixels())


def paste(processor, photo):
    target = Picture(RGB, SIZE, SIZE).fill(np.full((SIZE, SIZE, 3), (60, 90, 140)))
    processor.run("vpc_crop_and_paste", photo.desc, target.desc, area(80, 80, 160, 160),
                  area(96, 32, 160, 160))  # fmt: skip
    scaled = Picture(RGB, SIZE, SIZE).fill(np.full((SIZE, SIZE, 3), (60, 90, 140)))
    processor.run("vpc_crop_resize_paste", photo.desc, scaled.desc, area(80, 80, 160, 160),
                  area(32, 160, 256, 128), resize_config(1))  # fmt: skip
    return row(target.pixels(), scaled.pixels())


def batch(processor, photo):
    count = 4
    inputs = acl.media.dvpp_create_batch_pic_desc(1)
    outputs = acl.media.dvpp_create_batch_pic_desc(count)
    Picture(RGB, SIZE, SIZE, acl.media.dvpp_get_pic_desc(inputs, 0)).fill(photo.pixels())
    targets = [Picture(RGB, 120, 120, acl.media.dvpp_get_pic_desc(outputs, i))
               for i in range(count)]  # fmt: skip
    areas = [area(30 + 50 * i, 60 + 30 * i, 80 + 10 * i, 80 + 10 * i) for i in range(count)]
    processor.run("vpc_batch_crop_resize", inputs, [count], outputs, areas, resize_config(1))
    return row(*[target.pixels() for target in targets])


def colours(processor, decoded, photo):
    gray = Picture(GRAY, SIZE, SIZE)
    processor.run("vpc_convert_color", decoded.desc, gray.desc)
    return row(photo.pixels(), gray.pixels())


def pyramid(processor, decoded):
    level = Picture(GRAY, SIZE, SIZE)
    processor.run("vpc_convert_color", decoded.desc, level.desc)
    found = [level.pixels()]
    for _ in range(3):
        height, width = level.shape
        smaller = Picture(GRAY, width // 2, height // 2)
        processor.run("vpc_pyr_down", level.desc, smaller.desc, 0)
        found.append(smaller.pixels())
        level = smaller
    return row(*found)


def borders(processor, photo):
    small = Picture(RGB, 120, 120)
    processor.run("vpc_resize", photo.desc, small.desc, resize_config(1))
    found = []
    for kind in range(4):
        config = acl.media.dvpp_create_border_config()
        for side in ("top", "bottom", "left", "right"):
            ok(getattr(acl.media, f"dvpp_set_border_config_{side}")(config, 30))
        ok(acl.media.dvpp_set_border_config_border_type(config, kind))
        for index, value in enumerate((200.0, 60.0, 40.0)):
            ok(acl.media.dvpp_set_border_config_value(config, index, value))
        target = Picture(RGB, 180, 180)
        processor.run("vpc_make_border", small.desc, target.desc, config)
        found.append(target.pixels())
    return row(*found)


def counts_of(processor, picture):
    hist = acl.media.dvpp_create_hist()
    processor.run("vpc_calc_hist", picture.desc, hist, 0)
    pointer, length = ok_all(acl.media.dvpp_get_hist_data(hist, 0))
    counts = np.frombuffer(acl.util.ptr_to_bytes(pointer, 4 * length), np.uint32)
    ok(acl.media.dvpp_destroy_hist(hist))
    return counts


def bars(counts):
    heights = np.minimum(120 * counts / np.sort(counts)[-8], 119).astype(int)
    sheet = np.full((120, 256), 235, np.uint8)
    for x, height in enumerate(heights):
        sheet[120 - height :, x] = 40
    return sheet


def histograms(processor, decoded):
    """What the counts are good for: a table that spreads the values over the whole range."""
    gray, spread = Picture(GRAY, SIZE, SIZE), Picture(GRAY, SIZE, SIZE)
    processor.run("vpc_convert_color", decoded.desc, gray.desc)
    gray.fill(gray.pixels() // 3 + 40)
    counts = counts_of(processor, gray)
    table = acl.media.dvpp_create_lut_map()
    pointer, length = ok_all(acl.media.dvpp_get_lut_map_data(table, 0))
    values = (255 * counts.cumsum() / counts.sum()).astype(np.uint8).tobytes()
    ok(acl.rt.memcpy(pointer, length, acl.util.bytes_to_ptr(values), length, 1))
    processor.run("vpc_equalize_hist", gray.desc, spread.desc, table)
    found = [np.vstack([picture.pixels()[:, 32:288], np.full((8, 256), 255, np.uint8),
                        bars(counts_of(processor, picture))]) for picture in (gray, spread)]
    return row(*found)


def qualities(processor, decoded):
    found = []
    for level in (5, 30, 95):
        _, again = processor.decode(processor.encode(decoded, level))
        zoomed = Picture(RGB, 240, 240)
        processor.run("vpc_crop_resize", again.desc, zoomed.desc, area(100, 100, 80, 80),
                      resize_config(2))  # fmt: skip
        found.append(zoomed.pixels())
    return row(*found)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    ok(acl.init())
    ok(acl.rt.set_device(0))
    processor = Processor()
    decoded, photo = processor.decode(SOURCE.read_bytes())
    made = {
        "resize": resize(processor, photo), "interpolation": interpolations(processor, photo),
        "crop": crop(processor, photo), "paste": paste(processor, photo),
        "batch": batch(processor, photo), "colour": colours(processor, decoded, photo),
        "pyramid": pyramid(processor, decoded), "borders": borders(processor, photo),
        "histograms": histograms(processor, decoded), "jpeg": qualities(processor, decoded),
    }  # fmt: skip
    for name, sheet in made.items():
        Image.fromarray(sheet).save(folder / f"{name}.jpg", quality=88)
    ok(acl.rt.reset_device(0))
    ok(acl.finalize())


if __name__ == "__main__":
    main()
