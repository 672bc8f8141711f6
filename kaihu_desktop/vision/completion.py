"""Completes cards of which only three sides were found: the fourth follows from the known proportions.

Own derivation. Seen from the camera, a line n·p = rho of the picture spans a plane with normal
(n, −rho / f). Two parallel sides a, b of the card meet at infinity in direction u = normal(a) × normal(b).
The base c lies in its own plane and is perpendicular to u, so its direction is v = normal(c) × u. That fixes
the card's plane; the base, cut out of it by a and b, has the length w, and the missing side lies w·k along u,
where k is the card's aspect ratio or its inverse, to one side or the other.
"""

from __future__ import annotations

import numpy as np

from kaihu_desktop.vision.arrays import Floats
from kaihu_desktop.vision.geometry import CARD_ASPECT
from kaihu_desktop.vision.hough import Lines
from kaihu_desktop.vision.quads import (
    LEAST_CORNER,
    LEAST_SIDE,
    TRIM,
    Quads,
    meeting_points,
    sound,
)

FOCAL_LENGTH = 0.95  # of the picture's long side
LEAST_BASE = 0.5  # backed share of the base
MAX_BASES = 300
UNSEEN = 0.82  # what a quad with an unseen side is worth beside one with four


def complete_quads(lines: Lines, pairs: Floats, size: tuple[int, int]) -> Quads:
    """Quads from `facing_pairs` and a base between them; size = (width, height) of the reduced picture."""
    a, b, c, base = _bases(lines, pairs, size)
    near, far = _fourth_sides(lines, a, b, c, FOCAL_LENGTH * max(size))
    a, b, base = (np.tile(part, 4) for part in (a, b, base))
    corners = np.stack([near[:, 0], near[:, 1], far[:, 1], far[:, 0]], axis=1).astype(np.float32)
    kept = sound(corners, size)
    corners, a, b, base = corners[kept], a[kept], b[kept], base[kept]
    legs = [
        _leg_backing(lines, line, corners[:, start], corners[:, end])
        for line, start, end in ((a, 0, 3), (b, 1, 2))
    ]
    held = 0.34 * base + 0.33 * (legs[0][0] + legs[1][0])
    score = UNSEEN * held - 0.3 * (legs[0][1] + legs[1][1]) / 2
    order = np.argsort(-score)
    return Quads(corners[order], score[order].astype(np.float32))


def _bases(lines: Lines, pairs: Floats, size: tuple[int, int]) -> tuple[Floats, Floats, Floats, Floats]:
    """Triples of two facing lines a, b and a line c that is backed between them, and by how much."""
    count = len(lines.rho)
    a, b = (np.repeat(side, count) for side in pairs.reshape(-1, 2).T)
    c = np.tile(np.arange(count), len(pairs))
    across = np.abs((lines.normals[a] * lines.normals[c]).sum(axis=1)) < np.cos(np.radians(LEAST_CORNER))
    across &= np.abs((lines.normals[b] * lines.normals[c]).sum(axis=1)) < np.cos(np.radians(LEAST_CORNER))
    a, b, c = a[across], b[across], c[across]
    meeting = meeting_points(lines)
    first, second = meeting[a, c], meeting[b, c]
    limit = np.array(size) / 2
    fits = (np.abs(first) < limit).all(axis=1) & (np.abs(second) < limit).all(axis=1)
    fits &= np.linalg.norm(first - second, axis=1) > LEAST_SIDE * max(size)
    a, b, c, first, second = a[fits], b[fits], c[fits], first[fits], second[fits]
    inner, beyond = _leg_backing(lines, c, first, second)
    merit = inner - 0.5 * beyond
    best = np.argsort(-merit)[:MAX_BASES]
    best = best[inner[best] > LEAST_BASE]
    return a[best], b[best], c[best], inner[best]


def _leg_backing(lines: Lines, line: Floats, from_: Floats, to: Floats) -> tuple[Floats, Floats]:
    """Backed share of the stretch between two points of each line, and of what lies just beyond its ends."""
    along = np.stack([-lines.normals[line, 1], lines.normals[line, 0]], axis=1)
    p, q = (from_ * along).sum(axis=1), (to * along).sum(axis=1)
    start, end = np.minimum(p, q), np.maximum(p, q)
    length = np.maximum(end - start, 1e-3)
    inner = lines.backed(line, start + TRIM * length, end - TRIM * length) / ((1 - 2 * TRIM) * length)
    reach = 0.12 * length
    beyond = lines.backed(line, start - reach, start - 2) + lines.backed(line, end + 2, end + reach)
    return np.minimum(inner, 1), beyond / (2 * reach)


def _fourth_sides(lines: Lines, a: Floats, b: Floats, c: Floats, focal: float) -> tuple[Floats, Floats]:
    """Ends of the base on a and b and of the missing side, (4·K)×2×2: two proportions, two directions."""
    planes = np.concatenate([lines.normals, -lines.rho[:, None] / focal], axis=1).astype(np.float64)
    u = _unit(np.cross(planes[a], planes[b]))
    v = _unit(np.cross(planes[c], u))
    card = np.cross(u, v)
    ends = []
    for side in (a, b):
        ray = _unit(np.cross(planes[side], planes[c]))
        ray *= np.where(ray[:, 2:] < 0, -1.0, 1.0)
        ends.append(ray / _away_from_zero((ray * card).sum(axis=1))[:, None])
    width = np.linalg.norm(ends[1] - ends[0], axis=1)[:, None]
    near, far = [], []
    for factor in (CARD_ASPECT, -CARD_ASPECT, 1 / CARD_ASPECT, -1 / CARD_ASPECT):
        near.append(np.stack([_seen(end, focal) for end in ends], axis=1))
        far.append(np.stack([_seen(end + factor * width * u, focal) for end in ends], axis=1))
    return np.concatenate(near), np.concatenate(far)


def _seen(point: Floats, focal: float) -> Floats:
    seen: Floats = focal * point[:, :2] / _away_from_zero(point[:, 2])[:, None]
    return seen


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


def _away_from_zero(values: Floats) -> Floats:
    safe: Floats = np.where(np.abs(values) < 1e-6, 1e-6, values)
    return safe
