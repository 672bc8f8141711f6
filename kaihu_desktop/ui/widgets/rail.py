"""The rail on the left: the steps of a business, or the places outside one."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QFont, QPainter, QPaintEvent
from qtpy.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from kaihu_desktop.core.flow.plan import Plan
from kaihu_desktop.core.flow.step import Step
from kaihu_desktop.core.model.application import Status, StepState
from kaihu_desktop.ui.icons import pixmap
from kaihu_desktop.ui.theme import Theme, paint_focus
from kaihu_desktop.ui.widgets.labels import button, label

WIDE, NARROW = 232, 64


class StepButton(QAbstractButton):
    """One step: number, ✓ or ! in a circle, and its title. state: done, current, rejected, later."""

    def __init__(self, number: int, step: Step, state: str) -> None:
        super().__init__()
        self.setObjectName(f"rail.{step.id}")
        self.setText(step.title)
        self.setAccessibleName(f"第 {number} 步 {step.title}，{_STATE_TEXTS[state]}")
        self.setToolTip(step.title)
        self._number, self._state = number, state
        self.setFixedHeight(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(WIDE, 40)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROW, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = Theme.current, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state == "current":
            painter.fillRect(self.rect(), QColor(tokens.primary_tint))
            painter.fillRect(self.width() - 3, 0, 3, self.height(), QColor(tokens.primary))
        elif self.isEnabled() and self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.ground))
        if self.hasFocus():
            paint_focus(painter, self.rect())
        narrow = self.width() < WIDE / 2
        left = (self.width() - 22) / 2 if narrow else 24
        self._paint_circle(painter, QRectF(left, 9, 22, 22))
        if not narrow:
            self._paint_title(painter)

    def _paint_circle(self, painter: QPainter, circle: QRectF) -> None:
        tokens = Theme.current
        fill = {"done": tokens.ok, "current": tokens.primary, "rejected": tokens.error}.get(self._state)
        painter.setPen(QColor(fill or tokens.line_strong))
        painter.setBrush(QColor(fill or tokens.card))
        painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5))
        if self._state == "done":
            painter.drawPixmap(circle.adjusted(4, 4, -4, -4).topLeft(), pixmap("check-white", "#FFFFFF", 14))
            return
        painter.setPen(QColor("white" if fill else tokens.text_secondary))
        painter.setFont(self._font(12, bool(fill)))
        sign = "!" if self._state == "rejected" else str(self._number)  # the company's own colour may be red
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, sign)

    def _paint_title(self, painter: QPainter) -> None:
        tokens = Theme.current
        colours = {"current": tokens.primary_pressed, "done": tokens.text, "rejected": tokens.error}
        painter.setPen(QColor(colours.get(self._state, tokens.text_secondary)))
        painter.setFont(self._font(14, self._state == "current"))
        place = self.rect().adjusted(58, 0, -12, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

    def _font(self, size: int, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


_STATE_TEXTS = {"done": "已完成", "current": "正在办理", "rejected": "需要修改", "later": "未开始"}


class Rail(QFrame):
    """Signals: chosen(str), the id of a step or a place."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDE)
        self._compact = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 16)
        column.setSpacing(0)
        self._heading = label("", "strong", "rail.heading")
        self._heading.setContentsMargins(24, 0, 12, 8)
        column.addWidget(self._heading)
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        column.addLayout(self._items)
        column.addStretch(1)
        self._foot = label("", "hint", "rail.foot", wrap=True)
        self._foot.setContentsMargins(24, 0, 12, 0)
        column.addWidget(self._foot)

    def show_steps(self, title: str, plan: Plan, shown: Step, hotline: str) -> None:
        """The steps of a business, about how long they take, and the hotline."""
        self._clear()
        self._heading.setText(title)
        for number, step in enumerate(plan.steps, start=1):
            item = StepButton(number, step, _state(plan, step, shown))
            item.setEnabled(plan.reachable(step) and step != shown)
            item.setCursor(
                Qt.CursorShape.PointingHandCursor if item.isEnabled() else Qt.CursorShape.ArrowCursor
            )
            item.clicked.connect(lambda _=False, step_id=step.id: self.chosen.emit(step_id))
            self._items.addWidget(item)
        minutes = round(plan.minutes_left)
        left = [f"预计还需约 {minutes} 分钟"] if minutes and plan.application.status.editable else []
        self._foot.setText("\n".join([*left, f"客服热线 {hotline}"]))
        self._apply_width()

    def show_places(self, places: Sequence[tuple[str, str]], current: str, hotline: str) -> None:
        """The places outside a business: (id, title)."""
        self._clear()
        self._heading.setText("")
        for place, title in places:
            item = button(title, "rail", f"rail.{place}")
            item.setCheckable(True)
            item.setChecked(place == current)
            item.clicked.connect(lambda _=False, item=item, place=place: self._choose(item, place, current))
            item.setToolTip(title)
            self._items.addWidget(item)
        self._foot.setText(f"客服热线 {hotline}")
        self._apply_width()

    def _choose(self, item: QAbstractButton, place: str, current: str) -> None:
        item.setChecked(place == current)  # it is for who goes there to mark the place
        self.chosen.emit(place)

    def set_compact(self, compact: bool) -> None:
        """In a narrow window only the numbers are shown."""
        if compact != self._compact:
            self._compact = compact
            self._apply_width()

    def _apply_width(self) -> None:
        steps = isinstance(self._first(), StepButton)
        narrow = self._compact and steps
        self.setFixedWidth(NARROW if narrow else (168 if self._compact else WIDE))
        self._heading.setVisible(bool(self._heading.text()) and not narrow)
        self._foot.setVisible(not narrow)

    def _first(self) -> QWidget | None:
        item = self._items.itemAt(0)
        return item.widget() if item else None

    def _clear(self) -> None:
        while self._items.count():
            widget = self._items.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()


def _state(plan: Plan, step: Step, shown: Step) -> str:
    application = plan.application
    if step == shown:
        return "done" if application.status is Status.SUCCEEDED else "current"
    state = application.record(step.id).state
    return {StepState.ACCEPTED: "done", StepState.REJECTED: "rejected", StepState.OPEN: "later"}[state]
