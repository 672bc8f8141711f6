"""Calls something when the event loop is next idle, unless its owner is gone by then."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QObject, QTimer


def later(owner: QObject, call: Callable[[], None], ms: int = 0) -> None:
    """Call `call` on the UI thread after `ms` milliseconds if `owner` still lives then."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(call)
    timer.timeout.connect(timer.deleteLater)
    timer.start(ms)
