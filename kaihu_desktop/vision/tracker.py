"""Carries a found card's corners along to the next frames of a live picture, between two detections.

Points of the card's own print are followed from frame to frame by pyramidal Lucas-Kanade and checked by
following them back. The card is a plane, so one homography takes the corners of the first frame to those of
the present one. What the card looks like now is compared with what it looked like then; without likeness the
card is lost, which is said instead of guessed.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats, GreyImage

WORKING_SIDE = 640  # pixels, about: the long side of the reduced picture in which points are followed
POINTS = 40
LEAST_POINTS = 10
WINDOW, LEVELS = (15, 15), 3
RETURN = 0.7  # reduced pixels by which a point may miss its start when followed back
SHAKE = 1.5  # reduced pixels by which a point may stray from the plane's movement
LEAST_AGREEING = 0.5  # share of the followed points that move with the plane
LEAST_SPREAD = 0.12  # of the card's area, by the hull of the points: less can't carry its corners
LIKENESS = 0.5  # correlation with the card of the first frame
LOOK = (64, 40)  # size of the card's look that is compared
GROWTH = 1.6  # ratio by which the card's area may change before another detection is wanted
_FLAT = np.array([[0, 0], [LOOK[0] - 1, 0], [LOOK[0] - 1, LOOK[1] - 1], [0, LOOK[1] - 1]], np.float32)


class _Reference(NamedTuple):
    """The card in the first frame: corners 4×2 and points N×2 in reduced pixels, and its look."""

    corners: Corners
    points: Floats
    look: Floats


class CardTracker:
    """Follows one card: `start` with a frame and its corners, then `follow` with every further frame.

    All frames have the same size. The work on a frame of 1280×720 takes about 2 ms.
    """

    def __init__(self) -> None:
        self._reference: _Reference | None = None
        self._previous: GreyImage | None = None
        self._points: Floats = np.zeros((0, 2), np.float32)

    def start(self, frame: BgrImage, corners: Corners) -> None:
        """Begin anew with the card at `corners` (4×2, pixels of the frame) in a BGR frame."""
        grey, scale = _reduced(frame)
        self._reference, self._previous = None, None
        inside = ((np.asarray(corners, np.float32) + 0.5) * scale - 0.5).astype(np.float32)
        points = _points_on_card(grey, inside)
        if len(points) >= LEAST_POINTS:
            self._reference = _Reference(inside, points, _look(grey, inside))
            self._previous, self._points = grey, points

    def follow(self, frame: BgrImage) -> Corners | None:
        """The corners in the next frame (float32 4×2, the order kept), None once the card is lost."""
        if self._reference is None or self._previous is None:
            return None
        grey, scale = _reduced(frame)
        corners = self._carried(self._previous, grey) if grey.shape == self._previous.shape else None
        if corners is None:
            self._reference, self._previous = None, None
            return None
        self._previous = grey
        return ((corners + 0.5) / scale - 0.5).astype(np.float32)

    def _carried(self, previous: GreyImage, grey: GreyImage) -> Corners | None:
        """The reference's corners in `grey`, reduced pixels; drops the points that went astray."""
        reference = self._reference
        if reference is None:
            return None
        now, kept = _followed(previous, grey, self._points)
        then, now = reference.points[kept], now[kept]
        if len(now) < LEAST_POINTS:
            return None
        matrix, agreeing = cv2.findHomography(then, now, cv2.RANSAC, SHAKE, maxIters=500)
        if matrix is None or agreeing.mean() < LEAST_AGREEING:
            return None
        inliers = agreeing.ravel() > 0
        then, now = then[inliers], now[inliers]
        corners: Corners = cv2.perspectiveTransform(reference.corners[None], matrix)[0]
        if not _plausible(reference.corners, corners, now) or not _alike(
            reference.look, _look(grey, corners)
        ):
            return None
        self._reference, self._points = reference._replace(points=then), now
        return corners


def _reduced(frame: BgrImage) -> tuple[GreyImage, float]:
    """The frame in grey, reduced by a whole number (much quicker than by another), and the factor."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    times = max(1, round(max(grey.shape) / WORKING_SIDE))
    if times == 1:
        return grey, 1.0
    height, width = (side // times for side in grey.shape)
    whole = grey[: height * times, : width * times]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), 1 / times


def _points_on_card(grey: GreyImage, corners: Corners) -> Floats:
    """Up to `POINTS` places of the card's print, its rim included, that can be recognised again; N×2."""
    mask = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 255)
    apart = max(3.0, float(np.sqrt(cv2.contourArea(corners))) / 12)
    found = cv2.goodFeaturesToTrack(grey, POINTS, 0.01, apart, mask=mask, blockSize=5)
    return np.zeros((0, 2), np.float32) if found is None else found.reshape(-1, 2)


def _followed(previous: GreyImage, grey: GreyImage, points: Floats) -> tuple[Floats, Floats]:
    """Where the points (N×2) are now, and which of them lead back to where they came from."""
    if not len(points):
        return points, np.zeros(0, bool)
    now, there, _ = cv2.calcOpticalFlowPyrLK(previous, grey, points, None, winSize=WINDOW, maxLevel=LEVELS)
    back, here, _ = cv2.calcOpticalFlowPyrLK(grey, previous, now, None, winSize=WINDOW, maxLevel=LEVELS)
    missed = np.linalg.norm(back - points, axis=1)
    return now, (there.ravel() > 0) & (here.ravel() > 0) & (missed < RETURN)


def _plausible(before: Corners, after: Corners, points: Floats) -> bool:
    """Whether the corners still make a card of about that size, carried by points that are spread over it."""
    if not np.isfinite(after).all() or np.abs(after).max() > 1e4:
        return False
    area, former = float(cv2.contourArea(after)), float(cv2.contourArea(before))
    if not cv2.isContourConvex(after) or not former / GROWTH < area < former * GROWTH:
        return False
    return float(cv2.contourArea(cv2.convexHull(points))) > LEAST_SPREAD * area


def _look(grey: GreyImage, corners: Corners) -> Floats:
    """The card seen flat and small, float32, mean 0 and norm 1."""
    matrix = cv2.getPerspectiveTransform(np.asarray(corners, np.float32), _FLAT)
    flat = cv2.warpPerspective(grey, matrix, LOOK, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    flat -= flat.mean()
    look: Floats = flat / max(float(np.linalg.norm(flat)), 1e-3)
    return look


def _alike(first: Floats, second: Floats) -> bool:
    return float((first * second).sum()) > LIKENESS
