"""Combines lines into quads and ranks them by how much they look like the outline of an ID-1 card.

Each quad is judged as a rectangle in space seen by a pinhole camera, by the edge pixels that back its sides
(counted from prefix sums, so a quad costs a few look-ups), and by whether its sides end at the corners.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kaihu_desktop.vision.arrays import Floats
from kaihu_desktop.vision.geometry import CARD_ASPECT, card_likeness
from kaihu_desktop.vision.hough import Lines

CONVERGENCE = 34.0  # degrees, largest angle between opposite sides
LEAST_CORNER = 38.0  # degrees, between neighbouring sides
MAX_PAIRS, BEST_PAIRS = 600, 160  # the latter are enough unless there is much clutter
LEAST_SIDE = 0.06  # of the picture's long side
LEAST_AREA = 0.012  # of the picture
OUTSIDE = 0.02  # of the long side by which a corner may lie beyond the picture
CORNER_STRETCH = (4, 20)  # pixels from a corner, beyond its arc, that a side is expected to back
CORNER_BACKING = 0.5  # least share of that stretch
BACKED_CORNERS = 1  # of four: fingers, glare and print beside the card may hide the others
TRIM = 0.06  # share of a side at either end that the round corner takes
ASPECT_SLACK, SKEW_SLACK = 0.10, 0.12  # one standard deviation, for coarse corners


class Quads(NamedTuple):
    """corners: float32 Q×4×2 relative to the picture's centre, in turn; score: float32 Q, best first."""

    corners: Floats
    score: Floats


def find_quads(lines: Lines, pairs: Floats, size: tuple[int, int]) -> Quads:
    """All plausible quads from `facing_pairs`; size = (width, height) of the reduced picture."""
    if len(pairs) < 2:
        return Quads(np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32))
    angle = np.degrees(np.arctan2(lines.normals[:, 1], lines.normals[:, 0]))
    middle = angle[pairs[:, 0]] + _signed(angle[pairs[:, 1]] - angle[pairs[:, 0]]) / 2
    meeting = meeting_points(lines)
    crossing = np.triu(np.abs(_signed(middle[:, None] - middle)) > LEAST_CORNER)
    met = (np.abs(meeting) <= _limit(size)).all(axis=2)
    for one, other in ((0, 0), (0, 1), (1, 0), (1, 1)):  # most pairs meet outside the picture
        crossing &= met[pairs[:, one]][:, pairs[:, other]]
    first, second = np.divmod(np.flatnonzero(crossing), len(pairs))
    (a, b), (c, d) = pairs.T[:, first], pairs.T[:, second]
    backed = _backed_corners(lines, meeting)
    kept = backed[a, c] + backed[a, d] + backed[b, d] + backed[b, c] >= BACKED_CORNERS
    a, b, c, d = a[kept], b[kept], c[kept], d[kept]
    corners = np.stack([meeting[a, c], meeting[a, d], meeting[b, d], meeting[b, c]], axis=1)
    sides = np.stack([a, d, b, c], axis=1)
    kept = sound(corners, size)
    return _ranked(lines, corners[kept], sides[kept], size)


def _backed_corners(lines: Lines, meeting: Floats) -> Floats:
    """For each two lines (L×L), whether from where they meet both are backed to one side at least."""
    along = np.stack([-lines.normals[:, 1], lines.normals[:, 0]], axis=1)
    place = np.clip((meeting * along[:, None]).sum(axis=2), -1e4, 1e4)
    line = np.arange(len(place))[:, None]
    near, far = CORNER_STRETCH
    onward = lines.backed(line, place + near, place + far)
    back = lines.backed(line, place - far, place - near)
    backed = np.maximum(onward, back) >= CORNER_BACKING * (far - near)
    both: Floats = (backed & backed.T).astype(np.int8)
    return both


def _signed(degrees: Floats) -> Floats:
    """The difference of two undirected directions, −90 … 90."""
    folded: Floats = (degrees + 90) % 180 - 90
    return folded


def facing_pairs(lines: Lines, size: tuple[int, int]) -> Floats:
    """Pairs of nearly parallel lines, those first that are backed side by side over a card's length."""
    angle = np.degrees(np.arctan2(lines.normals[:, 1], lines.normals[:, 0]))
    i, j = np.triu_indices(len(angle), 1)
    turn = _signed(angle[j] - angle[i])
    sign = np.where(np.abs(angle[j] - angle[i]) > 90, -1, 1)
    apart = np.abs(lines.rho[i] - sign * lines.rho[j])
    least = LEAST_SIDE * max(size)
    near = np.abs(turn) < CONVERGENCE
    # strongly converging lines have no single distance: let them pass whatever their rho says
    keep = near & ((apart > least * 0.8) | (np.abs(turn) > 8))
    i, j, apart, sign = i[keep], j[keep], np.maximum(apart[keep], least), sign[keep]
    if len(i) <= BEST_PAIRS:
        return np.stack([i, j], axis=1)
    score = _shared_backing(lines, i, j, apart, sign)
    best = np.argsort(-score)[:MAX_PAIRS]
    return np.stack([i[best], j[best]], axis=1)


