"""Dialogs inside the window: a card over a dimmed page. None of them starts an event loop of its own."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QEvent, QObject, Qt, QTimer
from qtpy.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from qtpy.QtWidgets import (
    QAbstractSlider,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from kaihu_desktop.core.model.company import Document
from kaihu_desktop.ui.widgets.labels import button, label
from kaihu_desktop.ui.widgets.tab_chain import move_focus, tab_chain

#: What these keys do where a dialog is higher than the window.
PAGING = {
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
}


class Overlay(QWidget):
    """Covers its host and holds one card; focus stays inside until it is closed."""

    def __init__(self, host: QWidget, title: str, width: int = 460, height: int = 0) -> None:
        """`width` and `height` are the most it takes; without a height the card takes what it needs."""
        super().__init__(host)
        self._focus_before = host.window().focusWidget()
        self._width, self._height = width, height
        self.card = QWidget(self)
        self.card.setObjectName("dialog")
        self.card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.card.setAccessibleName(title)
        self.column = QVBoxLayout(self.card)
        self.column.setContentsMargins(24, 24, 24, 20)
        self.column.setSpacing(12)
        self.column.addWidget(label(title, "card-title", "dialog.title", wrap=True))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(12)
        self.buttons.addStretch(1)
        self.on_escape: Callable[[], None] = self.close_overlay
        host.installEventFilter(self)

    def open_over(self) -> None:
        """Show the dialog; the last button added has the focus unless another widget took it."""
        self.column.addSpacing(4)
        self.column.addLayout(self.buttons)
        self._fit()
        self.show()
        self.raise_()
        chain = tab_chain(self.card)
        inputs = [widget for widget in chain if not isinstance(widget, QPushButton)]
        (inputs or chain[-1:])[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def close_overlay(self) -> None:
        """Take the dialog away and give the focus back."""
        self.parent().removeEventFilter(self)
        self.hide()
        self.deleteLater()
        before = self._focus_before
        try:
            if before is not None and before.isVisible():
                before.setFocus()
        except RuntimeError:  # that widget is gone
            pass

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(20, 28, 44, 110))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.on_escape()
        elif event.key() in PAGING:
            for area in self.card.findChildren(QScrollArea):  # the focus is outside, at the buttons
                area.verticalScrollBar().triggerAction(PAGING[event.key()])

    def focusNextPrevChild(self, forward: bool) -> bool:
        move_focus(tab_chain(self.card), self.window().focusWidget(), forward)
        return True

    def _fit(self) -> None:
        host = self.parent()
        self.setGeometry(host.rect())
        width = min(self._width, host.width() - 32)
        self.card.setFixedWidth(width)
        wraps = self.card.hasHeightForWidth()
        needed = self.card.heightForWidth(width) if wraps else self.card.sizeHint().height()
        height = min(self._height or needed, host.height() - 32)
        self.card.resize(width, height)
        self.card.move((host.width() - width) // 2, max((host.height() - height) // 2, 16))


class Dialogs:
    """Opens dialogs over one window. Callbacks run after the dialog is gone."""

    def __init__(self, host: QWidget) -> None:
        self.host = host

    def close_all(self) -> None:
        """Take every dialog away unanswered: the page that asked is about to go."""
        for overlay in self.host.findChildren(Overlay):
            if not overlay.isHidden():
                overlay.close_overlay()

    def confirm(
        self,
        title: str,
        text: str,
        accept: str,
        accepted: Callable[[], None],
        *,
        reject: str = "取消",
        rejected: Callable[[], None] = lambda: None,
        kind: str = "primary",
        countdown: int = 0,
    ) -> Overlay:
        """Ask one question. With `countdown` the accepting button waits that many seconds.

        An empty `reject` leaves one button, for a notice.
        """
        overlay = Overlay(self.host, title)
        overlay.column.addWidget(label(text, "subtitle", "dialog.text", wrap=True))
        self._buttons(overlay, accept, accepted, reject, rejected, kind, countdown)
        overlay.open_over()
        return overlay

    def read(
        self,
        document: Document,
        accept: str,
        accepted: Callable[[], None],
        *,
        reject: str = "关闭",
        to_the_end: bool = False,
    ) -> Overlay:
        """Show a long text; an empty `accept` only shows it.

        With `to_the_end` the accepting button waits until the text was scrolled to its end.
        """
        overlay = Overlay(self.host, document.title, width=720, height=560)
        browser = QTextBrowser()
        browser.setObjectName("dialog.document")
        browser.setAccessibleName(document.title)
        browser.setPlainText(document.text)
        browser.setMinimumHeight(80)
        overlay.column.addWidget(browser, 1)
        if accept:
            self._buttons(overlay, accept, accepted, reject, lambda: None, "primary", 0)
        else:
            self._buttons(overlay, reject, accepted, "", lambda: None, "primary", 0)
        overlay.open_over()
        if to_the_end:
            _wait_for_end(browser, overlay.findChild(QPushButton, "dialog.accept"))
        return overlay

    @staticmethod
    def _buttons(
        overlay: Overlay,
        accept: str,
        accepted: Callable[[], None],
        reject: str,
        rejected: Callable[[], None],
        kind: str,
        countdown: int,
    ) -> None:
        def close(then: Callable[[], None]) -> None:
            overlay.close_overlay()
            then()

        if reject:
            overlay.buttons.addWidget(button(reject, "secondary", "dialog.reject", lambda: close(rejected)))
            overlay.on_escape = lambda: close(rejected)
        else:
            overlay.on_escape = lambda: close(accepted)
        accepting = button(accept, kind, "dialog.accept", lambda: close(accepted))
        overlay.buttons.addWidget(accepting)
        if countdown:
            _count_down(accepting, accept, countdown)


def _wait_for_end(browser: QTextBrowser, accepting: QPushButton) -> None:
    bar, text = browser.verticalScrollBar(), accepting.text()
    accepting.setEnabled(False)
    accepting.setText("请阅读到最后")

    def look() -> None:
        if bar.value() >= bar.maximum() and not accepting.isEnabled():
            accepting.setText(text)
            accepting.setEnabled(True)

    bar.valueChanged.connect(lambda _: look())
    bar.rangeChanged.connect(lambda _, __: look())
    look()


def _count_down(accepting: QPushButton, text: str, seconds: int) -> None:
    left = [seconds]
    timer = QTimer(accepting)

    def show() -> None:
        accepting.setEnabled(left[0] <= 0)
        accepting.setText(f"{text}（{left[0]} 秒）" if left[0] > 0 else text)
        if left[0] <= 0:
            timer.stop()
        left[0] -= 1

    timer.timeout.connect(show)
    timer.start(1000)
    show()
