"""Writes on specimen cards: faces, jitter, wear, and the looks that cards can have."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from kaihu_desktop.sandbox.specimens.fonts import find_font

CARD_SIZE = (1000, 630)  # width, height
LABEL_BLUE = (38, 110, 168)
INK = (28, 28, 30)

if TYPE_CHECKING:  # aliases for annotations only: Python 3.8 can't subscript these types
    Picture = np.ndarray[Any, np.dtype[np.uint8]]
    Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """How a card is printed, where cards of different makes differ.

    face: style of the values' face, see `find_font`; labels stay regular. variant: which face of that style,
    None to let the seed choose. digits_variant: the same for numbers. scale: of the values' size. spacing:
    pixels between characters. rows: pixels that each row of the portrait side is moved down. columns,
    name_columns: characters in a line of the address and of the name. fade: share of the contrast lost.
    second_script: lines of made-up script over the Chinese ones, as on cards of autonomous regions.
    """

    face: str = "regular"
    variant: int | None = None
    digits_variant: int = 0
    scale: float = 1.0
    spacing: float = 0.0
    rows: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    columns: int = 11
    name_columns: int = 99
    fade: float = 0.0
    second_script: bool = False


PLAIN = Look()


class Pen:
    """Writes texts on a card, with a little jitter for the whole card and for each text."""

    def __init__(self, card: Image.Image, chance: random.Random, look: Look = PLAIN) -> None:
        self._card, self._chance, self._look = card, chance, look
        self._draw = ImageDraw.Draw(card)
        self._shift = (chance.randint(-4, 4), chance.randint(-4, 4))
        self._variant = chance.randrange(3)

    def write(
        self, x: float, y: float, text: str, size: int, ink: Colour = INK, style: str = "regular"
    ) -> None:
        font = find_font(style, size, text, self._face(style))
        place = (x + self._shift[0], y + self._shift[1])
        self._draw.text(place, text, fill=self._faded(ink, place), font=font)

    def row(self, x: int, y: int, parts: tuple[tuple[str, int, Colour, int], ...]) -> None:
        """Parts of one line as (text, offset from x, ink, size), centred on one height."""
        y += self._chance.randint(-1, 1)
        for text, offset, ink, size in parts:
            if ink == INK:
                self._value(x + offset, y, text, round(size * self._look.scale))
            else:
                self.write(x + offset, y + (34 - size) / 2, text, size, ink)

    def spaced(
        self, x: float, y: float, text: str, size: int, advance: float, style: str, ink: Colour = INK
    ) -> None:
        for number, character in enumerate(text):
            self.write(x + number * advance, y, character, size, ink, style)

    def embossed(
        self, x: float, y: float, text: str, size: int, advance: float, ink: Colour, worn: float = 0.0
    ) -> None:
        """Raised characters with light above and shadow below. worn: share of the ink that is off."""
        ground = self._ground((x, y), (x + advance * len(text), y + size))
        for shift, colour in ((3, (20, 20, 24)), (-2, (255, 255, 255)), (0, blend(ink, ground, worn))):
            self.spaced(x + shift, y + shift, text, size, advance, "embossed", colour)

    def script(self, x: float, y: float, length: float) -> None:
        """A line of made-up strokes about 18 pixels high: a script that nobody can read."""
        x, end = x + self._shift[0], x + self._shift[0] + length
        base = y + self._shift[1] + 12
        while x < end:
            for _ in range(self._chance.randint(2, 6)):
                width = self._chance.uniform(5, 11)
                top = base - self._chance.choice((3, 5, 10, 13))
                self._draw.arc((x, top, x + width, base + 3), 0, 190, fill=INK, width=2)
                self._draw.line((x, base, x + width, base), fill=INK, width=2)
                x += width
            x += self._chance.uniform(6, 12)

    def _value(self, x: float, y: float, text: str, size: int) -> None:
        y += (34 - size) / 2
        if not self._look.spacing:
            self.write(x, y, text, size, INK, self._look.face)
            return
        for character in text:
            font = find_font(self._look.face, size, character, self._face(self._look.face))
            self.write(x, y, character, size, INK, self._look.face)
            x += font.getlength(character) + self._look.spacing

    def _face(self, style: str) -> int:
        if style in ("number", "embossed"):
            return self._look.digits_variant
        if style != self._look.face:
            return self._variant if style == "regular" else 0
        return self._variant if self._look.variant is None else self._look.variant

    def _faded(self, ink: Colour, place: tuple[float, float]) -> Colour:
        if not self._look.fade:
            return ink
        return blend(ink, self._ground(place, (place[0] + 20, place[1] + 20)), self._look.fade)

    def _ground(self, start: tuple[float, float], end: tuple[float, float]) -> Colour:
        """The middle colour of a place of the card."""
        place = np.asarray(self._card.crop((int(start[0]), int(start[1]), int(end[0]) + 1, int(end[1]) + 1)))
        red, green, blue = (int(value) for value in np.median(place.reshape(-1, 3), axis=0))
        return red, green, blue


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the way from the first to the second colour."""
    red, green, blue = (round(first[i] + (second[i] - first[i]) * share) for i in range(3))
    return red, green, blue


def mark(card: Image.Image, centre: tuple[int, int], size: int, ink: Colour) -> None:
    """The word 样本."""
    text = "样本"
    ImageDraw.Draw(card).text(centre, text, fill=ink, font=find_font("regular", size, text), anchor="mm")


def finish(picture: Image.Image) -> Picture:
    """As BGR uint8."""
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), dtype=np.uint8)[:, :, ::-1])
