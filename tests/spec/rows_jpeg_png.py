"""spec/jpeg-png.md, the calls of the interface's first version. Planes are compared with those that
Pillow's decoder gives without converting colours."""

import io

import numpy as np
import pytest
from dvpp_client import NV12, NV21, RGB, UNKNOWN, Dvpp, up
from PIL import Image
from rows import row
from rows_vpc import on, pattern, started
from toolchain import DATA

WIDTH, HEIGHT = 301, 223


def stored(name):
    path = DATA / "images" / "jpeg" / "transcoded" / name
    if not path.is_file():
        pytest.skip(f"the reference data is not there: {path}")
    return path.read_bytes()


def planes_of(file):
    """Luma and, at full size, both chroma planes."""
    image = Image.open(io.BytesIO(file))
    image.draft("YCbCr", None)
    return np.asarray(image.convert("L") if image.mode == "L" else image)


def info(acl, file):
    pointer = acl.util.bytes_to_ptr(file)
    return acl.media.dvpp_jpeg_get_image_info_v2(pointer, len(file))


def second_plane(dvpp, picture):
    """Chroma of a semi-planar picture: rows, columns, two components."""
    content = picture.read()[picture.stride * picture.rows :]
    wide = 2 * picture.stride if picture.format in (5, 6, 1000, 1001) else picture.stride
    high = picture.rows // 2 if picture.format in (1, 2, 1000, 1001) else picture.rows
    rows = content[: wide * high].reshape(high, wide)
    columns = picture.width // 2 if picture.format in (1, 2, 3, 4) else picture.width
    lines = picture.height // 2 if picture.format in (1, 2, 1000, 1001) else picture.height
    return rows[:lines, : 2 * columns].reshape(lines, columns, 2)


def check_sampling(acl, name, sampling, native, also):
    """Decodes to the native format, both orders of chroma, and to 4:2:0."""
    file = stored(name)
    full = planes_of(file)
    assert info(acl, file) == (WIDTH, HEIGHT, 3, sampling, 0)
    with Dvpp(acl) as dvpp:
        for wanted in (UNKNOWN, *native, *also):
            picture = dvpp.decode(file, wanted)
            assert picture.format == (native[1] if wanted == UNKNOWN else wanted)
            luma = picture.first_plane()
            assert (luma == full[: picture.height, : picture.width, 0]).all()
            chroma = second_plane(dvpp, picture)
            if picture.format in (2, 4, 6, 1001):
                chroma = chroma[:, :, ::-1]
            down, across = (full.shape[i] // chroma.shape[i] for i in range(2))
            blocks = full[: chroma.shape[0] * down, : chroma.shape[1] * across, 1:]
            shape = (chroma.shape[0], down, chroma.shape[1], across, 2)
            means = blocks.reshape(shape).mean(axis=(1, 3))
            # Pillow smooths what it enlarges, so only the mean tells about subsampled planes.
            assert np.abs(chroma - means).mean() <= (0 if down == across == 1 else 2), wanted
        for wrong in {0, 3, 4, 5, 6, 12, 1000, 1001} - {*native, *also, 12}:
            pointer = acl.util.bytes_to_ptr(file)
            size, code = acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), wrong)
            assert code != 0, wrong


@row("jpeg-png.md 1", "444 |")
def full_chroma(acl):
    check_sampling(acl, "parrot_301x223_444.jpg", 0, (5, 6), (1, 2))


@row("jpeg-png.md 1", "422 |")
def chroma_of_half_the_width(acl):
    check_sampling(acl, "parrot_301x223_422.jpg", 1, (3, 4), (1, 2))


@row("jpeg-png.md 1", "420 |")
def chroma_of_half_the_size(acl):
    check_sampling(acl, "parrot_301x223_420.jpg", 2, (1, 2), ())


@row("jpeg-png.md 1", "440 |")
def chroma_of_half_the_height(acl):
    check_sampling(acl, "parrot_301x223_440.jpg", 4, (1000, 1001), (1, 2))


@row("jpeg-png.md 1", "400 |")
def gray_files_get_chroma_of_128(acl):
    file = stored("parrot_gray.jpg")
    width, height, components, sampling, code = info(acl, file)
    assert (components, sampling, code) == (1, 3, 0)
    with Dvpp(acl) as dvpp:
        for wanted in (UNKNOWN, NV12, NV21):
            picture = dvpp.decode(file, wanted)
            assert picture.format == (NV21 if wanted == UNKNOWN else wanted)
            assert (second_plane(dvpp, picture) == 128).all()
            full = planes_of(file)
            assert (picture.first_plane() == full[: picture.height, : picture.width]).all()


