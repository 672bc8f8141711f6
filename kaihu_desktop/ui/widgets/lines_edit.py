"""An input for a text that may need two lines, such as an address, but has no line breaks."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from qtpy.QtGui import QFocusEvent, QKeyEvent
from qtpy.QtWidgets import QPlainTextEdit, QSizePolicy

LEAST_LINES, MOST_LINES = 2, 4

#: Border and padding above and below the text, see theme.qss (pixels).
AROUND = 12

#: Chinese characters may come from a higher font than the one that is asked for (pixels in each line).
HIGHER_FONT = 2


class LinesEdit(QPlainTextEdit):
    """Works like a QLineEdit and is named like one, but wraps its text, and grows with it.

    Signals:
        textEdited(str): the person changed the text.
        returnPressed(): Enter, which makes no new line.
    """

    textEdited = Signal(str)
    returnPressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._length, self._known = 0, ""
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._changed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self.updateGeometry())

    def text(self) -> str:
        """What stands in it."""
        return str(self.toPlainText())

    def setText(self, text: str) -> None:
        """Fill it without saying that the person changed it."""
        self._known = _one_line(text)
        self.setPlainText(self._known)

    def setMaxLength(self, length: int) -> None:
        """Take no more characters than this; 0 for any number."""
        self._length = length

    def setCursorPosition(self, position: int) -> None:
        """Place the cursor before the character of this number, and show it."""
        cursor = self.textCursor()
        cursor.setPosition(position)
        self.setTextCursor(cursor)

    def _changed(self) -> None:
        if self.text() == self._known:
            return
        if self._length and len(self.text()) > self._length:
            self._cut(len(self.text()) - self._length)
        self._known = self.text()
        self.textEdited.emit(self._known)

    def _cut(self, surplus: int) -> None:
        """Take back the end of what was just put in."""
        self.blockSignals(True)
        for _ in range(surplus):
            self.textCursor().deletePreviousChar()
        self.blockSignals(False)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(_one_line(source.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setCursorPosition(0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        wrapped = round(self.document().size().height())  # a plain text's height is told in lines
        lines = min(max(wrapped, LEAST_LINES), MOST_LINES)
        margins = round(2 * self.document().documentMargin())
        return QSize(200, lines * (self.fontMetrics().lineSpacing() + HIGHER_FONT) + margins + AROUND)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())


def _one_line(text: str) -> str:
    return "".join(text.splitlines())
