"""Tells a card that is too far away to be found: in the whole picture longer lines hide its sides."""

from __future__ import annotations

import numpy as np

from kaihu_desktop.vision.arrays import BgrImage
from kaihu_desktop.vision.finder import find_card
from kaihu_desktop.vision.geometry import side_lengths

PART = 0.6  # of the picture's width and height: four such parts overlap by a card that is far away
FAR = 0.3  # of the picture's long side: a longer card isn't far away
# by which a side may be longer than that opposite, per share of the picture's long side that the card takes:
# as of one tilted by 45° in a picture 65° wide. Drawn cards reach 0.3, keys that look like cards have 1.5.
MOST_TAPER = 1.3


def shows_far_card(image: BgrImage) -> bool:
    """Whether the finder vouches for a small card in a part of a BGR picture. Takes some 200 ms."""
    height, width = image.shape[:2]
    high, wide = round(PART * height), round(PART * width)
    parts = (image[y : y + high, x : x + wide] for y in (0, height - high) for x in (0, width - wide))
    return any(_is_far(part, max(height, width)) for part in parts)


def _is_far(part: BgrImage, long_side: int) -> bool:
    found = find_card(np.ascontiguousarray(part))
    if not found.accepted or found.corners is None:
        return False
    sides = side_lengths(found.corners)
    share, taper = sides.max() / long_side, (sides / np.roll(sides, 2)).max() - 1
    return bool(share < FAR and taper < MOST_TAPER * share)
