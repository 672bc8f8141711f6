"""What is going on while the person waits: a quiet spinner with words, from 2 s progress and 取消."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from qtpy.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from kaihu_desktop.ui.tasks import Task
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import button, label
from kaihu_desktop.ui.widgets.tab_chain import move_focus, tab_chain

#: After this time progress and 取消 appear (milliseconds).
LONG_MS = 2000

#: Opacity (0 to 255) of the veil over what can't be used meanwhile.
VEIL = 150


class Spinner(QWidget):
    """A turning arc; it turns only while it is seen."""

    def __init__(self, size: int = 20) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._turn)

    def showEvent(self, event: QEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        self._angle = (self._angle + 18) % 360
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QPointF(self.rect().center()) + QPointF(0.5, 0.5))
        painter.rotate(self._angle)
        radius = self.width() / 2 - 2
        circle = QRectF(-radius, -radius, 2 * radius, 2 * radius)
        painter.setPen(QPen(QColor(Theme.current.line), 2.5))
        painter.drawEllipse(circle)
        pen = QPen(QColor(Theme.current.primary), 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(circle, 0, 100 * 16)


class BusyOverlay(QWidget):
    """Floats over the middle of its host while a labelled task runs; mouse and keys reach nothing below.

    Signals: given_up(Task), the person doesn't want to wait any longer.
    """

    given_up = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("shell.busy")
        self._task: Task | None = None
        self._focus_before: QWidget | None = None
        self._card = QWidget(self)
        self._card.setObjectName("dialog")
        self._card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self._card)
        row.setContentsMargins(20, 14, 20, 14)
        row.setSpacing(12)
        row.addWidget(Spinner())
        column = QVBoxLayout()
        column.setSpacing(6)
        self._label = label("", "strong", "shell.busy.text")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setMinimumWidth(220)
        column.addWidget(self._label)
        column.addWidget(self._progress)
        row.addLayout(column)
        self._cancel = button("取消", "secondary", "shell.busy.cancel", self._cancelled, small=True)
        row.addWidget(self._cancel)
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(LONG_MS)
        self._long.timeout.connect(self._show_more)
        host.installEventFilter(self)
        self.hide()

    def follow(self, task: Task) -> None:
        """Show a task until `finish`."""
        if not self._has_focus():
            self._focus_before = self.window().focusWidget()
        self._task = task
        self._progress.hide()
        self._cancel.hide()
        self._progress.setRange(0, 0)
        self._say(task.label or "")
        task.progressed.connect(self._moved)
        if task.latest is not None:
            self._moved(*task.latest)
        self._long.start()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def finish(self) -> None:
        """Nothing is going on any more: the focus goes back, unless something else has taken it."""
        self._task = None
        self._long.stop()
        before, self._focus_before = self._focus_before, None
        had_focus = self._has_focus()
        if had_focus:
            self.window().focusWidget().clearFocus()  # Qt would hand it on to whatever comes next
        self.hide()
        try:
            if had_focus and before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.PopupFocusReason)
        except RuntimeError:  # that widget is gone
            pass

    def _has_focus(self) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and (focused is self or self.isAncestorOf(focused))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A thin veil, so that what is below isn't read into the card."""
        veil = QColor(Theme.current.ground)
        veil.setAlpha(VEIL)
        QPainter(self).fillRect(self.rect(), veil)

    def _moved(self, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        if self._task is not None and self._task.words is not None:
            self._say(self._task.words(done, total))

    def _say(self, text: str) -> None:
        self._label.setText(text)
        self.setAccessibleName(text)
        self._fit()

    def _show_more(self) -> None:
        self._progress.show()
        self._cancel.show()
        self._fit()

    def _cancelled(self) -> None:
        task = self._task
        self.finish()
        if task is not None:
            task.cancel()
            self.given_up.emit(task)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the page's shortcuts, such as Ctrl+F, rest as well
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._cancel.isVisible():
            self._cancelled()

    def focusNextPrevChild(self, forward: bool) -> bool:
        move_focus(tab_chain(self._card), self.window().focusWidget(), forward)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return False

    def _fit(self) -> None:
        host = self.parent()
        self.setGeometry(host.rect())
        self._card.adjustSize()
        self._card.move((host.width() - self._card.width()) // 2, (host.height() - self._card.height()) // 2)
