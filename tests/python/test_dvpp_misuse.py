"""Wrong handles, numbers and orders of picture calls: a code, a sentence with the numbers, and the
library goes on."""

import threading

import numpy as np
import pytest
from conftest import DATA, acl
from dvpp_client import GRAY, NV12, RGB, UNKNOWN, Dvpp

JPEG = DATA / "images" / "jpeg"


@pytest.fixture
def dvpp(device):
    with Dvpp(acl) as made:
        yield made


def test_the_sentence_tells_what_to_pass(dvpp):
    source, target = dvpp.picture(RGB, 100, 50, 200, 50, size=15000), dvpp.picture(RGB, 100, 50)
    text = dvpp.refused("vpc_convert_color", source.desc, target.desc)
    for part in ("200", "RGB_888", "width 100", "300", "pass 336"):
        assert part in text, text
    assert text.startswith("acl.media.dvpp_vpc_convert_color_async")


def test_wrong_kinds_of_arguments(dvpp):
    media = acl.media
    for call in (
        lambda: media.dvpp_malloc("1"), lambda: media.dvpp_create_roi_config(0, 1, 0),
        lambda: media.dvpp_set_pic_desc_width(None, 1),
        lambda: media.dvpp_vpc_batch_crop_async(0, 0, (1,), 0, [0], 0),
        lambda: media.dvpp_vpc_batch_crop_async(0, 0, ["1"], 0, [0], 0),
        lambda: media.dvpp_vpc_batch_crop_resize_async(0, 0, [1], 0, [0], 0),
        lambda: media.dvpp_set_border_config_value(0, 0, "1"),
        lambda: media.dvpp_malloc_with_cfg(1, 0, None),
    ):  # fmt: skip
        with pytest.raises(TypeError):
            call()
    for counts, areas in (([], [0]), ([1], []), ([1] * 257, [0]), ([1], [0] * 257)):
        with pytest.raises(ValueError):
            media.dvpp_vpc_batch_crop_async(0, 0, counts, 0, areas, 0)


def test_handles_of_every_other_kind(dvpp):
    batch, (source,) = dvpp.batch([(GRAY, 64, 48)])
    handles = [0, 1, 2**63, dvpp.stream, dvpp.channel, batch, source.desc, source.data,
               dvpp.area(0, 1, 0, 1), dvpp.resize_config(), dvpp.border()]  # fmt: skip
    good = (source.desc, dvpp.picture(GRAY, 32, 24).desc, handles[8], handles[9])
    assert dvpp.call("vpc_crop_resize", *good) == 0
    for position in range(4):
        for handle in handles:
            if handle == good[position] or (position < 2 and handle == source.desc):
                continue
            given = list(good)
            given[position] = handle
            assert dvpp.call("vpc_crop_resize", *given) == 100000
            assert (hex(handle) if handle else "null") in acl.get_recent_err_msg()
    assert acl.media.dvpp_vpc_crop_resize_async(dvpp.channel, *good, 12345) == 107017
    assert dvpp.synchronize() == 0


def test_the_channel_comes_first(device):
    channel = acl.media.dvpp_create_channel_desc()
    with Dvpp(acl) as dvpp:
        source, target = dvpp.picture(GRAY, 64, 48), dvpp.picture(GRAY, 32, 24)
        arguments = (source.desc, target.desc, dvpp.resize_config(), dvpp.stream)
        assert acl.media.dvpp_vpc_resize_async(channel, *arguments) == 100000
        assert "call acldvppCreateChannel first" in acl.get_recent_err_msg()
        assert acl.media.dvpp_create_channel(channel) == 0
        assert acl.media.dvpp_create_channel(channel) == 100000
        assert acl.media.dvpp_vpc_resize_async(channel, *arguments) == 0
        assert dvpp.synchronize() == 0
        assert acl.media.dvpp_destroy_channel(channel) == 0
        assert acl.media.dvpp_destroy_channel(channel) == 100000
        assert acl.media.dvpp_vpc_resize_async(channel, *arguments) == 100000
    assert acl.media.dvpp_destroy_channel_desc(channel) == 0


def test_descriptors_go_while_the_task_waits(dvpp):
    source, target = dvpp.picture(NV12, 64, 48), dvpp.picture(NV12, 32, 24)
    source.write(np.full(64 * 72, 50))
    gate, _ = acl.rt.create_event()
    other, _ = acl.rt.create_stream()
    assert acl.rt.stream_wait_event(dvpp.stream, gate) == 0
    config = acl.media.dvpp_create_resize_config()
    pictures = [acl.media.dvpp_create_pic_desc() for _ in range(2)]
    for desc, one in zip(pictures, (source, target)):
        for name in ("data", "size", "format", "width", "height", "width_stride", "height_stride"):
            value = getattr(acl.media, f"dvpp_get_pic_desc_{name}")(one.desc)
            assert getattr(acl.media, f"dvpp_set_pic_desc_{name}")(desc, value) == 0
    assert dvpp.call("vpc_resize", *pictures, config) == 0
    assert acl.media.dvpp_destroy_resize_config(config) == 0
    for desc in pictures:
        assert acl.media.dvpp_destroy_pic_desc(desc) == 0
    assert acl.rt.record_event(gate, other) == 0
    assert dvpp.synchronize() == 0
    assert (target.first_plane() == 50).all()
    assert acl.rt.destroy_stream(other) == 0
    assert acl.rt.destroy_event(gate) == 0


