"""Draws the picture of a captcha."""

from __future__ import annotations

import io
import random
import secrets

from PIL import Image, ImageDraw, ImageFilter

from kaihu_desktop.sandbox.specimens.fonts import find_font

ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"  # without 0O 1I 2Z 5S 8B, which look alike
LENGTH = 4
SIZE = (240, 80)  # twice the size at which it is shown, for sharp pictures on dense screens
INKS = ((24, 92, 196), (20, 128, 84), (150, 60, 20), (96, 48, 150), (160, 36, 72))


def new_text() -> str:
    """Four characters that can't be mistaken for others."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def draw(text: str) -> bytes:
    """`text` as a noisy PNG of `SIZE`."""
    chance = random.Random(secrets.randbits(64))
    picture = Image.new("RGB", SIZE, (236, 240, 246))
    pen = ImageDraw.Draw(picture)
    for _ in range(5):
        pen.line([_spot(chance), _spot(chance)], fill=_pale(chance), width=3)
    for place, character in enumerate(text):
        _write(picture, character, 14 + place * 56, chance)
    for _ in range(500):
        pen.point(_spot(chance), fill=chance.choice(INKS))
    pen.arc(
        (-20, chance.randint(0, 30), 260, chance.randint(50, 90)), 0, 180, fill=chance.choice(INKS), width=2
    )
    buffer = io.BytesIO()
    picture.filter(ImageFilter.SMOOTH).save(buffer, "PNG")
    return buffer.getvalue()


def _write(picture: Image.Image, character: str, left: int, chance: random.Random) -> None:
    tile = Image.new("L", (64, 80), 0)
    font = find_font("bold", chance.randint(46, 54), character)
    ImageDraw.Draw(tile).text((32, 40), character, fill=255, font=font, anchor="mm")
    tile = tile.rotate(chance.uniform(-22, 22), resample=Image.Resampling.BICUBIC)
    picture.paste(chance.choice(INKS), (left, chance.randint(-6, 6)), tile)


def _spot(chance: random.Random) -> tuple[int, int]:
    return chance.randrange(SIZE[0]), chance.randrange(SIZE[1])


def _pale(chance: random.Random) -> tuple[int, int, int]:
    return chance.randint(150, 210), chance.randint(150, 210), chance.randint(160, 220)
