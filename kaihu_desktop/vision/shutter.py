"""When the shutter is released by itself, and which frame of a burst is kept."""

from __future__ import annotations

from typing import Sequence

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners
from kaihu_desktop.vision.sight import Sight

#: A card is held still when it was good for so long (seconds), in at least so many sights.
HOLD, LEAST_SIGHTS = 0.7, 5

#: So many sights between them may be bad: one frame's noise is no reason to begin anew.
MOST_MISSES = 1

#: Corners that move less than this from one sight to the next stand still (share of the picture's diagonal).
STILL = 0.01

#: Good frames that are kept to choose from.
BURST = 5

_SHARPNESS_SIDE = 960  # pixels, about: finer detail is noise


class AutoShutter:
    """Sees one sight after the other until the card was held still."""

    def __init__(self) -> None:
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._since: float | None = None
        self._sights = self._misses = 0
        self._before: Corners | None = None
        self._burst: list[tuple[float, BgrImage]] = []
        self.progress = 0.0

    def see(self, frame: BgrImage, sight: Sight, now: float) -> BgrImage | None:
        """The picture to take when this frame, of the instant `now` (monotonic seconds), completes the hold.

        It is the sharpest of the last `BURST` good frames. `progress` is then 1, before that less.
        """
        if not sight.good:
            self._misses += 1
            if self._misses > MOST_MISSES:
                self._begin_anew()
            return None
        if self._before is not None and not _still(frame, self._before, sight.corners):
            self._begin_anew()
        self._before = sight.corners
        self._since = now if self._since is None else self._since
        self._sights += 1
        self._burst = [*self._burst, (sight.quality.sharpness, frame)][-BURST:]
        self.progress = min(1.0, (now - self._since) / HOLD, self._sights / LEAST_SIGHTS)
        return max(self._burst, key=lambda one: one[0])[1] if self.progress >= 1 else None


def _still(frame: BgrImage, before: Corners, corners: Corners | None) -> bool:
    moved = float(np.linalg.norm(np.asarray(corners) - before, axis=1).max())
    return moved < STILL * float(np.hypot(frame.shape[0], frame.shape[1]))


def sharpest(frames: Sequence[BgrImage], corners: Corners | None = None) -> BgrImage:
    """The sharpest of frames (BGR) of one scene; where the card's corners are known, of the card."""
    return max(frames, key=lambda frame: _slopes(_part(frame, corners)))


def _part(frame: BgrImage, corners: Corners | None) -> BgrImage:
    if corners is None:
        return frame
    height, width = frame.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 1, low + 1, (width, height)).astype(int)
    return frame[low[1] : high[1], low[0] : high[0]]


def _slopes(picture: BgrImage) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    times = max(1, round(max(grey.shape) / _SHARPNESS_SIDE))
    if times > 1:
        size = (max(3, grey.shape[1] // times), max(3, grey.shape[0] // times))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx) for dx in (1, 0))
    return float(np.mean(across * across + down * down))
