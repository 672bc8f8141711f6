"""Weighs what speaks for refined quads being cards: shape in space, sides that hold and end, corners."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.geometry import CARD_MM, CORNER_RADIUS_MM, card_likeness
from kaihu_desktop.vision.rectify import rectify
from kaihu_desktop.vision.refine import Fits

# Places near the corner (0, 0) of a card in mm: pairs just beyond and just within its arc of 3.18 mm, and
# pairs beside the sides next to it. Beyond the arc a card shows the table; square-cornered things go on.
_ANGLES = np.radians([32, 38, 45, 52, 58])
_RAYS = -np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
BEYOND_ARC = CORNER_RADIUS_MM + _RAYS * (CORNER_RADIUS_MM + 0.65)
WITHIN_ARC = CORNER_RADIUS_MM + _RAYS * (CORNER_RADIUS_MM - 0.75)
OUTSIDE = np.array([(-0.8, 3.6), (-0.8, 4.6), (-0.8, 5.6), (3.6, -0.8), (4.6, -0.8), (5.6, -0.8)])
INSIDE = np.abs(OUTSIDE)
AMBIGUOUS = 0.45  # likeness beyond the arc that neither a round nor a square corner has
OPPOSITE = -0.8  # cosine between colour differences
STRIP_MM = (-1.6, 1.6, 3.0)  # places of strips, into the card
BODY_STEP = 4.0  # grey levels between the card and the table
COHERENT = 0.6  # likeness of neighbouring steps that an outline on printed paper still has
CLEAR_STEP = 7.0  # grey levels across a side that nobody would overlook
BODY_NOISE, CLEAR_NOISE = 1.1, 2.0  # the same in terms of the picture's noise
GOES_ON = (0.22, 0.4)  # how far edges go on past the corners by chance, and by how much more is none
OPEN = (0.4, 0.3)  # the same for both neighbours of a side
# what a card is seen as when its print is looked for, and a blank rim of that; pixels, about millimetres
PRINT_SIZE, PRINT_RIM, PRINT_AROUND = (64, 64), 5, 3
BOLDEST, LEAST_PRINT = 95, 8.0  # per cent; grey levels: drawn cards have 20 there at least, blank things 5
LIKELY, LIKELIER = 0.75, 0.2  # above the first a merely likely score counts by the second, up to 0.84


class Light(NamedTuple):
    """gain: by how much a dark image wants to be brightened; noise: its standard deviation in grey levels."""

    gain: float
    noise: float


class Evidence(NamedTuple):
    """For each quad: shape, sides, weakest side: 0 … 1; roundness: −1 … 1; endless: 0 … 1, its sides go on
    past the corners; score: all together, at most about 1.2.

    Print beside a card looks as if its sides went on. A quad that is a card only if they don't is likely one,
    and preferred to others, but not vouched for.
    """

    shape: Floats
    sides: Floats
    weakest: Floats
    roundness: Floats
    endless: Floats
    score: Floats


def weigh(image: BgrImage, fits: Fits, light: Light) -> Evidence:
    """Judge refined quads on the image on which they were refined."""
    height, width = image.shape[:2]
    centred: Floats = fits.corners - np.array([width / 2, height / 2])
    shape = card_likeness(centred, max(width, height), 0.07, 0.08)
    clear_step = max(CLEAR_STEP / light.gain, CLEAR_NOISE * light.noise)
    body_step = max(BODY_STEP / light.gain, BODY_NOISE * light.noise)
    clear = 0.4 + 0.6 * np.clip(fits.contrast / clear_step, 0, 1)
    alike = 0.25 + 0.75 * np.clip(fits.coherence / COHERENT, 0, 1)
    body = 0.4 + 0.6 * np.clip(side_steps(image, fits.corners) / body_step, 0, 1)
    strength = np.sort(fits.hold * alike * clear * body, axis=1)
    # a finger may hide much of one side, so the weakest side counts least
    sides = strength @ np.array([0.19, 0.25, 0.28, 0.28])
    roundness = corner_roundness(image, fits.corners)
    endless = _endless(fits.beyond)
    seen = sides * (0.4 + 0.6 * shape) + 0.35 * roundness
    sure, likely = seen - 0.35 * endless, seen - 0.35 * _endless(fits.onward)
    score = np.maximum(sure, np.minimum(likely, LIKELY + LIKELIER * (likely - LIKELY)))
    return Evidence(shape, sides, strength[:, 0], roundness, endless, np.where(fits.sound, score, -1.0))


def shows_print(picture: BgrImage, corners: Corners) -> bool:
    """Whether anything is seen on the card at corners (4×2) of a reduced picture that is as bright as can be.

    A blank thing of a card's shape isn't one: print stands out from what is right around it, light doesn't.
    """
    whole = rectify(picture, corners, PRINT_SIZE).astype(np.float32)
    inner = whole[PRINT_RIM:-PRINT_RIM, PRINT_RIM:-PRINT_RIM]
    relief = np.abs(inner - cv2.GaussianBlur(inner, (0, 0), PRINT_AROUND)).max(axis=2)
    return float(np.percentile(relief, BOLDEST)) > LEAST_PRINT


def _endless(beyond: Floats) -> Floats:
    """Whether a quad is part of a pattern or of a card, 0 … 1, by what goes on past its sides (Q×4×2).

    Sides of tiles, keys and lines of a form all go on. Where both neighbours of a side do, that side is a
    line across something larger, as the edge of a card's magnetic stripe is.
    """
    pattern = np.clip((beyond.mean(axis=(1, 2)) - GOES_ON[0]) / GOES_ON[1], 0, 1)
    neighbours = np.minimum(np.roll(beyond[:, :, 1], 1, axis=1), np.roll(beyond[:, :, 0], -1, axis=1))
    part: Floats = np.clip((neighbours.max(axis=1) - OPEN[0]) / OPEN[1], 0, 1)
    return np.maximum(pattern, part)


def side_steps(image: BgrImage, quads: Corners, length: float | None = None) -> Floats:
    """Colour difference Q×4 between outside and inside of each side; a joint or printed frame has none.

    length: of the card in pixels where the quads don't tell it.
    """
    onward = np.roll(quads, -1, axis=1) - quads
    lengths = np.linalg.norm(onward, axis=2, keepdims=True)
    inward = np.stack([-onward[..., 1], onward[..., 0]], axis=2) / np.maximum(lengths, 1)
    millimetre = inward * (length or lengths.max(axis=1, keepdims=True)) / CARD_MM[0]
    middle = quads[:, :, None] + onward[:, :, None] * np.linspace(0.12, 0.88, 24)[None, None, :, None]
    places = np.concatenate([middle + millimetre[:, :, None] * depth for depth in STRIP_MM], axis=2)
    flat = places.reshape(-1, 24 * len(STRIP_MM), 2).astype(np.float32)
    colours = cv2.remap(image, flat, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outside, *inside = np.split(colours.astype(np.float32), len(STRIP_MM), axis=1)
    difference: Floats = np.min([np.abs(_median(outside - strip)).max(axis=1) for strip in inside], axis=0)
    return difference.reshape(-1, 4)


def corner_roundness(image: BgrImage, quads: Corners) -> Floats:
    """For each quad (Q×4×2, clockwise): below 0 for square corners, above for round ones as on ID-1.

    Corners count as far as the card differs from the table there.
    """
    likeness, side = corner_likeness(image, quads)
    mean: Floats = (np.minimum(side / 25, 1) * likeness).mean(axis=1)
    return mean


def corner_likeness(image: BgrImage, quads: Corners) -> tuple[Floats, Floats]:
    """For each corner of quads (Q×4×2, clockwise), how round it is, and the colour step beside it; Q×4.

    Looks for a step across each corner's arc, as large as that across the sides nearby and larger than the
    differences within the card's rim (print has steps everywhere). A step the other way, as across the corner
    of a printed frame, speaks against it. Near a corner the perspective is taken as affine.
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
    colours = cv2.remap(image, flat, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    rays, pairs = len(_RAYS), len(OUTSIDE)
    beyond, within, outside, inside = np.split(
        colours.astype(np.float32), np.cumsum([rays, rays, pairs]), axis=1
    )
    arc = _typical(beyond - within) * _one_way(beyond - within, outside - inside)
    print_ = _typical(within - _median(within)[:, None])
    side = _typical(outside - inside)
    likeness = np.clip((arc - 2 * print_) / (side + 4), -1, 1.2) - AMBIGUOUS
    return likeness.reshape(-1, 4), side.reshape(-1, 4)


def _typical(differences: Floats) -> Floats:
    """Median length of colour differences K×N×3 over N."""
    lengths = np.sqrt(np.einsum("knc,knc->kn", differences, differences))
    return _median(lengths)


def _one_way(first: Floats, second: Floats) -> Floats:
    """1, but −1 where the colour differences K×N×3 and K×M×3 clearly point opposite ways."""
    a, b = _median(first), _median(second)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosine: Floats = (a * b).sum(axis=1) / np.maximum(lengths, 1.0)
    return np.where(cosine < OPPOSITE, -1.0, 1.0)


def _median(values: Floats) -> Floats:
    """Median over the second axis, the upper one of an even number; quicker than numpy's."""
    middle = values.shape[1] // 2
    median: Floats = np.partition(values, middle, axis=1)[:, middle]
    return median
