"""What a dialog shows, as high as it is where there is room; it scrolls where the window is low."""

from __future__ import annotations

from qtpy.QtCore import QSize
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QWidget

from kaihu_desktop.ui.page import scrolling


class FittedScroll(QWidget):
    """As high as what scrolls in it, where there is room. A layout of its own would be asked instead."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        self._area = scrolling(inside)
        self._area.setProperty("role", "card-scroll")
        self._area.setParent(self)

    def reveal(self, widget: QWidget) -> None:
        """Scroll until `widget` can be seen."""
        self._area.ensureWidgetVisible(widget, 0, 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._area.resize(event.size())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._inside.hasHeightForWidth():
            return self._inside.heightForWidth(width)
        return self._inside.sizeHint().height()

    def sizeHint(self) -> QSize:
        hint = self._inside.sizeHint()
        return QSize(hint.width(), self.heightForWidth(hint.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 80)
