"""Tells a picture's format and size from its first bytes, before any pixel is decoded."""

from __future__ import annotations

import struct
from typing import Callable, NamedTuple

from kaihu_desktop.vision.essence import MOST_PARTS, START_OF_SCAN, has_no_length, next_marker


class Header(NamedTuple):
    """What a picture file says about itself; `width` and `height` in stored pixels, before EXIF.

    beside: bytes that a decoder must keep beside the picture, for some JPEG files.
    """

    format: str
    width: int
    height: int
    beside: int = 0


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
_END_OF_IMAGE = 0xD9


def _jpeg(data: bytes) -> Header:
    position = 2
    for _ in range(MOST_PARTS):
        marker, position = next_marker(data, position)
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, position + 3)
            return Header("JPEG", width, height, _coefficients(data, position, width * height))
        if marker in (START_OF_SCAN, _END_OF_IMAGE):
            raise ValueError("no frame header before the scan")
        if not has_no_length(marker):
            (length,) = struct.unpack_from(">H", data, position)
            position += length
    raise ValueError("too many segments")


def _coefficients(data: bytes, position: int, pixels: int) -> int:
    """Bytes of all coefficients, which are kept until the last of several scans; 0 for a single scan."""
    if data.count(b"\xff\xda", position) < 2:
        return 0
    (number,) = struct.unpack_from("B", data, position + 7)
    sampling = [int(struct.unpack_from("B", data, position + 9 + 3 * one)[0]) for one in range(number)]
    areas = [(factors >> 4) * (factors & 15) for factors in sampling]
    return 2 * pixels * sum(areas) // max([*areas, 1])


_READERS: tuple[tuple[bytes, Callable[[bytes], Header]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"BM", _bmp),
)
