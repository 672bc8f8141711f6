"""Python's search for cycles of garbage, kept on the UI thread and short.

Left alone it runs in whatever thread allocates next: there it would delete widgets outside the UI thread, and
it stops all threads for as long as it takes, a tenth of a second once cameras and recognition are loaded.
"""

from __future__ import annotations

import gc

from qtpy.QtCore import QObject, QTimer

#: How often garbage is looked for among new objects (milliseconds), and every how many times among all:
#: the former takes some milliseconds, the latter may take fifty.
EVERY_MS, OLD_EVERY = 1000, 60


class GarbageCollector(QObject):
    """Collects from now until it is destroyed; what is loaded by now is never looked at again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        if gc.isenabled():
            self.destroyed.connect(_as_before)
        gc.disable()
        gc.freeze()
        self._times = 0
        timer = QTimer(self)
        timer.timeout.connect(self._collect)
        timer.start(EVERY_MS)

    def _collect(self) -> None:
        if gc.get_count()[0] < gc.get_threshold()[0]:
            return  # hardly anything was made since
        self._times += 1
        gc.collect(2 if self._times % OLD_EVERY == 0 else 1)


def _as_before() -> None:
    gc.unfreeze()
    gc.enable()
