"""spec/media-memory.md, the parts of the interface's first version."""

import numpy as np
from dvpp_client import GRAY, NV12, RGB, Dvpp
from rows import INVALID_PARAM, RT_MEMORY, ok, row
from rows_device import in_new_thread

HUGE = 1 << 50


@row("media-memory.md 1", "acldvppMalloc")
def media_memory(acl):
    malloc, free = acl.media.dvpp_malloc, acl.media.dvpp_free
    assert malloc(0)[1] == INVALID_PARAM
    assert malloc(HUGE)[1] == RT_MEMORY
    assert in_new_thread(lambda: malloc(64))[1] == 107002
    before = ok(acl.rt.get_mem_info(1))[0]
    pointer = ok(malloc(3 << 20))
    assert before - ok(acl.rt.get_mem_info(1))[0] >= 3 << 20
    ok(free(pointer))
    assert ok(acl.rt.get_mem_info(1))[0] == before
    pointer = ok(acl.media.dvpp_malloc_with_cfg(100, 0, {}))
    ok(free(pointer))


@row("media-memory.md 1", "acldvppFree")
def freeing_media_memory(acl):
    pointer = ok(acl.media.dvpp_malloc(1000))
    assert acl.media.dvpp_free(pointer + 128) != 0
    ok(acl.media.dvpp_free(pointer))
    assert acl.media.dvpp_free(pointer) != 0
    assert acl.media.dvpp_free(0) == INVALID_PARAM
    assert acl.media.dvpp_free(12345) != 0


