"""A label that is cut with an ellipsis where there is no room."""

from __future__ import annotations

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QLabel

from kaihu_desktop.ui.widgets.labels import set_tooltip

#: What remains of a long text in a narrow window (pixels).
LEAST = 120


class ShortenedLabel(QLabel):
    """A text that is cut with an ellipsis where there is no room; the whole of it is the tooltip."""

    def __init__(self, role: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self._whole = ""

    def set_whole(self, text: str) -> None:
        """Show this, as much of it as fits in."""
        self._whole = text
        set_tooltip(self, text)
        self.setAccessibleName(text)
        self.setText(text)
        self.updateGeometry()
        self._shorten()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), LEAST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._shorten()

    def _shorten(self) -> None:
        self.setText(
            self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width() - 2, 0))
        )
