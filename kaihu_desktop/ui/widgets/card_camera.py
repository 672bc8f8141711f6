"""Watches a camera: newest frame, the card in it, what is wrong with it, and when to take the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import QObject, QTimer, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Camera, CameraDirectory
from kaihu_desktop.ui.tasks import Task, TaskRunner

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners
    from kaihu_desktop.vision.quality import Quality

#: How often the camera is asked for its newest frame (milliseconds).
POLL_MS = 33

#: So many good sights in a row, each with the corners where they were, release the shutter.
STEADY_SIGHTS = 8

#: Corners that move less than this from one sight to the next stand still (share of the picture's diagonal).
STILL = 0.01


@dataclass(frozen=True)
class Sight:
    """What was seen in one frame.

    corners: float32 4×2 in pixels of the frame, None if nothing looked like a card. accepted: the finder
    vouches for them. quality, advice: see `vision.quality`.
    """

    corners: Corners | None
    accepted: bool
    quality: Quality
    advice: str

    @property
    def good(self) -> bool:
        """Whether a picture may be taken now."""
        return self.accepted and self.quality.good


def look(frame: BgrImage) -> Sight:
    """Find and judge the card in a frame. For a background task: takes tens of milliseconds."""
    from kaihu_desktop.vision.finder import find_card
    from kaihu_desktop.vision.quality import advice, judge

    found = find_card(frame, preview=True)
    corners = found.corners if found.accepted else None
    quality = judge(frame, corners)
    return Sight(found.corners, found.accepted, quality, advice(quality))


class CardCamera(QObject):
    """One camera at a time, between `start` and `stop`.

    Signals:
        framed(image): the newest frame, BGR.
        sighted(Sight): what was found; only when started with `finding`.
        held(image): the card was held still: this frame is the picture. Once per `start` and `resume`.
        lost(Failure): there is no picture; told once until frames arrive again.
    """

    framed = Signal(object)
    sighted = Signal(object)
    held = Signal(object)
    lost = Signal(object)

    def __init__(self, tasks: TaskRunner, directory: CameraDirectory, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._directory = tasks, directory
        self._camera: Camera | None = None
        self._looking: Task | None = None
        self._closing: Task | None = None
        self._wanted: int | None = None
        self._finding = False
        self._number = -1
        self._code = ""
        self._steady = 0
        self._before: Corners | None = None
        self.newest: BgrImage | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def running(self) -> bool:
        """Whether a camera is open, or is about to be."""
        return self._camera is not None or self._wanted is not None

    def start(self, index: int, finding: bool) -> None:
        """Open a camera of the directory; a camera that is open already is closed first."""
        self.stop()
        self.resume(finding)
        self._wanted = index
        if self._closing is None:
            self._open()

    def _open(self) -> None:
        """A camera that is still being closed is opened when it is: most drivers give it out only once."""
        self._closing = None
        index, self._wanted = self._wanted, None
        if index is not None:
            self._camera = self._directory.open(index)
            self._timer.start()

    def resume(self, finding: bool) -> None:
        """Look for the next picture."""
        self._finding = finding
        self._steady, self._before = 0, None

    def stop(self) -> None:
        """Close the camera. Nothing is signalled afterwards."""
        self._timer.stop()
        self._wanted = None
        camera, self._camera = self._camera, None
        if camera is not None:  # a driver that hangs must not hold the window
            self._closing = self._tasks.run(
                self, lambda _: camera.close(), lambda _: self._open(), lambda _: self._open()
            )
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self.newest, self._number, self._code = None, -1, ""

    def _poll(self) -> None:
        try:
            latest = self._camera.latest()
        except Failure as failure:
            self._tell_lost(failure)
            return
        if latest is None or latest[0] == self._number:
            return
        self._number, self.newest = latest
        self._code = ""
        self.framed.emit(self.newest)
        if self._finding and self._looking is None and self._camera is not None:
            self._look(self.newest)

    def _tell_lost(self, failure: Failure) -> None:
        self.newest, self._steady = None, 0
        if failure.code != self._code:
            self._code = failure.code
            self.lost.emit(failure)

    def _look(self, frame: BgrImage) -> None:
        self._looking = self._tasks.run(
            self,
            lambda _: look(frame),
            lambda sight: self._saw(frame, sight),
            lambda _: self._saw(frame, None),
        )

    def _saw(self, frame: BgrImage, sight: Sight | None) -> None:
        self._looking = None
        if sight is None or not self._finding or self._camera is None:
            return
        still = sight.good and self._stands_still(frame, sight.corners)
        self._steady = self._steady + 1 if still else int(sight.good)
        self._before = sight.corners
        self.sighted.emit(sight)
        if self._steady >= STEADY_SIGHTS:
            self._finding = False
            self.held.emit(frame)

    def _stands_still(self, frame: BgrImage, corners: Corners) -> bool:
        if self._before is None:
            return False
        moved = float(np.linalg.norm(corners - self._before, axis=1).max())
        return moved < STILL * float(np.hypot(*frame.shape[:2]))
