"""One camera between start and stop: what it shows, what is seen in it, and when it takes the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QObject, QSize, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Camera, CameraDirectory, Progress
from kaihu_desktop.ui.later import later
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.live_feed import LiveFeed

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

#: Before work that has failed begins anew (milliseconds).
AGAIN_MS = 1000


class CardCamera(QObject):
    """One camera at a time, between `start` and `stop`.

    Signals:
        framed(View): the newest frame as it is shown.
        glanced(Glance): what was seen; only while a kind of card is sought.
        held(image): the card was held still: this frame is the picture. Once per `seek`.
        lost(Failure): there is no picture; told once until frames arrive again.
    """

    framed = Signal(object)
    glanced = Signal(object)
    held = Signal(object)
    lost = Signal(object)

    def __init__(self, tasks: TaskRunner, directory: CameraDirectory, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._directory = tasks, directory
        self._camera: Camera | None = None
        self._feed: LiveFeed | None = None
        self._working: list[Task] = []
        self._closing: Task | None = None
        self._wanted: int | None = None
        self._kind, self._code = "", ""
        self._size = QSize()

    @property
    def running(self) -> bool:
        """Whether a camera is open, or is about to be."""
        return self._camera is not None or self._wanted is not None

    @property
    def newest(self) -> tuple[BgrImage, ...]:
        """The last few frames, oldest first; none before the first."""
        return self._feed.newest if self._feed is not None else ()

    @property
    def adjustable(self) -> bool:
        """Whether `brighten` does anything with this camera."""
        return self._camera is not None and self._camera.adjustable

    def brighten(self, steps: int) -> None:
        """Make the picture brighter, or darker with negative steps."""
        if self._camera is not None:
            self._camera.brighten(steps)

    def show_at(self, size: QSize) -> None:
        """Frames are shown at this size (pixels of the screen)."""
        self._size = size
        if self._feed is not None:
            self._feed.show_at(size.width(), size.height())

    def start(self, index: int, kind: str) -> None:
        """Open a camera of the directory; a camera that is open already is closed first."""
        self.stop()
        self._kind = kind
        self._wanted = index
        if self._closing is None:
            self._open()

    def _open(self) -> None:
        """A camera that is still being closed is opened when it is: most drivers give it out only once."""
        self._closing = None
        index, self._wanted = self._wanted, None
        if index is None:
            return
        self._camera = self._directory.open(index)
        feed = self._feed = LiveFeed(self._camera)
        self.show_at(self._size)
        feed.seek(self._kind)
        self._work(feed, feed.show, self._take_view)
        self._work(feed, feed.look, self._take_glance)

    def _work(
        self, feed: LiveFeed, work: Callable[[Progress], None], take: Callable[[LiveFeed], None]
    ) -> None:
        """Run one half of the feed. One that fails begins anew: the next frame may be another matter."""

        def failed(_: Failure) -> None:
            if feed is self._feed:
                self._working.remove(task)
                later(self, lambda: self._work(feed, work, take), AGAIN_MS)

        if feed is self._feed:
            task = self._tasks.run(self, work, lambda _: None, failed)
            task.progressed.connect(lambda _done, _total: take(feed))
            self._working.append(task)

    def seek(self, kind: str) -> None:
        """Look for the next picture of this kind of card; empty: for none, the picture just goes on."""
        self._kind = kind
        if self._feed is not None:
            self._feed.seek(kind)

    def stop(self) -> None:
        """Close the camera. Nothing is signalled afterwards."""
        self._wanted = None
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.stop()
        for task in self._working:
            task.cancel()
        self._working = []
        camera, self._camera = self._camera, None
        if camera is not None:  # a driver that hangs must not hold the window
            self._closing = self._tasks.run(
                self, lambda _: camera.close(), lambda _: self._open(), lambda _: self._open()
            )
        self._code = ""

    def _take_view(self, feed: LiveFeed) -> None:
        view = feed.take_view() if feed is self._feed else None
        if isinstance(view, Failure):
            if view.code != self._code:
                self._code = view.code
                self.lost.emit(view)
        elif view is not None:
            self._code = ""
            self.framed.emit(view)

    def _take_glance(self, feed: LiveFeed) -> None:
        glance = feed.take_glance() if feed is self._feed else None
        if glance is None:
            return
        if not self._code:  # else it is older than what is said now
            self.glanced.emit(glance)
        if glance.held is not None and feed is self._feed:
            self._kind = ""
            self.held.emit(glance.held)
