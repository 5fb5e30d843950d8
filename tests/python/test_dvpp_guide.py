"""The picture programs of the developer guide, written as a program would: with its own constants,
its alignments, its order of calls and its slips where the library has to live with them."""

import io

import numpy as np
import pytest
from PIL import Image
from conftest import DATA, acl

HOST_TO_DEVICE, DEVICE_TO_HOST = 1, 2
YUV_400, YUV_SEMIPLANAR_420, RGB_888 = 0, 1, 12
W, H = 128, 96


@pytest.fixture
def resources(initialized):
    """Device, a context of its own and a stream, as every program of the guide begins and ends."""
    assert acl.rt.set_device(0) == 0
    context, ret = acl.rt.create_context(0)
    assert ret == 0
    stream, ret = acl.rt.create_stream()
    assert ret == 0
    yield stream
    assert acl.rt.destroy_stream(stream) == 0
    assert acl.rt.destroy_context(context) == 0
    assert acl.rt.reset_device(0) == 0


@pytest.fixture
def channel(resources):
    desc = acl.media.dvpp_create_channel_desc()
    assert desc != 0
    assert acl.media.dvpp_create_channel(desc) == 0
    yield desc
    assert acl.media.dvpp_destroy_channel(desc) == 0
    assert acl.media.dvpp_destroy_channel_desc(desc) == 0


def to_device(array):
    bytes_data = array.tobytes()
    pointer = acl.util.bytes_to_ptr(bytes_data)
    device, ret = acl.media.dvpp_malloc(len(bytes_data))
    assert ret == 0
    assert acl.rt.memcpy(device, len(bytes_data), pointer, len(bytes_data), HOST_TO_DEVICE) == 0
    return device


def to_host(device, size):
    output = bytes(size)
    pointer = acl.util.bytes_to_ptr(output)
    assert acl.rt.memcpy(pointer, size, device, size, DEVICE_TO_HOST) == 0
    return np.frombuffer(output, np.uint8)


def set_picture(desc, buffer, picture_format, width, height, size=None):
    """The guide's alignments: 16 for the width, 2 for the height."""
    width_stride, height_stride = (width + 15) // 16 * 16, (height + 1) // 2 * 2
    size = width_stride * height_stride * 3 // 2 if size is None else size
    for name, value in (("data", buffer), ("format", picture_format), ("width", width),
                        ("height", height), ("width_stride", width_stride),
                        ("height_stride", height_stride), ("size", size)):  # fmt: skip
        assert getattr(acl.media, f"dvpp_set_pic_desc_{name}")(desc, value) == 0
        assert getattr(acl.media, f"dvpp_get_pic_desc_{name}")(desc) == value
    return desc


