"""spec/vpc.md, the parts of the interface's first version: formats, calls, scaling, colours."""

import contextlib

import numpy as np
from dvpp_client import BGR, GRAY, LAYOUT, NV12, NV21, RGB, RGBA, Dvpp, up
from rows import row

STRICT = {"POACL_STRICT_MEDIA": "1"}
CHIPS = ("Ascend310", "Ascend310P3", "Ascend310B4", "Ascend910B")


def on(chip, strict=False):
    return {"POACL_SOC": chip, **(STRICT if strict else {})}


@contextlib.contextmanager
def started(acl):
    """The library, device 0 and a channel, for cases that have a process of their own."""
    assert acl.init() == 0
    assert acl.rt.set_device(0) == 0
    with Dvpp(acl) as dvpp:
        yield dvpp
    assert acl.rt.reset_device(0) == 0
    assert acl.finalize() == 0


def pattern(height, width, channels=1, seed=0):
    """A picture with soft parts, hard edges and some noise."""
    y, x = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(seed).integers(0, 20, (height, width, channels))
    planes = [(3 * x + (2 + c) * y + 90 * ((x // 7 + y // 5 + c) % 2)) % 236
              for c in range(channels)]  # fmt: skip
    made = (np.stack(planes, -1) + noise).astype(np.uint8)
    return made[:, :, 0] if channels == 1 else made


def linear(plane, height, width):
    """Bilinear with pixel centres that meet and OpenCV's weights of 11 bits."""

    def taps(source, target, only_one_at_edges):
        position = (np.arange(target) + 0.5) * (source / target) - 0.5
        first = np.floor(position).astype(int)
        share = position - first
        if only_one_at_edges:
            share[first < 0], share[first >= source - 1] = 0, 0
            first = first.clip(0)
        weight = np.round(share * 2048).astype(np.int64)
        second = (first + 1).clip(0, source - 1)
        return first.clip(0, source - 1), second, 2048 - weight, weight

    left, right, left_weight, right_weight = taps(plane.shape[1], width, True)
    top, bottom, top_weight, bottom_weight = taps(plane.shape[0], height, False)
    wide = plane.astype(np.int64)
    rows = wide[:, left] * left_weight + wide[:, right] * right_weight
    high = (top_weight[:, None] * (rows[top] >> 4)) >> 16
    low = (bottom_weight[:, None] * (rows[bottom] >> 4)) >> 16
    return ((high + low + 2) >> 2).clip(0, 255)


def nearest(plane, height, width):
    y = (np.arange(height) * (plane.shape[0] / height)).astype(int)
    x = (np.arange(width) * (plane.shape[1] / width)).astype(int)
    return plane[np.ix_(y, x)]


def top_left(plane, height, width):
    """Bilinear where the corners meet, in floating point."""

    def taps(source, target):
        position = np.arange(target) * (source / target)
        first = np.floor(position).astype(int).clip(0, source - 1)
        return first, (first + 1).clip(0, source - 1), position - first

    left, right, across = taps(plane.shape[1], width)
    top, bottom, down = taps(plane.shape[0], height)
    rows = plane[:, left] * (1 - across) + plane[:, right] * across
    return rows[top] * (1 - down)[:, None] + rows[bottom] * down[:, None]


def apart(found, wanted):
    return np.abs(found.astype(float) - wanted).max()


# Section 1: every format of the table goes through a copy of all its pixels.
def check_formats(acl, *formats):
    with Dvpp(acl) as dvpp:
        for number in formats:
            per_pixel, planes = LAYOUT[number]
            width, height = 64, 48
            stride = width * per_pixel
            size = int(stride * height * planes)
            content = np.random.default_rng(number).integers(0, 256, size, dtype=np.uint8)
            source = dvpp.picture(number, width, height, stride, height).write(content)
            target = dvpp.picture(number, width, height, stride, height)
            assert source.size == size
            dvpp.run("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))
            assert (target.read() == content).all(), number
            # One byte less than the rows need, and one row's byte less.
            assert acl.media.dvpp_set_pic_desc_size(source.desc, size - 1) == 0
            text = dvpp.refused("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))
            assert f"pass {size}" in text
            assert acl.media.dvpp_set_pic_desc_size(source.desc, size) == 0
            assert acl.media.dvpp_set_pic_desc_width_stride(source.desc, stride - 1) == 0
            text = dvpp.refused("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))
            assert f"{stride - 1}" in text and f"{stride}" in text


def format_row(key, *formats):
    def check(acl):
        check_formats(acl, *formats)

    check.__name__ = f"format_{formats[0]}"
    row("vpc.md 1", key)(check)


for _key, *_formats in (
    ("0 | YUV_400", 0), ("1 | YUV_SEMIPLANAR_420", 1), ("2 | YVU_SEMIPLANAR_420", 2),
    ("3 / 4 |", 3, 4), ("5 / 6 |", 5, 6), ("7 8 9 10 |", 7, 8, 9, 10), ("11 |", 11),
    ("12 / 13 |", 12, 13), ("14 15 16 17 |", 14, 15, 16, 17), ("20 21 22 |", 20, 21, 22),
    ("55 56 57 |", 55, 56, 57), ("65 / 66 |", 65, 66), ("69 / 70 |", 69, 70),
    ("1000 / 1001 |", 1000, 1001),
):  # fmt: skip
    format_row(_key, *_formats)


@row("vpc.md 1", "18 / 19 |", "1002 |", "10000 | UNKNOWN")
def formats_that_are_not_processed(acl):
    with Dvpp(acl) as dvpp:
        target = dvpp.picture(NV12, 64, 48)
        for number in (18, 19, 1002, 10000, 23, 71, 12345):
            source = dvpp.picture(number, 64, 48)
            text = dvpp.refused("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))
            assert f"format {number}" in text


def picture_codes(dvpp, inputs, outputs):
    """Whether each (format, width, height, width stride, height stride) is taken."""
    small = dvpp.picture(NV12, 64, 48)
    area = dvpp.area(0, 63, 0, 47)
    # An area that every picture has, and that is scaled within every chip's limits.
    corner = dvpp.area(0, 9, 0, 5)
    for numbers, good in inputs:
        code = dvpp.call("vpc_crop", dvpp.picture(*numbers).desc, small.desc, corner)
        assert (code == 0) == good, (numbers, dvpp.acl.get_recent_err_msg())
    for numbers, good in outputs:
        code = dvpp.call("vpc_crop", small.desc, dvpp.picture(*numbers).desc, area)
        assert (code == 0) == good, (numbers, dvpp.acl.get_recent_err_msg())
    assert dvpp.synchronize() == 0


def chip_row(key, chip, inputs, outputs=()):
    def check(acl):
        with started(acl) as dvpp:
            picture_codes(dvpp, inputs, outputs)

    check.__name__ = f"{key.split(' |')[0].replace(' ', '_')}_of_{chip}".replace("*", "_")
    globals()[check.__name__] = check
    row("vpc.md 1", key, environment=on(chip, strict=True))(check)


for _chip in ("Ascend310", "Ascend910A", "Ascend310P3"):
    chip_row("width stride |", _chip,
             [((NV12, 100, 50, 112, 50), True), ((NV12, 100, 50, 100, 50), False),
              ((RGB, 100, 50, 336, 50), True), ((RGB, 100, 50, 300, 50), False),
              ((7, 100, 50, 224, 50), True), ((16, 100, 50, 448, 50), True),
              ((NV12, 12, 8, 16, 8), False), ((NV12, 12, 8, 32, 8), True)])  # fmt: skip
    chip_row("height stride |", _chip,
             [((NV12, 96, 50, 96, 50), True), ((NV12, 96, 50, 96, 51), False),
              ((NV12, 96, 50, 96, 52), True)])  # fmt: skip
    chip_row("stride range |", _chip,
             [((NV12, 64, 48, 16384, 48), True), ((NV12, 64, 48, 16400, 48), False),
              ((NV12, 64, 6, 64, 6), True), ((NV12, 64, 48, 64, 16386), False)])  # fmt: skip
for _chip in ("Ascend310B4", "Ascend910B"):
    chip_row("width stride |", _chip,
             [((NV12, 100, 50, 100, 50), True), ((RGB, 99, 50, 297, 50), True)])  # fmt: skip
    chip_row("height stride |", _chip, [((RGB, 96, 51, 288, 51), True)])
    chip_row("stride range |", _chip,
             [((NV12, 10, 6, 10, 6), True), ((NV12, 64, 48, 16385, 48), False)])  # fmt: skip
    chip_row("input w*h range |", _chip,
             [((RGB, 8192, 6, 24576, 6), False), ((RGB, 5000, 6, 15000, 6), True),
              ((NV12, 8192, 6, 8192, 6), True), ((NV12, 8194, 6, 8194, 6), False),
              ((NV12, 8, 6, 10, 6), False)])  # fmt: skip
    chip_row("output w*h range |", _chip, [],
             [((RGB, 64, 4098, 192, 4098), True), ((NV12, 4098, 64, 4098, 64), False)])
for _chip in ("Ascend310", "Ascend910A"):
    chip_row("input w*h range |", _chip,
             [((NV12, 8192, 64, 8192, 64), True), ((GRAY, 4112, 64, 4112, 64), False),
              ((GRAY, 4096, 256, 4096, 256), True), ((NV12, 8208, 64, 8208, 64), False),
              ((NV12, 10, 4, 32, 6), False)])  # fmt: skip
    chip_row("output w*h range |", _chip, [],
             [((NV21, 64, 48, 64, 48), True), ((RGB, 64, 48, 192, 48), False),
              ((NV12, 4112, 64, 4112, 64), False)])  # fmt: skip
chip_row("input w*h range |", "Ascend310P3",
         [((NV12, 8192, 64, 8192, 64), True), ((3, 8192, 64, 8192, 64), True),
          ((5, 8192, 64, 8192, 64), True), ((GRAY, 8192, 64, 8192, 64), True),
          ((7, 4112, 64, 8224, 64), True), ((RGB, 4112, 64, 12336, 64), False),
          ((NV12, 8, 6, 32, 6), False)])  # fmt: skip
chip_row("output w*h range |", "Ascend310P3", [],
         [((n, 64, 48, None, None), n not in (5, 6, 7, 8, 9, 10)) for n in range(18)]
         + [((NV12, 4112, 64, 4112, 64), False)])  # fmt: skip


@row("vpc.md 1", "channel ids |")
def a_channel_is_a_handle(acl):
    with Dvpp(acl) as first, Dvpp(acl) as second:
        ids = [acl.media.dvpp_get_channel_desc_channel_id(d.channel) for d in (first, second)]
        assert ids[0] != ids[1]


# Section 2.
def check_resize(acl, interpolation, reference, tolerance, formats=(GRAY, RGB)):
    with Dvpp(acl) as dvpp:
        for number in formats:
            channels = LAYOUT[number][0]
            for (w, h), (tw, th) in (((96, 64), (40, 50)), ((64, 48), (144, 100)),
                                     ((130, 70), (33, 19))):  # fmt: skip
                image = pattern(h, w, channels)
                source = dvpp.picture(number, w, h, w * channels, h).write(image)
                target = dvpp.picture(number, tw, th)
                dvpp.run("vpc_resize", source.desc, target.desc, dvpp.resize_config(interpolation))
                planes = image.reshape(h, w, channels)
                wanted = np.stack([reference(planes[:, :, c], th, tw) for c in range(channels)], -1)
                found = target.first_plane().reshape(th, tw, channels)
                assert apart(found, wanted) <= tolerance


@row("vpc.md 2", "dvpp_vpc_resize_async")
@row("vpc.md 4", "1 | bilinear", "0 (default) |")
def resize_is_bilinear(acl):
    check_resize(acl, 1, linear, 1)
    check_resize(acl, None, linear, 1)
    check_resize(acl, 0, linear, 1)


@row("vpc.md 2", "dvpp_vpc_crop_async")
def crop_and_crop_with_scaling(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(64, 96)
        source = dvpp.picture(GRAY, 96, 64).write(image)
        same, other = dvpp.picture(GRAY, 50, 30), dvpp.picture(GRAY, 31, 19)
        area = dvpp.area(17, 66, 5, 34)
        dvpp.run("vpc_crop", source.desc, same.desc, area)
        dvpp.run("vpc_crop", source.desc, other.desc, area)
        cut = image[5:35, 17:67]
        assert (same.first_plane() == cut).all()
        assert apart(other.first_plane(), linear(cut, 19, 31)) <= 1
        for wrong in ((0, 96, 0, 10), (0, 10, 0, 64), (20, 10, 0, 10), (0, 10, 20, 10)):
            assert str(wrong[1]) in dvpp.refused("vpc_crop", source.desc, same.desc,
                                                 dvpp.area(*wrong))  # fmt: skip


@row("vpc.md 2", "dvpp_vpc_crop_resize_async")
def crop_with_a_chosen_scaling(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(64, 96)
        source = dvpp.picture(GRAY, 96, 64).write(image)
        target = dvpp.picture(GRAY, 31, 19)
        dvpp.run("vpc_crop_resize", source.desc, target.desc, dvpp.area(17, 66, 5, 34),
                 dvpp.resize_config(2))  # fmt: skip
        assert (target.first_plane() == nearest(image[5:35, 17:67], 19, 31)).all()


@row("vpc.md 2", "dvpp_vpc_crop_and_paste_async", "dvpp_vpc_crop_resize_paste_async")
def paste_keeps_the_rest(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(64, 96)
        source = dvpp.picture(GRAY, 96, 64).write(image)
        crop, paste = dvpp.area(48, 95, 32, 63), dvpp.area(16, 63, 10, 41)
        for name, extra, wide in (("vpc_crop_and_paste", (), 48),
                                  ("vpc_crop_resize_paste", (dvpp.resize_config(2),), 30)):
            target = dvpp.picture(GRAY, 96, 64).write(np.full(96 * 64, 200))
            place = paste if wide == 48 else dvpp.area(16, 45, 10, 29)
            dvpp.run(name, source.desc, target.desc, crop, place, *extra)
            wanted = np.full((64, 96), 200)
            if wide == 48:
                wanted[10:42, 16:64] = image[32:, 48:]
            else:
                wanted[10:30, 16:46] = nearest(image[32:, 48:], 20, 30)
            assert (target.first_plane() == wanted).all()
            assert "paste area" in dvpp.refused(name, source.desc, target.desc, crop,
                                                dvpp.area(0, 96, 0, 9), *extra)  # fmt: skip


@row("vpc.md 2", "dvpp_vpc_batch_crop_async", "dvpp_vpc_batch_crop_resize_async",
     "dvpp_vpc_batch_crop_and_paste_async", "dvpp_vpc_batch_crop_resize_paste_async")
def batches(acl):
    with Dvpp(acl) as dvpp:
        inputs, sources = dvpp.batch([(GRAY, 64, 48)] * 2)
        images = [pattern(48, 64, seed=seed) for seed in range(2)]
        for source, image in zip(sources, images):
            source.write(image)
        crops = [dvpp.area(8 * i, 8 * i + 31, 4, 35) for i in range(3)]
        pastes = [dvpp.area(16, 31, 0, 15)] * 3
        config = dvpp.resize_config(2)
        for name, lists in (("vpc_batch_crop", ()), ("vpc_batch_crop_resize", (config,)),
                            ("vpc_batch_crop_and_paste", (pastes,)),
                            ("vpc_batch_crop_resize_paste", (pastes, config))):  # fmt: skip
            outputs, targets = dvpp.batch([(GRAY, 32, 32)] * 3)
            for target in targets:
                target.write(np.full(1024, 77))
            dvpp.run(name, inputs, [1, 2], outputs, crops, *lists)
            for i, target in enumerate(targets):
                cut = images[min(i, 1)][4:36, 8 * i : 8 * i + 32]
                found = target.first_plane()
                if "paste" not in name:
                    assert (found == cut).all(), (name, i)
                    continue
                method = nearest if "resize" in name else linear
                assert apart(found[:16, 16:32], method(cut, 16, 16)) <= 1, (name, i)
                assert (found[:, :16] == 77).all() and (found[16:] == 77).all()
            for counts in ([1, 1], [3, 3], [3], [1, 1, 1]):
                assert dvpp.call(name, inputs, counts, outputs, crops, *lists) == 100000
            for wrong in (crops[:2], crops + crops[:1]):
                assert dvpp.call(name, inputs, [1, 2], outputs, wrong, *lists) == 100000


@row("vpc.md 2", "dvpp_vpc_batch_crop_async")
def batch_calls_give_two_results_when_they_are_old(acl):
    with Dvpp(acl) as dvpp:
        inputs, _ = dvpp.batch([(GRAY, 64, 48)])
        outputs, _ = dvpp.batch([(GRAY, 32, 32)])
        crops = [dvpp.area(0, 31, 0, 31)]
        media, arguments = acl.media, (dvpp.channel, inputs, [1], outputs, crops)
        assert media.dvpp_vpc_batch_crop_async(*arguments, dvpp.stream) == (outputs, 0)
        assert media.dvpp_vpc_batch_crop_and_paste_async(*arguments, crops, dvpp.stream) == (
            outputs, 0)  # fmt: skip
        config = dvpp.resize_config()
        assert media.dvpp_vpc_batch_crop_resize_async(*arguments, config, dvpp.stream) == 0
        assert dvpp.synchronize() == 0


@row("vpc.md 2", "dvpp_vpc_convert_color_async")
def conversion_keeps_the_size(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(48, 64, 3)
        source = dvpp.picture(RGB, 64, 48).write(image)
        clear = np.dstack([image, np.zeros((48, 64))])
        for number, wanted in ((BGR, image[:, :, ::-1]), (RGBA, clear)):
            target = dvpp.picture(number, 64, 48)
            dvpp.run("vpc_convert_color", source.desc, target.desc)
            assert (target.first_plane() == wanted).all()
        text = dvpp.refused("vpc_convert_color", source.desc, dvpp.picture(BGR, 48, 64).desc)
        assert "64 x 48" in text


@row("vpc.md 2", "dvpp_vpc_convert_color_async", "dvpp_vpc_pyrdown_async",
     "dvpp_vpc_equalize_hist_async", "dvpp_vpc_calc_hist_async", "dvpp_vpc_make_border_async",
     "dvpp_vpc_batch_crop_resize_make_border_async", environment=on("Ascend310"))
def the_oldest_chips_lack_the_newer_calls(acl):
    with started(acl) as dvpp:
        a, b = dvpp.picture(GRAY, 64, 48), dvpp.picture(GRAY, 64, 48)
        hist, lut = acl.media.dvpp_create_hist(), acl.media.dvpp_create_lut_map()
        batch, _ = dvpp.batch([(GRAY, 64, 48)])
        for name, arguments in (
            ("vpc_convert_color", (a.desc, b.desc)), ("vpc_pyr_down", (a.desc, b.desc, 0)),
            ("vpc_equalize_hist", (a.desc, b.desc, lut)), ("vpc_calc_hist", (a.desc, hist, 0)),
            ("vpc_make_border", (a.desc, b.desc, dvpp.border())),
            ("vpc_batch_crop_resize_make_border", (batch, [1], batch, [dvpp.area(0, 9, 0, 9)],
                                                   [dvpp.border()], dvpp.resize_config())),
        ):  # fmt: skip
            assert dvpp.call(name, *arguments) == 200001, name
            assert "Ascend310P3" in acl.get_recent_err_msg()
        assert acl.media.dvpp_set_channel_desc_mode(dvpp.channel, 1) == 200001
        assert acl.media.dvpp_destroy_hist(hist) == acl.media.dvpp_destroy_lut_map(lut) == 0


@row("vpc.md 2", "dvpp_vpc_pyrdown_async")
def a_step_of_a_pyramid(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(48, 64)
        source, target = dvpp.picture(GRAY, 64, 48).write(image), dvpp.picture(GRAY, 32, 24)
        dvpp.run("vpc_pyr_down", source.desc, target.desc, 0)
        padded = np.pad(image.astype(int), 2, mode="edge")
        line = np.array([1, 4, 6, 4, 1])
        rows = sum(line[k] * padded[:, k : k + 64] for k in range(5))
        full = sum(line[k] * rows[k : k + 48] for k in range(5))
        assert (target.first_plane() == ((full + 128) >> 8)[::2, ::2]).all()
        assert dvpp.call("vpc_pyr_down", source.desc, dvpp.picture(GRAY, 32, 26).desc, 0) == 100000


def table_of(acl, lut, component, values):
    pointer, length, code = acl.media.dvpp_get_lut_map_data(lut, component)
    assert (length, code) == (256, 0)
    content = bytes(values)
    assert acl.rt.memcpy(pointer, 256, acl.util.bytes_to_ptr(content), 256, 1) == 0


@row("vpc.md 2", "dvpp_vpc_equalize_hist_async")
def values_go_through_tables(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(48, 64, 3)
        source, target = dvpp.picture(RGB, 64, 48).write(image), dvpp.picture(RGB, 64, 48)
        lut = acl.media.dvpp_create_lut_map()
        assert acl.media.dvpp_get_lut_map_dims(lut) == 3
        tables = [np.random.default_rng(c).permutation(256).astype(np.uint8) for c in range(3)]
        for component, table in enumerate(tables):
            table_of(acl, lut, component, table)
        dvpp.run("vpc_equalize_hist", source.desc, target.desc, lut)
        wanted = np.stack([tables[c][image[:, :, c]] for c in range(3)], -1)
        assert (target.first_plane() == wanted).all()
        other = dvpp.picture(GRAY, 64, 48)
        assert dvpp.call("vpc_equalize_hist", source.desc, other.desc, lut) == 100000
        assert acl.media.dvpp_destroy_lut_map(lut) == 0


@row("vpc.md 2", "dvpp_vpc_calc_hist_async")
def values_are_counted(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(48, 60, 3)
        source = dvpp.picture(BGR, 60, 48)
        padded = np.zeros((48, source.stride), np.uint8)
        padded[:, :180] = image.reshape(48, 180)
        source.write(padded)
        hist = acl.media.dvpp_create_hist()
        assert acl.media.dvpp_get_hist_dims(hist) == 3
        dvpp.run("vpc_calc_hist", source.desc, hist, 0)
        assert acl.media.dvpp_get_hist_ret_code(hist) == 0
        for component in range(3):
            pointer, length, code = acl.media.dvpp_get_hist_data(hist, component)
            assert (length, code) == (256, 0)
            content = bytes(1024)
            assert acl.rt.memcpy(acl.util.bytes_to_ptr(content), 1024, pointer, 1024, 2) == 0
            wanted = np.bincount(image[:, :, 2 - component].ravel(), minlength=256)
            assert (np.frombuffer(content, np.uint32) == wanted).all()
        assert acl.media.dvpp_clear_hist(hist) == 0
        pointer, _, _ = acl.media.dvpp_get_hist_data(hist, 1)
        assert acl.util.ptr_to_bytes(pointer, 1024) == bytes(1024)
        assert acl.media.dvpp_destroy_hist(hist) == 0


@row("vpc.md 2", "dvpp_vpc_make_border_async")
@row("vpc.md 7", "crop, paste, border without")
def borders(acl):
    with Dvpp(acl) as dvpp:
        image = pattern(48, 64)
        source, target = dvpp.picture(GRAY, 64, 48).write(image), dvpp.picture(GRAY, 73, 53)
        for kind, mode in enumerate(("constant", "edge", "symmetric", "reflect")):
            config = dvpp.border(3, 2, 5, 4, kind, (99, 0, 0))
            dvpp.run("vpc_make_border", source.desc, target.desc, config)
            extra = {"constant_values": 99} if kind == 0 else {}
            wanted = np.pad(image, ((3, 2), (5, 4)), mode=mode, **extra)
            assert (target.first_plane() == wanted).all(), mode
        text = dvpp.refused("vpc_make_border", source.desc, target.desc, dvpp.border(3, 2, 5, 5))
        assert "74 x 53" in text


@row("vpc.md 2", "dvpp_vpc_make_border_async")
def the_example_of_section_6(acl):
    with Dvpp(acl) as dvpp:
        source = dvpp.picture(NV12, 1920, 1080, 1920, 1080)
        source.write(np.full(source.size, 60))
        target = dvpp.picture(NV12, 1924, 1084)
        config = dvpp.border(2, 2, 2, 2, 0, (16, 7, 9))
        dvpp.run("vpc_make_border", source.desc, target.desc, config)
        luma, chroma = target.first_plane(), target.chroma()
        assert (luma[:2] == 16).all() and (luma[:, -2:] == 16).all()
        assert (luma[2:-2, 2:-2] == 60).all() and (chroma[1:-1, 1:-1] == 60).all()
        assert (chroma[0] == (7, 9)).all() and (chroma[:, -1] == (7, 9)).all()


@row("vpc.md 2", "dvpp_vpc_batch_crop_resize_make_border_async")
def batches_with_borders(acl):
    with Dvpp(acl) as dvpp:
        inputs, sources = dvpp.batch([(GRAY, 64, 48)])
        image = pattern(48, 64)
        sources[0].write(image)
        outputs, targets = dvpp.batch([(GRAY, 40, 36)] * 2)
        crops = [dvpp.area(0, 31, 0, 31), dvpp.area(8, 63, 8, 47)]
        config = dvpp.resize_config(2)
        arguments = (inputs, [2], outputs, crops, [dvpp.border(4, 0, 0, 8, 0, (5,))] * 2, config)
        dvpp.run("vpc_batch_crop_resize_make_border", *arguments)
        for target, cut in zip(targets, (image[:32, :32], image[8:, 8:])):
            wanted = np.full((36, 40), 5)
            wanted[4:, :32] = nearest(cut, 32, 32)
            assert (target.first_plane() == wanted).all()
        arguments = (inputs, [2], outputs, crops, [dvpp.border(4, 0, 0, 8, 2)] * 2, config)
        assert dvpp.call("vpc_batch_crop_resize_make_border", *arguments) == 100000


# Section 4.
@row("vpc.md 4", "2 | nearest")
@row("vpc.md 7", "nearest |")
def resize_to_the_nearest(acl):
    check_resize(acl, 2, nearest, 0)


@row("vpc.md 4", "1 | bilinear", "3 | bilinear", "4 | nearest", "5 |",
     environment=on("Ascend910B"))
@row("vpc.md 7", "RGB bilinear, A2", environment=on("Ascend910B"))
def interpolation_of_a2(acl):
    with started(acl):
        for number in (0, 1, 3, 5):
            check_resize(acl, number, linear, 0)
        for number in (2, 4):
            check_resize(acl, number, nearest, 0)


@row("vpc.md 4", "0 (default) |", "3 | bilinear", "4 | nearest", environment=on("Ascend310"))
def interpolation_of_310(acl):
    with started(acl):
        check_resize(acl, 1, linear, 1)
        check_resize(acl, 3, top_left, 1)
        check_resize(acl, 0, top_left, 1)
        check_resize(acl, 4, nearest, 0)


@row("vpc.md 4", "3 | bilinear", "4 | nearest", "5 |", environment=on("Ascend310P3", strict=True))
def what_310p_does_not_support(acl):
    with started(acl) as dvpp:
        source, target = dvpp.picture(GRAY, 64, 48), dvpp.picture(GRAY, 32, 32)
        for number in (3, 4, 5):
            text = dvpp.refused("vpc_resize", source.desc, target.desc, dvpp.resize_config(number))
            assert f"interpolation {number}" in text
        for number in (0, 1, 2):
            config = dvpp.resize_config(number)
            dvpp.run("vpc_resize", source.desc, target.desc, config)


# Section 5: (kr, kb, limited range) of every matrix.
MATRICES = {"601 wide": (0.299, 0.114, False), "601 narrow": (0.299, 0.114, True),
            "709 wide": (0.2126, 0.0722, False), "709 narrow": (0.2126, 0.0722, True),
            "2020 wide": (0.2627, 0.0593, False), "2020 narrow": (0.2627, 0.0593, True)}


def to_yuv(rgb, red, blue, narrow):
    r, g, b = np.moveaxis(rgb.astype(float), -1, 0)
    luma = red * r + (1 - red - blue) * g + blue * b
    cb, cr = (b - luma) / (2 * (1 - blue)), (r - luma) / (2 * (1 - red))
    if narrow:
        luma, cb, cr = 16 + luma * 219 / 255, cb * 224 / 255, cr * 224 / 255
    return np.stack([luma, cb + 128, cr + 128], -1)


def to_rgb(yuv, red, blue, narrow):
    luma, cb, cr = np.moveaxis(yuv.astype(float), -1, 0)
    cb, cr = cb - 128, cr - 128
    if narrow:
        luma, cb, cr = (luma - 16) * 255 / 219, cb * 255 / 224, cr * 255 / 224
    r, b = luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb
    return np.stack([r, (luma - red * r - blue * b) / (1 - red - blue), b], -1)


def check_matrix(acl, number, red, blue, narrow):
    def prepare(media, channel):
        assert media.dvpp_set_channel_desc_param(channel, 0, number) == (channel, 0)
        assert media.dvpp_get_channel_desc_param(channel, 0) == (4, number, 0)

    rng = np.random.default_rng(number)
    with Dvpp(acl, prepare) as dvpp:
        # Every 2x2 block has one colour, so chroma is the same however it is sampled.
        rgb = rng.integers(0, 256, (24, 32, 3)).repeat(2, 0).repeat(2, 1)
        source, target = dvpp.picture(RGB, 64, 48).write(rgb), dvpp.picture(NV12, 64, 48)
        dvpp.run("vpc_convert_color", source.desc, target.desc)
        wanted = to_yuv(rgb, red, blue, narrow).clip(0, 255)
        assert apart(target.first_plane(), wanted[:, :, 0]) <= 1
        assert apart(target.chroma(), wanted[::2, ::2, 1:]) <= 1
        back = dvpp.picture(RGB, 64, 48)
        yuv = rng.integers(0, 256, (24, 32, 3)).repeat(2, 0).repeat(2, 1)
        target.write(np.concatenate([yuv[:, :, 0].ravel(), yuv[::2, ::2, 1:].ravel()]))
        dvpp.run("vpc_convert_color", target.desc, back.desc)
        assert apart(back.first_plane(), to_rgb(yuv, red, blue, narrow).clip(0, 255)) <= 1


for _number, (_name, _parts) in enumerate(MATRICES.items()):

    def _matrix(acl, number=_number, parts=_parts):
        check_matrix(acl, number, *parts)

    _matrix.__name__ = f"matrix_{_name.replace(' ', '_')}"
    row("vpc.md 5", f"{_name} |")(_matrix)


@row("vpc.md 7", "YUV<->RGB |")
def the_default_is_601_of_full_range(acl):
    with Dvpp(acl) as dvpp:
        rgb = pattern(48, 64, 3).repeat(2, 0).repeat(2, 1)[:48, :64]
        source, target = dvpp.picture(RGB, 64, 48).write(rgb), dvpp.picture(NV21, 64, 48)
        dvpp.run("vpc_convert_color", source.desc, target.desc)
        wanted = to_yuv(rgb, *MATRICES["601 wide"])
        assert apart(target.first_plane(), wanted[:, :, 0]) <= 1
        assert apart(target.chroma(), wanted[::2, ::2, :0:-1]) <= 1


# Section 7.
@row("vpc.md 7", "RGB bilinear, 310P")
def bilinear_of_310p(acl):
    check_resize(acl, 1, linear, 1, formats=(RGB,))


@row("vpc.md 7", "NV12 planes bilinear")
def planes_are_scaled_on_their_own(acl):
    with Dvpp(acl) as dvpp:
        luma, chroma = pattern(48, 64), pattern(24, 32, 2)
        source = dvpp.picture(NV12, 64, 48).write(np.concatenate([luma.ravel(), chroma.ravel()]))
        target = dvpp.picture(NV12, 90, 38)
        dvpp.run("vpc_resize", source.desc, target.desc, dvpp.resize_config(1))
        assert apart(target.first_plane(), linear(luma, 38, 90)) <= 1
        for component in range(2):
            wanted = linear(chroma[:, :, component], 19, 45)
            assert apart(target.chroma()[:, :, component], wanted) <= 1


@row("vpc.md 7", "NV12 planes bilinear")
def coloured_edges_stay_where_they_are(acl):
    with Dvpp(acl) as dvpp:
        chroma = np.full((24, 32, 2), 100, np.uint8)
        chroma[:, 16:] = (200, 50)
        source = dvpp.picture(NV12, 64, 48)
        source.write(np.concatenate([np.full(64 * 48, 90, np.uint8), chroma.ravel()]))
        target = dvpp.picture(NV12, up(24, 2), 16)
        dvpp.run("vpc_crop", source.desc, target.desc, dvpp.area(20, 43, 8, 23))
        found = target.chroma()
        assert (found[:, :6] == 100).all() and (found[:, 6:] == (200, 50)).all()
