"""Page 业务办理: the businesses that the company offers, and what to prepare for each."""

from __future__ import annotations

import uuid

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.company import Company, OfferedBusiness
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import button, card, chip, icon_label, label, line
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
    """Signals: started(Application); in_flight(Failure), another business stands in the way."""

    started = Signal(object)
    in_flight = Signal(object)

    def __init__(self, tasks: TaskRunner, backend: Backend, company: Company) -> None:
        super().__init__(
            "business_choice", "业务办理", "请选择要办理的业务，办理中随时可以中断，下次登录继续"
        )
        self._tasks, self._backend = tasks, backend
        self._keys: dict[str, str] = {}
        self._buttons: list[QPushButton] = []
        offered = [business for business in company.businesses if business.id in BUSINESSES]
        for business in offered:
            self.body.addWidget(self._card(business))
        if not offered:
            self.body.addWidget(_nothing(company.hotline))
        self.body.addStretch(1)

    def first_focus(self) -> QWidget | None:
        """The first business that can be started."""
        return self._buttons[0] if self._buttons else None

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
        if business.enabled:
            self._buttons.append(start)
        column.addLayout(heading)
        column.addWidget(label(business.description, "subtitle", wrap=True))
        steps = " › ".join(step.title for step in BUSINESSES[business.id].steps)
        column.addWidget(label(steps, "secondary", wrap=True))
        if business.id in PREPARATIONS:
            column.addWidget(line())
            column.addLayout(_preparations(business.id))
        return frame

    def _start(self, business_id: str) -> None:
        key = self._keys.setdefault(business_id, str(uuid.uuid4()))
        for one in self._buttons:
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
        for one in self._buttons:
            wake(one)


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
