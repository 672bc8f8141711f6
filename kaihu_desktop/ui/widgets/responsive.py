"""Rows and columns of widgets, and a row that becomes a column where the window is narrow."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import QSize
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QBoxLayout, QWidget


def lined_up(layout: QBoxLayout, widgets: Sequence[QWidget]) -> QWidget:
    """These widgets at the beginning of a row or column."""
    made = QWidget()
    made.setLayout(layout)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(12)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return made


class ResponsiveRow(QWidget):
    """Left to right from `breakpoint` pixels on, top to bottom below."""

    def __init__(self, breakpoint_width: int, spacing: int = 16) -> None:
        super().__init__()
        self._breakpoint = breakpoint_width
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(spacing)

    def add(self, widget: QWidget, stretch: int) -> None:
        """Add a widget; `stretch` as in QBoxLayout."""
        self._layout.addWidget(widget, stretch)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the column is, so that a narrow window gets as far as making it one."""
        items = [self._layout.itemAt(index) for index in range(self._layout.count())]
        widths = [item.minimumSize().width() for item in items]
        return QSize(max(widths, default=0), self._layout.totalMinimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= self._breakpoint
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)
