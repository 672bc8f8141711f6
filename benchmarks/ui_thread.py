"""How long the UI thread is blocked during the self-driving tour, and by what.

Usage: python benchmarks/ui_thread.py   (needs a display, or QT_QPA_PLATFORM=offscreen)

A timer on the UI thread beats every 5 ms; a beat that comes late by more than the limit is a block. The
tour's own work (clicks, typing, screenshots) is not counted. A second thread looks at the UI thread's
stack while it is blocked, to name the culprit. Beside each block stands how much of it the UI thread
computed itself; the rest it waited, for the client's other threads or for other programs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

LIMIT = 0.050  # seconds, the house's rule
BEAT_MS = 5


class Watch:
    """Beats on the UI thread, and looks at it from another."""

    def __init__(self) -> None:
        from qtpy.QtCore import QTimer

        self.blocks: list[tuple[float, float, str]] = []
        self.longest = 0.0
        self._last, self._computed = time.perf_counter(), time.thread_time()
        self._stack = ""
        self._ui_thread = threading.get_ident()
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        threading.Thread(target=self._look, daemon=True).start()

    def forget(self) -> None:
        """What happened since the last beat was the tour's own work."""
        self._last, self._computed, self._stack = time.perf_counter(), time.thread_time(), ""

    def _beat(self) -> None:
        late = time.perf_counter() - self._last - BEAT_MS / 1000
        self.longest = max(self.longest, late)
        if late > LIMIT:
            computed = time.thread_time() - self._computed
            self.blocks.append((late, computed, self._stack or "(nothing seen)"))
        self.forget()

    def _look(self) -> None:
        while True:
            time.sleep(LIMIT / 3)
            if not self._stack and time.perf_counter() - self._last > LIMIT * 0.7:
                self._stack = self._place()

    def _place(self) -> str:
        """Where the UI thread is. No frame is held longer: a painter in it would outlive its paint event."""
        places = []
        frame = sys._current_frames().get(self._ui_thread)
        while frame is not None and len(places) < 6:
            code = frame.f_code
            places.append((code.co_filename, frame.f_lineno, code.co_name))
            frame = frame.f_back
        del frame
        return " < ".join(f"{Path(file).name}:{line} {name}" for file, line, name in places)


def main() -> int:
    """Play the tour and print every block; 1 if there was one."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    from kaihu_desktop import __main__ as program
    from kaihu_desktop.ui.application import Window
    from kaihu_desktop.ui.tour.player import Player

    watches: list[Watch] = []
    open_window, tick = Window.open, Player._tick

    def watched_open(window: Window) -> None:
        open_window(window)
        watches.append(Watch())

    def uncounted_tick(player: Any) -> None:
        tick(player)
        watches[0].forget()

    Window.open, Player._tick = watched_open, uncounted_tick  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        code = program.main(["demo", "--tour", folder])
    watch = watches[0]
    longest, limit = watch.longest * 1000, LIMIT * 1000
    print(f"\ntour: exit code {code}; longest block {longest:.0f} ms, limit {limit:.0f} ms")
    for late, computed, stack in sorted(watch.blocks, reverse=True):
        print(f"{late * 1000:6.0f} ms, {computed * 1000:4.0f} ms own  {stack}")
    return 1 if watch.blocks else 0


if __name__ == "__main__":
    sys.exit(main())
