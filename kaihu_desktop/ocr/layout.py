"""Arranges recognised lines as rows of characters, each with its place on the card."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, Sequence

from kaihu_desktop.core.rules.names import HAN
from kaihu_desktop.ocr.engine import Character, TextLine

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

    Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Field:
    """A value read from a card.

    confidence: probability of the least sure character, 0 to 1; one wrong character makes a field wrong.
    box: (x, y, width, height) in pixels of the card image, None when nothing was read.
    needs_review: the person should look at it closely before going on.
    """

    value: str
    confidence: float
    box: Box | None
    needs_review: bool


#: Fields whose least sure character is below it are marked for review.
SURE = 0.9
#: The same for free text on a poor picture: where many characters were hard to read, sure ones may err.
STRICT = 0.99
HESITANT, MOST_HESITANT = 0.97, 0.025  # probability of a hesitant character; their share on a good picture
MISSING = Field("", 0.0, None, True)
#: From the middle of a character to that of the next, in heights of the line.
WIDEST_STEP = 1.5
_WRITTEN = re.compile(f"[0-9{HAN}]")


@dataclass(frozen=True)
class Placed:
    """A character and the middle of its place in pixels; `half` is half the height of its line."""

    character: Character
    x: float
    y: float
    half: float


class Row:
    """Characters on one height, from left to right. Text is half-width and without spaces.

    in_order: the characters are in order already, because they come from several rows.
    """

    def __init__(self, characters: Iterable[Placed], in_order: bool = False) -> None:
        given = tuple(characters)
        self.characters = given if in_order else tuple(sorted(given, key=lambda placed: placed.x))
        self.text = "".join(placed.character.text for placed in self.characters)

    @property
    def y(self) -> float:
        """The height of its middle, in pixels."""
        return sum(placed.y for placed in self.characters) / len(self.characters)

    @property
    def confidence(self) -> float:
        """The probability of the least sure character."""
        return min(placed.character.probability for placed in self.characters)

    def part(self, start: int, end: int | None = None) -> Row:
        """The characters `start` to `end` of the text."""
        return Row(self.characters[start:end])

    @property
    def torn(self) -> bool:
        """Whether there is room for a character between two neighbours: networks skip some rare ones."""
        pairs = zip(self.characters, self.characters[1:])
        return any(right.x - left.x > WIDEST_STEP * 2 * left.half for left, right in pairs)

    def box(self) -> Box:
        """(x, y, width, height) around the characters, in pixels."""
        return box_around(self.characters)

    def __bool__(self) -> bool:
        return bool(self.characters)


def rows_of(lines: Sequence[TextLine], shift: tuple[int, int] = (0, 0)) -> list[Row]:
    """Rows from top to bottom. shift: where the image that was read begins on the card, as (x, y)."""
    rows: list[list[Placed]] = []
    for placed in sorted((_placed(line, shift) for line in lines), key=_middle):
        if not placed:
            continue
        if rows and _middle(placed) - _middle(rows[-1]) < min(placed[0].half, rows[-1][0].half):
            rows[-1].extend(placed)
        else:
            rows.append(placed)
    return [Row(placed) for placed in rows]


def written(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines with a Han character or a digit; on ID cards others are ornaments or of another script."""
    return [line for line in lines if _WRITTEN.search(line.text)]


def sureness_for(rows: Sequence[Row]) -> float:
    """How sure the least sure character of free text must be, by how well the whole card was read."""
    read = [placed.character.probability for row in rows for placed in row.characters]
    hesitant = sum(probability < HESITANT for probability in read)
    return STRICT if hesitant > MOST_HESITANT * len(read) else SURE


def likelihood(value: Row, text: str) -> float:
    """The probability of the least sure character if `text` was written there; 0 when it can't be."""
    if len(text) != len(value.text):
        return 0.0
    return min(
        dict(((one.character.text, one.character.probability), *one.character.rivals)).get(wanted, 0.0)
        for one, wanted in zip(value.characters, text)
    )


def cut(image: Image, box: Box, margin: float = 0.25) -> Image:
    """The content of a box with a margin of `margin` × its height all around."""
    x, y, width, height = box
    more = round(height * margin)
    top, left = max(0, y - more), max(0, x - more)
    return image[top : y + height + more, left : x + width + more]


def box_around(characters: Sequence[Placed]) -> Box:
    """(x, y, width, height) around characters, in pixels."""
    left = min(placed.x - placed.half for placed in characters)
    top = min(placed.y - placed.half for placed in characters)
    right = max(placed.x + placed.half for placed in characters)
    bottom = max(placed.y + placed.half for placed in characters)
    return max(0, round(left)), max(0, round(top)), round(right - left), round(bottom - top)


def _placed(line: TextLine, shift: tuple[int, int]) -> list[Placed]:
    """The characters of a line, without spaces; each stands on the axis of the line's box."""
    start, end = (line.box[0] + line.box[3]) / 2, (line.box[1] + line.box[2]) / 2
    half = float(abs(line.box[3, 1] - line.box[0, 1]) + abs(line.box[2, 1] - line.box[1, 1])) / 4
    placed = []
    for character in line.characters:
        if character.text.isspace():
            continue
        x, y = start + (end - start) * character.position
        placed.append(Placed(_half_width(character), float(x) + shift[0], float(y) + shift[1], half))
    return placed


def _half_width(character: Character) -> Character:
    plain = unicodedata.normalize("NFKC", character.text)
    if len(plain) != 1 or plain == character.text or unicodedata.category(character.text) == "Lo":
        return character  # compatibility ideographs in names stay as they are
    return Character(plain, character.probability, character.position, character.rivals)


def _middle(placed: Sequence[Placed]) -> float:
    return sum(one.y for one in placed) / len(placed) if placed else 0.0
