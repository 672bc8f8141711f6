"""Tells a picture's format and size from its first bytes, before any pixel is decoded."""

from __future__ import annotations

import struct
from typing import Callable, NamedTuple


class Header(NamedTuple):
    """What a picture file says about itself; `width` and `height` in stored pixels, before EXIF."""

    format: str
    width: int
    height: int


def read_header(data: bytes) -> Header | None:
    """Return the header of a JPEG, PNG, BMP or GIF file, None for any other type.

    The type is judged by content, never by the file's name.
    Raises ValueError or struct.error when the type is one of the four but its header is broken.
    """
    for magic, reader in _READERS:
        if data.startswith(magic):
            return reader(data)
    return None


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise ValueError("IHDR is not the first chunk")
    width, height = struct.unpack_from(">II", data, 16)
    return Header("PNG", width, height)


def _gif(data: bytes) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return Header("GIF", width, height)


def _bmp(data: bytes) -> Header:
    (header_size,) = struct.unpack_from("<I", data, 14)
    if header_size == 12:  # OS/2 1.x
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return Header("BMP", abs(width), abs(height))  # a negative height means rows from the top


# SOF0 … SOF15 carry the size; C4, C8 and CC in the same range are tables (ITU-T T.81, table B.1)
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def _jpeg(data: bytes) -> Header:
    position = 2
    while True:
        position = data.index(b"\xff", position)
        while data[position : position + 1] == b"\xff":  # fill bytes may precede a marker
            position += 1
        (marker,) = struct.unpack_from("B", data, position)
        position += 1
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, position + 3)
            return Header("JPEG", width, height)
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            raise ValueError("no frame header before the scan")
        if marker == 0x00 or marker == 0x01 or 0xD0 <= marker <= 0xD7:  # these have no length
            continue
        (length,) = struct.unpack_from(">H", data, position)
        position += length


_READERS: tuple[tuple[bytes, Callable[[bytes], Header]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"BM", _bmp),
)
