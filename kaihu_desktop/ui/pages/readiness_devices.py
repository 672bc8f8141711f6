"""Watches what is plugged in, so that a device that comes or goes is noticed."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QObject, QTimer, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import AudioDirectory, CameraDirectory
from kaihu_desktop.ui.tasks import TaskRunner

#: Between two looks (milliseconds).
PAUSE_MS = 2000


class DeviceWatch(QObject):
    """Asks for the names of all devices, again and again, off the UI thread.

    Signals:
        seen(kind, names): what is plugged in; kind: camera, microphone, speaker. Told when it differs from
            before, and the first time.
    """

    seen = Signal(str, object)

    def __init__(
        self,
        tasks: TaskRunner,
        cameras: CameraDirectory,
        audio: Callable[[], AudioDirectory],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._look_at = {
            "camera": cameras.names,
            "microphone": lambda: audio().microphones(),
            "speaker": lambda: audio().speakers(),
        }
        self.names: dict[str, tuple[str, ...]] = {}
        self._watching = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Look now, and then again and again."""
        self._watching = True
        self._look()

    def stop(self) -> None:
        """Look no more."""
        self._watching = False
        self._timer.stop()

    def _look(self) -> None:
        look_at = self._look_at
        self._tasks.run(
            self, lambda _: {kind: _names(ask) for kind, ask in look_at.items()}, self._looked, self._failed
        )

    def _looked(self, names: dict[str, tuple[str, ...]]) -> None:
        if not self._watching:
            return
        for kind, now in names.items():
            before = self.names.get(kind)
            if now != before:
                self.names[kind] = now
                self.seen.emit(kind, now)
        self._timer.start()

    def _failed(self, _: Failure) -> None:
        if self._watching:
            self._timer.start()


def _names(ask: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    try:
        return ask()
    except Failure:  # no sound system at all
        return ()
