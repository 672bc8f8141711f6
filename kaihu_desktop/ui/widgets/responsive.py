"""A row of widgets that becomes a column where the window is narrow."""

from __future__ import annotations

from qtpy.QtCore import QSize
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QBoxLayout, QWidget


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
