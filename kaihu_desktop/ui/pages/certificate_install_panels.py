"""The panels of the page 安装证书: a new password, the one of an interrupted application, and success."""

from __future__ import annotations

import re
from datetime import date

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.model.certificate import CertificateInfo, PendingCertificate
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.labels import Note, button, card, icon_label, label
from kaihu_desktop.ui.widgets.new_password import NewPassword

NAME = "certificate_install"

#: Fields of a password needn't be as wide as the page (pixels).
FIELD_WIDTH = 460

SUCCESS = "数字证书已经安装成功！"
KEPT = "证书只能用您设置的密码打开，签署协议时请输入这个密码。"
BACKUP = (
    "请尽快备份：重装系统或更换电脑后，没有备份的证书无法恢复，只能重新申领。"
    "请点右上角的“我的证书”，把证书导出到 U 盘，另存一处。"
)
NOT_KEPT = "关闭程序后证书就不在了。请在退出前完成签署，并在“我的证书”里导出备份。"


#: What helps when the fault is in what was issued just now, not in a certificate that somebody has.
WRONG_CLOCK = "请先核对电脑的日期和时间，再点“重新安装”。"
REMEDIES = {
    "CERT-EXPIRED": WRONG_CLOCK,
    "CERT-NOT-YET": WRONG_CLOCK,
    "CERT-UNTRUSTED": "请点“重新安装”，会重新申领一张。",
}
#: Whom to call is said once, with the number.
_CALL = re.compile("；如[^。]*客服热线[^。]*")


def failure_text(failure: Failure, hotline: str) -> str:
    """What went wrong, what to do, and whom to call; the code stands at the end."""
    call = f"如仍不成功，请拨打客服热线 {hotline}" if hotline else "如仍不成功，请联系期货公司"
    remedy = REMEDIES.get(failure.code) or _CALL.sub("", failure.remedy)
    remedy = remedy.replace("重试", "重新安装")  # so is the button called here
    return f"证书没有安装成功：{refusal_text(failure)}。{remedy}{call}（代码 {failure.code}）。"


class _Panel(QFrame):
    """A card in which a password is entered.

    Signals: changed(), something was typed; confirmed(), Enter in the last field.
    """

    changed = Signal()
    confirmed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, self.column = card(name, margins=24, spacing=12)
        outside.addWidget(frame)

    def _add_narrow(self, field: QWidget) -> None:
        field.setMaximumWidth(FIELD_WIDTH)
        self.column.addWidget(field)
        self.setFocusProxy(field)


class NewPanel(_Panel):
    """Whose certificate it will be, and the password that will protect it, twice."""

    def __init__(self, customer: Customer, company: Company, birth: date | None) -> None:
        super().__init__(f"{NAME}.new")
        self.column.addWidget(label("设置证书密码", "card-title"))
        self.column.addWidget(
            label(
                f"将为 {customer.name}（{customer.masked_id_number}）申领数字证书。"
                "请设置一个密码并牢记：它不会发送给任何人，忘记后只能重新申领。",
                "subtitle",
                f"{NAME}.applicant",
                wrap=True,
            )
        )
        self._memory = Note("", "warn", f"{NAME}.memory")
        self._memory.hide()
        self.column.addWidget(self._memory)
        self._password = NewPassword(
            f"{NAME}.password", "证书密码", company.certificate_password, birth=birth
        )
        self._password.changed.connect(self.changed)
        self._password.confirmed.connect(self.confirmed)
        self._add_narrow(self._password)

    @property
    def secret(self) -> Secret:
        """The password; the caller wipes it."""
        return self._password.secret

    def problem(self) -> str | None:
        """Why the password can't be used yet."""
        return self._password.problem()

    def show_problem(self) -> bool:
        """Show at the field what is wrong; whether something is."""
        return self._password.show_problem()

    def refuse(self, text: str) -> None:
        """Somebody else found fault with the password."""
        self._password.refuse(text)

    def clear(self) -> None:
        """Forget what was typed."""
        self._password.clear()

    def set_persistent(self, persistent: bool) -> None:
        """Say so when what is installed will be gone with the program."""
        self._memory.show_text("" if persistent else f"{KINDS['PC-KEYRING'].text}。{NOT_KEPT}", "warn")


