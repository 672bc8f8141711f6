"""Page 登录: who the person is, by ID number, captcha picture and SMS code."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure, Retry
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.login import Credentials, LoggedIn, SmsSent
from kaihu_desktop.core.ports import Backend
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.page import Page, centred, scrolling
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.brand_panel import BrandPanel
from kaihu_desktop.ui.widgets.captcha_field import CaptchaField
from kaihu_desktop.ui.widgets.consents import Consents
from kaihu_desktop.ui.widgets.countdown_button import CountdownButton
from kaihu_desktop.ui.widgets.fields import TextField
from kaihu_desktop.ui.widgets.id_number_field import IdNumberField
from kaihu_desktop.ui.widgets.labels import Note, button, label
from kaihu_desktop.ui.widgets.marquee import Marquee
from kaihu_desktop.ui.widgets.resting import rest, wake
from kaihu_desktop.ui.widgets.segments import Segments

ACCOUNT_TYPES = {"futures": "期货账户", "asset_management": "资管账户"}
FORM_WIDTH = 420

#: Below this width of the page the brand panel is left out.
ROOM_FOR_BRAND = 900

CAPTCHA_REFUSALS = ("AUTH-CAPTCHA", "AUTH-CAPTCHA-STALE")
ID_REFUSALS = ("AUTH-ID-NUMBER", "AUTH-ID-EXPIRED", "AUTH-UNDER-AGE", "AUTH-NO-ACCOUNT")
SMS_REFUSALS = ("AUTH-SMS", "AUTH-SMS-STALE", "AUTH-SMS-WAIT")


class LoginPage(Page):
    """Signals: logged_in(LoggedIn), other_company()."""

    logged_in = Signal(object)
    other_company = Signal()

    def __init__(
        self,
        tasks: TaskRunner,
        dialogs: Dialogs,
        backend: Backend,
        company: Company,
        *,
        one_company: bool = False,
    ) -> None:
        """`one_company`: there is no other to go to."""
        self._tasks, self._dialogs, self._backend, self._company = tasks, dialogs, backend, company
        self._brand = BrandPanel(company)
        self._asked_for, self._one_company = "", one_company
        super().__init__("login", _title(company), "登录后从上次中断的地方继续")
        self._build()
        self.captcha.reload()

    def _arrange(self, inside: QWidget) -> None:
        """The brand panel on the left, the form in the middle of what is left."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._brand, 2)
        row.addWidget(scrolling(centred(inside, FORM_WIDTH + 64)), 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._brand.setVisible(event.size().width() >= ROOM_FOR_BRAND)

    def _build(self) -> None:
        company = self._company
        types = tuple((kind, ACCOUNT_TYPES[kind]) for kind in company.account_types if kind in ACCOUNT_TYPES)
        self.account_type = Segments("login.account_type", types or tuple(ACCOUNT_TYPES.items()))
        self.id_number = IdNumberField("身份证号", "login.id_number")
        self.captcha = CaptchaField(self._tasks, self._backend, "login.captcha_text")
        self.sms_code = TextField("短信验证码", "login.sms_code", placeholder="6 位数字", length=8)
        self.send = CountdownButton(
            "login.send_sms", "获取验证码", "正在发送…", "重新获取", lambda: self._send_sms()
        )
        self.consents = Consents(company.consents, self._read_policy)
        self.phone = Marquee("login.phone_warning")
        self.note = Note("", "error", "login.note")
        self.submit = button("马上登录", "primary", "login.submit", lambda: self._submit())
        self.submit.setProperty("scale", "large")
        self._place()
        self._connect()

    def _place(self) -> None:
        types = QVBoxLayout()
        types.setSpacing(4)
        types.addWidget(label("账户类型", "field-label"))
        types.addWidget(self.account_type)
        self.sms_code.row.addWidget(self.send.button)
        self.body.addLayout(types)
        for widget in (self.id_number, self.captcha, self.sms_code, self.consents, self.phone, self.note):
            self.body.addWidget(widget)
        self.body.addWidget(self.submit)
        if not self._one_company:
            other = button("更换期货公司", "link", "login.other_company", self.other_company.emit)
            self.body.addWidget(other, 0, Qt.AlignmentFlag.AlignHCenter)
        self.phone.hide()
        self.note.hide()

    def _connect(self) -> None:
        self.id_number.changed.connect(self._person_changed)
        self.id_number.left.connect(self._renew_captcha)
        self.account_type.changed.connect(self._person_changed)
        self.captcha.edit.returnPressed.connect(lambda: self._send_sms())
        for edit in (self.id_number.edit, self.sms_code.edit):
            edit.returnPressed.connect(lambda: self._submit())

    def first_focus(self) -> QWidget:
        """The ID number."""
        return self.id_number.edit

    # the policy

    def _read_policy(self) -> None:
        self._dialogs.read(
            self._company.privacy_policy, "我已阅读并同意", lambda: self.consents.tick("privacy_policy")
        )

    # the SMS code

    def _send_sms(self) -> None:
        if not self.send.button.isEnabled() or not self._valid(with_code=False):
            return
        company, kind, number = self._company.code, self.account_type.value, self.id_number.number
        captcha_id, captcha_text = self.captcha.captcha_id, self.captcha.text
        self.send.set_waiting()
        self._asked_for = number
        self._tasks.run(
            self,
            lambda _: self._backend.send_sms(company, kind, number, captcha_id, captcha_text),
            lambda sent: self._sms_sent(sent, number),
            self._sms_refused,
        )

    def _sms_sent(self, sent: SmsSent, number: str) -> None:
        self.send.start(sent.resend_after)
        if number != self.id_number.number:
            return  # the person has typed another number meanwhile
        self.sms_code.set_error("")
        self.sms_code.hint.setText(f"已发送到 {sent.sent_to}")
        self.phone.show()
        self.phone.set_text(f"预留手机号 {sent.sent_to}，若已停用请到期货公司临柜变更")
        self.sms_code.edit.setFocus()

    def _sms_refused(self, failure: Failure) -> None:
        if failure.code == "AUTH-SMS-WAIT" and failure.wait:
            self.send.start(failure.wait)
        else:
            self.send.reset()
        self._refused(failure, self._send_sms)

    def _person_changed(self) -> None:
        """What was said about another person is not true any more."""
        self.note.hide()
        self.id_number.set_error("")
        self.sms_code.hint.setText("")
        self.phone.hide()

    def _renew_captcha(self) -> None:
        """A captcha that was answered for one ID number is worth nothing for another."""
        if self._asked_for and self._asked_for != self.id_number.number:
            self._asked_for = ""
            self.captcha.reload(then=self.captcha.edit.clear)

    # logging in

    def _submit(self) -> None:
        if not self.submit.isEnabled() or not self._valid(with_code=True):
            return
        credentials = Credentials(
            self._company.code,
            self.account_type.value,
            self.id_number.number,
            self.captcha.captcha_id,
            self.captcha.text,
            Secret(self.sms_code.text),
            tuple((purpose, self._company.privacy_policy.version) for purpose in self.consents.given()),
        )
        rest(self.submit)
        task = self._tasks.run(
            self,
            lambda _: self._backend.login(credentials),
            self._accepted,
            lambda failure: self._refused(failure, self._submit),
            label="正在登录…",
        )
        task.ended.connect(lambda: credentials.sms_code.wipe())
        task.ended.connect(self._has_answered)

    def _has_answered(self) -> None:
        wake(self.submit)

    def _accepted(self, person: LoggedIn) -> None:
        self.logged_in.emit(person)

    def _valid(self, *, with_code: bool) -> bool:
        """Run all checks, so that every wrong field is marked, and focus the first wrong one.

        The consents come before the SMS code as well: with it the ID number goes to the company.
        """
        self.note.hide()
        self.id_number.set_error("")
        checks = [(self.id_number, self.id_number.check), (self.captcha, self.captcha.check)]
        if with_code:
            checks.append((self.sms_code, self._check_sms_code))
        checks.append((self.consents, self._check_consents))
        wrong = [field for field, check in checks if not check()]
        if wrong:
            target = self.consents.check() if wrong[0] is self.consents else wrong[0]
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def _check_sms_code(self) -> bool:
        text, error = self.sms_code.text, ""
        if not text:
            error = "请先点“获取验证码”，再填写短信中的验证码"
        elif not (text.isascii() and text.isdigit()):
            error = "短信验证码是数字，请核对"
        self.sms_code.set_error(error)
        return not error

    def _check_consents(self) -> bool:
        return self.consents.check() is None

    # refusals

    def _refused(self, failure: Failure, repeat: Callable[[], None]) -> None:
        if failure.retry is Retry.SAME:
            self.failed.emit(failure, repeat)
        elif failure.code in CAPTCHA_REFUSALS:
            self.captcha.reload(then=self.captcha.edit.selectAll)
            self._mark(self.captcha, Failure(failure.code))  # our text: it says that the picture was changed
        elif failure.code in SMS_REFUSALS:
            self._mark(self.sms_code, failure)
        elif failure.code in ID_REFUSALS:
            self._mark(self.id_number, failure)
            self.id_number.set_error(_in_full(failure))
        elif failure.code == "AUTH-CONSENT":
            self.consents.check()
            self.consents.set_error(refusal_text(failure))
        else:
            self.note.set(_in_full(failure), "error")
            self.note.show()
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)  # brings it into view, has it read out

    @staticmethod
    def _mark(field: TextField, failure: Failure) -> None:
        field.set_error(refusal_text(failure))
        field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        field.edit.selectAll()


def _in_full(failure: Failure) -> str:
    return f"{refusal_text(failure)}。{failure.remedy}（代码 {failure.code}）"


def _title(company: Company) -> str:
    offered = [one for one in company.businesses if one.enabled and one.id in BUSINESSES]
    return f"登录 · {offered[0].title}" if len(offered) == 1 else "登录"
