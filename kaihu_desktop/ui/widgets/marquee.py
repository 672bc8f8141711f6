"""A line of warning that scrolls into its place, and on and on when it is too long for it."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QRect, QSize, Qt, QTimer
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QStyle, QWidget

from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import set_tooltip

#: Pixels per tick, and milliseconds between ticks.
STEP, TICK_MS = 6, 24
PADDING, GAP = 12, 64


class Marquee(QWidget):
    """A text in the colours of a warning. It stands still under the mouse and where motion is off."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._text = ""
        self._x = PADDING
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._move)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    @property
    def resting(self) -> bool:
        """Whether the text stands still in its place."""
        return self._x == PADDING

    def set_text(self, text: str) -> None:
        """Show a text; it comes in from the right."""
        self._text = text
        self.setAccessibleName(text)
        set_tooltip(self, text)
        moves = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animate, None, self)
        self._x = self.width() if moves else PADDING
        self._run(bool(moves))

    def sizeHint(self) -> QSize:
        return QSize(240, 34)

    def showEvent(self, event: QEvent) -> None:
        self._run(self._x != PADDING or not self._fits())

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def enterEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._run(self._x != PADDING or not self._fits())

    def _run(self, moving: bool) -> None:
        if moving and self.isVisible() and self.style().styleHint(QStyle.StyleHint.SH_Widget_Animate):
            self._timer.start()
        else:
            self._timer.stop()
        self.update()

    def _fits(self) -> bool:
        return self._text_width() + 2 * PADDING <= self.width()

    def _text_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._text)

    def _move(self) -> None:
        self._x -= STEP
        if self._fits() and self._x <= PADDING:
            self._x = PADDING
            self._timer.stop()
        elif self._x < -self._text_width() - GAP:
            self._x = self.width()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = Theme.current, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.warn_tint))
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setClipRect(self.rect().adjusted(PADDING, 0, -PADDING, 0))
        painter.setPen(QColor(tokens.warn))
        place = QRect(self._x, 0, self._text_width() + GAP, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
