"""Page 提交结果: that it was submitted, how far the review is, its result and what is to do then."""

from __future__ import annotations

from typing import Callable, Sequence

from qtpy.QtCore import QEvent, QTimer
from qtpy.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure, Retry
from kaihu_desktop.core.flow.step import Answer
from kaihu_desktop.core.model.application import Application, Reason, Status
from kaihu_desktop.core.model.company import Bank, Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import Note, card, icon_label, label
from kaihu_desktop.ui.widgets.rejected_card import reasons_text
from kaihu_desktop.ui.widgets.status_timeline import StatusTimeline, marks_of

POLL_MS = 10_000
MY_BUSINESS = "my_business"


class SubmittedPage(Page):
    """Reads the record again every `POLL_MS` while it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("submitted", "提交结果")
        self._context = context
        self._reading = False
        self._contents = QWidget()
        self.body.addWidget(self._contents)
        self.body.addStretch(1)
        self._application = context.application
        self._show(context.application)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._read)

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        """There is nothing to answer; the record is read anew."""
        self._read()

    def showEvent(self, event: QEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def leave(self) -> None:
        """Stop reading."""
        self._timer.stop()

    def before_submit(self, go_on: Callable[[], None]) -> None:
        """Nothing is sent: the primary action leads to what must be corrected, or to 我的业务."""
        if self._application.status.editable:
            self.record_changed.emit()
        else:
            self.leave_to.emit(MY_BUSINESS)

    def _read(self) -> None:
        if self._reading:
            return
        self._reading = True
        application_id, backend = self._application.id, self._context.services.backend
        task = self._context.tasks.run(
            self, lambda _: backend.application(application_id), self._read_anew, self._not_read
        )
        task.ended.connect(self._has_read)

    def _has_read(self) -> None:
        self._reading = False

    def _not_read(self, failure: Failure) -> None:
        """The next time may do; but when the login is over the person must know."""
        if failure.retry is Retry.LOGIN:
            self._timer.stop()
            self.failed.emit(failure, None)

    def _read_anew(self, application: Application) -> None:
        if application != self._application:
            self._show(application)
            if application.status.finished:
                self.record_changed.emit()

    def _show(self, application: Application) -> None:
        self._application = application
        self.primary_text = "立即处理" if application.status.editable else "返回我的业务"
        before, self._contents = self._contents, self._result(application)
        self.body.replaceWidget(before, self._contents)
        before.hide()
        before.deleteLater()
        self.actions_changed.emit()

    def _result(self, application: Application) -> QWidget:
        services = self._context.services
        contents = QWidget()
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(_headline(application, services.customer))
        if application.status is Status.SUCCEEDED:
            banks = _banks(application, services.company)
            if banks:
                column.addWidget(_signing_guides(banks))
        return contents


def _headline(application: Application, customer: Customer) -> QFrame:
    status, tokens = application.status, Theme.current
    icon_name, colour = {
        Status.SUCCEEDED: ("circle-check", tokens.ok),
        Status.FAILED: ("circle-x", tokens.error),
    }.get(status, ("circle-alert", tokens.error) if status.rejected else ("circle-check", tokens.ok))
    frame, column = card("submitted.card", margins=24, spacing=16)
    row = QHBoxLayout()
    row.setSpacing(16)
    row.addWidget(icon_label(icon_name, colour, 40))
    words = QVBoxLayout()
    words.setSpacing(4)
    words.addWidget(label(_title(status), "card-title", "submitted.status"))
    words.addWidget(label(_sentence(application, customer), "", "submitted.sentence", wrap=True))
    row.addLayout(words, 1)
    column.addLayout(row)
    if status.rejected:
        column.addWidget(Note(reasons_text(application), "error", "submitted.reasons"))
    elif status is Status.FAILED and application.remark:
        column.addWidget(Note(application.remark, "error", "submitted.reasons"))
    timeline = StatusTimeline("submitted.timeline")
    timeline.show_marks(marks_of(application))
    column.addWidget(timeline)
    return frame


def _title(status: Status) -> str:
    if status in (Status.AWAITING_REVIEW, Status.REVIEWING, Status.AWAITING_COUNTER):
        return f"提交成功，{status.text}"
    return status.text


def _sentence(application: Application, customer: Customer) -> str:
    who = f"尊敬的 {customer.name} {_form_of_address(customer.id_number)}，您的 {application.title} 业务"
    status = application.status
    if status is Status.SUCCEEDED:
        account = f"，资金账号 {application.capital_account}" if application.capital_account else ""
        return f"{who}已办理成功{account}。"
    if status is Status.FAILED:
        return f"{who}没有办理成功。如有疑问请联系期货公司。"
    if status.rejected:
        return f"{who}被退回，请按以下原因修改后重新提交。"
    return (
        f"{who}已成功提交，正在等待复核，你可在 我的业务 中查看结果。"
        "一般需要 1 个交易日，结果会以短信通知您。"
    )


def _form_of_address(id_number: str) -> str:
    number = parse_id_number(id_number)
    return {"男": "先生", "女": "女士"}[number.sex] if number else "先生/女士"


def _banks(application: Application, company: Company) -> list[Bank]:
    cards = (application.record("bank_cards").answer or {}).get("cards", ())
    banks = (company.bank(card["bank_code"]) for card in cards)
    return [bank for bank in banks if bank is not None]


def _signing_guides(banks: Sequence[Bank]) -> QFrame:
    frame, column = card("submitted.guides", margins=24, spacing=12)
    column.addWidget(label("还差一步：到银行完成银期签约", "card-title"))
    column.addWidget(label("签约完成之前不能进行银期转账。请按您的银行选择办理方式：", "subtitle", wrap=True))
    for bank in banks:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(icon_label("landmark", Theme.current.primary, 20))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(bank.name, "strong"))
        words.addWidget(label(bank.signing_guide, "secondary", f"submitted.guide.{bank.code}", wrap=True))
        row.addLayout(words, 1)
        column.addLayout(row)
    return frame
