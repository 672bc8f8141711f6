"""Tells which way up a rectified card is, and which card it is.

The card's proportions leave only two ways up. Windows where the layout of a card has something (GA 461 for
the ID card, the usual places on bank cards) are compared with the same windows of the card turned by 180°, so
that light, print quality and background tint cancel out.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats, GreyImage
from kaihu_desktop.vision.levels import histogram, level_at, reduced

ID_PORTRAIT, ID_EMBLEM, BANK_CARD, UNKNOWN = "id-portrait", "id-emblem", "bank-card", "unknown"


class Window(NamedTuple):
    """A part of the upright card (left, top, right, bottom as shares), the feature looked at, its weight."""

    box: tuple[float, float, float, float]
    feature: str
    weight: float


LAYOUTS = {
    ID_PORTRAIT: (
        Window((0.62, 0.12, 0.94, 0.76), "dark", 2.0),  # the photograph
        Window((0.33, 0.81, 0.96, 0.93), "print", 1.0),  # the number
        Window((0.05, 0.12, 0.45, 0.70), "print", 0.5),  # name to address
    ),
    ID_EMBLEM: (
        Window((0.06, 0.08, 0.28, 0.42), "red", 2.0),  # the emblem
        Window((0.06, 0.08, 0.28, 0.42), "dark", 1.0),
        Window((0.30, 0.10, 0.95, 0.45), "print", 1.5),  # the title
    ),
    BANK_CARD: (
        Window((0.04, 0.51, 0.96, 0.64), "print", 2.0),  # the number, below the middle
        Window((0.07, 0.25, 0.24, 0.46), "print", 1.2),  # the chip
        Window((0.74, 0.76, 0.98, 0.95), "colour", 0.6),  # the payment scheme
    ),
}
_PHOTOGRAPH = LAYOUTS[ID_PORTRAIT][0].box
_CHIP, _SCHEME = LAYOUTS[BANK_CARD][1].box, LAYOUTS[BANK_CARD][2].box
_HALVES = ((0.06, 0.08, 0.28, 0.25), (0.06, 0.25, 0.28, 0.42))  # of the emblem
_SIZE, _SMALL = (250, 158), 125
# ID cards are dark print on a pale ground, in any light that has all colours
LEAST_PALE = 0.52  # the ground's weakest colour over its strongest: gold has 0.35, white under tungsten 0.65
MOST_COLOURED = 0.35  # mean colour of a card beside its ground's: ID cards have 0.25 at most, pictures 0.45
LEAST_RELIEF = 0.15  # contrast of print over the lightest part; below there is nothing to tell a card by
LEAST_POLARITY = 0.45  # how far the ground lies above the darkest print, of all the card's contrast
RED_EMBLEM, NO_EMBLEM = 0.2, 0.14  # redness of its place's paler half with the emblem, and without
DARK_PHOTOGRAPH, PLAIN_PHOTOGRAPH = 0.18, 0.26  # mean darkness of its place; the emblem's is 0.22 at most
LEAST_SEEN = 0.4  # share of a window by which its mean is taken: a lamp may hide the rest
BURNT, MOST_BURNT = 250, 0.3  # lightness of a lamp's reflection; share of a window that it may hide
# what a reflection hides, but never makes; beside burnt paper other paper seems dark or coloured
NOT_OF_LIGHT = ("red", "print")
COLOURED_SCHEME = 0.36  # mean colour of the place of the payment scheme's sign
# mean colour of the paler of both their places: ID cards have 0.2, in dim light 0.26, in darkness 0.33
CHIP_AND_SCHEME, PLAIN_CHIP_AND_SCHEME = 0.3, 0.36


def upright(card: BgrImage, kind: str) -> int:
    """Return 0 or 180: by how many degrees the rectified landscape card (BGR) has to be turned."""
    return 0 if _lead(_features(card), kind) >= 0 else 180


def kind_of(card: BgrImage, wanted: str = "") -> str:
    """``id-portrait``, ``id-emblem``, ``bank-card``, or ``unknown`` when a rectified card isn't clearly one.

    The card may lie either way up. ID cards are pale with dark print; the emblem side has a large red emblem
    in a corner, which red clothes in a turned photograph or a gold chip would fill by half only; the portrait
    side has a dark photograph. No ID card has colour where both a bank card's chip and its payment scheme's
    sign are. A card that can't be an ID card counts as a bank card.
    A finger may pass for the emblem or for a payment scheme's sign: with signs of several it is the `wanted`.
    """
    small = reduced(card, _SMALL)
    tones = _tones(cv2.cvtColor(small, cv2.COLOR_BGR2Lab))
    ground = _ground_of(small, tones)
    if ground != "id":
        return ground
    seen = cv2.inRange(small, (0, 0, 0), (BURNT,) * 3)
    red = _either_way(tones["red"], *_HALVES, seen=seen)
    signed = _either_way(tones["colour"], _CHIP, _SCHEME) > CHIP_AND_SCHEME
    # what a lamp leaves of an emblem's place may be dark: beside red it has to be dark as a whole
    dark = _either_way(tones["dark"], _PHOTOGRAPH, seen=seen if red < NO_EMBLEM else None)
    # on a card of portrait format the scheme's sign lies in one of the other corners
    scheme = max(_either_way(tones["colour"][:, ::way], _SCHEME) for way in (1, -1))
    plain = red < NO_EMBLEM and not signed
    signs = {
        ID_EMBLEM: red >= RED_EMBLEM,
        BANK_CARD: signed or (red < NO_EMBLEM and scheme > COLOURED_SCHEME),
        ID_PORTRAIT: dark >= (DARK_PHOTOGRAPH if plain else PLAIN_PHOTOGRAPH),
    }
    return wanted if signs.get(wanted) else next((kind for kind, seen in signs.items() if seen), UNKNOWN)


def is_plainly_bank_card(card: BgrImage) -> bool:
    """Whether a rectified card has a bank card's own signs, rather than none of an ID card's.

    What is told by absent signs isn't told in darkness or a lamp's reflection; chip and payment scheme are.
    """
    tones = _tones(cv2.cvtColor(reduced(card, _SMALL), cv2.COLOR_BGR2Lab))
    return _either_way(tones["colour"], _CHIP, _SCHEME) > PLAIN_CHIP_AND_SCHEME


class Levels(NamedTuple):
    """Of a card's brightness: contrast over the lightest part; how far the ground lies above the darkest."""

    relief: float
    polarity: float


