"""Recognises a picture that is a card from border to border, as scanners and other programs crop it."""

from __future__ import annotations

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.evidence import BEYOND_ARC, WITHIN_ARC
from kaihu_desktop.vision.geometry import CARD_ASPECT, CARD_MM

ASPECT_SLACK = 0.04
FILLING = (18.0, 237.0)  # grey levels: what fills round corners of a scan is darker or lighter
ALIKE = 10.0  # grey levels by which the filling may differ
LEAST_STEP = 16.0  # grey levels between the filling and the card at its corners
LEAST_SIDE = 200  # pixels: below that an arc can't be told from a corner


def whole_card(image: BgrImage) -> tuple[Corners, bool] | None:
    """The corners of a BGR picture of a card's proportions, and whether it certainly is a card; else None.

    Certain: the four corners beyond the card's arcs of 3.18 mm are filled with the same black or white, and
    the card differs from it. A picture without such corners may as well be a photograph of anything.
    """
    height, width = image.shape[:2]
    if min(height, width) < LEAST_SIDE or abs(_aspect(width, height) / CARD_ASPECT - 1) > ASPECT_SLACK:
        return None
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
    return corners, _round_and_filled(image, corners)


def _aspect(width: int, height: int) -> float:
    return max(width, height) / min(width, height)


def _round_and_filled(image: BgrImage, corners: Corners) -> bool:
    outside, inside = _at_corners(image, corners, BEYOND_ARC), _at_corners(image, corners, WITHIN_ARC)
    grey = outside.mean(axis=2)
    filled = bool((grey < FILLING[0]).all() or (grey > FILLING[1]).all())
    even = float(np.ptp(grey)) < ALIKE
    step = np.abs(np.median(outside, axis=1) - np.median(inside, axis=1)).max(axis=1)
    # a white card's own corner may hardly differ from the white around it: three of four will do
    return filled and even and int((step > LEAST_STEP).sum()) >= 3


def _at_corners(image: BgrImage, corners: Corners, places: Floats) -> Floats:
    """Colours 4×N×3 at places given in mm from each corner along the picture's borders."""
    height, width = image.shape[:2]
    scale = max(width, height) / CARD_MM[0]
    inward = np.sign(corners.mean(axis=0) - corners)
    seen = corners[:, None] + inward[:, None] * np.abs(places) * scale
    colours = cv2.remap(
        image, seen.astype(np.float32), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    found: Floats = colours.astype(np.float32)
    return found
