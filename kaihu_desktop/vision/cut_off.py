"""Tells when a card reaches over the picture's border, so that it has no four corners to be found by.

What is left of such a card has a corner at least, from which two sides run at a right angle, one of them
into the picture's border. Both are edges all along and end at the corner, as joints, stripes and keys don't,
and the corner is round: a sheet's sides meet in a point. How large the card is isn't known, but its arc shows
even if it is taken for half as large again as it is, so that few lengths have to be tried.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.edges import Fine, Scene, Sieve, thin_edges
from kaihu_desktop.vision.evidence import corner_likeness
from kaihu_desktop.vision.geometry import CARD_ASPECT
from kaihu_desktop.vision.hough import Lines, find_lines
from kaihu_desktop.vision.quads import meeting_points
from kaihu_desktop.vision.refine import refine

LONG_SIDE = 320  # pixels; lengths below are pixels of the picture reduced to that
BLUR = 0.9
SIEVE = Sieve(0.10, 18.0, 13, 0.8)
LEAST_VOTES = 18.0
MOST_SKEW = 0.35  # cosine between the two sides
LEAST_LEG = (25.0, 40.0)  # of any side, and of that which runs into the border
OTHER_LEG = 45.0  # the other is looked at so far
ROUND = 9.0  # from the corner's point to where its sides are straight
LAST = 12.0  # of a side, just before the border
LEAST_HELD, LEAST_LAST = (0.7, 0.85), 0.85
INSET = 4.0  # from the border, where edges aren't looked for
MOST_CORNERS = 16  # that are looked at closely: the likeliest
SLACK = 2.5  # by which a side may be elsewhere than its line says
LEAST_FIT, LEAST_COHERENCE, MOST_BEYOND = 0.85, 0.9, 0.35  # of either side in that picture
LEAST_STEP = 8.0  # grey levels across either side, brightened
LENGTHS = (0.4, 0.55, 0.75, 1.0)  # of the picture's long side: how long the card may be
LEAST_LIKENESS = 0.12  # of the corner to a card's, for two neighbouring lengths


class Legs(NamedTuple):
    """Corners K×2, and what leads from them along either side, as far as it was followed."""

    corners: Floats
    first: Floats
    second: Floats


def reaches_over_border(image: BgrImage) -> bool:
    """Whether a BGR picture shows a card of which a part lies beyond the border."""
    scene = Scene(image)
    edges = thin_edges(scene.gradients(LONG_SIDE, BLUR), SIEVE)
    lines = find_lines(edges, LEAST_VOTES)
    if len(lines.rho) < 2:
        return False
    half = np.array(edges.size) / 2
    legs = _corners(lines, half)
    legs = legs._replace(corners=legs.corners + half)
    return bool(len(legs.corners)) and _any_is_a_card(scene.fine(False), legs, edges.scale)


def _corners(lines: Lines, half: Floats) -> Legs:
    """The likeliest corners, relative to the centre; the first leg runs into the border."""
    a, b = np.nonzero(np.abs(lines.normals @ lines.normals.T) < MOST_SKEW)
    points = meeting_points(lines)[a, b]
    inside = (np.abs(points) < half - INSET).all(axis=1)
    a, b, points = a[inside], b[inside], points[inside]
    found = []
    for sign_a in (-1, 1):
        along_a, length_a, merit_a = _leg(lines, a, points, sign_a, half, to_border=True)
        for sign_b in (-1, 1):
            along_b, length_b, merit_b = _leg(lines, b, points, sign_b, half, to_border=False)
            merit = merit_a + merit_b - np.abs((along_a * along_b).sum(axis=1))
            legs = points, along_a * length_a[:, None], along_b * length_b[:, None], merit[:, None]
            found.append(np.hstack(legs)[np.isfinite(merit)])
    joined = np.concatenate(found)
    best = joined[np.argsort(-joined[:, 6])[:MOST_CORNERS]]
    return Legs(best[:, :2], best[:, 2:4], best[:, 4:6])


def _along(lines: Lines, line: Floats) -> Floats:
    along: Floats = np.stack([-lines.normals[line, 1], lines.normals[line, 0]], axis=1)
    return along


def _leg(
    lines: Lines, line: Floats, points: Floats, sign: int, half: Floats, *, to_border: bool
) -> tuple[Floats, Floats, Floats]:
    """The way from each point along its line to the border (or some way): direction K×2, length, merit.

    Merit: how far it is backed, and isn't backwards, for a side starts at its corner; −∞ if too little.
    """
    along = sign * _along(lines, line)
    limit = (half - INSET) * np.where(along < 0, -1, 1)
    steep = np.where(np.abs(along) < 1e-3, 1e-3, along)
    room = ((limit - points) / steep).min(axis=1)
    length = room if to_border else np.minimum(room, OTHER_LEG)
    held = _backed(lines, line, points, along, ROUND, length) / np.maximum(length - ROUND, 1)
    beyond = _backed(lines, line, points, -along, 4.0, 18.0) / 14
    sound = (length >= LEAST_LEG[to_border]) & (held > LEAST_HELD[to_border])
    if to_border:
        sound &= _backed(lines, line, points, along, length - LAST, length) > LEAST_LAST * LAST
    return along, length, np.where(sound, held - beyond / 2, -np.inf)


def _backed(lines: Lines, line: Floats, points: Floats, way: Floats, near: Any, far: Any) -> Floats:
    """Backed pixels of each line between two distances from its point, going one way."""
    forward = _along(lines, line)
    start, turned = (points * forward).sum(axis=1), (forward * way).sum(axis=1)
    ends = start + turned * near, start + turned * far
    return lines.backed(line, np.minimum(*ends), np.maximum(*ends))


def _any_is_a_card(fine: Fine, legs: Legs, scale: float) -> bool:
    """Whether one of the corners, in pixels of a picture reduced by `scale`, is a card's in a finer one."""
    finer = fine.scale / scale
    quads = ((_quads(*legs) + 0.5) * finer - 0.5).astype(np.float32)
    fits = refine(fine.picture, quads, round(SLACK * finer) + 3, fine.noise)
    held, alike, step = (field[:, [0, 3]].min(axis=1) for field in (fits.hold, fits.coherence, fits.contrast))
    beyond = np.maximum(fits.beyond[:, 0, 0], fits.beyond[:, 3, 1])
    outlined = (held >= LEAST_FIT) & (alike >= LEAST_COHERENCE) & (step * fine.gain >= LEAST_STEP)
    sides = fits.corners[fits.sound & outlined & (beyond < MOST_BEYOND)]
    if not len(sides):
        return False
    likeness = np.stack(
        [_likeness(fine.picture, sides, length * max(fine.picture.shape)) for length in LENGTHS]
    )
    return bool((np.minimum(likeness[1:], likeness[:-1]) > LEAST_LIKENESS).any())


def _quads(corners: Floats, first: Floats, second: Floats) -> Corners:
    """Parallelograms K×4×2, clockwise, from their first corners and what leads to those beside them."""
    clockwise = first[:, :1] * second[:, 1:] > first[:, 1:] * second[:, :1]
    onward, backward = np.where(clockwise, first, second), np.where(clockwise, second, first)
    opposite = corners + onward + backward
    quads: Corners = np.stack([corners, corners + onward, opposite, corners + backward], axis=1)
    return quads


def _likeness(image: BgrImage, quads: Floats, length: float) -> Floats:
    """How much the first corner of each quad is like that of a card so long, K."""
    start = quads[:, 0]
    first, second = (quads[:, other] - start for other in (1, 3))
    first = first / np.linalg.norm(first, axis=1, keepdims=True) * length
    second = second / np.linalg.norm(second, axis=1, keepdims=True) * length / CARD_ASPECT
    likeness, _ = corner_likeness(image, _quads(start, first, second))
    first_corner: Floats = likeness[:, 0]
    return first_corner
