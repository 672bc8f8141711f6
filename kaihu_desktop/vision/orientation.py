"""Tells which way up a rectified card is, and which side of an ID card it shows.

The card's proportions leave only two ways up. Windows where the layout of a card has something (GA 461 for
the ID card, the usual places on bank cards) are compared with the same windows of the card turned by 180°, so
that light, print quality and background tint cancel out.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats

ID_PORTRAIT, ID_EMBLEM, BANK_CARD, OTHER = "id-portrait", "id-emblem", "bank-card", "other"


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
_SIZE = (250, 158)
LEAST_RED, LEAST_DARK = 0.2, 0.15  # means over the emblem's and the photograph's place
CLEAR_SIDE = 0.3  # confidence from which swapped sides are pointed out


class Side(NamedTuple):
    """kind: ``id-portrait``, ``id-emblem`` or ``other``; confidence 0 … 1."""

    kind: str
    confidence: float


def upright(card: BgrImage, kind: str) -> int:
    """Return 0 or 180: by how many degrees the rectified landscape card (BGR) has to be turned."""
    return 0 if _lead(_features(card), kind) >= 0 else 180


def side_of(card: BgrImage) -> Side:
    """Guess which side of an ID card a rectified landscape card shows, whichever way up it is.

    ID cards are pale; the emblem side has a red emblem in a corner, the portrait side a dark photograph.
    """
    features = _features(card)
    pale = float(np.clip((features["pale"].mean() - 0.35) / 0.2, 0, 1))
    emblem, photograph = LAYOUTS[ID_EMBLEM][0].box, LAYOUTS[ID_PORTRAIT][0].box
    red, dark = _either_way(features["red"], emblem), _either_way(features["dark"], photograph)
    if pale < 0.5:
        return Side(OTHER, 1 - pale)
    lead = (red - dark) / 0.25
    if abs(lead) < 0.15 or max(red / LEAST_RED, dark / LEAST_DARK) < 1:
        return Side(OTHER, 0.5)
    return Side(ID_EMBLEM if lead > 0 else ID_PORTRAIT, pale * min(1.0, abs(lead)))


def shows_other_side(card: BgrImage, kind: str) -> bool:
    """Whether a rectified card that should be one side of an ID card clearly is the other one."""
    side = side_of(card)
    other = {ID_PORTRAIT: ID_EMBLEM, ID_EMBLEM: ID_PORTRAIT}.get(kind)
    return side.kind == other and side.confidence >= CLEAR_SIDE


def _either_way(feature: Floats, box: tuple[float, float, float, float]) -> float:
    return max(_mean(feature, box), _mean(feature[::-1, ::-1], box))


def _features(card: BgrImage) -> dict[str, Floats]:
    """Maps of the reduced card, float32 0 … 1: darkness, print (fine strokes), redness, colour, paleness."""
    small = cv2.resize(card, _SIZE, interpolation=cv2.INTER_AREA)
    lab: Floats = cv2.cvtColor(small, cv2.COLOR_BGR2Lab).astype(np.float32)
    light, a, b = lab[..., 0], lab[..., 1] - 128, lab[..., 2] - 128
    slope = cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    span = max(20.0, float(np.percentile(light, 98) - np.percentile(light, 2)))
    typical = float(np.percentile(light, 70))
    reddish, colourful = a - float(np.median(a)), np.hypot(a, b)
    return {
        "dark": np.clip((typical - light) / span, 0, 1),
        "print": np.clip(cv2.blur(slope, (5, 5)) / (4 * span), 0, 1),
        "red": np.clip(reddish * (235 / max(60.0, typical)) / 40, 0, 1),
        "colour": np.clip(np.hypot(reddish, b - float(np.median(b))) / 40, 0, 1),
        "pale": ((colourful < 0.12 * typical) & (light > 0.75 * typical)).astype(np.float32),
    }


def _mean(feature: Floats, box: tuple[float, float, float, float]) -> float:
    height, width = feature.shape
    left, top, right, bottom = box
    part = feature[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    return float(part.mean())


def _lead(features: dict[str, Floats], kind: str) -> float:
    """Weighted lead of the windows over those of the card turned by 180°; positive when it is upright."""
    return sum(
        window.weight
        * (
            _mean(features[window.feature], window.box)
            - _mean(features[window.feature][::-1, ::-1], window.box)
        )
        for window in LAYOUTS[kind]
    )
