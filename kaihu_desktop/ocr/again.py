"""Reads rows that are in doubt again in a softened picture, and puts both readings together.

Grain and the fine lines of the security print make look-alikes; what both readings hold likely is likelier.
Only doubtful rows cost that time.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import cv2

from kaihu_desktop.core.rules.names import HAN_CHARACTER
from kaihu_desktop.ocr.engine import Character, OcrEngine
from kaihu_desktop.ocr.layout import Placed, Row, cut, rows_of, written

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

DOUBTFUL = 0.8  # rows whose least sure character is below it are read again
SOFT = 0.036  # sigma in heights of the row: at 50 pixels 1.8
MARGIN = 0.04  # around the row, in its heights
TALL = 1.2  # heights of the row above: what is higher holds ornaments, too
FAINT = 0.5  # probability of a character that may be a stray mark
FLOOR = 1e-4  # probability of a character that one reading doesn't consider


def read_again(engine: OcrEngine, card: Image, row: Row) -> Row:
    """The row with what a second reading says of each character; as it is when that doesn't fit to it.

    No character gets surer than it was.
    """
    if row.confidence >= DOUBTFUL:
        return row
    line = engine.read_line(_softened(cut(card, row.box(), MARGIN)))
    again = [one for one in line.characters if not one.text.isspace()]
    row = _without_stray(row, "".join(one.text for one in again))
    if len(again) != len(row.characters):
        return row
    pairs = zip(row.characters, again)
    return Row(replace(one, character=_together(one.character, other)) for one, other in pairs)


def read_level(engine: OcrEngine, card: Image, row: Row, first: Row) -> Row:
    """The row as it is read at the height of the first of its text, when it was found with ornaments below.

    It may go on one character further. Its last character stays as doubtful as the row was.
    """
    half = first.characters[0].half
    if row.characters[0].half < TALL * half:
        return row
    x, _, width, _ = row.box()
    top = round(row.y - half)
    picture = card[top : round(row.y + half), x : x + width + round(2 * half)]
    level = rows_of(written([engine.read_line(picture)]), (x, top))
    if not level or level[0].text == row.text:
        return row
    *others, last = level[0].characters
    return Row((*others, _doubted(last, min(row.characters, key=lambda one: one.character.probability))))


def _softened(picture: Image) -> Image:
    return cast("Image", cv2.GaussianBlur(picture, (0, 0), SOFT * picture.shape[0]))


def _without_stray(row: Row, again: str) -> Row:
    """Without a faint first or last character that isn't in `again`; its neighbour takes over the doubt."""
    if len(row.characters) < 2:
        return row
    first, last = row.characters[0], row.characters[-1]
    if again == row.text[1:] and first.character.probability < FAINT:
        beside, *others = row.characters[1:]
        return Row((_doubted(beside, first), *others))
    if again == row.text[:-1] and last.character.probability < FAINT:
        *others, beside = row.characters[:-1]
        return Row((*others, _doubted(beside, last)))
    return row


def _doubted(placed: Placed, stray: Placed) -> Placed:
    least = min(placed.character.probability, stray.character.probability)
    return replace(placed, character=replace(placed.character, probability=least))


def _together(first: Character, second: Character) -> Character:
    """The geometric mean of the probabilities of both readings of a character.

    What isn't a Han character stays: in front of a name it is a mark, which must not become one.
    """
    if not HAN_CHARACTER.fullmatch(first.text):
        return first
    shares = [dict(((one.text, one.probability), *one.rivals)) for one in (first, second)]
    means = {
        text: math.sqrt(max(shares[0].get(text, 0), FLOOR) * max(shares[1].get(text, 0), FLOOR))
        for text in {text for share in shares for text in share}
    }
    (text, probability), *rivals = sorted(means.items(), key=lambda item: (-item[1], item[0]))
    return Character(text, min(probability, first.probability), first.position, tuple(rivals))
