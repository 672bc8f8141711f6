"""Weighs what speaks for a refined quad being a card: shape in space, held sides, round corners, contents."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.geometry import CARD_MM, CORNER_RADIUS_MM, card_likeness
from kaihu_desktop.vision.refine import Fit

# Places near the corner (0, 0) of a card in mm: pairs just beyond and just within its arc of 3.18 mm, and
# pairs beside the sides next to it. Beyond the arc a card shows the table; square-cornered things go on.
_ANGLES = np.radians([32, 38, 45, 52, 58])
_RAYS = -np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
BEYOND_ARC = CORNER_RADIUS_MM + _RAYS * (CORNER_RADIUS_MM + 0.65)
WITHIN_ARC = CORNER_RADIUS_MM + _RAYS * (CORNER_RADIUS_MM - 0.75)
OUTSIDE = np.array([(-0.8, 3.6), (-0.8, 4.6), (-0.8, 5.6), (3.6, -0.8), (4.6, -0.8), (5.6, -0.8)])
INSIDE = np.abs(OUTSIDE)
AMBIGUOUS = 0.45  # likeness beyond the arc that neither a round nor a square corner has
STRIP_MM = 1.6
BODY_STEP = 4.0  # grey levels between the card and the table
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
    clear = 0.4 + 0.6 * np.clip(fit.contrast * gain / CLEAR_STEP, 0, 1)
    alike = 0.25 + 0.75 * np.clip(fit.coherence / COHERENT, 0, 1)
    body = 0.4 + 0.6 * np.clip(_strips(image, fit.corners) * gain / BODY_STEP, 0, 1)
    strength = np.sort(fit.hold * alike * clear * body)
    # a finger may hide much of one side, so the weakest side counts least
    sides = float(strength @ np.array([0.19, 0.25, 0.28, 0.28]))
    roundness = float(corner_roundness(image, fit.corners[None])[0])
    score = sides * (0.4 + 0.6 * shape) + 0.35 * roundness
    return Evidence(shape, sides, float(strength[0]), roundness, score, gain)


def _strips(image: BgrImage, corners: Corners) -> Floats:
    """Colour difference of the strips outside and inside of each side: a joint between tiles has none."""
    onward = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(onward, axis=1, keepdims=True)
    outward = np.stack([onward[:, 1], -onward[:, 0]], axis=1) / np.maximum(lengths, 1)
    offset = outward * STRIP_MM * lengths.max() / CARD_MM[0]
    middle = corners[:, None] + onward[:, None] * np.linspace(0.12, 0.88, 24)[None, :, None]
    places = np.concatenate([middle + offset[:, None], middle - offset[:, None]], axis=1).astype(np.float32)
    colours = cv2.remap(
        image, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    outside, inside = np.split(colours.astype(np.float32), 2, axis=1)
    difference: Floats = np.abs(np.median(outside - inside, axis=1)).max(axis=1)
    return difference


def corner_roundness(image: BgrImage, quads: Corners) -> Floats:
    """For each quad (Q×4×2, clockwise): below 0 for square corners, above for round ones as on ID-1.

    Looks for a step across each corner's arc, as large as that across the sides nearby and larger than the
    differences within the card's rim (print has steps everywhere). Corners count as far as the card differs
    from the table there. Near a corner the perspective is taken as affine.
    """
    onward, backward = np.roll(quads, -1, axis=1) - quads, np.roll(quads, 1, axis=1) - quads
    landscape = (np.linalg.norm(onward, axis=2) @ np.array([1, -1, 1, -1.0])) >= 0
    first = np.where(landscape, CARD_MM[0], CARD_MM[1])[:, None] * np.array([1, 0, 1, 0])
    other = np.where(landscape, CARD_MM[1], CARD_MM[0])[:, None] * np.array([0, 1, 0, 1])
    along = onward / (first + other)[..., None]
    across = backward / np.roll(first + other, 1, axis=1)[..., None]
    places = np.concatenate([BEYOND_ARC, WITHIN_ARC, OUTSIDE, INSIDE])
    seen = quads[:, :, None] + along[:, :, None] * places[:, :1] + across[:, :, None] * places[:, 1:]
    flat = seen.reshape(-1, len(places), 2).astype(np.float32)
    colours = cv2.remap(image, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    rays, pairs = len(_RAYS), len(OUTSIDE)
    beyond, within, outside, inside = np.split(
        colours.astype(np.float32), np.cumsum([rays, rays, pairs]), axis=1
    )
    arc = _typical(beyond - within)
    print_ = _typical(within - np.median(within, axis=1, keepdims=True))
    side = _typical(outside - inside)
    likeness = np.clip((arc - 2 * print_) / (side + 4), -1, 1.2) - AMBIGUOUS
    mean: Floats = (np.minimum(side / 25, 1) * likeness).reshape(-1, 4).mean(axis=1)
    return mean


def _typical(differences: Floats) -> Floats:
    """Median length of colour differences K×N×3 over N."""
    median: Floats = np.median(np.linalg.norm(differences, axis=2), axis=1)
    return median
