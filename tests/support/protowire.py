"""The protobuf wire format, as much of it as ONNX files need: no generated code, no package.

Encoding: every function returns the bytes of one field, key included; join them to make a message.
Decoding: `fields(data)` yields (number, wire type, value) of one message.
"""

import struct

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class WireError(ValueError):
    """The bytes are not a protobuf message; the text says at which offset and why."""


def encode_varint(value):
    """One varint; negative numbers as the 64-bit two's complement that int32/int64 fields use."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(number, value):
    return encode_varint(number << 3 | VARINT) + encode_varint(int(value))


def float32(number, value):
    return encode_varint(number << 3 | FIXED32) + struct.pack("<f", value)


def data(number, value):
    """bytes, str or an encoded sub-message."""
    if isinstance(value, str):
        value = value.encode("utf-8")
    return encode_varint(number << 3 | BYTES) + encode_varint(len(value)) + bytes(value)


def packed_integers(number, values):
    return data(number, b"".join(encode_varint(int(value)) for value in values))


def packed_floats(number, values):
    values = [float(value) for value in values]
    return data(number, struct.pack(f"<{len(values)}f", *values))


def decode_varint(view, position):
    """(unsigned value, next position)."""
    value = shift = 0
    while True:
        if position >= len(view):
            raise WireError(f"varint cut off at byte {position} of {len(view)}")
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, position
        shift += 7
        if shift >= 70:
            raise WireError(f"varint longer than 10 bytes before byte {position}")


def signed(value):
    """The int64 that an unsigned varint stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def fields(message):
    """Yields (field number, wire type, value): int for numbers, memoryview for the others."""
    view = memoryview(message)
    position = 0
    while position < len(view):
        key, position = decode_varint(view, position)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, position = decode_varint(view, position)
            yield number, kind, value
            continue
        if kind == BYTES:
            size, position = decode_varint(view, position)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise WireError(f"field {number} has wire type {kind}, which messages do not use")
        if position + size > len(view):
            raise WireError(
                f"field {number} wants {size} bytes at {position}, the message has {len(view)}"
            )
        yield number, kind, view[position : position + size]
        position += size


def integers_of(kind, value):
    """Signed values of one occurrence of a repeated integer field, packed or not."""
    if kind == VARINT:
        return [signed(value)]
    out, position = [], 0
    while position < len(value):
        item, position = decode_varint(value, position)
        out.append(signed(item))
    return out
