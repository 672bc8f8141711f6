"""Draws the visible signature: the signer's name and the time, in a Chinese font of the system."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Iterator

from PIL import Image, ImageDraw, ImageFont

#: Size on the page in points, and pixels per point: readable in print at about 290 dpi.
WIDTH, HEIGHT = 210, 64
SCALE = 4

BEIJING = timezone(timedelta(hours=8))
INK, PAPER, FRAME = 0x20, 0xFF, 0x70

#: Folders and files that the systems bring, the clearest first.
FONTS = (
    ("%WINDIR%/Fonts", ("msyh.ttc", "msyh.ttf", "simhei.ttf", "simsun.ttc", "Deng.ttf")),
    ("/System/Library/Fonts", ("PingFang.ttc", "Hiragino Sans GB.ttc", "STHeiti Light.ttc")),
    (
        "/usr/share/fonts",
        (
            "opentype/noto/NotoSansCJK-Regular.ttc",
            "google-noto-cjk/NotoSansCJK-Regular.ttc",
            "noto-cjk/NotoSansCJK-Regular.ttc",
            "truetype/wqy/wqy-microhei.ttc",
            "wqy-microhei/wqy-microhei.ttc",
            "truetype/wqy/wqy-zenhei.ttc",
            "truetype/droid/DroidSansFallbackFull.ttf",
            "truetype/arphic/uming.ttc",
        ),
    ),
)


def draw_stamp(name: str, signed_at: datetime, serial: str) -> Image.Image | None:
    """The stamp as a grey picture of WIDTH × HEIGHT points, None when no font can write `name`."""
    lines = (
        f"电子签名：{name}",
        f"签署时间：{signed_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）",
        f"证书序列号：{_shortened(serial)}",
    )
    path = _font_for("".join(lines))
    if path is None:
        return None
    image = Image.new("L", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=FRAME, width=SCALE)
    for (top, size), line in zip(((7, 13), (28, 10), (45, 10)), lines):
        _draw_line(draw, path, line, top * SCALE, size * SCALE)
    return image


def _draw_line(draw: ImageDraw.ImageDraw, path: Path, line: str, top: int, size: int) -> None:
    """One line at the left margin, made smaller when it is too long for the stamp."""
    margin = 8 * SCALE
    room = WIDTH * SCALE - 2 * margin
    font = ImageFont.truetype(str(path), size)
    needed = draw.textlength(line, font=font)
    if needed > room:
        font = ImageFont.truetype(str(path), int(size * room / needed))
    draw.text((margin, top), line, fill=INK, font=font)


def _shortened(serial: str) -> str:
    return serial if len(serial) <= 20 else f"{serial[:10]}…{serial[-6:]}"


def _font_for(text: str) -> Path | None:
    """The first font of this PC that has every character of `text`."""
    return next((path for path in _installed_fonts() if _can_write(path, text)), None)


def _installed_fonts() -> Iterator[Path]:
    for folder, names in FONTS:
        for name in names:
            path = Path(os.path.expandvars(folder)) / name
            if path.is_file():
                yield path


def _can_write(path: Path, text: str) -> bool:
    """Whether no character comes out as the font's mark for a missing one."""
    try:
        font = ImageFont.truetype(str(path), 20)
        missing = bytes(font.getmask("\uffff"))
        return all(bytes(font.getmask(character)) != missing for character in set(text) if character != " ")
    except (OSError, ValueError):
        return False