def check_strides(acl, alignment):
    file = jpeg(WIDTH, HEIGHT)
    pointer = acl.util.bytes_to_ptr(file)
    stride, rows = up(WIDTH, alignment), up(HEIGHT, 16)
    size = stride * rows * 3 // 2
    assert acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), NV12) == (size, 0)
    with Dvpp(acl) as dvpp:
        picture = dvpp.decode(file)
        assert (picture.stride, picture.rows) == (stride, rows)
        for given in ((up(WIDTH, 16), up(HEIGHT, 2)), (up(WIDTH, 128), up(HEIGHT, 16))):
            target = dvpp.picture(NV12, WIDTH, HEIGHT, *given)
            dvpp.run("jpeg_decode", dvpp.load(file), len(file), target.desc)
            dvpp.refresh(target)
            assert (target.stride, target.rows) == given
            assert (target.width, target.height) == (WIDTH - 1, HEIGHT - 1)
            assert (target.first_plane() == picture.first_plane()).all()


def jpeg(width, height, **options):
    stream = io.BytesIO()
    options = {"quality": 90, "subsampling": 2, **options}
    Image.fromarray(pattern(height, width, 3)).save(stream, "JPEG", **options)
    return stream.getvalue()


@row("jpeg-png.md 1", "width stride |", "height stride |", "size |")
def strides_of_the_newer_chips(acl):
    check_strides(acl, 64)


@row("jpeg-png.md 1", "width stride |", "height stride |", environment=on("Ascend310"))
def strides_of_the_older_chips(acl):
    with started(acl):
        check_strides(acl, 128)


@row("jpeg-png.md 1", "size |")
def sizes_of_the_samplings(acl):
    for subsampling, native, factor in ((0, 6, 3), (1, 4, 2), (2, 2, 1.5)):
        file = jpeg(100, 50, subsampling=subsampling)
        pointer = acl.util.bytes_to_ptr(file)
        for wanted in (native, UNKNOWN):
            found = acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), wanted)
            assert found == (int(128 * 64 * factor), 0)


