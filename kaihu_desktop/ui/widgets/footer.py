"""The footer of a business: back, what is saved, why one can't go on yet, and the one primary action."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout

from kaihu_desktop.ui.widgets.labels import button, label


def foot_row(bar: QFrame) -> QHBoxLayout:
    """Give a bar the look of the window's foot; its row of actions."""
    bar.setProperty("role", "footer")
    bar.setFixedHeight(72)
    row = QHBoxLayout(bar)
    row.setContentsMargins(32, 0, 32, 0)
    row.setSpacing(12)
    return row


class Footer(QFrame):
    """Signals: back(), next()."""

    back = Signal()
    next = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = foot_row(self)
        self._back = button("上一步", "secondary", "shell.back", self.back.emit)
        self._back.setMinimumWidth(112)
        self._saved = label("", "secondary", "shell.saved")
        self._blocked = label("", "secondary", "shell.blocked")
        self._next = button("下一步", "primary", "shell.next", self.next.emit)
        self._next.setMinimumWidth(112)
        row.addWidget(self._back)
        row.addWidget(self._saved)
        row.addStretch(1)
        row.addWidget(self._blocked)
        row.addWidget(self._next)

    def set_actions(self, primary_text: str, has_back: bool) -> None:
        """Name the primary action; 上一步 is absent on the first step."""
        self._next.setText(primary_text)
        self._next.setAccessibleName(primary_text)
        self._next.setVisible(bool(primary_text))
        self._back.setVisible(has_back)

    def set_blocked(self, reason: str | None) -> None:
        """Why the primary action can't be pressed; None if it can."""
        self._blocked.setText(reason or "")
        self._next.setEnabled(reason is None)
        self._next.setAccessibleDescription(reason or "")

    def set_saved(self, text: str) -> None:
        """What is kept, for example 已自动保存 10:32."""
        self._saved.setText(text)

    def set_compact(self, compact: bool) -> None:
        """Leave out the saved state in a narrow window."""
        self._saved.setVisible(not compact)
