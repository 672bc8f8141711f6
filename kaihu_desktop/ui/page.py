"""What a page is: it shows one step (or one place outside a business) and returns an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kaihu_desktop.core.flow.step import Answer, Problem, Services
from kaihu_desktop.core.model.application import Application, Reason
from kaihu_desktop.core.ports import CameraDirectory, CardReader, Settings
from kaihu_desktop.core.rules.bank_bin import BinTable
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.later import later
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.labels import label


@dataclass(frozen=True)
class PageContext:
    """What a step's page may use. It holds neither the engine nor the other pages.

    check_devices: open 设备检测 over the page; the person comes back to it with everything kept. The page is
    hidden meanwhile, and has to give its camera back when it is.
    """

    tasks: TaskRunner
    dialogs: Dialogs
    services: Services
    settings: Settings
    application: Application
    card_reader: Callable[[], CardReader]
    cameras: CameraDirectory
    bins: Callable[[], BinTable]
    check_devices: Callable[[], None]


class Page(QWidget):
    """A page in the shell: title, subtitle and `body`, a layout that scrolls when the window is small.

    `heading` is the row of the title, which may take small tools at its right end.

    Signals:
        changed(): the answer changed; the shell keeps it and asks `blocked` again.
        advance(): the person pressed Enter in the last field, or a widget asks for the primary action.
        failed(Failure, repeat): the shell's error panel must show this; `repeat` is what 重试 does, or None.
        begun(): the person does something else; an error that is still shown is about what was before.
        leave_to(str): the primary action leads to this place outside the business.
        record_changed(): the server's record has moved on; read it again and show where it stands.
        actions_changed(): `primary_text` has changed.
    """

    changed = Signal()
    advance = Signal()
    failed = Signal(object, object)
    begun = Signal()
    leave_to = Signal(str)
    record_changed = Signal()
    actions_changed = Signal()

    #: Text of the primary action in the footer.
    primary_text = "下一步"

    #: What is shown while the answer is sent.
    sending_text = "正在提交…"

    def __init__(self, name: str, title: str, subtitle: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{name}.page")
        self.setAccessibleName(title)
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label(title, "title", f"{name}.title")
        self.subtitle = label(subtitle, "subtitle", f"{name}.subtitle", wrap=True)
        inside = QWidget()
        inside.setProperty("role", "ground")
        column = QVBoxLayout(inside)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(4)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(12)
        self.heading.addWidget(self.title, 1)
        column.addLayout(self.heading)
        column.addWidget(self.subtitle)
        self.subtitle.setVisible(bool(subtitle))
        column.addSpacing(12)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        column.addLayout(self.body, 1)
        self._arrange(inside)

    def _arrange(self, inside: QWidget) -> None:
        """Place the column of title, subtitle and body. A page with more beside it does this differently."""
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(scrolling(inside))

    def set_heading(self, title: str, subtitle: str) -> None:
        """Change title and subtitle, for a page that has several states."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))

    def set_primary(self, text: str) -> None:
        """Change the text of the primary action, for a page that has several states."""
        if text != self.primary_text:
            self.primary_text = text
            self.actions_changed.emit()

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        """Show an answer, and why it was rejected if it was. Called once, before the page is shown."""

    def answer(self) -> dict[str, Any]:
        """The answer as it stands, complete or not. A `Secret` in it is the caller's own, who wipes it."""
        return {}

    def blocked(self) -> str | None:
        """Why the primary action can't be pressed yet, in a short sentence; None if it can."""
        return None

    def before_submit(self, go_on: Callable[[], None]) -> None:
        """Called when the primary action is pressed; calls `go_on` when nothing more is to be asked."""
        go_on()

    def sending_progress(self, done: int, total: int) -> str:
        """What is shown as the answer's sending goes on."""
        return self.sending_text

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the fields that must be corrected and focus the first."""

    def first_focus(self) -> QWidget | None:
        """The widget that has the focus when the page opens."""
        return None

    def leave(self) -> None:
        """The page is about to be taken away: stop what runs (camera, timers)."""


def centred(inside: QWidget, width: int) -> QWidget:
    """A ground with a widget in the middle that is at most `width` pixels wide."""
    inside.setMaximumWidth(width)
    ground = QWidget()
    ground.setProperty("role", "ground")
    across = QHBoxLayout()
    across.addStretch(1)
    across.addWidget(inside, 100)
    across.addStretch(1)
    column = QVBoxLayout(ground)
    column.setContentsMargins(0, 0, 0, 0)
    column.addStretch(1)
    column.addLayout(across)
    column.addStretch(1)
    return ground


class _Revealing(QScrollArea):
    """Scrolls to whatever inside it takes the focus, with the label above and the error below it."""

    def __init__(self) -> None:
        super().__init__()
        QApplication.instance().focusChanged.connect(self._focus_moved)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            later(self, self._reveal)  # an error that has just appeared has its place by then

    def _reveal(self) -> None:
        now = self.focusWidget()
        if now is not None and self.isAncestorOf(now):
            button = isinstance(now, QAbstractButton)  # has neither label nor error
            self.ensureWidgetVisible(now, 0, 12 if button else 40)


def scrolling(inside: QWidget) -> QScrollArea:
    """A frameless scroll area around a widget, vertical only as far as the widget allows."""
    area = _Revealing()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area
