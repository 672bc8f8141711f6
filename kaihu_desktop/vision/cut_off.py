"""Tells when a card reaches over the picture's border, so that it has no four corners to be found by.

What is left of such a card has a corner at least, from which two sides run at a right angle, one of them
into the picture's border. Within the corner lies the card, all around it the table. Neither side goes on far
beyond the corner, as joints, stripes and keys do, and the corner is round: a sheet's sides meet in a point.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats
from kaihu_desktop.vision.edges import Gradients, Sieve, thin_edges
from kaihu_desktop.vision.hough import Lines, find_lines
from kaihu_desktop.vision.quads import meeting_points

LONG_SIDE = 320  # pixels; lengths below are pixels of the picture reduced to that
FULL_LIGHT, MOST_GAIN = 235.0, 8.0
SIEVE = Sieve(0.10, 18.0, 13, 0.8)
LEAST_VOTES = 26.0
MOST_SKEW = 0.42  # cosine between the two sides
LEAST_LEG, OTHER_LEG = 55.0, 45.0  # of a card that fills half of the picture
ROUND = 9.0  # from the corner's point to where its sides are straight
LAST = 12.0  # of a side, just before the border
LEAST_HELD, LEAST_LAST, MOST_BEYOND = 0.85, 0.9, 0.7
INSET = 4.0  # from the border, where edges aren't looked for
NEAR = (10.0, 16.0)  # from either side: places whose colours are compared
LEAST_STEP = 10.0  # of colour between card and table
MOST_SPREAD = 0.7  # of that step, between the three places of the table
DETAIL = 3  # a corner is looked at closely, with so many samples per pixel in which it was found
BEFORE, STRAIGHT, DEEP = 8, (12, 30), 14  # pixels from the corner: table, straight sides, colour of the card
SLACK = 6  # by which a side may be elsewhere than the lines say
LEAST_LOST = 3.4  # square pixels that an arc cuts off; sheets lose 3.0 at most, cards 3.7 and more
MOST_EXTRA, MOST_ROUGH = 5.5, 0.25  # what goes on beyond the sides; how far a side strays from a line


def reaches_over_border(image: BgrImage) -> bool:
    """Whether a BGR picture shows a card of which a part lies beyond the border."""
    gradients = _gradients(image)
    edges = thin_edges(gradients, SIEVE)
    lines = find_lines(edges, LEAST_VOTES)
    if len(lines.rho) < 2:
        return False
    half = np.array(edges.size) / 2
    corners, first, second = _corners(lines, half)
    if not len(corners):
        return False
    candidates = np.nonzero(_lies_on_table(gradients.small, corners + half, first, second))[0]
    return any(_is_round(image, gradients.scale, corners[i] + half, first[i], second[i]) for i in candidates)


def _gradients(image: BgrImage) -> Gradients:
    """Of the reduced picture, brightened if dark: at each pixel those of the channel that changes most."""
    scale = min(1.0, LONG_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gain = min(MOST_GAIN, max(1.0, FULL_LIGHT / max(1.0, float(np.percentile(small[::2, ::2], 99)))))
    small = cv2.GaussianBlur(cv2.convertScaleAbs(small, alpha=gain), (0, 0), 0.9 if gain < 2 else 1.4)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2Lab)
    dx, dy = cv2.Sobel(lab, cv2.CV_32F, 1, 0), cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    magnitude = np.sqrt(dx * dx + dy * dy)
    most = magnitude.argmax(axis=2)[..., None]
    dx, dy, magnitude = (np.take_along_axis(part, most, axis=2)[..., 0] for part in (dx, dy, magnitude))
    return Gradients(small, gain, dx, dy, magnitude, scale)


def _corners(lines: Lines, half: Floats) -> tuple[Floats, Floats, Floats]:
    """Points K×2 where two sides end, relative to the centre, and the directions K×2 into which they run."""
    a, b = np.nonzero(np.abs(lines.normals @ lines.normals.T) < MOST_SKEW)
    points = meeting_points(lines)[a, b]
    inside = (np.abs(points) < half - INSET).all(axis=1)
    a, b, points = a[inside], b[inside], points[inside]
    found = []
    for sign_a in (-1, 1):
        reaching = _leg(lines, a, points, sign_a, half, to_border=True)
        for sign_b in (-1, 1):
            held = _leg(lines, b, points, sign_b, half, to_border=False)
            both = np.nonzero(reaching & held)[0]
            found.append((points[both], sign_a * _along(lines, a[both]), sign_b * _along(lines, b[both])))
    joined = [np.concatenate(parts) for parts in zip(*found)]
    return joined[0], joined[1], joined[2]


def _along(lines: Lines, line: Floats) -> Floats:
    along: Floats = np.stack([-lines.normals[line, 1], lines.normals[line, 0]], axis=1)
    return along


def _leg(lines: Lines, line: Floats, points: Floats, sign: int, half: Floats, *, to_border: bool) -> Floats:
    """Whether a side runs from each point along its line (to the border, or some way) and not backwards."""
    along = sign * _along(lines, line)
    limit = (half - INSET) * np.where(along < 0, -1, 1)
    steep = np.where(np.abs(along) < 1e-3, 1e-3, along)
    room = ((limit - points) / steep).min(axis=1)
    length = room if to_border else np.minimum(room, OTHER_LEG)
    held = _backed(lines, line, points, along, ROUND, length) / np.maximum(length - ROUND, 1)
    last = _backed(lines, line, points, along, length - LAST, length) / LAST
    beyond = _backed(lines, line, points, -along, 4.0, 18.0) / 14
    long_enough = length >= (LEAST_LEG if to_border else OTHER_LEG)
    sound: Floats = long_enough & (held > LEAST_HELD) & (last > LEAST_LAST) & (beyond < MOST_BEYOND)
    return sound


def _backed(lines: Lines, line: Floats, points: Floats, way: Floats, near: Any, far: Any) -> Floats:
    """Backed pixels of each line between two distances from its point, going one way."""
    forward = _along(lines, line)
    start, turned = (points * forward).sum(axis=1), (forward * way).sum(axis=1)
    ends = start + turned * near, start + turned * far
    return lines.backed(line, np.minimum(*ends), np.maximum(*ends))


def _lies_on_table(small: BgrImage, corners: Floats, first: Floats, second: Floats) -> Floats:
    """Whether the colour within each corner is another than around it, where it is much the same."""
    colours = cv2.blur(cv2.cvtColor(small, cv2.COLOR_BGR2Lab), (5, 5)).astype(np.float32)
    means = []
    for way_a, way_b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        places = [corners + way_a * near * first + way_b * other * second for near in NEAR for other in NEAR]
        spots = np.stack(places, axis=1).astype(np.float32)
        seen = cv2.remap(
            colours, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        means.append(np.median(seen.reshape(len(corners), -1, 3), axis=1))
    card, table = means[0], np.stack(means[1:])
    middle = np.median(table, axis=0)
    step = np.linalg.norm(card - middle, axis=1)
    spread = np.linalg.norm(table - middle, axis=2).max(axis=0)
    found: Floats = (step > LEAST_STEP) & (spread < MOST_SPREAD * step)
    return found


def _is_round(image: BgrImage, scale: float, corner: Floats, first: Floats, second: Floats) -> bool:
    """Whether an arc cuts off the corner (in pixels of the reduced picture), seen in the image itself.

    The corner is seen with its sides along the rows and columns: what is rather card than table there is
    compared with what two straight sides would enclose.
    """
    share = _share_of_card(image, scale, corner, first, second) > 0.5
    side = np.arange(*STRAIGHT) * DETAIL, slice((BEFORE - SLACK) * DETAIL, (BEFORE + SLACK) * DETAIL)
    places = side[0] + BEFORE * DETAIL
    depths = [side[1].stop - part[side[1]][:, places].sum(axis=0) for part in (share, share.T)]
    lines = [np.polyfit(places, depth, 1) for depth in depths]
    rough = [np.median(np.abs(depth - np.polyval(line, places))) for depth, line in zip(depths, lines)]
    y, x = np.indices(share.shape)
    enclosed = (y > np.polyval(lines[0], x)) & (x > np.polyval(lines[1], y))
    near = np.s_[: (BEFORE + 10) * DETAIL, : (BEFORE + 10) * DETAIL]
    lost, extra = ((part[near]).sum() / DETAIL**2 for part in (enclosed & ~share, share & ~enclosed))
    return bool(lost > LEAST_LOST and extra < MOST_EXTRA and max(rough) < MOST_ROUGH * DETAIL)


def _share_of_card(image: BgrImage, scale: float, corner: Floats, first: Floats, second: Floats) -> Floats:
    """What is seen around a corner, the first side along the rows: 0 the table's colour, 1 the card's."""
    start = (corner + 0.5) / scale - 0.5 - (first + second) * BEFORE / scale
    onto = np.column_stack([first / (DETAIL * scale), second / (DETAIL * scale), start])
    size = (BEFORE + STRAIGHT[1]) * DETAIL
    flat = cv2.warpAffine(
        image,
        onto.astype(np.float64),
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    seen = cv2.GaussianBlur(flat.astype(np.float32), (0, 0), 1.0)
    straight = slice((BEFORE + STRAIGHT[0]) * DETAIL, size)
    card, table = (
        np.mean([_colour(part[rows, straight]) for part in (seen, seen.transpose(1, 0, 2))], axis=0)
        for rows in (
            slice((BEFORE + 4) * DETAIL, (BEFORE + DEEP) * DETAIL),
            slice((BEFORE - 6) * DETAIL, (BEFORE - 3) * DETAIL),
        )
    )
    axis = card - table
    share: Floats = (seen - table) @ axis / max(1.0, float(axis @ axis))
    return share


def _colour(part: Floats) -> Floats:
    middle: Floats = np.median(part.reshape(-1, 3), axis=0)
    return middle
