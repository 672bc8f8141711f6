"""Buttons that can't be pressed while their work is done, and keep the focus to themselves meanwhile."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QWidget

_HAD_FOCUS = "had_focus"


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
