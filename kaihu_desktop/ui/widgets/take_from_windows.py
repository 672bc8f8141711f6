"""The form that takes in a certificate which lies in Windows' certificate store."""

from __future__ import annotations

from datetime import date
from typing import Callable, Sequence

from qtpy.QtWidgets import QButtonGroup, QFrame, QRadioButton, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.windows_certificates import take_from_windows
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore
from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.model.windows_certificate import (
    PLACE_TEXTS,
    WindowsCertificate,
    WindowsCertificates,
)
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.form_dialog import FormDialog
from kaihu_desktop.ui.widgets.labels import Note, button, card, label
from kaihu_desktop.ui.widgets.new_password import NewPassword

TAKE = (
    "把证书和私钥复制到本程序，以后签署时输入您在这里设置的密码。"
    "Windows 证书库里的一份不会删除，同一 Windows 用户的其他程序仍然可以使用它。"
)
NOTHING = "Windows 证书库里没有还需要导入的个人证书。"


def place_text(found: WindowsCertificate) -> str:
    """Why a certificate can't be used where it lies, where that is, and what to do."""
    kind = KINDS[found.code]
    return f"{kind.text}（位置：{PLACE_TEXTS[found.place]}）。{kind.remedy}（代码 {kind.code}）"


class TakeFromWindowsDialog(FormDialog):
    """`done` gets the certificate that was taken in.

    rule: what the company asks of a password. birth: of who is logged in, whose birthday is refused.
    """

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        windows: WindowsCertificates,
        store: CertificateStore,
        found: Sequence[WindowsCertificate],
        rule: PasswordRule,
        birth: date | None,
        done: Callable[[CertificateInfo], None],
    ) -> None:
        super().__init__(host, tasks, "从 Windows 证书库导入", width=560)
        self._windows, self._store, self._done = windows, store, done
        self._takeable = [one for one in found if one.takeable]
        self._choices = QButtonGroup(self)
        self.form.addWidget(label(TAKE if found else NOTHING, "subtitle", "dialog.text", wrap=True))
        for number, one in enumerate(found):
            self.form.addWidget(self._row(one, f"dialog.windows.{number}"))
        self._new = NewPassword("dialog.new", "在本机使用的新密码", rule, birth=birth)
        self._new.confirmed.connect(self.confirm)
        self.form.addWidget(self._new)
        self._new.setVisible(bool(self._takeable))
        if self._takeable:
            self._choices.button(0).setChecked(True)
            self.add_buttons("导入", self._take)
        else:
            self.buttons.addWidget(button("关闭", "primary", "dialog.accept", self.close_overlay))

    def _row(self, one: WindowsCertificate, name: str) -> QFrame:
        frame, column = card(name, margins=12, spacing=6)
        end = f"{one.info.not_after.astimezone(BEIJING):%Y-%m-%d}" if one.info.not_after else "未知"
        title = f"{one.info.subject_name}  {one.info.subject_id_number_masked}"
        if one.takeable:
            choice = QRadioButton(title)
            choice.setObjectName(f"{name}.choose")
            self._choices.addButton(choice, self._takeable.index(one))
            column.addWidget(choice)
        else:
            column.addWidget(label(title, "strong", f"{name}.subject", wrap=True))
        facts = f"颁发机构：{one.info.issuer}\n有效期至：{end}\n位置：{PLACE_TEXTS[one.place]}"
        column.addWidget(label(facts, "subtitle", f"{name}.facts", wrap=True))
        if not one.takeable:
            kind = KINDS[one.code]
            column.addWidget(Note(f"{kind.text}。{kind.remedy}", "warn", f"{name}.reason"))
        return frame

    def _take(self) -> None:
        if self._new.show_problem():
            return
        windows, store, new = self._windows, self._store, self._new.secret
        found = self._takeable[self._choices.checkedId()]
        self.work(
            "正在导入…",
            lambda _: take_from_windows(windows, store, found, new),
            self._done,
            self._refused,
            lambda: new.wipe(),
        )

    def _refused(self, failure: Failure) -> None:
        if failure.code == "CERT-WEAK-PASSWORD":
            self._new.refuse(failure.text)
        else:
            self.refuse(failure)