def test_tasks_of_a_stream_run_in_order(dvpp):
    pictures = [dvpp.picture(GRAY, 64, 48) for _ in range(20)]
    pictures[0].write(np.arange(3072) % 251)
    for before, after in zip(pictures, pictures[1:]):
        assert dvpp.call("vpc_crop", before.desc, after.desc, dvpp.area(0, 63, 0, 47)) == 0
    assert dvpp.synchronize() == 0
    assert (pictures[-1].read() == np.arange(3072) % 251).all()


def test_streams_of_many_threads(device):
    found = []

    def work(seed):
        assert acl.rt.set_device(0) == 0
        with Dvpp(acl) as dvpp:
            image = np.random.default_rng(seed).integers(0, 256, 64 * 72, dtype=np.uint8)
            source = dvpp.picture(NV12, 64, 48).write(image)
            for _ in range(20):
                file = dvpp.encode(source, 90)
                decoded = dvpp.decode(file)
                target = dvpp.picture(NV12, 64, 48)
                dvpp.run("vpc_crop", decoded.desc, target.desc, dvpp.area(0, 63, 0, 47))
                found.append((seed, target.read().tobytes()))
        assert acl.rt.reset_device(0) == 0

    threads = [threading.Thread(target=work, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80 and len(set(found)) == 4


@pytest.mark.parametrize("name", ["testimgari.jpg", "monkey12.jpg", "lossless_sel1_8bit.jpg"])
def test_codings_that_no_chip_decodes(dvpp, name):
    path = JPEG / "unsupported" / name
    if not path.is_file():
        pytest.skip(f"the reference data is not there: {path}")
    file = path.read_bytes()
    pointer = acl.util.bytes_to_ptr(file)
    assert acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), UNKNOWN)[-1] == 148052
    target = dvpp.picture(UNKNOWN, 0, 0, 0, 0, size=1 << 20)
    assert dvpp.call("jpeg_decode", dvpp.load(file), len(file), target.desc) == 148052
    assert len(acl.get_recent_err_msg()) > 40
    assert dvpp.synchronize() == 0


def test_a_progressive_file_in_lenient_media(python_script):
    path = JPEG / "reftest" / "mozilla_jpg-progressive.jpg"
    if not path.is_file():
        pytest.skip(f"the reference data is not there: {path}")
    program = """
import os, sys
if len(sys.argv) > 2: os.environ["POACL_LENIENT_MEDIA"] = sys.argv[2]
import acl
from dvpp_client import Dvpp
acl.init(); acl.rt.set_device(0)
file = open(sys.argv[1], "rb").read()
with Dvpp(acl) as dvpp:
    code = acl.media.dvpp_jpeg_get_image_info(acl.util.bytes_to_ptr(file), len(file))[-1]
    print(code, "LENIENT" in (acl.get_recent_err_msg() or ""))
    if code == 0: print(dvpp.decode(file).width > 0)
"""
    refused = python_script(program, path)
    assert refused.stdout.split() == ["148052", "True"], refused.stdout + refused.stderr
    decoded = python_script(program, path, 1)
    assert decoded.stdout.split() == ["0", "False", "True"], decoded.stdout + decoded.stderr


def test_a_cut_file_and_a_huge_header(dvpp):
    file = dvpp.encode(dvpp.picture(NV12, 64, 48).write(np.arange(64 * 72) % 200))
    target = dvpp.picture(NV12, 64, 48, 64, 48)
    for length in (3, 20, 200, len(file) - 2):
        code = dvpp.call("jpeg_decode", dvpp.load(file[:length]), length, target.desc)
        assert code == 0 or acl.get_recent_err_msg()
        dvpp.synchronize()
    at = file.index(b"\xff\xc0")
    huge = file[: at + 5] + b"\xff\xff\xff\xff" + file[at + 9 :]
    pointer = acl.util.bytes_to_ptr(huge)
    assert acl.media.dvpp_jpeg_get_image_info(pointer, len(huge)) == (65535, 65535, 3, 0)
    assert acl.media.dvpp_jpeg_predict_dec_size(pointer, len(huge), 1)[-1] == 100000
    text = dvpp.refused("jpeg_decode", dvpp.load(huge), len(huge), target.desc)
    assert "65534" in text or "65535" in text


def test_channels_left_open_do_not_hold_up_the_end(python_script):
    program = """
import acl
acl.init(); acl.rt.set_device(0)
stream, _ = acl.rt.create_stream()
desc = acl.media.dvpp_create_channel_desc()
print(acl.media.dvpp_create_channel(desc))
acl.media.dvpp_create_pic_desc(); acl.media.dvpp_create_batch_pic_desc(4)
acl.media.dvpp_malloc(100)
print(acl.finalize())
"""
    result = python_script(program)
    assert result.returncode == 0 and result.stdout.split() == ["0", "0"], result.stderr
