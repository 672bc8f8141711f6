"""Leaves of a picture file what its pixels need, and the notes on its orientation.

Notes, profiles, thumbnails, texts and further frames never reach the decoder: there a short file can claim so
much of them that reading takes gigabytes or hours.
"""

from __future__ import annotations

import struct
from typing import Callable, NamedTuple

#: More parts than any camera, scanner or editor writes.
MOST_PARTS = 20_000
#: Bytes of a GIF before its first frame.
MOST_PRELUDE = 2_000_000
#: A progressive JPEG has about ten scans. Each costs a pass over all pixels, however few bytes it takes.
MOST_SCANS = 100


class Essence(NamedTuple):
    """data: a file of the same format. exif: TIFF structure, perhaps after ``Exif\\0\\0``. xmp: XML."""

    data: bytes
    exif: bytes = b""
    xmp: bytes = b""


def essence(data: bytes, format_: str) -> Essence:
    """Strip a file of one of the formats of `vision.header`.

    Raises ValueError or struct.error when it isn't built as its format demands, or of absurdly many parts.
    """
    return _STRIPPERS[format_](data)


_XMP = b"http://ns.adobe.com/xap/1.0/\0"
START_OF_SCAN = 0xDA
# JFIF and Adobe segments say which colours are meant; the other APPn and the comment say nothing of pixels
_NOTES = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - {0xE0, 0xEE}


def _jpeg(data: bytes) -> Essence:
    kept, exif, xmp = [data[:2]], b"", b""
    position = 2
    for _ in range(MOST_PARTS):
        marker, start = next_marker(data, position)
        if marker == START_OF_SCAN:
            if data.count(b"\xff\xda", start - 2) > MOST_SCANS:
                raise ValueError("too many scans")
            return Essence(b"".join((*kept, data[start - 2 :])), exif, xmp)
        if has_no_length(marker):
            position = start
            continue
        (length,) = struct.unpack_from(">H", data, start)
        content = data[start + 2 : start + length]
        position = start + max(length, 2)
        if marker not in _NOTES:
            kept.append(data[start - 2 : position])
        elif marker == 0xE1 and content.startswith(b"Exif\0\0"):
            exif = exif or content
        elif marker == 0xE1 and content.startswith(_XMP):
            xmp = xmp or content
    raise ValueError("too many segments")


def next_marker(data: bytes, position: int) -> tuple[int, int]:
    """The next marker of a JPEG at or after `position`, and where its content begins.

    Raises ValueError or struct.error when there is none.
    """
    position = data.index(b"\xff", position)
    start = position
    while data[position : position + 1] == b"\xff":  # fill bytes may precede a marker
        position += 1
        if position - start > MOST_PARTS:
            raise ValueError("nothing but fill bytes")
    (marker,) = struct.unpack_from("B", data, position)
    return marker, position + 1


def has_no_length(marker: int) -> bool:
    """Whether a JPEG marker stands alone (ITU-T T.81, table B.1)."""
    return marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8


_PNG_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"  # an uncompressed iTXt without language


def _png(data: bytes) -> Essence:
    kept, exif, xmp = [data[:8]], b"", b""
    position = 8
    for _ in range(MOST_PARTS):
        if position + 8 > len(data):
            return Essence(b"".join(kept), exif, xmp)  # no end: the decoder finds out what is missing
        (length,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if kind in _PNG_NEEDED:
            kept.append(data[position:end])
        elif kind == b"eXIf":
            exif = exif or data[position + 8 : end - 4]
        elif kind == b"iTXt" and data.startswith(_PNG_XMP, position + 8):
            xmp = xmp or data[position + 8 : end - 4]
        if kind == b"IEND":
            return Essence(b"".join(kept), exif, xmp)
        position = end
    raise ValueError("too many chunks")


_GRAPHIC_CONTROL = 0xF9


def _gif(data: bytes) -> Essence:
    (flags,) = struct.unpack_from("B", data, 10)
    position = 13 + _table(flags)
    kept = [data[:position]]
    while data[position : position + 1] == b"!":
        (label,) = struct.unpack_from("B", data, position + 1)
        end = _after_blocks(data, position + 2)
        if label == _GRAPHIC_CONTROL:
            kept.append(data[position:end])
        position = end
    return Essence(b"".join((*kept, data[position:])))  # from the first frame on


def _table(flags: int) -> int:
    """Bytes of a GIF's colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    while position < MOST_PRELUDE:
        (length,) = struct.unpack_from("B", data, position)
        position += 1 + length
        if length == 0:
            return position
    raise ValueError("too much before the first frame")


_STRIPPERS: dict[str, Callable[[bytes], Essence]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "BMP": Essence,
}
