"""The picture of the camera as it is, with a word about the light."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Camera, CameraDirectory
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.labels import chip, label, set_chip
from kaihu_desktop.ui.widgets.live_feed import LiveFeed, View
from kaihu_desktop.ui.widgets.live_picture import LivePicture

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

#: So long (seconds) another program, or another page of ours, gets to give the camera back.
HANDING_OVER = 2.0
#: The light is judged on every so many frames: a word that flickers can't be read.
JUDGED_FRAMES = 12
_SAMPLE = 16  # every 16th pixel of every 16th row tells the brightness

#: Mean brightness of 255 from which on the picture is no longer dark, and from which on it is too bright.
DARK, BRIGHT = 55.0, 215.0

#: Height of the window's other parts: the picture is seen without scrolling (pixels).
OTHER_PARTS = 330
LEAST_HEIGHT = 160


def light(frame: BgrImage) -> tuple[str, str]:
    """A word about the light in a frame, and the kind of its chip."""
    brightness = float(frame[::_SAMPLE, ::_SAMPLE].mean())
    if brightness < DARK:
        return "太暗，请开灯或面向光源", "warn"
    if brightness > BRIGHT:
        return "太亮，请避开直射的光", "warn"
    return "光线合适", "ok"


class CameraPreview(QWidget):
    """Shows the first camera of the directory between `start` and `stop`.

    Signals:
        lost(Failure): there is no picture; told once until there is one again.
        back(): there is a picture, for the first time or again after `lost`.
    """

    lost = Signal(object)
    back = Signal()

    def __init__(self, name: str, tasks: TaskRunner, cameras: CameraDirectory) -> None:
        super().__init__()
        self._tasks, self._cameras = tasks, cameras
        self._camera: Camera | None = None
        self._opening: Task | None = None
        self._feed: LiveFeed | None = None
        self._code, self._shown, self._began = "", 0, 0.0
        self.picture = LivePicture(f"{name}.picture", others=OTHER_PARTS, least=LEAST_HEIGHT)
        self.picture.resized.connect(self._fit)
        self._light = chip("", "", f"{name}.light")
        self._text = label("", "on-dark-strong", f"{name}.text", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        over = QVBoxLayout(self.picture)
        over.setContentsMargins(12, 12, 12, 12)
        over.addWidget(self._light)
        over.addStretch(1)
        over.addWidget(self._text)
        over.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture)
        self._say("正在打开摄像头…")

    @property
    def showing(self) -> bool:
        """Whether a camera is open, or about to be."""
        return self._camera is not None or self._opening is not None

    def start(self) -> None:
        """Open the camera; no change if it is open."""
        if self.showing:
            return
        self._code, self._shown = "", 0
        self._began = time.monotonic()
        self._say("正在打开摄像头…")
        self._opening = self._tasks.run(self, lambda _: self._cameras.names(), self._open, self._tell_lost)
        self._opening.ended.connect(self._opening_ended)

    def stop(self, then: Callable[[], None] = lambda: None) -> None:
        """Close the camera; `then` is called when it can be opened by others."""
        self._say("")
        opening, camera, feed = self._opening, self._camera, self._feed
        self._opening = self._camera = self._feed = None
        if opening is not None:
            opening.cancel()
        if camera is None:
            then()
            return
        feed.stop()  # a driver that hangs must not hold the window
        self._tasks.run(self, lambda _: camera.close(), lambda _: then(), lambda _: then())

    def _open(self, names: tuple[str, ...]) -> None:
        if not names:
            self._tell_lost(Failure("CAM-NONE"))
            return
        self._camera = self._cameras.open(0)
        feed = self._feed = LiveFeed(self._camera)
        self._fit()
        task = self._tasks.run(self, feed.show, lambda _: None)
        task.progressed.connect(lambda _done, _total: self._take(feed))

    def _opening_ended(self) -> None:
        self._opening = None

    def _take(self, feed: LiveFeed) -> None:
        view = feed.take_view() if feed is self._feed else None
        if isinstance(view, Failure):
            self._tell_lost(view)
        elif view is not None:
            self._show(view)

    def _show(self, view: View) -> None:
        self._text.hide()
        self.picture.set_view(view)
        newest = self._feed.newest
        if newest and self._shown % JUDGED_FRAMES == 0:
            text, kind = light(newest[-1])
            set_chip(self._light, text, kind)
            self.picture.setAccessibleDescription(text)
            self._light.show()
        if self._code or not self._shown:
            self._code = ""
            self.back.emit()
        self._shown += 1

    def _tell_lost(self, failure: Failure) -> None:
        early = time.monotonic() - self._began < HANDING_OVER
        if failure.code != self._code and not (early and failure.code == "CAM-BUSY"):
            self._code = failure.code
            self._say(failure.text)
            self.lost.emit(failure)

    def _say(self, text: str) -> None:
        """A sentence in place of the picture."""
        self.picture.set_view(None)
        self._light.hide()
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def _fit(self) -> None:
        if self._feed is not None:
            size = self.picture.pixels
            self._feed.show_at(size.width(), size.height())
