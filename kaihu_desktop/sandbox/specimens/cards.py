"""Draws specimens of ID cards, bank cards and signature sheets as they lie flat and upright.

All pictures are BGR uint8. Cards are 1000×630 pixels (ID-1, 85.60×53.98 mm, full bleed with square
corners; rounding belongs to whoever photographs them). The persons and numbers are made up, and each
card carries the word 样本 where no text stands.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaihu_desktop.sandbox.specimens.fonts import find_font

CARD_SIZE = (1000, 630)  # width, height
SHEET_SIZE = (1414, 1000)  # a sheet of the A series, landscape
LABEL_BLUE = (38, 110, 168)
INK = (28, 28, 30)
NAME_ROOM = 460  # pixels between the label and the photograph; longer names are printed smaller
ADDRESS_LINE = 11  # characters in a line of the address

if TYPE_CHECKING:  # aliases for annotations only: Python 3.8 can't subscript these types
    Picture = np.ndarray[Any, np.dtype[np.uint8]]
    Colour = tuple[int, int, int]


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


@dataclass(frozen=True)
class SpecimenBankCard:
    """What is on a made-up bank card. style: "embossed" or "printed"."""

    bank: str
    number: str
    holder: str
    style: str = "embossed"


def render_id_portrait(person: SpecimenPerson, seed: int = 0) -> Picture:
    """The portrait side (人像面) as 630×1000×3 BGR uint8; seed varies faces, jitter and colours."""
    chance = random.Random(seed)
    card = _guilloche(chance, (225, 238, 246), (246, 234, 236))
    pen = _Pen(card, chance)
    _portrait(card, chance)
    birth = person.birth
    name_size = min(38, NAME_ROOM // len(person.name))
    pen.row(70, 92, (("姓名", 0, LABEL_BLUE, 30), (person.name, 110, INK, name_size)))
    pen.row(70, 168, (("性别", 0, LABEL_BLUE, 30), (person.sex, 110, INK, 34)))
    pen.row(272, 168, (("民族", 0, LABEL_BLUE, 30), (person.ethnicity, 96, INK, 34)))
    pen.row(
        70, 242, (("出生", 0, LABEL_BLUE, 30), (str(birth.year), 110, INK, 34), ("年", 205, LABEL_BLUE, 30))
    )
    pen.row(320, 242, ((f"{birth.month:>2}", 0, INK, 34), ("月", 50, LABEL_BLUE, 30)))
    pen.row(420, 242, ((f"{birth.day:>2}", 0, INK, 34), ("日", 50, LABEL_BLUE, 30)))
    pen.row(70, 318, (("住址", 0, LABEL_BLUE, 30),))
    for number, line in enumerate(_wrap(person.address, ADDRESS_LINE)):
        pen.row(180, 318 + 50 * number, ((line, 0, INK, 34),))
    pen.row(70, 536, (("公民身份号码", 0, LABEL_BLUE, 30),))
    pen.spaced(330, 534, person.id_number, 44, 29.5, "number")
    return _finish(card)


def render_id_emblem(person: SpecimenPerson, seed: int = 0) -> Picture:
    """The emblem side (国徽面) as 630×1000×3 BGR uint8; the emblem is an abstract drawing."""
    chance = random.Random(seed + 1)
    card = _guilloche(chance, (230, 240, 240), (247, 232, 230))
    pen = _Pen(card, chance)
    _emblem(card)
    pen.spaced(310, 92, "中华人民共和国", 56, 82, "serif")
    pen.spaced(310, 190, "居民身份证", 84, 118, "serif")
    until = "长期" if person.valid_until is None else f"{person.valid_until:%Y.%m.%d}"
    pen.row(210, 448, (("签发机关", 0, INK, 30), (person.authority, 180, INK, 34)))
    pen.row(210, 526, (("有效期限", 0, INK, 30), (f"{person.valid_from:%Y.%m.%d}-{until}", 180, INK, 34)))
    _mark(card, (900, 596), 18, (205, 196, 194))
    return _finish(card)


# Upper and lower colour of the card, and the ink of its texts.
CARD_COLOURS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((28, 72, 148), (60, 128, 196), (240, 240, 235)),
    ((150, 24, 34), (196, 62, 56), (245, 226, 176)),
    ((14, 104, 84), (70, 156, 120), (240, 240, 235)),
    ((212, 214, 220), (168, 174, 186), (44, 46, 52)),
    ((36, 38, 46), (74, 78, 92), (226, 206, 150)),
    ((226, 178, 76), (198, 140, 48), (52, 36, 20)),
)


def render_bank_card(card: SpecimenBankCard, seed: int = 0) -> Picture:
    """The number side of a bank card as 630×1000×3 BGR uint8, number in groups of four."""
    chance = random.Random(seed + 2)
    upper, lower, ink = CARD_COLOURS[chance.randrange(len(CARD_COLOURS))]
    picture = _gradient(upper, lower)
    pen = _Pen(picture, chance)
    _card_ornament(picture, chance)
    _chip(picture)
    pen.write(60, 52, card.bank, 48, ink, "bold")
    pen.write(760, 60, "借记卡 DEBIT", 28, ink, "regular")
    groups = " ".join(card.number[at : at + 4] for at in range(0, len(card.number), 4))
    advance = min(38.0, 880 / len(groups))
    if card.style == "embossed":
        pen.embossed(60, 330, groups, 58, advance, ink)
    else:
        pen.spaced(60, 330, groups, 54, advance, "embossed", ink)
    pen.write(
        420, 428, f"VALID THRU {chance.randint(1, 12):02d}/{chance.randint(28, 36)}", 24, ink, "embossed"
    )
    pen.write(60, 520, card.holder, 32, ink, "embossed")
    _union_logo(picture)
    _mark(picture, (560, 588), 18, _blend(lower, ink, 0.35))
    return _finish(picture)


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
    return _finish(sheet)


class _Pen:
    """Writes texts on a card, with a little jitter for the whole card and for each text."""

    def __init__(self, card: Image.Image, chance: random.Random) -> None:
        self._card, self._chance = card, chance
        self._draw = ImageDraw.Draw(card)
        self._shift = (chance.randint(-4, 4), chance.randint(-4, 4))
        self._variant = chance.randrange(3)

    def write(
        self, x: float, y: float, text: str, size: int, ink: Colour = INK, style: str = "regular"
    ) -> None:
        font = find_font(style, size, text, self._variant if style == "regular" else 0)
        self._draw.text((x + self._shift[0], y + self._shift[1]), text, fill=ink, font=font)

    def row(self, x: int, y: int, parts: tuple[tuple[str, int, Colour, int], ...]) -> None:
        """Parts of one line as (text, offset from x, ink, size), centred on one height."""
        y += self._chance.randint(-1, 1)
        for text, offset, ink, size in parts:
            self.write(x + offset, y + (34 - size) / 2, text, size, ink)

    def spaced(
        self, x: float, y: float, text: str, size: int, advance: float, style: str, ink: Colour = INK
    ) -> None:
        for number, character in enumerate(text):
            self.write(x + number * advance, y, character, size, ink, style)

    def embossed(self, x: float, y: float, text: str, size: int, advance: float, ink: Colour) -> None:
        """Raised characters: light above and left, shadow below and right."""
        for shift, colour in ((3, (20, 20, 24)), (-2, (255, 255, 255)), (0, ink)):
            self.spaced(x + shift, y + shift, text, size, advance, "embossed", colour)


def _wrap(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def _finish(picture: Image.Image) -> Picture:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), dtype=np.uint8)[:, :, ::-1])


def _blend(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(first[i] + (second[i] - first[i]) * share) for i in range(3))
    return red, green, blue


def _gradient(upper: Colour, lower: Colour) -> Image.Image:
    width, height = CARD_SIZE
    share = (np.linspace(0, 1, height)[:, None] * 0.7 + np.linspace(0, 1, width)[None, :] * 0.3)[:, :, None]
    mixed = np.array(upper) * (1 - share) + np.array(lower) * share
    return Image.fromarray(mixed.round().astype(np.uint8))


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
    _mark(card, (790, 410), 26, (160, 164, 174))


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


def _mark(card: Image.Image, centre: tuple[int, int], size: int, ink: Colour) -> None:
    text = "样本"
    ImageDraw.Draw(card).text(centre, text, fill=ink, font=find_font("regular", size, text), anchor="mm")


def _card_ornament(card: Image.Image, chance: random.Random) -> None:
    layer = Image.new("L", CARD_SIZE, 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(4):
        x, y, radius = chance.randint(200, 1000), chance.randint(0, 630), chance.randint(120, 340)
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), outline=40, width=chance.randint(2, 60)
        )
    card.paste((255, 255, 255), (0, 0), layer)


def _chip(card: Image.Image) -> None:
    draw = ImageDraw.Draw(card)
    draw.rounded_rectangle((84, 176, 210, 276), 16, fill=(212, 180, 104), outline=(140, 112, 54), width=3)
    for y in (208, 242):
        draw.line((84, y, 210, y), fill=(140, 112, 54), width=3)
    draw.rounded_rectangle((126, 196, 168, 256), 10, outline=(140, 112, 54), width=3)


def _union_logo(card: Image.Image) -> None:
    draw = ImageDraw.Draw(card)
    for left, colour in ((770, (196, 32, 46)), (830, (24, 72, 132)), (890, (20, 120, 118))):
        draw.polygon(((left + 18, 500), (left + 82, 500), (left + 64, 590), (left, 590)), fill=colour)
    draw.text((862, 545), "银联", fill=(255, 255, 255), font=find_font("bold", 40, "银联"), anchor="mm")


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
