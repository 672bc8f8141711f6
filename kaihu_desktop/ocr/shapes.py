"""Compares doubtful characters of a row with the drawn shapes of what may be written there.

Look-alikes differ in strokes that even a small picture shows. OpenCV draws them in the face that it brings
along, a sans-serif one as that of ID cards.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Iterable, cast

import cv2
import numpy as np

from kaihu_desktop.core.rules.names import HAN_CHARACTER
from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.layout import Placed, Row

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

DOUBTFUL = 0.93  # probability below which a character is compared; above, shapes err more than the network
WEIGHT = 140.0  # natural logarithm of how much likelier a shape of correlation 1 is than one of 0 …
CLEAR_WEIGHT = 200.0  # … on a clear picture, whose strokes say more
MOST = 5.0  # that a shape says for a character over the one that was read: faces differ
SIZES = (0.63, 0.70, 0.77, 0.84, 0.91, 0.98, 1.05)  # of a character, in heights of its row
KNOWN = 3  # surest characters of a row, which tell the size
BLUR = 0.042  # sigma of a small picture, in heights of the row
REACH = 0.15  # how far from its place a character may stand, in heights of the row
DRAWN = 64  # pixels of a drawn character
EDGE = 8  # pixels around it
# Words are compared in a picture of the card that is so many pixels wide; in its pixels:
SMALL = 500
WORD_SIZES = (13.5, 14.5, 15.5, 16.5)  # of a character
WORD_REACH = 12  # how far from its place a word may stand, both ways together
SPACING = 1.1  # from a character of a word to the next, in sizes of a character
WORD_BLUR = 0.063  # sigma of a small picture, in sizes of a character
LEAD = 0.008  # of the likeness of a word over that of the next
_FACE = "uni"  # WenQuanYi Micro Hei
_drawing = Lock()


def compare_shapes(card: Image, row: Row, clear: bool = False) -> Row:
    """The row with probabilities that also tell how well shapes fit. No character gets surer than it was.

    clear: whether the card was read with little hesitation.
    Rows without doubtful characters stay as they are, and all do where OpenCV has no face (before 5).
    """
    doubtful = [one for one in row.characters if _is_doubtful(one.character)]
    if not doubtful:
        return row
    ink = _ink(card)
    size, weight = _size(ink, row), CLEAR_WEIGHT if clear else WEIGHT
    return Row(
        replace(one, character=_weighed(ink, one, size, weight)) if one in doubtful else one
        for one in row.characters
    )


def likeliest_word(card: Image, x: float, y: float, words: Iterable[str]) -> str:
    """The word that looks most like what stands at a place; empty when none leads clearly.

    x, y: of the middle of its first character, in pixels. Empty, too, where OpenCV has no face (before 5).
    """
    scale = SMALL / card.shape[1]
    ink = cast("Image", cv2.resize(_ink(card), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    likeness = {
        word: max(_word_likeness(ink, word, x * scale, y * scale, size) for size in WORD_SIZES)
        for word in words
        if all(_shape(one) is not None for one in word)
    }
    best, second = [*sorted(likeness, key=lambda word: -likeness[word])[:2], "", ""][:2]
    return best if second and likeness[best] > likeness[second] + LEAD else ""


def _ink(card: Image) -> Image:
    blue, green, red = cv2.split(card)
    return cast("Image", cv2.max(cv2.max(blue, green), red))  # the lines of the background are coloured


def _is_doubtful(read: Character) -> bool:
    return read.probability < DOUBTFUL and bool(read.rivals) and _shape(read.text) is not None


def _size(ink: Image, row: Row) -> float:
    """The size, in heights of the row, in which its surest characters look most like what was read."""
    drawable = [one for one in row.characters if _shape(one.character.text) is not None]
    known = sorted(drawable, key=lambda one: -one.character.probability)[:KNOWN]
    return max(SIZES, key=lambda size: sum(_likeness(ink, one, one.character.text, size) for one in known))


def _weighed(ink: Image, placed: Placed, size: float, weight: float) -> Character:
    """A character with what the network and the shapes hold likely together."""
    read = placed.character
    known = {
        text: share
        for text, share in (*read.rivals, (read.text, read.probability))
        if _shape(text) is not None
    }
    usual = _likeness(ink, placed, read.text, size)
    worth = {
        text: math.log(share) + min(MOST, weight * (_likeness(ink, placed, text, size) - usual))
        for text, share in known.items()
    }
    most = max(worth.values())
    weights = {text: math.exp(one - most) for text, one in worth.items()}
    best, *rivals = sorted(weights, key=lambda text: -weights[text])
    # One scale for all: the best is as sure as it was for the network, the others by as much less.
    scale = min(known[best], 1 / sum(weights.values()))
    return Character(
        best,
        scale,
        read.position,
        tuple((text, scale * weights[text]) for text in rivals),
    )


def _likeness(ink: Image, placed: Placed, text: str, size: float) -> float:
    """The best normalised correlation of a drawn character near a place, −1 to 1."""
    height = 2 * placed.half
    shape = _scaled(_shape(text), size * height / DRAWN, BLUR * height)
    return _correlation(ink, shape, placed.x, placed.y, 2 * round(REACH * height))


def _word_likeness(ink: Image, word: str, x: float, y: float, size: float) -> float:
    """The same for a word whose first character has its middle there. size: of a character, in pixels."""
    step, side = round(SPACING * DRAWN), DRAWN + 2 * EDGE
    shape = np.full((side, side + step * (len(word) - 1)), 255, np.uint8)
    for number, text in enumerate(word):
        part = shape[:, number * step : number * step + side]
        np.minimum(part, cast("Image", _shape(text)), out=part)
    shape = _scaled(shape, size / DRAWN, WORD_BLUR * size)
    return _correlation(ink, shape, x + (len(word) - 1) / 2 * SPACING * size, y, WORD_REACH)


def _scaled(shape: Image | None, scale: float, blur: float) -> Image:
    small = cv2.resize(shape, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cast("Image", cv2.GaussianBlur(small, (0, 0), blur))


def _correlation(ink: Image, shape: Image, x: float, y: float, reach: int) -> float:
    around = cv2.getRectSubPix(ink, (shape.shape[1] + reach, shape.shape[0] + reach), (x, y))
    return float(cv2.matchTemplate(around, shape, cv2.TM_CCOEFF_NORMED).max())


@lru_cache(maxsize=512)  # 6 KB each
def _shape(text: str) -> Image | None:
    """A Han character, black on white; None for others and for those that the face lacks."""
    if not HAN_CHARACTER.fullmatch(text) or not hasattr(cv2, "FontFace"):
        return None
    with _drawing:
        shape = _drawn(text)
        return None if np.array_equal(shape, _unknown()) else shape


@lru_cache(maxsize=1)
def _unknown() -> Image:
    """What the face draws for a character that it lacks."""
    return _drawn("\U0010fffd")


def _drawn(text: str) -> Image:
    shape = np.full((DRAWN + 2 * EDGE, DRAWN + 2 * EDGE), 255, np.uint8)
    cv2.putText(shape, text, (EDGE, EDGE + round(0.88 * DRAWN)), (0,), _face(), DRAWN)
    return shape


@lru_cache(maxsize=1)
def _face() -> Any:
    return cv2.FontFace(_FACE)
