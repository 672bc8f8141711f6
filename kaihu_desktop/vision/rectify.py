"""Cuts a card out of a picture and lays it flat."""

from __future__ import annotations

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners
from kaihu_desktop.vision.geometry import side_lengths

CARD_SIZE = (1000, 630)  # width, height in pixels: ID-1 at 11.7 px/mm


def rectify(
    image: BgrImage, corners: Corners, size: tuple[int, int] = CARD_SIZE, margin: float = 0.0
) -> BgrImage:
    """Warp the quad onto an upright rectangle.

    image: uint8 BGR H×W×3. corners: float 4×2, those that become TL, TR, BR, BL; they may lie outside of the
    image, whose border is then repeated. size: (width, height) of the result in pixels. margin: share of the
    card's width that is shown beyond each of its edges. Returns uint8 BGR height×width×3.
    """
    width, height = size
    inset = margin * width / (1 + 2 * margin)
    flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (width - 2 * inset, height - 2 * inset) + inset - 0.5
    sides = side_lengths(np.asarray(corners, np.float64))
    shrink = max(sides[0], sides[2]) / (width - 2 * inset)
    fine = 2 if shrink > 1.5 else 1  # average instead of skipping pixels when the card is much larger
    matrix = cv2.getPerspectiveTransform(
        np.asarray(corners, np.float32), ((flat + 0.5) * fine - 0.5).astype(np.float32)
    )
    result: BgrImage = cv2.warpPerspective(
        image, matrix, (width * fine, height * fine), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if fine > 1:
        result = cv2.resize(result, size, interpolation=cv2.INTER_AREA)
    return result
