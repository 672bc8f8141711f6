"""Looks at characters of a row one by one, with a network that knows single characters.

What both networks hold likely is likelier: the engine's knows what texts are like, this one what rare
characters are like, and they err in different pictures.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Iterable, Sequence, cast

import cv2
import numpy as np

from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.glyphs import SIDE, Glyphs
from kaihu_desktop.ocr.layout import Placed, Row

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Floats, Image

UNTHOUGHT = 1e-3  # probability of a character of which the engine doesn't think
CANDIDATES = 5  # likeliest characters here, beside those of which the engine thinks
CHANGED = 0.5  # greatest probability of another character than the engine's
# Windows around a character, in heights of its row.
SIDES = (1.0, 1.12, 1.25)
ASIDE = (-0.1, 0.0, 0.1)
# The same around the characters of a word, in widths of the card.
WORD_SIDE = 0.038
WORD_STEP = 0.034  # from a character to the next
WORD_ASIDE = (-0.012, -0.009, -0.006, -0.003, 0.0, 0.003, 0.006, 0.009, 0.012)
WORD_ABOVE = (-0.004, 0.0, 0.004)
LEAD = 1.0  # of the logarithm of the likelihood of a word's characters over those of the next


def look_closer(card: Image, row: Row, glyphs: Glyphs, below: float, weight: float) -> Row:
    """The row with probabilities that also tell what its characters look like one by one.

    below: surer characters aren't looked at; none gets surer than it was. weight: of the logarithm of a
    likelihood here, in that of the engine's probability.
    """
    known = glyphs.numbers
    doubtful = [
        number
        for number, one in enumerate(row.characters)
        if one.character.probability < below and one.character.text in known
    ]
    if not doubtful:
        return row
    characters = list(row.characters)
    likelihoods = _likelihoods(card, [characters[number] for number in doubtful], glyphs)
    for number, likely in zip(doubtful, likelihoods):
        one = characters[number]
        characters[number] = replace(one, character=_weighed(one.character, likely, glyphs, weight))
    return Row(characters)


def likeliest_word(card: Image, x: float, y: float, words: Iterable[str], glyphs: Glyphs) -> str:
    """The word that looks most like what stands at a place; empty when none leads clearly.

    x, y: of the middle of its first character, in pixels. words: not longer than four characters.
    """
    known = [word for word in words if all(one in glyphs.numbers for one in word)]
    if not known:
        return ""
    ink, width = _ink(card), card.shape[1]
    length = max(map(len, known))
    windows = [
        _window(ink, x + width * (aside + number * WORD_STEP), y + width * above, width * WORD_SIDE)
        for aside in WORD_ASIDE
        for above in WORD_ABOVE
        for number in range(length)
    ]
    each = glyphs.likelihoods(np.stack(windows)).reshape(-1, length, len(glyphs.characters))
    worth = {
        word: float(each[:, range(len(word)), [glyphs.numbers[one] for one in word]].mean(1).max())
        for word in known
    }
    best, second = [*sorted(worth, key=lambda word: -worth[word])[:2], "", ""][:2]
    return best if second and worth[best] > worth[second] + LEAD else ""


def _likelihoods(card: Image, characters: Sequence[Placed], glyphs: Glyphs) -> Floats:
    """N×C: for each the logarithms of how likely it is each of those that are known."""
    ink = _ink(card)
    windows = [
        _window(ink, one.x + aside * 2 * one.half, one.y, side * 2 * one.half)
        for one in characters
        for side in SIDES
        for aside in ASIDE
    ]
    each = glyphs.likelihoods(np.stack(windows))
    return cast("Floats", each.reshape(len(characters), -1, each.shape[1]).mean(axis=1))


def _ink(card: Image) -> Image:
    blue, green, red = cv2.split(card)
    return cast("Image", cv2.max(cv2.max(blue, green), red))  # the lines of the background are coloured


def _window(ink: Image, x: float, y: float, side: float) -> Image:
    """A square of the picture around a point, SIDE pixels wide."""
    scale = SIDE / side
    matrix = np.array(((scale, 0, SIDE / 2 - x * scale), (0, scale, SIDE / 2 - y * scale)), np.float32)
    window = cv2.warpAffine(ink, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return cast("Image", window)


def _weighed(read: Character, likelihoods: Floats, glyphs: Glyphs, weight: float) -> Character:
    """A character with what both networks hold likely together."""
    numbers = glyphs.numbers
    thought = {text: max(share, UNTHOUGHT) for text, share in (*read.rivals, (read.text, read.probability))}
    likeliest = (glyphs.characters[number] for number in np.argsort(-likelihoods)[:CANDIDATES])
    candidates = {**dict.fromkeys(likeliest, UNTHOUGHT), **thought}
    worth = {
        text: math.log(share) + weight * float(likelihoods[numbers[text]])
        for text, share in candidates.items()
        if text in numbers
    }
    most = max(worth.values())
    weights = {text: math.exp(one - most) for text, one in worth.items()}
    best, *rivals = sorted(weights, key=lambda text: -weights[text])
    scale = min(read.probability, 1 / sum(weights.values()), 1.0 if best == read.text else CHANGED)
    return Character(best, scale, read.position, tuple((text, scale * weights[text]) for text in rivals))
