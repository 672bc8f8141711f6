"""Draws specimens of bank cards: raised or printed numbers, on cards of landscape or portrait format."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from kaihu_desktop.sandbox.specimens.fonts import find_font
from kaihu_desktop.sandbox.specimens.pen import CARD_SIZE, PLAIN, Look, Pen, blend, finish, mark

if TYPE_CHECKING:
    from kaihu_desktop.sandbox.specimens.pen import Colour, Picture

EMBOSSED, PRINTED = "embossed", "printed"
STACKED, UPRIGHT = "stacked", "upright"  # on cards of portrait format
# Upper and lower colour of the card, and the ink of its texts.
CARD_COLOURS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((28, 72, 148), (60, 128, 196), (240, 240, 235)),
    ((150, 24, 34), (196, 62, 56), (245, 226, 176)),
    ((14, 104, 84), (70, 156, 120), (240, 240, 235)),
    ((212, 214, 220), (168, 174, 186), (44, 46, 52)),
    ((36, 38, 46), (74, 78, 92), (226, 206, 150)),
    ((226, 178, 76), (198, 140, 48), (52, 36, 20)),
)


@dataclass(frozen=True)
class SpecimenBankCard:
    """What is on a made-up bank card.

    style: "embossed", "printed"; on a card of portrait format "stacked" (groups of four one below the other)
    or "upright" (one line). grouped: whether spaces part the groups of four in a line. height: share of the
    card's height above the number. size: of the digits in pixels, on a line. worn: share of the raised
    digits' ink that is rubbed off.
    """

    bank: str
    number: str
    holder: str
    style: str = EMBOSSED
    grouped: bool = True
    height: float = 0.524
    size: int = 58
    worn: float = 0.0


def render_bank_card(card: SpecimenBankCard, seed: int = 0, look: Look = PLAIN) -> Picture:
    """The number side of a bank card as 630×1000×3 BGR uint8; a portrait format lies on its side."""
    chance = random.Random(seed + 2)
    upper, lower, ink = CARD_COLOURS[chance.randrange(len(CARD_COLOURS))]
    if card.style in (STACKED, UPRIGHT):
        return _portrait_format(card, chance, look, (upper, lower, ink))
    picture = _gradient(upper, lower)
    pen = Pen(picture, chance, look)
    _card_ornament(picture, chance)
    _chip(picture, (84, 176))
    pen.write(60, 52, card.bank, 48, ink, "bold")
    pen.write(760, 60, "借记卡 DEBIT", 28, ink, "regular")
    _line_number(pen, card, 330 if card.height == 0.524 else round(card.height * 630), ink)
    pen.write(
        420, 428, f"VALID THRU {chance.randint(1, 12):02d}/{chance.randint(28, 36)}", 24, ink, "embossed"
    )
    pen.write(60, 520, card.holder, 32, ink, "embossed")
    _union_logo(picture, (770, 500))
    mark(picture, (560, 588), 18, blend(lower, ink, 0.35))
    return finish(picture)


def _line_number(pen: Pen, card: SpecimenBankCard, y: int, ink: Colour) -> None:
    parts = [card.number[at : at + 4] for at in range(0, len(card.number), 4)]
    text = " ".join(parts) if card.grouped else card.number
    advance = min(card.size * 0.655, 880 / len(text))
    if card.style == EMBOSSED:
        pen.embossed(60, y, text, card.size, advance, ink, card.worn)
    else:
        pen.spaced(60, y, text, card.size - 4, advance, "embossed", ink)


def _portrait_format(
    card: SpecimenBankCard, chance: random.Random, look: Look, colours: tuple[Colour, Colour, Colour]
) -> Picture:
    upper, lower, ink = colours
    picture = _gradient(upper, lower).resize((CARD_SIZE[1], CARD_SIZE[0]))
    pen = Pen(picture, chance, look)
    pen.write(50, 60, card.bank, 44, ink, "bold")
    _chip(picture, (252, 190))
    if card.style == STACKED:
        for row in range(0, len(card.number), 4):
            pen.spaced(60, 420 + row // 4 * 78, card.number[row : row + 4], 64, 46, "embossed", ink)
    else:
        parts = [card.number[at : at + 4] for at in range(0, len(card.number), 4)]
        text = " ".join(parts) if card.grouped else card.number
        pen.spaced(48, 560, text, 36, min(28.0, 540 / len(text)), "embossed", ink)
    pen.write(60, 860, card.holder, 28, ink, "embossed")
    _union_logo(picture, (390, 870))
    mark(picture, (130, 940), 18, blend(lower, ink, 0.35))
    return np.ascontiguousarray(np.rot90(finish(picture), chance.choice((1, 3))))


def _gradient(upper: Colour, lower: Colour) -> Image.Image:
    width, height = CARD_SIZE
    share = (np.linspace(0, 1, height)[:, None] * 0.7 + np.linspace(0, 1, width)[None, :] * 0.3)[:, :, None]
    mixed = np.array(upper) * (1 - share) + np.array(lower) * share
    return Image.fromarray(mixed.round().astype(np.uint8))


def _card_ornament(card: Image.Image, chance: random.Random) -> None:
    layer = Image.new("L", CARD_SIZE, 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(4):
        x, y, radius = chance.randint(200, 1000), chance.randint(0, 630), chance.randint(120, 340)
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), outline=40, width=chance.randint(2, 60)
        )
    card.paste((255, 255, 255), (0, 0), layer)


def _chip(card: Image.Image, place: tuple[int, int]) -> None:
    draw, (x, y) = ImageDraw.Draw(card), place
    draw.rounded_rectangle(
        (x, y, x + 126, y + 100), 16, fill=(212, 180, 104), outline=(140, 112, 54), width=3
    )
    for line in (y + 32, y + 66):
        draw.line((x, line, x + 126, line), fill=(140, 112, 54), width=3)
    draw.rounded_rectangle((x + 42, y + 20, x + 84, y + 80), 10, outline=(140, 112, 54), width=3)


def _union_logo(card: Image.Image, place: tuple[int, int]) -> None:
    draw, (x, y) = ImageDraw.Draw(card), place
    for left, colour in ((x, (196, 32, 46)), (x + 60, (24, 72, 132)), (x + 120, (20, 120, 118))):
        draw.polygon(((left + 18, y), (left + 82, y), (left + 64, y + 90), (left, y + 90)), fill=colour)
    draw.text((x + 92, y + 45), "银联", fill=(255, 255, 255), font=find_font("bold", 40, "银联"), anchor="mm")
