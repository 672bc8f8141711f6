"""Makes quads of regions of one brightness or hue, for cards whose outline is lost among stronger lines."""

from __future__ import annotations

from typing import Iterator

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats, GreyImage
from kaihu_desktop.vision.geometry import card_likeness
from kaihu_desktop.vision.quads import ASPECT_SLACK, LEAST_AREA, SKEW_SLACK, Quads, sound

WORKING_SIDE = 256
LARGEST_AREA = 0.9  # of the picture
LEAST_FILL = 0.86  # of the quad by its region: a card with a finger on it still fills so much


def region_quads(small: BgrImage) -> Quads:
    """Quads around regions of a reduced BGR picture, best first, relative to its centre in its pixels."""
    height, width = small.shape[:2]
    factor = min(1.0, WORKING_SIDE / max(height, width))
    tiny = cv2.resize(small, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.medianBlur(tiny, 5), cv2.COLOR_BGR2Lab)
    found = [quad for mask in _masks(lab) for quad in _four_sided(mask)]
    if not found:
        return Quads(np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32))
    corners: Floats = np.stack([corners for corners, _ in found])
    fill = np.array([fill for _, fill in found])
    corners = ((corners + 0.5) / factor - 0.5 - (np.array([width, height]) - 1) / 2).astype(np.float32)
    kept = sound(corners, (width, height))
    corners, fill = corners[kept], fill[kept]
    score = fill * card_likeness(corners.astype(np.float64), max(width, height), ASPECT_SLACK, SKEW_SLACK)
    order = np.argsort(-score)
    return Quads(corners[order], score[order].astype(np.float32))


def _masks(lab: BgrImage) -> Iterator[GreyImage]:
    """Each channel split by three thresholds: Otsu's, and Otsu's of what lies below and above it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    for channel in cv2.split(lab):
        middle = _otsu(channel)
        levels = {middle, _otsu(channel[channel <= middle]), _otsu(channel[channel > middle])}
        for level in levels:
            above = (channel > level).astype(np.uint8) * 255
            for mask in (above, 255 - above):
                yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)


def _otsu(values: GreyImage) -> float:
    if values.size < 2:
        return 0.0
    return float(cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def _four_sided(mask: GreyImage) -> Iterator[tuple[Floats, float]]:
    """Circumscribed quads (4×2) of the larger outlines, and how much of each its region's hull fills."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        _, _, width, height = cv2.boundingRect(contour)
        if width * height < LEAST_AREA * mask.size:
            continue
        hull = cv2.convexHull(contour)
        area = float(cv2.contourArea(hull))
        if len(hull) < 4 or not LEAST_AREA * mask.size < area < LARGEST_AREA * mask.size:
            continue
        quad = cv2.approxPolyN(hull, 4, None, -1.0, True).reshape(-1, 2)
        if len(quad) != 4:
            continue
        fill = area / max(1.0, float(cv2.contourArea(quad)))
        if fill > LEAST_FILL:
            yield quad, fill
