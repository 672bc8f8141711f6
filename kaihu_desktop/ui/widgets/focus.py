"""Moves the focus to a widget and brings it into view."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QScrollArea, QWidget


def focus(widget: QWidget | None) -> None:
    """Give `widget` the focus; scroll areas around it, which don't follow by themselves, show it."""
    if widget is None or not widget.isVisible():
        return
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    outer = widget.parentWidget()
    while outer is not None:
        if isinstance(outer, QScrollArea):
            outer.ensureWidgetVisible(widget, 24, 48)
        outer = outer.parentWidget()
