"""A page over the page where one was: a bar at its foot, and the Escape key, lead back there."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QFrame, QVBoxLayout, QWidget

from kaihu_desktop.ui.page import Page, scrolling
from kaihu_desktop.ui.widgets.footer import foot_row
from kaihu_desktop.ui.widgets.labels import button


class CoveringPage(Page):
    """Its bar holds the page's tools and `way_back`. Signals: returned(), the person wants to go back."""

    returned = Signal()

    def _arrange(self, inside: QWidget) -> None:
        bar = QFrame()
        row = foot_row(bar)
        for tool in self.tools():
            row.addWidget(tool)
        row.addStretch(1)
        name = self.objectName().replace(".page", ".return")
        self.way_back = button("完成", "primary", name, self.go_back)
        row.addWidget(self.way_back)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        outside.addWidget(scrolling(inside), 1)
        outside.addWidget(bar)

    def tools(self) -> Sequence[QWidget]:
        """What stands at the left end of the bar; called once."""
        return ()

    def go_back(self) -> None:
        """Leave for the page below."""
        self.returned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.go_back()
