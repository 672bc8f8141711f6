"""The panel under a page that tells what failed, what to do, and its code for the hotline."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure, Retry
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import button, icon_label, label


class ErrorPanel(QWidget):
    """One failure: text, remedy, code, and a button that repeats what failed; hidden it takes no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("shell.error")
        outside = QVBoxLayout(self)
        outside.setContentsMargins(32, 0, 32, 12)
        note = QFrame()
        note.setProperty("role", "note")
        note.setProperty("kind", "error")
        outside.addWidget(note)
        row = QHBoxLayout(note)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(icon_label("circle-alert", Theme.current.error, 20), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        self._text = label("", "strong", "shell.error.text", wrap=True)
        self._remedy = label("", "", "shell.error.remedy", wrap=True)
        self._code = label("", "hint", "shell.error.code")
        for widget in (self._text, self._remedy, self._code):
            column.addWidget(widget)
        row.addLayout(column, 1)
        self._repeat: Callable[[], None] = self.hide
        self._button = button("重试", "secondary", "shell.error.retry", self._pressed, small=True)
        row.addWidget(self._button)
        close = button("知道了", "link", "shell.error.close", self.hide, small=True)
        row.addWidget(close)
        self.hide()

    def show_failure(self, failure: Failure, repeat: Callable[[], None] | None) -> None:
        """Show a failure; `repeat` is called by 重试 where repeating can help."""
        self._text.setText(failure.text)
        self._remedy.setText(failure.remedy + wait_text(failure))
        self._code.setText(f"代码 {failure.code}")
        self._repeat = repeat or self.hide
        self._button.setText("重新登录" if failure.retry is Retry.LOGIN else "重试")
        self._button.setVisible(repeat is not None and failure.retry is not Retry.NO)
        self.setAccessibleName(f"{failure.text}。{failure.remedy}")
        self.show()

    def _pressed(self) -> None:
        self.hide()
        self._repeat()


def wait_text(failure: Failure) -> str:
    """How long to wait, in words, if the failure says so; with a leading blank."""
    if not failure.wait:
        return ""
    minutes, seconds = divmod(failure.wait, 60)
    return f" 请在 {f'{minutes} 分 ' if minutes else ''}{seconds} 秒后再试。"
