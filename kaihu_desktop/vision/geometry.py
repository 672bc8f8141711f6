"""Plane and space geometry of cards: the shape of a quad as a tilted rectangle, overlap, order of corners."""

from __future__ import annotations

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import Corners, Floats

CARD_MM = (85.60, 53.98)  # ID-1, ISO/IEC 7810
CORNER_RADIUS_MM = 3.18
CARD_ASPECT = CARD_MM[0] / CARD_MM[1]
FOCAL_LENGTHS = (0.72, 0.95, 1.3)  # of the picture's long side: webcams and phones


def rectangle_in_space(quads: Floats, focal: float) -> tuple[Floats, Floats]:
    """See each quad as a rectangle in space and return (aspect, skew).

    quads: Q×4×2, relative to the picture's centre, corners in turn. focal: pixels.
    aspect: |first side| / |second side| of the parallelogram in space whose corners project to the quad;
    skew: absolute cosine of the angle between its sides, 0 for a rectangle.

    Own derivation. A corner lies on the ray r_i = (x_i, y_i, f), at λ_i r_i. In a parallelogram opposite
    corners have the same sum: λ1 r1 + λ3 r3 = λ2 r2 + λ4 r4. With λ1 = 1 that is a linear system of three
    equations for λ2, λ3, λ4, solved by Cramer's rule. The determinants of three rays are f times twice the
    area of the triangle that their corners make in the picture, so that λ doesn't depend on f.
    """
    aspect, skew = _rectangles(quads, np.array([focal]))
    return aspect[0], skew[0]


def _rectangles(quads: Floats, focals: Floats) -> tuple[Floats, Floats]:
    """Aspects and skews as in `rectangle_in_space`, len(focals)×Q."""
    second, fourth = _depths(quads)
    u, v = second[:, None] * quads[:, 1] - quads[:, 0], fourth[:, None] * quads[:, 3] - quads[:, 0]
    square = focals[:, None] ** 2
    away_u, away_v = second - 1, fourth - 1
    long = np.sqrt(u[:, 0] ** 2 + u[:, 1] ** 2 + square * away_u**2)
    wide = np.sqrt(v[:, 0] ** 2 + v[:, 1] ** 2 + square * away_v**2)
    along = u[:, 0] * v[:, 0] + u[:, 1] * v[:, 1] + square * (away_u * away_v)
    return long / np.maximum(wide, 1e-9), np.abs(along) / np.maximum(long * wide, 1e-9)


def _depths(quads: Floats) -> tuple[Floats, Floats]:
    """How far the second and the fourth corner are away in terms of the first, Q each."""
    whole = _twice_area(quads, 1, 2, 3)
    whole = np.where(np.abs(whole) < 1e-6, 1e-6, whole)
    return _twice_area(quads, 0, 2, 3) / whole, _twice_area(quads, 0, 1, 2) / whole


def _twice_area(quads: Floats, i: int, j: int, k: int) -> Floats:
    first, second = quads[:, j] - quads[:, i], quads[:, k] - quads[:, i]
    area: Floats = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return area


def card_likeness(quads: Floats, long_side: float, aspect_slack: float, skew_slack: float) -> Floats:
    """How well each quad (Q×4×2, relative to the centre) is an ID-1 rectangle in space, 0 … 1.

    The camera's focal length isn't known: the best of `FOCAL_LENGTHS` counts. The slacks are one standard
    deviation of the logarithm of the aspect ratio and of the cosine between the sides.
    """
    aspect, skew = _rectangles(quads, np.array(FOCAL_LENGTHS) * long_side)
    deviation = np.abs(np.abs(np.log(aspect)) - np.log(CARD_ASPECT)) / aspect_slack
    misfit = (deviation * deviation + (skew / skew_slack) ** 2).min(axis=0)
    likeness: Floats = np.exp(-0.5 * misfit)
    return likeness


def in_turn(corners: Corners) -> Corners:
    """The same corners clockwise as seen, beginning with the one nearest to the picture's top left."""
    turned: Corners = all_in_turn(corners[None])[0]
    return turned


def all_in_turn(quads: Corners) -> Corners:
    """Q×4×2 quads, each as by `in_turn`."""
    spokes = quads - quads.mean(axis=1, keepdims=True)
    order = np.argsort(np.arctan2(spokes[..., 1], spokes[..., 0]), axis=1)
    row = np.arange(len(quads))[:, None]
    clockwise = quads[row, order]
    first = clockwise.sum(axis=2).argmin(axis=1)[:, None]
    turned: Corners = clockwise[row, (first + np.arange(4)) % 4].astype(np.float32)
    return turned


def overlap(first: Corners, second: Corners) -> float:
    """Intersection over union (Jaccard index) of two convex quads, 0 … 1."""
    a, b = np.asarray(first, np.float32), np.asarray(second, np.float32)
    common = float(cv2.intersectConvexConvex(a, b)[0])
    union = float(cv2.contourArea(a)) + float(cv2.contourArea(b)) - common
    return common / union if union > 0 else 0.0


def side_lengths(corners: Corners) -> Floats:
    """Lengths of the four sides TL–TR, TR–BR, BR–BL, BL–TL in pixels."""
    lengths: Floats = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return lengths


def stands_on_its_short_side(corners: Corners, size: tuple[int, int]) -> bool:
    """Whether the first side (corner 0 to 1) of a card's outline is its short one, perspective considered."""
    centred: Floats = np.asarray(corners, np.float64) - np.array(size) / 2
    aspect, _ = rectangle_in_space(centred[None], float(max(size)))
    return bool(aspect[0] < 1)
