"""Moves the focus to a widget and brings it into view."""

from __future__ import annotations

from typing import Iterator

from qtpy.QtCore import QPoint, QRect, Qt
from qtpy.QtWidgets import QScrollArea, QWidget


def focus(widget: QWidget | None, top: QWidget | None = None) -> None:
    """Give `widget` the focus; scroll areas around it, which don't follow by themselves, show it.

    top: show what begins here, as far as `widget` stays in view, where there is something to look at first.
    """
    if widget is None or not widget.isVisible():
        return
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    for area in _areas(top or widget):
        if top is None:
            area.ensureWidgetVisible(widget, 24, 48)
        else:
            area.verticalScrollBar().setValue(top.mapTo(area.widget(), QPoint(0, -24)).y())
            area.ensureWidgetVisible(widget, 24, 12)


def reveal(widget: QWidget, part: QRect) -> None:
    """Scroll as little as shows this part of `widget`, its top if it is too high."""
    for area in _areas(widget):
        room = min(part.height(), area.viewport().height())
        middle = widget.mapTo(area.widget(), QPoint(part.center().x(), part.top() + room // 2))
        area.ensureVisible(middle.x(), middle.y(), 0, room // 2)


def _areas(widget: QWidget) -> Iterator[QScrollArea]:
    outer = widget.parentWidget()
    while outer is not None:
        if isinstance(outer, QScrollArea):
            yield outer
        outer = outer.parentWidget()