@row("jpeg-png.md 1", "size |")
def a_stride_that_does_not_fit_is_lowered(acl):
    file = jpeg(700, 480)
    with Dvpp(acl) as dvpp:
        target = dvpp.picture(NV12, 700, 480, 768, 480, size=704 * 480 * 3 // 2)
        dvpp.run("jpeg_decode", dvpp.load(file), len(file), target.desc)
        assert dvpp.refresh(target).stride == 704
        assert (target.first_plane() == planes_of(file)[:, :, 0]).all()


@row("jpeg-png.md 1", "width stride |")
def odd_sizes_follow_the_precision_mode(acl):
    for mode, size in ((None, (300, 222)), (0, (300, 222)), (1, (302, 224)), (2, (300, 222))):

        def prepare(media, channel, mode=mode):
            if mode is not None:
                assert media.dvpp_set_channel_desc_param(channel, 5, mode) == (channel, 0)

        with Dvpp(acl, prepare) as dvpp:
            picture = dvpp.decode(jpeg(WIDTH, HEIGHT))
            assert (picture.width, picture.height) == size


@row("jpeg-png.md 1", "height stride |")
def rotation_swaps_the_sides(acl):
    exif = Image.Exif()
    exif[0x0112] = 6
    file = jpeg(100, 50, exif=exif)
    with Dvpp(acl) as dvpp:
        picture = dvpp.decode(file)
        assert (picture.width, picture.height, picture.stride, picture.rows) == (50, 100, 64, 112)
        turned = np.rot90(planes_of(file)[:, :, 0], -1)
        assert (picture.first_plane() == turned).all()


@row("jpeg-png.md 1", "not a JPEG")
def no_jpeg_at_all(acl):
    text = b"not a picture" * 50
    pointer = acl.util.bytes_to_ptr(text)
    assert acl.media.dvpp_jpeg_get_image_info(pointer, len(text))[-1] != 0
    assert acl.media.dvpp_jpeg_predict_dec_size(pointer, len(text), 1)[-1] != 0
    with Dvpp(acl) as dvpp:
        target = dvpp.picture(NV12, 64, 48)
        code = dvpp.call("jpeg_decode", dvpp.load(text), len(text), target.desc)
        assert code != 0 or dvpp.synchronize() != 0


@row("jpeg-png.md 1", "truncated data")
def what_is_there_is_decoded(acl):
    file = jpeg(256, 256)
    with Dvpp(acl) as dvpp:
        whole, cut = dvpp.decode(file), dvpp.decode(file[: len(file) * 2 // 3])
        assert (cut.first_plane()[:96] == whole.first_plane()[:96]).all()
        assert dvpp.decode(file[:-2]).first_plane().shape == (256, 256)


@row("jpeg-png.md 1", "output buffer too small")
def too_little_room(acl):
    file = jpeg(256, 256)
    with Dvpp(acl) as dvpp:
        target = dvpp.picture(NV12, 0, 0, 0, 0, size=256 * 256 * 3 // 2 - 1)
        text = dvpp.refused("jpeg_decode", dvpp.load(file), len(file), target.desc)
        assert "98303" in text and "98304" in text


@row("jpeg-png.md 2", "dvpp_jpeg_get_image_info(", "dvpp_jpeg_get_image_info_v2(",
     "dvpp_jpeg_predict_dec_size(", "dvpp_jpeg_decode_async(")
def the_calls_and_their_results(acl):
    file = jpeg(100, 50)
    pointer = acl.util.bytes_to_ptr(file)
    assert acl.media.dvpp_jpeg_get_image_info(pointer, len(file)) == (100, 50, 3, 0)
    assert acl.media.dvpp_jpeg_get_image_info_v2(pointer, len(file)) == (100, 50, 3, 2, 0)
    assert acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), UNKNOWN) == (128 * 96, 0)
    with Dvpp(acl) as dvpp:
        target = dvpp.picture(NV12, 100, 50, 128, 64)
        memory = dvpp.load(file)
        ret = acl.media.dvpp_jpeg_decode_async(dvpp.channel, memory, len(file), target.desc,
                                               dvpp.stream)  # fmt: skip
        assert ret == 0 and dvpp.synchronize() == 0
        for call in (acl.media.dvpp_jpeg_get_image_info, acl.media.dvpp_jpeg_get_image_info_v2):
            assert call(0, 100)[-1] == 100000
            assert call(pointer, 0)[-1] == 100000


@row("jpeg-png.md 2", "dvpp_jpeg_get_image_info(")
def components_of_gray(acl):
    stream = io.BytesIO()
    Image.fromarray(pattern(40, 40)).save(stream, "JPEG")
    file = stream.getvalue()
    found = acl.media.dvpp_jpeg_get_image_info(acl.util.bytes_to_ptr(file), len(file))
    assert found == (40, 40, 1, 0)


@row("jpeg-png.md 2", "dvpp_jpeg_predict_dec_size(")
def encoding_and_png_by_their_text(acl):
    """Sections 4 and 5 have no tables: levels, predicted sizes, natural formats of PNG."""
    with Dvpp(acl) as dvpp:
        picture = dvpp.picture(NV12, 96, 64).write(np.full(96 * 96, 90))
        for level in (0, 1, 50, 100):
            file = dvpp.encode(picture, level)
            assert info(acl, file) == (96, 64, 3, 2, 0)
            luma = planes_of(file)[:, :, 0].astype(int)
            assert np.abs(luma - 90).max() <= (1 if level in (0, 100) else 8)
        packed = dvpp.picture(7, 96, 64).write(np.full(192 * 64, 90))
        assert info(acl, dvpp.encode(packed)) == (96, 64, 3, 1, 0)
        refused = dvpp.picture(RGB, 96, 64)
        config = acl.media.dvpp_create_jpege_config()
        assert acl.media.dvpp_jpeg_predict_enc_size(refused.desc, config)[-1] == 100000
        assert acl.media.dvpp_destroy_jpege_config(config) == 0
        for mode, natural, others in (("L", 12, ()), ("RGB", 12, ()), ("RGBA", 16, (12,)),
                                      ("LA", 16, (12,))):  # fmt: skip
            stream = io.BytesIO()
            image = Image.fromarray(pattern(50, 100, 4), "RGBA").convert(mode)
            image.save(stream, "PNG")
            for wanted in (UNKNOWN, natural, *others):
                found = dvpp.decode(stream.getvalue(), wanted, "png")
                assert found.format == (natural if wanted == UNKNOWN else wanted)
                shown = np.asarray(image.convert("RGBA"))[:, :, : 4 if found.format == 16 else 3]
                assert (found.first_plane() == shown).all(), (mode, wanted)
            pointer = acl.util.bytes_to_ptr(stream.getvalue())
            if natural == 12:
                call = acl.media.dvpp_png_predict_dec_size
                assert call(pointer, len(stream.getvalue()), 16)[-1] == 100000
        stream = io.BytesIO()
        Image.fromarray(pattern(50, 100, 3)).convert("P").save(stream, "PNG")
        pointer = acl.util.bytes_to_ptr(stream.getvalue())
        size, code = acl.media.dvpp_png_predict_dec_size(pointer, len(stream.getvalue()), 12)
        assert code == 200006
