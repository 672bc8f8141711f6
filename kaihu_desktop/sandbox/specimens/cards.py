"""Draws specimens of ID cards, bank cards and signature sheets as they lie flat and upright.

All pictures are BGR uint8. Cards are 1000×630 pixels (ID-1, 85.60×53.98 mm, full bleed with square
corners; rounding belongs to whoever photographs them). The persons and numbers are made up, and each
card carries the word 样本 where no text stands.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaihu_desktop.sandbox.specimens.bank_cards import SpecimenBankCard, render_bank_card
from kaihu_desktop.sandbox.specimens.fonts import find_font
from kaihu_desktop.sandbox.specimens.pen import CARD_SIZE, INK, LABEL_BLUE, PLAIN, Look, Pen, finish, mark

if TYPE_CHECKING:
    from kaihu_desktop.sandbox.specimens.pen import Colour, Picture

__all__ = [
    "CARD_SIZE",
    "SpecimenBankCard",
    "SpecimenPerson",
    "render_bank_card",
    "render_id_emblem",
    "render_id_portrait",
    "render_signature_sheet",
]

SHEET_SIZE = (1414, 1000)  # a sheet of the A series, landscape
ROWS = (92, 168, 242, 318, 534)  # heights of name, sex, birth, address and number
NAME_ROOM = 460  # pixels between the label and the photograph; longer names are printed smaller
ADDRESS_STEP, ADDRESS_ROOM = 50, 200  # pixels between the lines of the address, and for all of them
HALF_WIDTH = 0.55  # of a digit or letter, in characters
SECOND_LINE_RISE = 14  # pixels by which a name on two lines begins higher
SCRIPT_RISE = 21  # pixels from the second script down to the Chinese line


@dataclass(frozen=True)
class SpecimenPerson:
    """What is printed on both sides of a made-up ID card. valid_until is None for 长期."""

    name: str
    sex: str
    ethnicity: str
    birth: datetime.date
    address: str
    id_number: str
    authority: str
    valid_from: datetime.date
    valid_until: datetime.date | None


def render_id_portrait(person: SpecimenPerson, seed: int = 0, look: Look = PLAIN) -> Picture:
    """The portrait side (人像面) as 630×1000×3 BGR uint8; seed varies faces, jitter and colours."""
    chance = random.Random(seed)
    card = _guilloche(chance, (225, 238, 246), (246, 234, 236))
    pen = Pen(card, chance, look)
    _portrait(card, chance)
    name, sex, birth, address, number = (ROWS[at] + moved for at, moved in enumerate(look.rows))
    if len(person.name) > look.name_columns:
        name -= SECOND_LINE_RISE
    _name(pen, person.name, name, look)
    pen.row(70, sex, (("性别", 0, LABEL_BLUE, 30), (person.sex, 110, INK, 34)))
    pen.row(272, sex, (("民族", 0, LABEL_BLUE, 30), (person.ethnicity, 96, INK, 34)))
    _birth(pen, person.birth, birth)
    lines = list(_wrap(person.address, look.columns))
    step = min(ADDRESS_STEP, ADDRESS_ROOM // len(lines))
    pen.row(70, address, (("住址", 0, LABEL_BLUE, 30),))
    for at, line in enumerate(lines):
        pen.row(180, address + step * at, ((line, 0, INK, min(34, step - 8)),))
    pen.row(70, number + 2, (("公民身份号码", 0, LABEL_BLUE, 30),))
    pen.spaced(330, number, person.id_number, 44, 29.5, "number")
    for y in (name, sex, birth, address) if look.second_script else ():
        pen.script(70, y - SCRIPT_RISE, 320)
    return finish(card)


def _name(pen: Pen, name: str, y: int, look: Look) -> None:
    columns = max(look.name_columns, -(-len(name) // 2))  # there is room for two lines
    lines = [name[at : at + columns] for at in range(0, len(name), columns)]
    if len(lines) == 1:
        size = min(38, NAME_ROOM // len(name))
        pen.row(70, y, (("姓名", 0, LABEL_BLUE, 30), (name, 110, INK, size)))
        return
    pen.row(70, y, (("姓名", 0, LABEL_BLUE, 30), (lines[0], 110, INK, 29)))
    for at, line in enumerate(lines[1:]):
        pen.row(180, y + 34 * (at + 1), ((line, 0, INK, 29),))


def _birth(pen: Pen, birth: datetime.date, y: int) -> None:
    year = ((str(birth.year), 110, INK, 34), ("年", 205, LABEL_BLUE, 30))
    pen.row(70, y, (("出生", 0, LABEL_BLUE, 30), *year))
    pen.row(320, y, ((f"{birth.month:>2}", 0, INK, 34), ("月", 50, LABEL_BLUE, 30)))
    pen.row(420, y, ((f"{birth.day:>2}", 0, INK, 34), ("日", 50, LABEL_BLUE, 30)))


def render_id_emblem(person: SpecimenPerson, seed: int = 0, look: Look = PLAIN) -> Picture:
    """The emblem side (国徽面) as 630×1000×3 BGR uint8; the emblem is an abstract drawing."""
    chance = random.Random(seed + 1)
    card = _guilloche(chance, (230, 240, 240), (247, 232, 230))
    pen = Pen(card, chance, look)
    _emblem(card)
    pen.spaced(310, 92, "中华人民共和国", 56, 82, "serif")
    pen.spaced(310, 190, "居民身份证", 84, 118, "serif")
    until = "长期" if person.valid_until is None else f"{person.valid_until:%Y.%m.%d}"
    dates = f"{person.valid_from:%Y.%m.%d}-{until}"
    authority, validity = 448 + look.rows[3], 526 + look.rows[4]
    pen.row(210, authority, (("签发机关", 0, INK, 30), (person.authority, 180, INK, 34)))
    pen.row(210, validity, (("有效期限", 0, INK, 30), (dates, 180, INK, 34)))
    for y in (authority, validity) if look.second_script else ():
        pen.script(210, y - SCRIPT_RISE, 420)
    mark(card, (900, 596), 18, (205, 196, 194))
    return finish(card)


def render_signature_sheet(name: str, seed: int = 0) -> Picture:
    """A sheet of white paper (1000×1414×3 BGR uint8) with `name` written by hand in dark ink."""
    chance = random.Random(seed + 3)
    sheet = Image.new("RGB", SHEET_SIZE, (250, 250, 247))
    size = min(300, 1050 // len(name))
    left = (SHEET_SIZE[0] - size * len(name)) // 2
    ink = chance.choice(((24, 26, 32), (26, 38, 92), (40, 40, 44)))
    for number, character in enumerate(name):
        glyph = _handwritten(character, size, chance)
        spot = (left + number * size + chance.randint(-8, 8), 500 - size // 2 + chance.randint(-26, 26))
        sheet.paste(Image.new("RGB", glyph.size, ink), (spot[0] - size // 4, spot[1] - size // 4), glyph)
    return finish(sheet)


def _wrap(text: str, columns: int) -> Iterator[str]:
    """Lines of at most `columns` characters, two digits or letters being about one."""
    line, length = "", 0.0
    for character in text:
        width = HALF_WIDTH if character.isascii() else 1.0
        if length + width > columns:
            yield line
            line, length = "", 0.0
        line, length = line + character, length + width
    yield line


def _guilloche(chance: random.Random, left: Colour, right: Colour) -> Image.Image:
    """The fine wavy lines of a security print, pale enough to leave texts readable."""
    width, height = CARD_SIZE
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    phase = chance.uniform(0, 6.28)
    wave = np.sin(y / 2.6 + 9 * np.sin(x / 90 + phase)) + np.sin(y / 3.4 - 7 * np.sin(x / 70 + 2 * phase))
    share = (x / width)[:, :, None]
    ground = np.array(left) * (1 - share) + np.array(right) * share
    shade = (wave > 1.1)[:, :, None] * np.array((14, 9, 7)) * chance.uniform(0.7, 1.2)
    return Image.fromarray(np.clip(ground - shade, 0, 255).astype(np.uint8))


def _portrait(card: Image.Image, chance: random.Random) -> None:
    """A drawn bust in the place of the photograph, marked as a specimen on its chest."""
    bust = Image.new("L", (300, 380), 0)
    draw = ImageDraw.Draw(bust)
    draw.ellipse((88, 50, 212, 210), fill=255)
    draw.rounded_rectangle((122, 180, 178, 260), 20, fill=255)
    draw.pieslice((10, 232, 290, 560), 180, 360, fill=255)
    bust = bust.filter(ImageFilter.GaussianBlur(2))
    tone = chance.randint(-12, 12)
    card.paste((238 + tone // 2, 240, 242), (640, 76, 940, 456), Image.new("L", (300, 380), 190))
    card.paste((112 + tone, 118 + tone, 134), (640, 76), bust)
    face = ImageDraw.Draw(card)
    face.ellipse((734, 132, 846, 280), fill=(214 + tone, 182 + tone, 160 + tone))
    face.pieslice((724, 108, 856, 250), 185, 355, fill=(38, 34, 34))
    for x in (766, 814):
        face.ellipse((x - 7, 198, x + 7, 206), fill=(40, 36, 36))
    face.arc((768, 226, 812, 256), 20, 160, fill=(150, 84, 80), width=4)
    mark(card, (790, 410), 26, (160, 164, 174))


def _emblem(card: Image.Image) -> None:
    """A round red and golden ornament that is not the national emblem."""
    draw = ImageDraw.Draw(card)
    draw.ellipse((76, 66, 256, 246), fill=(196, 42, 38), outline=(206, 158, 60), width=10)
    draw.regular_polygon((166, 122, 26), 5, fill=(232, 190, 82))
    for x, y in ((112, 150), (140, 166), (192, 166), (220, 150)):
        draw.regular_polygon((x, y, 10), 5, fill=(232, 190, 82))
    draw.rectangle((120, 190, 212, 204), fill=(232, 190, 82))
    draw.polygon(((132, 190), (200, 190), (184, 174), (148, 174)), fill=(232, 190, 82))
    draw.rectangle((140, 244, 192, 262), fill=(206, 158, 60))


def _handwritten(character: str, size: int, chance: random.Random) -> Image.Image:
    """One character as an alpha mask, bent by smooth random waves, thinned and turned a little."""
    side = size * 3 // 2
    glyph = Image.new("L", (side, side), 0)
    font = find_font("serif", size, character)
    ImageDraw.Draw(glyph).text((side / 2, side / 2), character, fill=255, font=font, anchor="mm")
    glyph = glyph.rotate(chance.uniform(-9, 9), Image.Resampling.BICUBIC)
    ink = np.asarray(glyph)
    y, x = np.mgrid[0:side, 0:side]
    bend, phase = size * 0.035, chance.uniform(0, 6.28)
    source_x = x + 0.18 * (y - side / 2) + bend * np.sin(y / size * 5 + phase)
    source_y = y + bend * np.sin(x / size * 6 + 2 * phase)
    rows = np.clip(source_y.round().astype(int), 0, side - 1)
    columns = np.clip(source_x.round().astype(int), 0, side - 1)
    return Image.fromarray(ink[rows, columns]).filter(ImageFilter.GaussianBlur(size / 160))
