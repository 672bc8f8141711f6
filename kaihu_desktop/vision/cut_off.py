"""Tells when a card reaches over the picture's border, so that it has no four corners to be found by.

What is left of such a card has a corner at least, from which two sides run at a right angle, one of them
into the picture's border. Both are edges all along and end at the corner, as joints, stripes and keys don't,
and the corner is round: a sheet's sides meet in a point. How large the card is isn't known, but its arc shows
at several of the lengths that are tried: a joint's round corner fits one or two by chance.

Where a side lies along the picture's border, just in or beyond it, no edge is left to be found, but the arc
that leads to it is. So the border counts as a side, too, of which nothing is asked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.edges import Fine, Scene, Sieve, thin_edges
from kaihu_desktop.vision.evidence import corner_likeness, side_steps
from kaihu_desktop.vision.geometry import CARD_ASPECT
from kaihu_desktop.vision.hough import Lines, find_lines
from kaihu_desktop.vision.quads import meeting_points
from kaihu_desktop.vision.refine import FINE, refine

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
ALONG_BORDER = (-2.0, 0.0, 2.0)  # beyond the border: where an unseen side may lie
MOST_CORNERS, MOST_UNSEEN = 16, 9  # that are looked at closely: the likeliest, with both sides or one
SLACK = 2.5  # by which a side may be elsewhere than its line says
GRAIN = FINE._replace(profiles=24)  # a live picture's time is short, and half as many tell as much
LEAST_FIT, LEAST_COHERENCE, MOST_ONWARD = 0.75, 0.9, 0.45  # of either side in that picture
LEAST_STEP = 8.0  # grey levels across either side, brightened
# of that step, between the card and the table farther from the side: joints have none; card's length for that
LEAST_BODY, BODY_LENGTH = 0.2, 0.75
LENGTHS = (0.4, 0.47, 0.55, 0.65, 0.75, 0.87, 1.0)  # of the picture's long side: how long the card may be
LEAST_LENGTHS = 3  # of them, for which the corner has to be like a card's
# of the corner to a card's, for each of these; at the border itself, where less of it is seen
LEAST_LIKENESS, LEAST_AT_BORDER = 0.08, 0.3


class Legs(NamedTuple):
    """Corners K×2, and what leads from them along either side, as far as it was followed.

    seen: bool K, whether the second side is; otherwise it lies along the picture's border.
    """

    corners: Floats
    first: Floats
    second: Floats
    seen: Floats


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
    count = len(lines.rho)
    lines = _with_borders(lines, half)
    a, b = np.nonzero(np.abs(lines.normals[:count] @ lines.normals.T) < MOST_SKEW)
    points = meeting_points(lines)[a, b]
    inside = (np.abs(points) <= half + max(ALONG_BORDER)).all(axis=1)
    a, b, points = a[inside], b[inside], points[inside]
    found = []
    for sign_a in (-1, 1):
        along_a, length_a, merit_a = _leg(lines, a, points, sign_a, half, to_border=True)
        for sign_b in (-1, 1):
            along_b, length_b, merit_b = _leg(lines, b, points, sign_b, half, to_border=False)
            merit = merit_a + merit_b - np.abs((along_a * along_b).sum(axis=1))
            seen = b < count
            legs = points, along_a * length_a[:, None], along_b * length_b[:, None], np.c_[seen, merit]
            found.append(np.hstack(legs)[np.isfinite(merit)])
    joined = np.concatenate(found)
    joined = joined[np.argsort(-joined[:, 7])]
    seen = joined[:, 6] > 0
    best = np.concatenate([joined[seen][:MOST_CORNERS], joined[~seen][:MOST_UNSEEN]])
    return Legs(best[:, :2], best[:, 2:4], best[:, 4:6], best[:, 6] > 0)


def _with_borders(lines: Lines, half: Floats) -> Lines:
    """The lines and, after them, those along the picture's borders, backed all along."""
    normals = np.repeat(np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float32), len(ALONG_BORDER), axis=0)
    rho = np.abs(normals) @ half + np.tile(ALONG_BORDER, 4)
    backing = np.tile(np.arange(lines.backing.shape[1], dtype=np.float32), (len(rho), 1))
    added = normals, rho, np.zeros(len(rho)), backing
    return Lines(*(np.concatenate([old, new.astype(np.float32)]) for old, new in zip(lines, added)))


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
    way = np.where(along < 0, -1, 1)
    limit = np.maximum(half - INSET, np.abs(points) + 1)
    room = ((limit - way * points) / np.maximum(np.abs(along), 1e-3)).min(axis=1)
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
    quads = ((_quads(legs) + 0.5) * finer - 0.5).astype(np.float32)
    fits = refine(fine.picture, quads, round(SLACK * finer) + 3, fine.noise, GRAIN)
    fits = fits._replace(corners=_up_to_border(fits.corners, quads, legs))
    onward = np.stack([fits.onward[:, 0, 0], fits.onward[:, 3, 1]], axis=1)
    held, alike, step = (field[:, [0, 3]] for field in (fits.hold, fits.coherence, fits.contrast))
    body = side_steps(fine.picture, fits.corners, BODY_LENGTH * max(fine.picture.shape))[:, [0, 3]]
    outlined = (held >= LEAST_FIT) & (alike >= LEAST_COHERENCE) & (onward < MOST_ONWARD)
    outlined &= (step * fine.gain >= LEAST_STEP) & (body >= LEAST_BODY * step)
    sides = fits.sound & (outlined | _unseen(legs)).all(axis=1)
    if not sides.any():
        return False
    size = np.array(fine.picture.shape[1::-1])
    inset = np.minimum(fits.corners[sides, 0], size - 1 - fits.corners[sides, 0]).min(axis=1)
    likeness = np.stack(
        [_likeness(fine.picture, fits.corners[sides], length * max(fine.picture.shape)) for length in LENGTHS]
    )
    least = np.where(inset < INSET * finer, LEAST_AT_BORDER, LEAST_LIKENESS)
    return bool(((likeness > least).sum(axis=0) >= LEAST_LENGTHS).any())