def _shared_backing(lines: Lines, i: Floats, j: Floats, apart: Floats, sign: Floats) -> Floats:
    """Best share of a window, as long as the facing card side would be, that both lines back together."""
    step = 8
    sums = lines.backing[:, ::step]
    mirrored = sums[:, -1:] - sums[:, ::-1]  # the same line with its direction turned round
    a, b = sums[i], np.where((sign < 0)[:, None], mirrored[j], sums[j])
    both = np.minimum(a[:, 1:] - a[:, :-1], b[:, 1:] - b[:, :-1]).cumsum(axis=1)
    either = (a + b)[:, 1:] / 2
    joint = 0.5 * both + 0.5 * either
    cells = joint.shape[1]
    result = np.zeros(len(i), np.float32)
    for ratio in (CARD_ASPECT * 0.85, 0.85 / CARD_ASPECT):
        width = np.clip(np.rint(apart * ratio / step), 2, cells - 1).astype(np.intp)
        start = np.arange(cells)[None, :]
        end = np.minimum(start + width[:, None], cells - 1)
        window = np.take_along_axis(joint, end, axis=1) - joint
        flank = np.maximum(width // 6, 2)[:, None]
        before = joint - np.take_along_axis(joint, np.maximum(start - flank, 0), axis=1)
        after = np.take_along_axis(joint, np.minimum(end + flank, cells - 1), axis=1) - np.take_along_axis(
            joint, end, axis=1
        )
        # a card's sides end, those of tiles and keyboards go on
        value = window / (width[:, None] * step) - 0.35 * (before + after) / (flank * step)
        result = np.maximum(result, value.max(axis=1))
    return result


def meeting_points(lines: Lines) -> Floats:
    """Intersections of all pairs of lines, float32 L×L×2; far away where they are parallel."""
    nx, ny, rho = lines.normals[:, 0], lines.normals[:, 1], lines.rho
    determinant = nx[:, None] * ny[None, :] - ny[:, None] * nx[None, :]
    determinant = np.where(np.abs(determinant) < 1e-4, 1e-4, determinant)
    x = (rho[:, None] * ny[None, :] - ny[:, None] * rho[None, :]) / determinant
    y = (nx[:, None] * rho[None, :] - rho[:, None] * nx[None, :]) / determinant
    meeting: Floats = np.stack([x, y], axis=2).astype(np.float32)
    return meeting


def sound(corners: Floats, size: tuple[int, int]) -> Floats:
    """Convex, inside the picture, not tiny."""
    inside = (np.abs(corners) <= _limit(size)).all(axis=(1, 2))
    index = np.nonzero(inside)[0]
    quads = corners[index]
    side = np.roll(quads, -1, axis=1) - quads
    following = np.roll(side, -1, axis=1)
    turn = side[:, :, 0] * following[:, :, 1] - side[:, :, 1] * following[:, :, 0]
    convex = (turn > 0).all(axis=1) | (turn < 0).all(axis=1)
    long_enough = (np.hypot(side[..., 0], side[..., 1]) > LEAST_SIDE * max(size)).all(axis=1)
    area = np.abs(turn[:, 0] + turn[:, 2]) / 2
    kept: Floats = index[convex & long_enough & (area > LEAST_AREA * size[0] * size[1])]
    return kept


def _limit(size: tuple[int, int]) -> Floats:
    """How far from the picture's centre corners may lie."""
    limit: Floats = np.array(size) / 2 + OUTSIDE * max(size)
    return limit


def _ranked(lines: Lines, corners: Floats, sides: Floats, size: tuple[int, int]) -> Quads:
    shape = card_likeness(corners, max(size), ASPECT_SLACK, SKEW_SLACK)
    able = np.nonzero(shape > 0.05)[0]
    corners, sides, shape = corners[able], sides[able], shape[able]
    backing, beyond = _side_backing(lines, corners, sides)
    ordered = np.sort(backing, axis=1)
    # a finger may hide much of one side, so the weakest side counts least
    sides_score = 0.12 * ordered[:, 0] + 0.28 * ordered[:, 1] + 0.3 * ordered[:, 2] + 0.3 * ordered[:, 3]
    score = sides_score * (0.4 + 0.6 * shape) - 0.25 * beyond.mean(axis=1)
    order = np.argsort(-score)
    return Quads(corners[order], score[order].astype(np.float32))


def _side_backing(lines: Lines, corners: Floats, sides: Floats) -> tuple[Floats, Floats]:
    """Backed share of each side without its round ends, and of the stretches just beyond its corners; Q×4."""
    along = np.stack([-lines.normals[:, 1], lines.normals[:, 0]], axis=1)[sides]
    from_ = (corners * along).sum(axis=2)
    to = (np.roll(corners, -1, axis=1) * along).sum(axis=2)
    start, end = np.minimum(from_, to), np.maximum(from_, to)
    length = end - start
    inner = lines.backed(sides, start + TRIM * length, end - TRIM * length) / ((1 - 2 * TRIM) * length)
    reach = 0.12 * length
    beyond = lines.backed(sides, start - reach, start - 2) + lines.backed(sides, end + 2, end + reach)
    return np.minimum(inner, 1.0), beyond / (2 * reach)