class ContinuePanel(_Panel):
    """The password of an application that was interrupted. Signals: forgotten()."""

    forgotten = Signal()

    def __init__(self) -> None:
        super().__init__(f"{NAME}.continue")
        self.column.addWidget(label("继续上次的申请", "card-title"))
        self._text = label("", "subtitle", f"{NAME}.pending", wrap=True)
        self.column.addWidget(self._text)
        self._password = PasswordField(
            "证书密码", f"{NAME}.pending_password", placeholder="上次设置的证书密码"
        )
        self._password.changed.connect(self.changed)
        self._password.edit.returnPressed.connect(self.confirmed)
        self._add_narrow(self._password)
        self.column.addWidget(
            button("忘记了密码，重新申领", "link", f"{NAME}.forgotten", self.forgotten.emit),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )

    @property
    def secret(self) -> Secret:
        """The password; the caller wipes it."""
        return self._password.secret

    def show_pending(self, pending: PendingCertificate) -> None:
        """Say when it was begun."""
        begun = pending.created_at.astimezone(BEIJING)
        self._text.setText(
            f"您在 {begun:%Y-%m-%d %H:%M} 开始的证书申请还没有完成，密钥已保存在这台电脑上。"
            "输入当时设置的密码就可以接着安装，不会重复申领。"
        )

    def problem(self) -> str | None:
        """Why it can't go on yet."""
        return None if self._password.edit.text() else "请输入上次设置的证书密码"

    def refuse(self, text: str) -> None:
        """The password wasn't right."""
        self._password.set_error(text)
        self._password.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._password.edit.selectAll()

    def fill(self, password: Secret) -> None:
        """Keep a password that was typed a moment ago."""
        self._password.set_text(password.reveal_text())
        self._password.set_error("")

    def clear(self) -> None:
        """Forget what was typed."""
        self._password.clear()
        self._password.set_error("")


class SuccessPanel(QFrame):
    """The certificate is installed: how long it is valid, and that a backup is due. Signals: forgotten()."""

    forgotten = Signal()

    def __init__(self) -> None:
        super().__init__()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(12)
        frame, column = card(f"{NAME}.success", margins=24, spacing=12)
        outside.addWidget(frame)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(icon_label("badge-check", Theme.current.ok, 28))
        heading.addWidget(label(SUCCESS, "card-title", f"{NAME}.success.title", wrap=True), 1)
        column.addLayout(heading)
        column.addWidget(label(KEPT, "subtitle", wrap=True))
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._values = {}
        titles = (("subject", "持有人"), ("issuer", "颁发机构"), ("serial", "序列号"), ("valid", "有效期"))
        for row, (key, title) in enumerate(titles):
            self._facts.addWidget(label(title, "field-label"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._values[key] = label("", "", f"{NAME}.success.{key}", wrap=True)
            self._facts.addWidget(self._values[key], row, 1)
        column.addLayout(self._facts)
        self._backup = Note(BACKUP, "warn", f"{NAME}.backup")
        outside.addWidget(self._backup)
        self._again = button("忘记了密码，重新申领", "link", f"{NAME}.again", self.forgotten.emit)
        outside.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)

    def show_certificate(
        self, info: CertificateInfo, *, persistent: bool, backed_up: bool, fresh: bool
    ) -> None:
        """Tell the facts of the installed certificate. fresh: it was installed a moment ago."""
        self._again.setVisible(not fresh)
        begin, end = info.not_before, info.not_after
        valid = (
            f"{begin.astimezone(BEIJING):%Y-%m-%d} 至 {end.astimezone(BEIJING):%Y-%m-%d}"
            if begin and end
            else "—"
        )
        texts = {
            "subject": f"{info.subject_name}（{info.subject_id_number_masked}）",
            "issuer": info.issuer,
            "serial": info.serial,
            "valid": valid,
        }
        for key, text in texts.items():
            self._values[key].setText(text)
        due = "" if backed_up else BACKUP
        self._backup.show_text(due if persistent else f"{KINDS['PC-KEYRING'].text}。{NOT_KEPT}", "warn")
