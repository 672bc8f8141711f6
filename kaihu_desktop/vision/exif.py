"""Reads the one note of EXIF that matters here: which way up a picture is."""

from __future__ import annotations

import re
import struct

ORIENTATION = 0x0112
MOST_TAGS = 1000
UPRIGHT = 1

# Written by programs that keep their notes in XMP alone.
_IN_XMP = re.compile(rb"tiff:Orientation(?:=[\"']|>)\s*([1-8])")


def orientation(exif: bytes, xmp: bytes = b"") -> int:
    """EXIF orientation 1 … 8 (EXIF 2.3, section 4.6.4); 1 when absent or unreadable.

    exif: a TIFF structure, with or without ``Exif\\0\\0`` before it. Only the first directory is read and
    no value is followed elsewhere, so that no lie about lengths costs memory or time.
    """
    try:
        value = _in_first_directory(exif[6:] if exif.startswith(b"Exif\0\0") else exif)
    except struct.error:
        value = 0
    if not value:
        found = _IN_XMP.search(xmp)
        value = int(found.group(1)) if found else UPRIGHT
    return value if 1 <= value <= 8 else UPRIGHT


def _in_first_directory(tiff: bytes) -> int:
    """The tag's value, 0 if there is none. Raises struct.error where the structure ends too early."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 0
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for number in range(min(count, MOST_TAGS)):
        place = start + 2 + 12 * number
        tag, kind = struct.unpack_from(order + "HH", tiff, place)
        if tag == ORIENTATION:
            # SHORT by the standard; LONG is met too
            return int(struct.unpack_from(order + ("I" if kind == 4 else "H"), tiff, place + 8)[0])
    return 0
