"""Turns the bytes of a picture file into an upright BGR image, or says why it can't."""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

import cv2
import numpy as np
from PIL import Image

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.vision.essence import essence
from kaihu_desktop.vision.exif import orientation
from kaihu_desktop.vision.header import Header, read_header

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 64_000_000  # 8000 × 8000
MAX_SIDE = 16_000
MAX_BESIDE = 192 * 1024 * 1024  # bytes of coefficients of a progressive JPEG
WORKING_SIDE = 4096  # larger pictures are reduced: a card needs 1000 px, and memory stays bounded
LEAST_DRAFT = WORKING_SIDE * 3 // 4  # long side of a picture that is decoded with less detail
_BAND_PIXELS = 2_000_000  # are converted at a time

PathLike = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    image: uint8 BGR H×W×3, upright by EXIF, transparent parts on white, first frame of an animation;
        its long side is at most `WORKING_SIDE`.
    format: ``JPEG``, ``PNG``, ``BMP`` or ``GIF``, judged by content.
    width, height: pixels of the picture as displayed (EXIF applied), before any reduction.
    """

    image: BgrImage
    format: str
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of `image` per pixel of the picture as displayed; 1.0 unless it was reduced."""
        return float(self.image.shape[1]) / self.width


def read_picture(path: PathLike) -> Picture:
    """Read and decode the picture at `path`; never reads more than the limit of `decode_picture`.

    Raises Failure PIC-UNREADABLE when the file can't be read, and those of `decode_picture`.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        raise Failure("PIC-UNREADABLE") from None
    return decode_picture(data)


def decode_picture(data: bytes, name: str = "") -> Picture:
    """Decode the content of a JPG, PNG, BMP or GIF file, whatever its `name` claims.

    Raises Failure PIC-EMPTY, PIC-TOO-LARGE (over 10 MB), PIC-FORMAT (another type of file),
    PIC-TOO-MANY-PIXELS (judged by the header before memory is spent) or PIC-DAMAGED.
    """
    header = _checked_header(data, name)
    try:
        needed = essence(data, header.format)
        with Image.open(io.BytesIO(needed.data), formats=[header.format]) as opened:
            _check_size(*opened.size)  # the decoder's opinion of the size counts too
            return _picture(opened, header.format, orientation(needed.exif, needed.xmp))
    except Failure:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Failure("PIC-TOO-MANY-PIXELS") from None
    except Exception:  # Pillow's plugins answer broken files with many kinds, SyntaxError among them
        raise Failure("PIC-DAMAGED") from None


def encode_jpeg(image: BgrImage, quality: int = 92) -> bytes:
    """Encode a BGR image as JPEG, without any metadata (no place, no device, no time)."""
    ok, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise Failure("PIC-DAMAGED")
    return bytes(encoded.tobytes())


def _checked_header(data: bytes, name: str) -> Header:
    if not data:
        raise Failure("PIC-EMPTY")
    if len(data) > MAX_BYTES:
        raise Failure("PIC-TOO-LARGE")
    try:
        header = read_header(data)
    except (ValueError, struct.error):
        raise Failure("PIC-DAMAGED") from None
    if header is None:
        # a picture overwritten with zeros is damaged, not of a foreign type
        named_as_picture = name.lower().endswith((".jpg", ".jpeg", ".png", ".bmp", ".gif"))
        raise Failure("PIC-DAMAGED" if named_as_picture and not data.strip(b"\0") else "PIC-FORMAT")
    if header.width == 0 or header.height == 0:
        raise Failure("PIC-DAMAGED")
    _check_size(header.width, header.height)
    if header.beside > MAX_BESIDE:
        raise Failure("PIC-TOO-MANY-PIXELS")
    return header


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Failure("PIC-TOO-MANY-PIXELS")


def _picture(opened: Image.Image, format_: str, turn: int) -> Picture:
    width, height = opened.size
    if max(width, height) > WORKING_SIDE:  # JPEG can skip detail while decoding: a half, a quarter, an eighth
        factor = max(width, height) / LEAST_DRAFT
        opened.draft("RGB", (round(width / factor), round(height / factor)))
    opened.load()
    image = _turned(_bgr(opened), turn)
    return Picture(image, format_, *((height, width) if _TURNS[turn][0] else (width, height)))


def _bgr(opened: Image.Image) -> BgrImage:
    """Convert a loaded picture, reduced to `WORKING_SIDE`, in bands: as a whole it is never there twice."""
    width, height = opened.size
    factor = max(1.0, max(width, height) / WORKING_SIDE)
    size = max(1, round(width / factor)), max(1, round(height / factor))
    image: BgrImage = np.empty((size[1], size[0], 3), np.uint8)
    step = max(1, int(_BAND_PIXELS / (width * factor)))
    for top in range(0, size[1], step):
        bottom = min(top + step, size[1])
        rows = [round(edge * height / size[1]) for edge in (top, bottom)]
        band = _band(opened.crop((0, rows[0], width, rows[1])))
        if factor > 1:
            band = cv2.resize(band, (size[0], bottom - top), interpolation=cv2.INTER_AREA)
        image[top:bottom] = band
    return image


def _band(band: Image.Image) -> BgrImage:
    if band.mode.startswith("I") or band.mode == "F":  # 16-bit grey
        grey = np.clip(np.asarray(band) // 257, 0, 255).astype(np.uint8)
        image: BgrImage = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
        return image
    if band.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in band.info:
        coloured = band.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        band = Image.alpha_composite(white, coloured)
    image = cv2.cvtColor(np.asarray(band.convert("RGB")), cv2.COLOR_RGB2BGR)
    return image


# what makes a picture upright: (transpose, flip left-right, flip upside-down), EXIF 2.3 section 4.6.4
_TURNS = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}


def _turned(image: BgrImage, orientation: int) -> BgrImage:
    transpose, flip_x, flip_y = _TURNS[orientation]
    turned = image.swapaxes(0, 1) if transpose else image
    if flip_x:
        turned = turned[:, ::-1]
    if flip_y:
        turned = turned[::-1]
    return np.ascontiguousarray(turned)
