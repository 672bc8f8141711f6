"""Moves the focus to a widget and brings it into view; keeps it from wandering off a button that rests."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QScrollArea, QWidget


def focus(widget: QWidget | None) -> None:
    """Give `widget` the focus; scroll areas around it, which don't follow by themselves, show it."""
    if widget is None or not widget.isVisible():
        return
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    reveal(widget)


def reveal(widget: QWidget) -> None:
    """Scroll so that `widget` is seen."""
    outer = widget.parentWidget()
    while outer is not None:
        if isinstance(outer, QScrollArea):
            outer.ensureWidgetVisible(widget, 24, 48)
        outer = outer.parentWidget()


def rest(widget: QWidget) -> None:
    """Disable a button while its work is done. Qt would hand its focus on to whatever comes next."""
    if widget.hasFocus():
        widget.setProperty(_HAD_FOCUS, True)
        widget.clearFocus()
    widget.setEnabled(False)


def wake(widget: QWidget) -> None:
    """Enable it again, with its focus unless something else has taken that."""
    widget.setEnabled(True)
    if widget.property(_HAD_FOCUS) and QApplication.focusWidget() is None:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
    widget.setProperty(_HAD_FOCUS, False)


_HAD_FOCUS = "had_focus"
