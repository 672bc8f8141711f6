"""A button that can be pressed again only after some seconds, such as 获取验证码."""

from __future__ import annotations

import math
import time
from typing import Callable

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QPushButton, QSizePolicy

from kaihu_desktop.ui.widgets.labels import button
from kaihu_desktop.ui.widgets.resting import rest, wake


class CountdownButton:
    """Texts: `first` at the beginning, `waiting` while a request runs, `again` after the countdown.

    The end is an instant on the monotonic clock, so a busy computer doesn't lengthen the wait.
    """

    def __init__(self, name: str, first: str, waiting: str, again: str, clicked: Callable[[], None]) -> None:
        self.button: QPushButton = button(first, "secondary", name, clicked)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._waiting, self._again, self._idle = waiting, again, first
        self._end = 0.0
        self._timer = QTimer(self.button)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._show)

    def set_waiting(self) -> None:
        """A request runs."""
        self._timer.stop()
        rest(self.button)
        self._say(self._waiting)

    def start(self, seconds: int) -> None:
        """Count down from `seconds`."""
        self._idle = self._again
        self._end = time.monotonic() + seconds
        self._timer.start()
        self._show()

    def reset(self) -> None:
        """It can be pressed (again)."""
        self._timer.stop()
        wake(self.button)
        self._say(self._idle)

    def _show(self) -> None:
        left = math.ceil(self._end - time.monotonic())
        if left <= 0:
            self.reset()
        else:
            rest(self.button)
            self._say(f"{left} 秒后重发")

    def _say(self, text: str) -> None:
        if self.button.text() != text:
            self.button.setText(text)
            self.button.setAccessibleName(text)