def _quads(legs: Legs) -> Corners:
    """Parallelograms K×4×2, clockwise, from their first corners and what leads to those beside them."""
    corners, clockwise = legs.corners, _clockwise(legs)[:, None]
    onward, backward = (
        np.where(clockwise, legs.first, legs.second),
        np.where(clockwise, legs.second, legs.first),
    )
    opposite = corners + onward + backward
    quads: Corners = np.stack([corners, corners + onward, opposite, corners + backward], axis=1)
    return quads


def _clockwise(legs: Legs) -> Floats:
    """Whether one turns clockwise, as seen, from the first leg to the second, K."""
    clockwise: Floats = _cross(legs.first, legs.second) > 0
    return clockwise


def _cross(first: Floats, second: Floats) -> Floats:
    """Cross products of vectors …×2."""
    product: Floats = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return product


def _unseen(legs: Legs) -> Floats:
    """Whether the sides that start and end at the first corner of `_quads` lie along the border, K×2."""
    unseen: Floats = ~legs.seen[:, None] & (_clockwise(legs)[:, None] == np.array([False, True]))
    return unseen


def _up_to_border(fitted: Corners, quads: Corners, legs: Legs) -> Corners:
    """Fitted quads, those with an unseen side as they were but for the first corner: it is moved along the
    border to the fitted side.
    """
    way = np.where(_clockwise(legs)[:, None], fitted[:, 1] - fitted[:, 0], fitted[:, 3] - fitted[:, 0])
    border = legs.second / np.linalg.norm(legs.second, axis=1, keepdims=True)
    apart = fitted[:, 0] - quads[:, 0]
    cross = _cross(border, way)
    moved = _cross(apart, way) / np.where(np.abs(cross) < 1e-6, 1.0, cross)
    kept = quads.copy()
    kept[:, 0] += border * moved[:, None]
    corners: Corners = np.where(legs.seen[:, None, None], fitted, kept).astype(np.float32)
    return corners


def _likeness(image: BgrImage, quads: Floats, length: float) -> Floats:
    """How much the first corner of each quad is like that of a card so long, K."""
    start = quads[:, 0]
    first, second = (quads[:, other] - start for other in (1, 3))
    first = first / np.linalg.norm(first, axis=1, keepdims=True) * length
    second = second / np.linalg.norm(second, axis=1, keepdims=True) * length / CARD_ASPECT
    likeness, _ = corner_likeness(
        image, np.stack([start, start + first, start + first + second, start + second], 1)
    )
    first_corner: Floats = likeness[:, 0]
    return first_corner
