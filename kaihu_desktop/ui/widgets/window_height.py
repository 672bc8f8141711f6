"""Keeps a tall widget low enough for the window, so that what belongs to it is seen without scrolling."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QWidget


class WindowHeight(QObject):
    """Gives `widget` the window's height less `others`, at least `least` and at most `most` pixels."""

    def __init__(self, widget: QWidget, *, others: int, least: int, most: int = 600) -> None:
        super().__init__(widget)
        self._widget, self._others, self._least, self._most = widget, others, least, most
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._widget and event.type() == QEvent.Type.Show:
            self._widget.window().installEventFilter(self)
            self._fit()
        elif watched is not self._widget and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        height = self._widget.window().height() - self._others
        self._widget.setFixedHeight(min(max(height, self._least), self._most))
