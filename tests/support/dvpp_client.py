"""Pictures, channels and areas for tests that drive acl.media: everything a Dvpp made is given back
by close(), and every call that has to work is checked."""

import ctypes

import numpy as np

# Bytes of width stride per pixel, and width stride * height stride to bytes of the whole picture.
LAYOUT = {
    **dict.fromkeys((0,), (1, 1)),
    **dict.fromkeys((1, 2, 20, 55), (1, 1.5)),
    **dict.fromkeys((3, 4, 21, 56, 65, 66, 1000, 1001), (1, 2)),
    **dict.fromkeys((5, 6, 22, 57, 69, 70), (1, 3)),
    **dict.fromkeys((7, 8, 9, 10), (2, 1)),
    **dict.fromkeys((11, 12, 13), (3, 1)),
    **dict.fromkeys((14, 15, 16, 17), (4, 1)),
}
GRAY, NV12, NV21, RGB, BGR, RGBA, UNKNOWN = 0, 1, 2, 12, 13, 16, 10000


def up(value, to):
    return (value + to - 1) // to * to


class Picture:
    def __init__(self, dvpp, picture_format, width, height, width_stride=None, height_stride=None,
                 size=None, desc=None):
        media = dvpp.media
        per_pixel, planes = LAYOUT.get(picture_format, (1, 3))
        self.acl, self.format, self.width, self.height = dvpp.acl, picture_format, width, height
        self.stride = up(width, 16) * per_pixel if width_stride is None else width_stride
        self.rows = up(height, 2) if height_stride is None else height_stride
        self.size = int(self.stride * self.rows * planes) if size is None else size
        self.data = dvpp.malloc(self.size)
        self.desc = media.dvpp_create_pic_desc() if desc is None else desc
        assert self.desc
        if desc is None:
            dvpp.later(media.dvpp_destroy_pic_desc, self.desc)
        for name, value in (("data", self.data), ("format", picture_format), ("width", width),
                            ("height", height), ("width_stride", self.stride),
                            ("height_stride", self.rows), ("size", self.size)):  # fmt: skip
            assert getattr(media, f"dvpp_set_pic_desc_{name}")(self.desc, value) == 0

    def write(self, values):
        content = np.ascontiguousarray(values, np.uint8).tobytes()
        assert len(content) <= self.size
        pointer = self.acl.util.bytes_to_ptr(content)
        assert self.acl.rt.memcpy(self.data, self.size, pointer, len(content), 1) == 0
        return self

    def read(self):
        """All bytes of the buffer."""
        content = bytes(self.size)
        pointer = self.acl.util.bytes_to_ptr(content)
        assert self.acl.rt.memcpy(pointer, self.size, self.data, self.size, 2) == 0
        return np.frombuffer(content, np.uint8)

    def first_plane(self):
        """Rows of the first plane, without padding, channels last."""
        per_pixel = LAYOUT[self.format][0]
        rows = self.read()[: self.stride * self.rows].reshape(self.rows, self.stride)
        plane = rows[: self.height, : self.width * per_pixel]
        return plane.reshape(self.height, self.width, per_pixel) if per_pixel > 1 else plane

    def chroma(self):
        """The second plane of NV12 and NV21: rows, columns, two components."""
        rest = self.read()[self.stride * self.rows :]
        rows = rest[: self.stride * (self.rows // 2)].reshape(self.rows // 2, self.stride)
        high, wide = (self.height + 1) // 2, (self.width + 1) // 2
        return rows[:high, : wide * 2].reshape(high, wide, 2)


class Dvpp:
    """A stream and an open channel."""

    def __init__(self, acl, prepare=None):
        self.acl, self.media, self._later = acl, acl.media, []
        self.stream, code = acl.rt.create_stream()
        assert code == 0
        self.later(acl.rt.destroy_stream, self.stream)
        self.channel = self.media.dvpp_create_channel_desc()
        assert self.channel
        self.later(self.media.dvpp_destroy_channel_desc, self.channel)
        if prepare:
            prepare(self.media, self.channel)
        assert self.media.dvpp_create_channel(self.channel) == 0, acl.get_recent_err_msg()
        self.later(self.media.dvpp_destroy_channel, self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def later(self, call, *arguments):
        self._later.append((call, arguments))

    def close(self):
        for call, arguments in reversed(self._later):
            assert call(*arguments) == 0, self.acl.get_recent_err_msg()
        self._later.clear()

    def malloc(self, size):
        pointer, code = self.media.dvpp_malloc(size)
        assert code == 0, self.acl.get_recent_err_msg()
        self.later(self.media.dvpp_free, pointer)
        return pointer

    def load(self, content):
        """Device memory with these bytes."""
        pointer = self.malloc(len(content))
        source = self.acl.util.bytes_to_ptr(content)
        assert self.acl.rt.memcpy(pointer, len(content), source, len(content), 1) == 0
        return pointer

    def picture(self, *arguments, **named):
        return Picture(self, *arguments, **named)

    def area(self, left, right, top, bottom):
        roi = self.media.dvpp_create_roi_config(left, right, top, bottom)
        assert roi
        self.later(self.media.dvpp_destroy_roi_config, roi)
        return roi

    def resize_config(self, interpolation=None):
        config = self.media.dvpp_create_resize_config()
        assert config
        self.later(self.media.dvpp_destroy_resize_config, config)
        if interpolation is not None:
            assert self.media.dvpp_set_resize_config_interpolation(config, interpolation) == 0
        return config

    def border(self, top=0, bottom=0, left=0, right=0, kind=0, values=()):
        media, config = self.media, self.media.dvpp_create_border_config()
        assert config
        self.later(media.dvpp_destroy_border_config, config)
        for name, value in (("top", top), ("bottom", bottom), ("left", left), ("right", right),
                            ("border_type", kind)):  # fmt: skip
            assert getattr(media, f"dvpp_set_border_config_{name}")(config, value) == 0
        for index, value in enumerate(values):
            assert media.dvpp_set_border_config_value(config, index, float(value)) == 0
        return config

    def batch(self, shapes):
        """A batch and its pictures, from argument lists of picture()."""
        handle = self.media.dvpp_create_batch_pic_desc(len(shapes))
        assert handle
        self.later(self.media.dvpp_destroy_batch_pic_desc, handle)
        return handle, [
            Picture(self, *shape, desc=self.media.dvpp_get_pic_desc(handle, index))
            for index, shape in enumerate(shapes)
        ]

    def call(self, name, *arguments):
        """acl.media.dvpp_<name>_async(channel, ..., stream): its code."""
        function = getattr(self.media, f"dvpp_{name}_async")
        result = function(self.channel, *arguments, self.stream)
        return result[-1] if isinstance(result, tuple) else result

    def synchronize(self):
        return self.acl.rt.synchronize_stream(self.stream)

    def run(self, name, *arguments):
        code = self.call(name, *arguments)
        assert code == 0, f"{code}: {self.acl.get_recent_err_msg()}"
        code = self.synchronize()
        assert code == 0, f"{code}: {self.acl.get_recent_err_msg()}"

    def refused(self, name, *arguments):
        """The sentence with which the call fails by 100000."""
        assert self.call(name, *arguments) == 100000
        return self.acl.get_recent_err_msg()

    def decode(self, content, picture_format=NV12, kind="jpeg"):
        """A file's picture in a buffer of the predicted size, decoded and synchronized."""
        pointer = self.acl.util.bytes_to_ptr(content)
        predict = getattr(self.media, f"dvpp_{kind}_predict_dec_size")
        size, code = predict(pointer, len(content), picture_format)
        assert code == 0, self.acl.get_recent_err_msg()
        picture = Picture(self, picture_format, 0, 0, 0, 0, size=size)
        self.run(f"{kind}_decode", self.load(content), len(content), picture.desc)
        return self.refresh(picture)

    def refresh(self, picture):
        """Takes over what a decoder wrote into the descriptor."""
        get = {name: getattr(self.media, f"dvpp_get_pic_desc_{name}")(picture.desc)
               for name in ("format", "width", "height", "width_stride", "height_stride")}
        picture.format, picture.width, picture.height = get["format"], get["width"], get["height"]
        picture.stride, picture.rows = get["width_stride"], get["height_stride"]
        return picture

    def encode(self, picture, level=100):
        """The JPEG file of a picture."""
        config = self.media.dvpp_create_jpege_config()
        self.later(self.media.dvpp_destroy_jpege_config, config)
        assert self.media.dvpp_set_jpege_config_level(config, level) == 0
        room, code = self.media.dvpp_jpeg_predict_enc_size(picture.desc, config)
        assert code == 0, self.acl.get_recent_err_msg()
        out, size = self.malloc(room), ctypes.c_uint32(room)
        self.run("jpeg_encode", picture.desc, out, ctypes.addressof(size), config)
        return self.acl.util.ptr_to_bytes(out, size.value)