@row("media-memory.md 1", "aclrtMalloc / aclrtFree")
@row("media-memory.md 3", "V1 VPC / JPEGD / JPEGE / PNGD")
def every_memory_is_taken(acl):
    with Dvpp(acl) as dvpp:
        image = np.arange(64 * 48, dtype=np.uint8)
        other = ok(acl.rt.malloc(64 * 48, 0))
        host = ok(acl.rt.malloc_host(64 * 48))
        plain = bytes(64 * 48)
        for address in (other, host, acl.util.bytes_to_ptr(plain)):
            source, target = dvpp.picture(GRAY, 64, 48).write(image), dvpp.picture(GRAY, 64, 48)
            assert acl.media.dvpp_set_pic_desc_data(target.desc, address) == 0
            dvpp.run("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))
            assert acl.util.ptr_to_bytes(address, 64 * 48) == image.tobytes()
        ok(acl.rt.free(other))
        ok(acl.rt.free_host(host))


@row("media-memory.md 2", "VPC input/output", "User offsets into a block")
def any_address_will_do(acl):
    with Dvpp(acl) as dvpp:
        pointer = dvpp.malloc(100)
        assert pointer % 128 == 0
        block = dvpp.malloc(8192)
        source, target = dvpp.picture(GRAY, 64, 48), dvpp.picture(GRAY, 64, 48)
        source.write(np.arange(64 * 48, dtype=np.uint8))
        for offset in (1, 16, 100, 4096):
            assert acl.media.dvpp_set_pic_desc_data(target.desc, block + offset) == 0
            dvpp.run("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))
            assert acl.util.ptr_to_bytes(block + offset, 3072) == source.read().tobytes()
        # Past the end of the block it is an error.
        assert acl.media.dvpp_set_pic_desc_data(target.desc, block + 6000) == 0
        assert "8192" in dvpp.refused("vpc_crop", source.desc, target.desc, dvpp.area(0, 63, 0, 47))


@row("media-memory.md 2", "JPEGD/PNGD/VDEC input and output, JPEGE")
def files_at_any_address(acl):
    with Dvpp(acl) as dvpp:
        picture = dvpp.picture(NV12, 64, 48).write(np.full(64 * 72, 100))
        file = dvpp.encode(picture)
        block = dvpp.load(b"x" * 3 + file)
        target = dvpp.picture(NV12, 64, 48, 64, 48)
        # Exactly the bytes of the file: nothing beyond them is read.
        dvpp.run("jpeg_decode", block + 3, len(file), target.desc)
        assert np.abs(target.first_plane().astype(int) - 100).max() <= 1


@row("media-memory.md 3", "get_image_info (V1 and V2), predict_*_size")
def information_from_host_and_device_memory(acl):
    with Dvpp(acl) as dvpp:
        file = dvpp.encode(dvpp.picture(NV12, 64, 48))
        for address in (acl.util.bytes_to_ptr(file), dvpp.load(file)):
            assert acl.media.dvpp_jpeg_get_image_info(address, len(file)) == (64, 48, 3, 0)
            assert acl.media.dvpp_jpeg_get_image_info_v2(address, len(file)) == (64, 48, 3, 2, 0)
            assert acl.media.dvpp_jpeg_predict_dec_size(address, len(file), 1) == (64 * 72, 0)
        assert acl.media.dvpp_jpeg_get_image_info(0, 100)[-1] == INVALID_PARAM


@row("media-memory.md 5", "V1 pic/stream/channel descriptors")
def descriptors_go_any_time_after_the_task(acl):
    media = acl.media
    pairs = (
        (media.dvpp_create_pic_desc, media.dvpp_destroy_pic_desc),
        (media.dvpp_create_channel_desc, media.dvpp_destroy_channel_desc),
        (media.dvpp_create_resize_config, media.dvpp_destroy_resize_config),
        (media.dvpp_create_border_config, media.dvpp_destroy_border_config),
        (media.dvpp_create_jpege_config, media.dvpp_destroy_jpege_config),
        (media.dvpp_create_hist, media.dvpp_destroy_hist),
        (media.dvpp_create_lut_map, media.dvpp_destroy_lut_map),
        (lambda: media.dvpp_create_roi_config(0, 1, 0, 1), media.dvpp_destroy_roi_config),
        (lambda: media.dvpp_create_batch_pic_desc(2), media.dvpp_destroy_batch_pic_desc),
    )
    for create, destroy in pairs:
        handle = create()
        assert handle != 0
        for _, other in pairs:
            if other is not destroy:
                assert other(handle) == INVALID_PARAM
        assert destroy(handle) == 0
        assert destroy(handle) == INVALID_PARAM
        assert destroy(0) == INVALID_PARAM


@row("media-memory.md 5", "pic desc inside a batch desc")
def a_batch_owns_its_pictures(acl):
    batch = acl.media.dvpp_create_batch_pic_desc(2)
    picture = acl.media.dvpp_get_pic_desc(batch, 1)
    assert picture == acl.media.dvpp_get_pic_desc(batch, 1) != 0
    assert acl.media.dvpp_destroy_pic_desc(picture) == INVALID_PARAM
    assert acl.media.dvpp_get_pic_desc(batch, 2) == 0
    assert acl.media.dvpp_destroy_batch_pic_desc(batch) == 0
    assert acl.media.dvpp_set_pic_desc_width(picture, 1) == INVALID_PARAM


@row("media-memory.md 3", "V1 VPC / JPEGD / JPEGE / PNGD")
def a_model_takes_media_memory(acl):
    pointer = ok(acl.media.dvpp_malloc(1000))
    buffer = acl.create_data_buffer(pointer, 1000)
    assert acl.get_data_buffer_addr(buffer) == pointer
    for kind in (1, 2, 3, 4):
        ok(acl.rt.memcpy(pointer, 1000, pointer + 500, 100, kind))
    ok(acl.destroy_data_buffer(buffer))
    ok(acl.media.dvpp_free(pointer))


@row("media-memory.md 3", "V1 VPC / JPEGD / JPEGE / PNGD")
def a_buffer_of_the_wrong_size(acl):
    with Dvpp(acl) as dvpp:
        source = dvpp.picture(RGB, 64, 48)
        target = dvpp.picture(RGB, 64, 48, size=64 * 48 * 3 - 1)
        assert "pass 9216" in dvpp.refused("vpc_crop", source.desc, target.desc,
                                           dvpp.area(0, 63, 0, 47))  # fmt: skip
        larger = dvpp.picture(RGB, 64, 48, size=64 * 48 * 4)
        dvpp.run("vpc_crop", source.desc, larger.desc, dvpp.area(0, 63, 0, 47))
