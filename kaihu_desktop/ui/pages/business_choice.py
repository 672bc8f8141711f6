"""Page 业务办理: the businesses that the company offers, and what to prepare for each."""

from __future__ import annotations

import uuid
from typing import Callable, Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.company import Company, OfferedBusiness
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import Note, button, card, chip, icon_label, label, line
from kaihu_desktop.ui.widgets.resting import rest, wake

#: What a person needs at hand, by business: (icon, text).
PREPARATIONS = {
    "settlement-account": (
        ("id-card", "本人二代身份证原件"),
        ("credit-card", "要登记的本人借记卡，不支持信用卡和他人的卡"),
        ("key-round", "数字证书和证书密码；换过电脑的，请带上证书备份文件（.pfx 或 .p12）"),
    ),
}
ICONS = {"settlement-account": "credit-card"}
CARD_WIDTH = 720


class BusinessChoicePage(Page):
    """A business that needs what doesn't work on this PC can't be begun, and says so; the others can.

    Signals: started(Application); in_flight(Failure), another business stands in the way; check_devices().
    """

    started = Signal(object)
    in_flight = Signal(object)
    check_devices = Signal()

    def __init__(
        self, tasks: TaskRunner, backend: Backend, company: Company, readiness: ReadinessMonitor
    ) -> None:
        super().__init__(
            "business_choice", "业务办理", "请选择要办理的业务，办理中随时可以中断，下次登录继续"
        )
        self._tasks, self._backend, self._readiness = tasks, backend, readiness
        self._keys: dict[str, str] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._notes: dict[str, _ReadinessNote] = {}
        self._starting = False
        offered = [business for business in company.businesses if business.id in BUSINESSES]
        for business in offered:
            self.body.addWidget(self._card(business))
        if not offered:
            self.body.addWidget(_nothing(company.hotline))
        self.body.addStretch(1)
        readiness.changed.connect(self._show_readiness)
        self._check_again()
        self._show_readiness()

    def first_focus(self) -> QWidget | None:
        """The first business that can be started."""
        return next((one for one in self._buttons.values() if one.isEnabled()), None)

    def leave(self) -> None:
        """What the checks find later is no longer for this page."""
        self._readiness.changed.disconnect(self._show_readiness)

    def _card(self, business: OfferedBusiness) -> QFrame:
        frame, column = card(f"business_choice.{business.id}.card", margins=20, spacing=12)
        frame.setMaximumWidth(CARD_WIDTH)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(icon_label(ICONS.get(business.id, "briefcase"), Theme.current.primary, 24))
        heading.addWidget(label(business.title, "card-title"))
        heading.addWidget(chip(f"约 {business.minutes} 分钟", "info"))
        if not business.enabled:
            heading.addWidget(chip("暂未开放", "warn"))
        heading.addStretch(1)
        start = button(
            "开始办理", "primary", f"business_choice.{business.id}", lambda: self._start(business.id)
        )
        start.setAccessibleName(f"开始办理{business.title}")
        start.setEnabled(business.enabled)
        heading.addWidget(start)
        column.addLayout(heading)
        if business.enabled:
            self._buttons[business.id] = start
            self._notes[business.id] = _ReadinessNote(business.id, self.check_devices.emit)
            column.addWidget(self._notes[business.id])
        column.addWidget(label(business.description, "subtitle", wrap=True))
        steps = " › ".join(step.title for step in BUSINESSES[business.id].steps)
        column.addWidget(label(steps, "secondary", wrap=True))
        if business.id in PREPARATIONS:
            column.addWidget(line())
            column.addLayout(_preparations(business.id))
        return frame

    def _start(self, business_id: str) -> None:
        key = self._keys.setdefault(business_id, str(uuid.uuid4()))
        self._starting = True
        for one in self._buttons.values():
            rest(one)
        task = self._tasks.run(
            self,
            lambda _: self._backend.create_application(business_id, key),
            lambda application: self._started(business_id, application),
            lambda failure: self._refused(business_id, failure),
            label="正在准备…",
        )
        task.ended.connect(self._has_answered)

    def _started(self, business_id: str, application: Application) -> None:
        self._keys.pop(business_id, None)
        self.started.emit(application)

    def _refused(self, business_id: str, failure: Failure) -> None:
        if failure.code == "APP-IN-FLIGHT":
            self._keys.pop(business_id, None)  # when the other one is done, this is a new request
            self.in_flight.emit(failure)
        else:
            self.failed.emit(failure, lambda: self._start(business_id))

    def _has_answered(self) -> None:
        self._starting = False
        for one in self._buttons.values():
            wake(one)
        self._show_readiness()

    # readiness

    def _check_again(self) -> None:
        """What was found at the start may be mended by now: whoever is here has reached the network."""
        needed = {one for business_id in self._buttons for one in BUSINESSES[business_id].needs}
        again = [one.id for one in self._readiness.problems if one.id in needed]
        if again:
            self._readiness.check(*again)

    def _show_readiness(self, _: str = "") -> None:
        for business_id, note in self._notes.items():
            business = BUSINESSES[business_id]
            in_the_way = self._readiness.failed(*business.needs)
            if in_the_way:
                note.block([f"{one.title}：{one.finding.text}" for one in in_the_way])
            else:
                instead = dict(business.does_without)
                note.tell([instead[one.id] for one in self._readiness.failed(*instead)])
            if not self._starting:
                self._buttons[business_id].setEnabled(not in_the_way)


class _ReadinessNote(QWidget):
    """What on this PC stands in the way of a business, or what one does without; nothing when all is well."""

    def __init__(self, business_id: str, check_devices: Callable[[], None]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._note = Note("", "", f"business_choice.{business_id}.readiness")
        row.addWidget(self._note, 1)
        row.addWidget(
            button("设备检测", "link", f"business_choice.{business_id}.check_devices", check_devices),
            0,
            Qt.AlignmentFlag.AlignVCenter,
        )
        self.hide()

    def block(self, reasons: Sequence[str]) -> None:
        """The business can't be begun, because of this."""
        self._note.set(f"现在不能办理。{'；'.join(reasons)}。", "error")
        self.show()

    def tell(self, notices: Sequence[str]) -> None:
        """It can be begun all the same."""
        self._note.set("；".join(notices), "warn")
        self.setVisible(bool(notices))


def _preparations(business_id: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    column.addWidget(label("需要准备", "field-label"))
    for icon_name, text in PREPARATIONS[business_id]:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(icon_label(icon_name, Theme.current.text_secondary, 18))
        row.addWidget(label(text, wrap=True), 1)
        column.addLayout(row)
    return column


def _nothing(hotline: str) -> QFrame:
    frame, column = card(margins=32)
    column.addWidget(label("这家期货公司暂时没有可以在电脑上办理的业务", "strong", wrap=True))
    column.addWidget(label(f"您可以使用手机 APP，或拨打客服热线 {hotline}。", "subtitle", wrap=True))
    return frame