def nv12(seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, W * H * 3 // 2, dtype=np.uint8)


def picture(buffer, width=W, height=H, picture_format=YUV_SEMIPLANAR_420):
    desc = acl.media.dvpp_create_pic_desc()
    assert desc != 0
    return set_picture(desc, buffer, picture_format, width, height)


def empty(width=W, height=H):
    size = (width + 15) // 16 * 16 * ((height + 1) // 2 * 2) * 3 // 2
    buffer, ret = acl.media.dvpp_malloc(size)
    assert ret == 0
    assert acl.rt.memset(buffer, size, 0xAB, size) == 0
    return buffer, size


def tidy(descs, buffers):
    for desc in descs:
        assert acl.media.dvpp_destroy_pic_desc(desc) == 0
    for buffer in buffers:
        assert acl.media.dvpp_free(buffer) == 0


def test_resize_leaves_its_channel_open(resources):
    config = acl.media.dvpp_create_resize_config()
    desc = acl.media.dvpp_create_channel_desc()
    assert acl.media.dvpp_create_channel(desc) == 0
    source = to_device(np.full(W * H * 3 // 2, 77, np.uint8))
    target, size = empty(W // 2, H // 2)
    input_desc, output_desc = picture(source), picture(target, W // 2, H // 2)
    ret = acl.media.dvpp_vpc_resize_async(desc, input_desc, output_desc, config, resources)
    assert ret == 0
    assert acl.rt.synchronize_stream(resources) == 0
    assert (to_host(target, size) == 77).all()
    tidy([output_desc, input_desc], [source, target])


def test_colour_conversion_to_gray_in_a_buffer_for_420(channel, resources):
    content = nv12()
    source = to_device(content)
    target, size = empty()
    input_desc, output_desc = picture(source), picture(target, picture_format=YUV_400)
    assert acl.media.dvpp_vpc_convert_color_async(channel, input_desc, output_desc, resources) == 0
    assert acl.rt.synchronize_stream(resources) == 0
    found = to_host(target, size)
    assert (found[: W * H] == content[: W * H]).all()
    assert (found[W * H :] == 0xAB).all()
    tidy([input_desc, output_desc], [source, target])


def test_crop_and_crop_resize(channel, resources):
    content = nv12()
    source = to_device(content)
    area = acl.media.dvpp_create_roi_config(W // 2, W - 1, H // 2, H - 1)
    assert area != 0
    target, size = empty(W // 2, H // 2)
    input_desc, output_desc = picture(source), picture(target, W // 2, H // 2)
    assert acl.media.dvpp_vpc_crop_async(channel, input_desc, output_desc, area, resources) == 0
    assert acl.rt.synchronize_stream(resources) == 0
    luma = to_host(target, size)[: W * H // 4].reshape(H // 2, W // 2)
    assert (luma == content[: W * H].reshape(H, W)[H // 2 :, W // 2 :]).all()
    config = acl.media.dvpp_create_resize_config()
    quarter, _ = empty(W // 4, H // 4)
    small = picture(quarter, W // 4, H // 4)
    ret = acl.media.dvpp_vpc_crop_resize_async(channel, input_desc, small, area, config, resources)
    assert ret == 0
    assert acl.rt.synchronize_stream(resources) == 0
    assert acl.media.dvpp_destroy_roi_config(area) == 0
    assert acl.media.dvpp_destroy_resize_config(config) == 0
    tidy([input_desc, output_desc, small], [source, target, quarter])


def test_crop_and_paste_and_with_resize(channel, resources):
    content = nv12()
    source = to_device(content)
    input_desc = picture(source)
    crop = acl.media.dvpp_create_roi_config(W // 2, W - 1, H // 2, H - 1)
    paste = acl.media.dvpp_create_roi_config(W // 2, W - 1, H // 2, H - 1)
    target, size = empty()
    output_desc = picture(target)
    ret = acl.media.dvpp_vpc_crop_and_paste_async(channel, input_desc, output_desc, crop, paste,
                                                  resources)  # fmt: skip
    assert ret == 0
    assert acl.rt.synchronize_stream(resources) == 0
    luma = to_host(target, size)[: W * H].reshape(H, W)
    assert (luma[H // 2 :, W // 2 :] == content[: W * H].reshape(H, W)[H // 2 :, W // 2 :]).all()
    assert (luma[: H // 2] == 0xAB).all() and (luma[:, : W // 2] == 0xAB).all()
    config = acl.media.dvpp_create_resize_config()
    small, small_size = empty(W // 2, H // 2)
    small_desc = picture(small, W // 2, H // 2)
    quarter = acl.media.dvpp_create_roi_config(W // 4, W // 2 - 1, H // 4, H // 2 - 1)
    ret = acl.media.dvpp_vpc_crop_resize_paste_async(channel, input_desc, small_desc, crop, quarter,
                                                     config, resources)  # fmt: skip
    assert ret == 0
    assert acl.rt.synchronize_stream(resources) == 0
    luma = to_host(small, small_size)[: W * H // 4].reshape(H // 2, W // 2)
    assert (luma[: H // 4] == 0xAB).all() and (luma[:, : W // 4] == 0xAB).all()
    assert (luma[H // 4 :, W // 4 :] != 0xAB).any()
    for roi in (crop, paste, quarter):
        assert acl.media.dvpp_destroy_roi_config(roi) == 0
    assert acl.media.dvpp_destroy_resize_config(config) == 0
    tidy([input_desc, output_desc, small_desc], [source, target, small])


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 3), (2, 5), (3, 3)])
def test_batch_crop_and_paste(channel, resources, inputs, outputs):
    out_batch = acl.media.dvpp_create_batch_pic_desc(outputs)
    in_batch = acl.media.dvpp_create_batch_pic_desc(inputs)
    contents, buffers, roi_list, crops, pastes = [], [], [], [], []
    for i in range(inputs):
        contents.append(nv12(i))
        buffers.append(to_device(contents[-1]))
        set_picture(acl.media.dvpp_get_pic_desc(in_batch, i), buffers[-1], 1, W, H)
        roi_list.append(outputs // inputs)
    for i in range(outputs):
        target, size = empty()
        buffers.append(target)
        set_picture(acl.media.dvpp_get_pic_desc(out_batch, i), target, 1, W, H)
        left = W // 2 if i == 0 else 0
        crops.append(acl.media.dvpp_create_roi_config(left, W - 1, H // 2, H - 1))
        pastes.append(acl.media.dvpp_create_roi_config(W // 2, W - 1, H // 2, H - 1))
    roi_list[-1] += outputs - sum(roi_list)
    _, ret = acl.media.dvpp_vpc_batch_crop_and_paste_async(channel, in_batch, roi_list, out_batch,
                                                           crops, pastes, resources)  # fmt: skip
    assert ret == 0, acl.get_recent_err_msg()
    assert acl.rt.synchronize_stream(resources) == 0
    owners = np.repeat(np.arange(inputs), roi_list)
    first = to_host(buffers[inputs], size)[: W * H].reshape(H, W)
    whole = contents[owners[0]][: W * H].reshape(H, W)
    assert (first[H // 2 :, W // 2 :] == whole[H // 2 :, W // 2 :]).all()
    for k in range(outputs):
        luma = to_host(buffers[inputs + k], size)[: W * H].reshape(H, W)
        assert (luma[: H // 2] == 0xAB).all()
        assert (luma[H // 2 :, W // 2 :] != 0xAB).any()
    roi_list[-1] += 1
    _, ret = acl.media.dvpp_vpc_batch_crop_and_paste_async(channel, in_batch, roi_list, out_batch,
                                                           crops, pastes, resources)  # fmt: skip
    assert ret != 0
    assert acl.media.dvpp_destroy_batch_pic_desc(in_batch) == 0
    assert acl.media.dvpp_destroy_batch_pic_desc(out_batch) == 0
    for roi in crops + pastes:
        assert acl.media.dvpp_destroy_roi_config(roi) == 0
    tidy([], buffers)


def encode(channel, stream, content, level=100):
    """The guide's encoder; the JPEG file."""
    config = acl.media.dvpp_create_jpege_config()
    assert acl.media.dvpp_set_jpege_config_level(config, level) == 0
    assert acl.media.dvpp_set_jpege_config_level(config, 101) != 0
    assert acl.media.dvpp_get_jpege_config_level(config) == level
    source = to_device(content)
    desc = picture(source)
    predicted, ret = acl.media.dvpp_jpeg_predict_enc_size(desc, config)
    assert ret == 0
    out, ret = acl.media.dvpp_malloc(predicted)
    assert ret == 0
    np_out_size = np.array([predicted], dtype=np.int32)
    size_bytes = np_out_size.tobytes()
    size_ptr = acl.util.bytes_to_ptr(size_bytes)
    ret = acl.media.dvpp_jpeg_encode_async(channel, desc, out, size_ptr, config, stream)
    assert ret == 0
    assert acl.rt.synchronize_stream(stream) == 0
    length = int.from_bytes(size_bytes, "little")
    assert 0 < length <= predicted
    # The array itself still has the old number: what the guide saves has rubbish at its end.
    assert np_out_size[0] == predicted
    file = to_host(out, length).tobytes()
    assert file[:2] == b"\xff\xd8" and file[-2:] == b"\xff\xd9"
    assert acl.media.dvpp_destroy_jpege_config(config) == 0
    tidy([desc], [source, out])
    return file


def smooth():
    y, x = np.mgrid[0:H, 0:W]
    luma = (100 + 60 * np.sin(x / 17) + 50 * np.cos(y / 13)).astype(np.uint8)
    return np.concatenate([luma.ravel(), np.full(W * H // 2, 128, np.uint8)])


@pytest.mark.parametrize("level", [100, 0, 60])
def test_jpeg_encode_and_decode_with_the_guides_strides(channel, resources, level):
    content = smooth()
    file = encode(channel, resources, content, level)
    pointer = acl.util.bytes_to_ptr(file)
    assert acl.media.dvpp_jpeg_get_image_info(pointer, len(file)) == (W, H, 3, 0)
    needed, ret = acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), YUV_SEMIPLANAR_420)
    assert ret == 0 and needed >= W * H * 3 // 2
    source = to_device(np.frombuffer(file, np.uint8))
    target, size = empty()
    desc = picture(target)  # strides 128 and 96: no multiples of 64 and 16 are needed
    ret = acl.media.dvpp_jpeg_decode_async(channel, source, len(file), desc, resources)
    assert ret == 0, acl.get_recent_err_msg()
    assert acl.rt.synchronize_stream(resources) == 0
    found = to_host(target, size)[: W * H].astype(float)
    error = ((found - content[: W * H]) ** 2).mean()
    assert 10 * np.log10(255**2 / max(error, 1e-9)) >= (40 if level in (0, 100) else 34)
    tidy([desc], [source, target])


def test_levels_order_the_sizes(channel, resources):
    content = nv12()
    sizes = [len(encode(channel, resources, content, level)) for level in (5, 50, 95)]
    assert sizes == sorted(sizes)


def png_file(colours):
    data = io.BytesIO()
    Image.fromarray(colours).save(data, "PNG")
    return data.getvalue()


def test_png_decode_with_a_nearly_empty_descriptor(channel, resources):
    colours = np.random.default_rng(1).integers(0, 256, (50, 100, 3), dtype=np.uint8)
    file = png_file(colours)
    pointer = acl.util.bytes_to_ptr(file)
    size, ret = acl.media.dvpp_png_predict_dec_size(pointer, len(file), RGB_888)
    assert (size, ret) == (128 * 3 * 64, 0)
    width, height, components, ret = acl.media.dvpp_png_get_image_info(pointer, len(file))
    assert (width, height, components, ret) == (100, 50, 3, 0)
    source = to_device(np.frombuffer(file, np.uint8))
    target, ret = acl.media.dvpp_malloc(size)
    assert ret == 0
    desc = acl.media.dvpp_create_pic_desc()
    assert acl.media.dvpp_set_pic_desc_data(desc, target) == 0
    assert acl.media.dvpp_set_pic_desc_size(desc, size) == 0
    assert acl.media.dvpp_set_pic_desc_format(desc, RGB_888) == 0
    ret = acl.media.dvpp_png_decode_async(channel, source, len(file), desc, resources)
    assert ret == 0, acl.get_recent_err_msg()
    assert acl.rt.synchronize_stream(resources) == 0
    rows = to_host(target, size).reshape(64, 128 * 3)
    assert (rows[:50, :300].reshape(50, 100, 3) == colours).all()
    assert acl.media.dvpp_get_pic_desc_width_stride(desc) == 384
    assert acl.media.dvpp_get_pic_desc_height_stride(desc) == 64
    assert acl.media.dvpp_get_pic_desc_width(desc) == 100
    tidy([desc], [source, target])


def test_a_text_is_no_picture(channel, resources):
    text = b"this is not a picture, whatever its name says. " * 10
    pointer = acl.util.bytes_to_ptr(text)
    assert acl.media.dvpp_jpeg_get_image_info(pointer, len(text))[-1] != 0
    assert acl.media.dvpp_png_get_image_info(pointer, len(text))[-1] != 0
    source = to_device(np.frombuffer(text, np.uint8))
    target, _ = empty()
    desc = picture(target)
    code = acl.media.dvpp_jpeg_decode_async(channel, source, len(text), desc, resources)
    assert code != 0 or acl.rt.synchronize_stream(resources) != 0
    tidy([desc], [source, target])


def test_8k_to_4000(channel, resources):
    """The official sample resizes 8192 x 8192 to 4000 x 4000."""
    source, size = empty(8192, 8192)
    target, _ = empty(4000, 4000)
    input_desc, output_desc = picture(source, 8192, 8192), picture(target, 4000, 4000)
    config = acl.media.dvpp_create_resize_config()
    ret = acl.media.dvpp_vpc_resize_async(channel, input_desc, output_desc, config, resources)
    assert ret == 0, acl.get_recent_err_msg()
    assert acl.rt.synchronize_stream(resources) == 0
    assert (to_host(target, 4000 * 4000) == 0xAB).all()
    assert acl.media.dvpp_destroy_resize_config(config) == 0
    tidy([input_desc, output_desc], [source, target])


def test_a_photograph_becomes_a_models_input(channel, resources):
    """Decode with strides of the chip, then resize to 224 x 224: the chapter's whole program."""
    photo = DATA / "images" / "jpeg" / "photo" / "dvpp_1920x1080.jpg"
    if not photo.is_file():
        pytest.skip(f"the reference data is not there: {photo}")
    file = photo.read_bytes()
    pointer = acl.util.bytes_to_ptr(file)
    width, height, _, ret = acl.media.dvpp_jpeg_get_image_info(pointer, len(file))
    assert (width, height, ret) == (1920, 1080, 0)
    size, ret = acl.media.dvpp_jpeg_predict_dec_size(pointer, len(file), YUV_SEMIPLANAR_420)
    assert ret == 0
    decoded, _ = acl.media.dvpp_malloc(size)
    decoded_desc = acl.media.dvpp_create_pic_desc()
    for name, value in (("data", decoded), ("size", size), ("format", 1), ("width", width),
                        ("height", height), ("width_stride", 1920), ("height_stride", 1088)):
        assert getattr(acl.media, f"dvpp_set_pic_desc_{name}")(decoded_desc, value) == 0
    source = to_device(np.frombuffer(file, np.uint8))
    target, small_size = empty(224, 224)
    small_desc = picture(target, 224, 224)
    config = acl.media.dvpp_create_resize_config()
    ret = acl.media.dvpp_jpeg_decode_async(channel, source, len(file), decoded_desc, resources)
    assert ret == 0, acl.get_recent_err_msg()
    ret = acl.media.dvpp_vpc_resize_async(channel, decoded_desc, small_desc, config, resources)
    assert ret == 0, acl.get_recent_err_msg()
    assert acl.rt.synchronize_stream(resources) == 0
    luma = to_host(target, small_size)[: 224 * 224].reshape(224, 224)
    wanted = np.asarray(Image.open(photo).convert("L").resize((224, 224), Image.BILINEAR), float)
    assert np.corrcoef(luma.ravel(), wanted.ravel())[0, 1] > 0.95
    assert acl.media.dvpp_destroy_resize_config(config) == 0
    tidy([decoded_desc, small_desc], [decoded, source, target])
