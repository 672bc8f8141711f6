"""Weighs what speaks for a refined quad being a card: shape in space, held sides, round corners, contents."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.geometry import CARD_MM, card_likeness
from kaihu_desktop.vision.refine import Fit

# Places near the corner (0, 0) of a card in millimetres. `BEYOND_ARC` lies inside the rectangle but outside
# the arc of 3.18 mm: on a card it shows the table, on a square-cornered sheet or picture it shows the sheet.
BEYOND_ARC = np.array([(0.35, 0.35), (0.55, 0.5), (0.25, 0.8), (0.8, 0.25), (0.5, 0.55)])
OUTSIDE = np.array([(-0.9, -0.9), (-1.0, 0.6), (0.6, -1.0), (-1.0, 2.0), (2.0, -1.0)])
INSIDE = np.array([(1.9, 1.9), (1.4, 2.6), (2.6, 1.4), (2.4, 2.4), (1.6, 3.2), (3.2, 1.6)])
AMBIGUOUS = 0.25  # likeness beyond the arc that neither a round nor a square corner has
COHERENT = 0.6  # likeness of neighbouring steps that an outline on printed paper still has
CLEAR_STEP = 7.0  # grey levels across a side that nobody would overlook


class Evidence(NamedTuple):
    """shape, sides, weakest side: 0 … 1; roundness: −1 … 1; score: all together, at most
    about 1.2; gain: as given.
    """

    shape: float
    sides: float
    weakest: float
    roundness: float
    score: float
    gain: float


def weigh(image: BgrImage, fit: Fit, gain: float) -> Evidence:
    """Judge a refined quad on the full image; gain: by how much a dark image wants to be brightened."""
    height, width = image.shape[:2]
    centred: Floats = fit.corners - np.array([width / 2, height / 2])
    shape = float(card_likeness(centred[None], max(width, height), 0.07, 0.08)[0])
    clear = np.clip(fit.contrast * gain / CLEAR_STEP, 0, 1)
    strength = np.sort(
        fit.hold * (0.25 + 0.75 * np.clip(fit.coherence / COHERENT, 0, 1)) * (0.4 + 0.6 * clear)
    )
    # a finger may hide much of one side, so the weakest side counts least
    sides = float(strength @ np.array([0.19, 0.25, 0.28, 0.28]))
    roundness = float(corner_roundness(image, fit.corners[None])[0])
    score = sides * (0.4 + 0.6 * shape) + 0.3 * roundness
    return Evidence(shape, sides, float(strength[0]), roundness, score, gain)


def corner_roundness(image: BgrImage, quads: Corners) -> Floats:
    """For each quad (Q×4×2, clockwise): −1 (square corners) … 1 (round ones as on ID-1), 0 if none can tell.

    Compares colours beyond the arc with those outside and inside of the card, each corner weighted by how
    much outside and inside differ there. Near a corner the perspective is taken as affine.
    """
    onward, backward = np.roll(quads, -1, axis=1) - quads, np.roll(quads, 1, axis=1) - quads
    landscape = (np.linalg.norm(onward, axis=2) @ np.array([1, -1, 1, -1.0])) >= 0
    first = np.where(landscape, CARD_MM[0], CARD_MM[1])[:, None] * np.array([1, 0, 1, 0])
    other = np.where(landscape, CARD_MM[1], CARD_MM[0])[:, None] * np.array([0, 1, 0, 1])
    along = onward / (first + other)[..., None]
    across = backward / np.roll(first + other, 1, axis=1)[..., None]
    places = np.concatenate([BEYOND_ARC, OUTSIDE, INSIDE])
    seen = quads[:, :, None] + along[:, :, None] * places[:, :1] + across[:, :, None] * places[:, 1:]
    flat = seen.reshape(-1, len(places), 2).astype(np.float32)
    colours = cv2.remap(image, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    parts = np.split(colours.astype(np.float32), [len(BEYOND_ARC), len(BEYOND_ARC) + len(OUTSIDE)], axis=1)
    arc, outside, inside = (np.median(part, axis=1).reshape(-1, 4, 3) for part in parts)
    return _weighted_likeness(arc, outside, inside)


def _weighted_likeness(arc: Floats, outside: Floats, inside: Floats) -> Floats:
    difference = np.linalg.norm(inside - outside, axis=2)
    likeness = np.linalg.norm(arc - inside, axis=2) - np.linalg.norm(arc - outside, axis=2)
    weight = np.minimum(difference / 25, 1)
    mean: Floats = (weight * (likeness / (difference + 4) - AMBIGUOUS)).mean(axis=1)
    return mean
