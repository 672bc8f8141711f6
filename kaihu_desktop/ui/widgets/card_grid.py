"""A grid of cards: as many side by side as the window has room for."""

from __future__ import annotations

from qtpy.QtCore import QSize
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QGridLayout, QWidget


class CardGrid(QWidget):
    """Widgets of equal width, each at least `least` pixels wide, at most `most` in a row."""

    def __init__(self, least: int, most: int = 2) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._widgets: list[QWidget] = []
        self._columns = 0
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(16)

    def show_widgets(self, widgets: list[QWidget]) -> None:
        """Show these, in this order; a widget that is no longer among them is taken away for good."""
        for widget in self._widgets:
            if widget not in widgets:
                self._layout.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._widgets = list(widgets)
        self._arrange(self._fitting())

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest of them, so that a narrow window gets as far as making one column."""
        widths = [widget.minimumSizeHint().width() for widget in self._widgets]
        return QSize(max(widths, default=0), self._layout.totalMinimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitting() != self._columns:
            self._arrange(self._fitting())

    def _fitting(self) -> int:
        return max(1, min(self._most, (self.width() + 16) // (self._least + 16)))

    def _arrange(self, columns: int) -> None:
        self._columns = columns
        for place, widget in enumerate(self._widgets):
            self._layout.addWidget(widget, place // columns, place % columns)
            widget.show()  # at once: the layout would show it later, and what is hidden can't have the focus
        for column in range(self._most):
            self._layout.setColumnStretch(column, 1 if column < columns else 0)
