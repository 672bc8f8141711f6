"""Keeps a tall widget low enough for the window, so that what belongs to it is seen without scrolling."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QWidget


class WindowHeight(QObject):
    """Gives `widget` the window's height less `others`, at least `least` and at most `most` pixels.

    shape: the most that it is, besides, in parts of its width; 0 for no such limit.
    """

    def __init__(
        self, widget: QWidget, *, others: int, least: int, most: int = 600, shape: float = 0.0
    ) -> None:
        super().__init__(widget)
        self._widget, self._others, self._least, self._most = widget, others, least, most
        self._shape = shape
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._widget and event.type() == QEvent.Type.Show:
            self._widget.window().installEventFilter(self)
            self._fit()
        elif (self._shape or watched is not self._widget) and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        height = self._widget.window().height() - self._others
        height = min(max(height, self._least), self._most)
        if self._shape:
            height = min(height, round(self._widget.width() * self._shape))
        self._widget.setFixedHeight(height)