def _levels(small: BgrImage) -> Levels:
    counts = histogram(cv2.cvtColor(_within(small), cv2.COLOR_BGR2GRAY))
    darkest, middle, lightest = (level_at(counts, share) for share in (0.01, 0.5, 0.99))
    contrast = max(1.0, float(lightest - darkest))
    return Levels(contrast / max(1.0, float(lightest)), float(middle - darkest) / contrast)


def _ground_of(small: BgrImage, tones: dict[str, Floats]) -> str:
    """``id`` if the print is darker than its ground, and the ground is no colour of its own; else a kind."""
    levels = _levels(small)
    if levels.relief < LEAST_RELIEF:
        return UNKNOWN
    ground = [_median(channel) for channel in cv2.split(_within(small))]
    pale = min(ground) > LEAST_PALE * max(ground)
    plain = float(tones["colour"].mean()) < MOST_COLOURED
    return "id" if pale and plain and levels.polarity > LEAST_POLARITY else BANK_CARD


def _within(small: BgrImage) -> BgrImage:
    """A card without its margins, a twentieth on each side."""
    rows, columns = small.shape[0] // 20, small.shape[1] // 20
    return small[rows:-rows, columns:-columns]


def _median(channel: GreyImage) -> float:
    return level_at(histogram(channel), 0.5)


def _either_way(
    feature: Floats, *boxes: tuple[float, float, float, float], seen: GreyImage | None = None
) -> float:
    """The least mean of the windows, on the card as it lies or turned by 180°, whichever is larger.

    seen: what counts of the windows if that isn't little.
    """
    shares = np.ones_like(feature) if seen is None else (seen > 0).astype(np.float32)
    parts = feature * shares
    return max(
        min(_mean(parts[::way, ::way], b) / max(LEAST_SEEN, _mean(shares[::way, ::way], b)) for b in boxes)
        for way in (1, -1)
    )


def _features(card: BgrImage) -> dict[str, Floats]:
    """Maps of the reduced card, float32 0 … 1: darkness, redness, colour, print (fine strokes), burnt."""
    small = cv2.resize(card, _SIZE, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2Lab)
    light = lab[..., 0].astype(np.float32)
    slope = cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    span = _span(histogram(lab[..., 0]))
    return {
        **_tones(lab),
        "print": np.clip(cv2.blur(slope, (5, 5)) / (4 * span), 0, 1),
        "burnt": (light >= BURNT).astype(np.float32),
    }


def _tones(lab: BgrImage) -> dict[str, Floats]:
    """Darkness, redness and colour (of uint8 Lab) beside those that the card has mostly, so that light
    cancels out.
    """
    light, a, b = cv2.split(lab)
    counts = histogram(light)
    typical = level_at(counts, 0.7)
    reddish, yellowish = (one.astype(np.float32) - np.float32(_median(one)) for one in (a, b))
    strength = 235 / max(60.0, typical) / 40
    return {
        "dark": np.clip((typical - light.astype(np.float32)) / _span(counts), 0, 1),
        "red": np.clip(reddish * strength, 0, 1),
        "colour": np.clip(cv2.magnitude(reddish, yellowish) * strength, 0, 1),
    }


def _span(counts: Floats) -> float:
    return max(20.0, level_at(counts, 0.98) - level_at(counts, 0.02))


def _mean(feature: Floats, box: tuple[float, float, float, float]) -> float:
    height, width = feature.shape
    left, top, right, bottom = box
    part = feature[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    return float(part.mean())


def _lead(features: dict[str, Floats], kind: str) -> float:
    """Weighted lead of the windows over those of the card turned by 180°; positive when it is upright."""
    return sum(
        window.weight * _ahead(features[window.feature], window.box)
        for window in LAYOUTS[kind]
        if window.feature in NOT_OF_LIGHT or abs(_ahead(features["burnt"], window.box)) < MOST_BURNT
    )


def _ahead(feature: Floats, box: tuple[float, float, float, float]) -> float:
    return _mean(feature, box) - _mean(feature[::-1, ::-1], box)
