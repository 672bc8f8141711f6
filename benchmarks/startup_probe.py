"""Runs the real client and prints in a line of JSON when its window was there; `startup.py` starts it.

The product knows nothing of this: `QApplication` is replaced by one with an event filter before
``python -m kaihu_desktop run`` begins, which only ever adds to the times. Seconds count from the moment that
the parent took from the monotonic clock (one for the whole machine) just before it started this process.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

from qtpy import QtCore, QtWidgets

BORN = "KAIHU_BENCHMARK_BORN"
CARD = "KAIHU_BENCHMARK_CARD"

#: The login form: what the person types into first, and the picture that comes over the network.
FIELD = "login.id_number"
CAPTCHA = "login.captcha_picture"

TICK_MS = 5
SETTLE_SECONDS = 1.5  # what the client does in the background after its window is there, has happened by then


class Probe(QtCore.QObject):
    """Sees every event of the application; ends it when everything is measured."""

    card_read = QtCore.Signal(float)

    def __init__(self, application: QtWidgets.QApplication) -> None:
        super().__init__()
        self._application = application
        self._born = float(os.environ[BORN])
        self._seen: dict[str, float] = {}
        self._ticked = 0.0
        self._stall = 0.0  # seconds, the longest that the UI thread was away since this was last set to 0
        self._computed = self._computing = 0.0  # seconds of CPU of all threads: so far, at most meanwhile
        application.installEventFilter(self)
        self.card_read.connect(self._finish)
        self._ticker = QtCore.QTimer(self)
        self._ticker.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._tick)

    def eventFilter(self, watched: Any, event: Any) -> bool:
        if event.type() == QtCore.QEvent.Type.Paint:
            if "first_paint" not in self._seen:
                self._after_flush("first_paint")
            elif "usable" not in self._seen and watched.objectName() == FIELD and in_turn(watched):
                self._after_flush("usable")
        return False

    def _after_flush(self, name: str) -> None:
        """The window shows what is painted when control is back in the event loop."""
        self._seen[name] = 0.0
        QtCore.QTimer.singleShot(0, lambda: self._see(name))

    def _see(self, name: str) -> None:
        self._seen[name] = time.monotonic() - self._born
        self._seen[f"{name}_cpu"] = time.process_time()
        if not self._ticker.isActive():
            self._ticker.start()

    def _tick(self) -> None:
        """How long the UI thread was away since the login form was there; has the captcha come?"""
        now, computed = time.monotonic(), time.process_time()
        if self._seen.get("usable") and self._ticked:
            self._stall = max(self._stall, now - self._ticked - TICK_MS / 1000)
            self._computing = max(self._computing, computed - self._computed)
        self._ticked, self._computed = now, computed
        if "captcha" not in self._seen and self._captcha_shown():
            self._see("captcha")
            QtCore.QTimer.singleShot(int(SETTLE_SECONDS * 1000), self._at_login)

    def _captcha_shown(self) -> bool:
        widgets = self._application.allWidgets()
        return any(one.objectName() == CAPTCHA and one.property("captcha_id") for one in widgets)

    def _at_login(self) -> None:
        self._seen["stall_login"], self._stall, self._computing = self._stall, 0.0, 0.0
        self._seen["rss_login"] = resident_mb()
        picture = os.environ.get(CARD)
        if picture:
            threading.Thread(target=self._read_card, args=(Path(picture),)).start()
        else:
            self._finish(0.0)

    def _read_card(self, path: Path) -> None:
        """Read one card as the photo page does, with the reader that it would use."""
        from kaihu_desktop.bootstrap import card_reader_process
        from kaihu_desktop.vision.capture import process_capture
        from kaihu_desktop.vision.decode import read_picture

        seconds = 0.0
        try:
            began = time.monotonic()
            capture = process_capture(read_picture(path).image, "id-portrait")
            if card_reader_process().read("id-portrait", capture.card).fields["id_number"].value:
                seconds = time.monotonic() - began
        finally:
            self.card_read.emit(seconds)

    def _finish(self, seconds: float) -> None:
        if seconds:
            self._seen["first_card"], self._seen["stall_card"] = seconds, self._stall
            self._seen["stall_card_cpu"] = self._computing
            self._seen["rss_ocr"] = resident_with_helpers_mb()
        print(json.dumps(self._seen), flush=True)
        self._application.closeAllWindows()


def in_turn(widget: Any) -> bool:
    """Whether keys typed into the window go to `widget`; activating the window is the window manager's."""
    return widget.window().focusWidget() is widget


def resident_mb() -> float:
    """Memory of the client itself that is in RAM, in MB (10⁶ bytes)."""
    return _kilobytes(Path("/proc/self/status"), "VmRSS") * 1024 / 1e6


def resident_with_helpers_mb() -> float:
    """Memory of the client and its helper processes that is in RAM, in MB; what they share counts once."""
    children = Path("/proc/self/task").glob("*/children")
    everyone = ["self", *(child for told in children for child in told.read_text().split())]
    return sum(_kilobytes(Path("/proc", one, "smaps_rollup"), "Pss") for one in everyone) * 1024 / 1e6


def _kilobytes(file: Path, name: str) -> int:
    """A figure that the system tells of a process; 0 when it has ended."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


class WatchedApplication(QtWidgets.QApplication):
    """The client's application with the probe in it."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._probe = Probe(self)


if __name__ == "__main__":
    QtWidgets.QApplication = WatchedApplication
    sys.argv[1:] = ["run"]
    runpy.run_module("kaihu_desktop", run_name="__main__")
