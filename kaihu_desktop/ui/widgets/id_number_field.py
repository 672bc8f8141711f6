"""An ID number: shown in groups while it is typed, checked when the field is left."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, Qt, Signal
from qtpy.QtGui import QKeyEvent

from kaihu_desktop.core.rules.id_number import id_number_problem, normalise_id_number
from kaihu_desktop.ui.widgets.fields import TextField

#: Region, birth date, order and check character: the way in which one compares it with the card.
GROUPS = (6, 14)


def grouped(number: str) -> str:
    """``410101 19950813 0033``."""
    ends = [0, *(end for end in GROUPS if end < len(number)), len(number)]
    return " ".join(number[start:end] for start, end in zip(ends, ends[1:]))


class IdNumberField(TextField):
    """Signals: left(), the person has left the field, which then shows its error."""

    left = Signal()

    def __init__(self, title: str, name: str) -> None:
        super().__init__(title, name, placeholder="18 位，最后一位可能是 X", length=40)
        self.edit.textEdited.connect(self._regroup)
        self.edit.installEventFilter(self)

    @property
    def number(self) -> str:
        """What was typed, half-width, upper-case and without blanks."""
        return normalise_id_number(self.edit.text())

    def check(self) -> bool:
        """Show what is wrong with the number; True if nothing is."""
        problem = id_number_problem(self.number) if self.number else "请填写身份证号"
        if problem:
            self.set_error(problem)
        return problem is None

    def _regroup(self, text: str) -> None:
        before_cursor = len(normalise_id_number(text[: self.edit.cursorPosition()]))
        number = normalise_id_number(text)
        shown = grouped(number)
        if shown == text:
            return
        self.edit.setText(shown)
        self.edit.setCursorPosition(len(grouped(number[:before_cursor])))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            self._step_over_blank(event)
        elif event.type() == QEvent.Type.FocusOut and event.reason() != Qt.FocusReason.PopupFocusReason:
            if self.number:
                self.check()
            self.left.emit()
        return False

    def _step_over_blank(self, event: QKeyEvent) -> None:
        """A blank between the groups isn't something to delete: delete the digit beyond it."""
        if self.edit.hasSelectedText():
            return
        text, cursor = self.edit.text(), self.edit.cursorPosition()
        if event.key() == Qt.Key.Key_Backspace and text[cursor - 1 : cursor] == " ":
            self.edit.setCursorPosition(cursor - 1)
        elif event.key() == Qt.Key.Key_Delete and text[cursor : cursor + 1] == " ":
            self.edit.setCursorPosition(cursor + 1)
