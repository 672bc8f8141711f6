"""Page 签署协议: the list of agreements, the reader, the consent, and one password entry for all."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, Callable, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.step import Answer, Problem
from kaihu_desktop.core.model.agreement import Agreement
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pdf import PdfDocument
from kaihu_desktop.ui.widgets.agreement_list import AgreementList, reading_text
from kaihu_desktop.ui.widgets.agreement_reader import AgreementReader
from kaihu_desktop.ui.widgets.labels import Note, button, set_property
from kaihu_desktop.ui.widgets.password_dialog import PasswordDialog
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow

OTHER_CERTIFICATE = "请到“证书检测”一步换一张证书后再来签署"
#: A failure of the certificate in the backend's words, such as （CERT-REVOKED）.
_CERTIFICATE = re.compile("（(CERT-[A-Z-]+)）")
CONSENT = "我已阅读并同意以上所有协议和业务规则内容"


class SignPage(Page):
    """Answer: see `core.flow.steps.sign`; the pages seen are kept with it, so that reading goes on."""

    primary_text = "签署协议"
    sending_text = "正在签署并上传协议…"

    def __init__(self, context: PageContext) -> None:
        super().__init__("sign", "签署协议", "读到最后一页才算读完，进度会保存")
        self._context = context
        self._agreements: tuple[Agreement, ...] = ()
        self._documents: dict[str, PdfDocument] = {}  # by their SHA-256
        self._read: dict[str, dict[str, Any]] = {}
        self._current: Agreement | None = None
        self._password: Secret | None = None
        self._go_on: Callable[[], None] = lambda: None
        self._reasons = Note("", "error", "sign.reasons")
        self._reasons.hide()
        self._list = AgreementList()
        self._list.chosen.connect(self._open)
        self._reader = AgreementReader(context.tasks)
        self._reader.page_seen.connect(self._page_seen)
        self._reader.second_passed.connect(self._second_passed)
        self._reader.failed.connect(lambda failure: self.failed.emit(failure, None))
        self._note = Note("正在读取协议…", "", "sign.note")
        self._next_agreement = button(
            "阅读下一份", "secondary", "sign.next_agreement", self._open_next, small=True
        )
        self._next_agreement.hide()
        self._retry = button("重试", "secondary", "sign.retry", self._load_list, small=True)
        self._retry.hide()
        self._consent = QCheckBox(CONSENT)
        self._consent.setObjectName("sign.consent")
        self._consent.setEnabled(False)
        self._consent.toggled.connect(self._consent_toggled)
        self._lay_out()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._note, 1)
        below.addWidget(self._next_agreement)
        below.addWidget(self._retry)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._reader, 1)
        column.addLayout(below)
        row = ResponsiveRow(720, spacing=16)
        row.add(self._list, 0)
        row.add(right, 1)
        self.body.addWidget(self._reasons)
        self.body.addWidget(row, 1)
        self.body.addWidget(self._consent)

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        read = (answer or {}).get("read")
        if isinstance(read, dict):  # a draft's; what the server has of an answer that it rejected is a list
            self._read = {key: dict(entry) for key, entry in read.items()}
        self._reasons.show_text("\n".join(reason.text for reason in reasons), "error")
        self._load_list()

    def answer(self) -> dict[str, Any]:
        made: dict[str, Any] = {"read": deepcopy(self._read), "consent": self._consent.isChecked()}
        if self._password is not None:
            made["password"] = Secret(self._password.reveal())  # signing goes on when the page is left
        return made

    def blocked(self) -> str | None:
        unread = [item for item in self._agreements if not self._finished(item)]
        if not self._agreements or unread:
            return f"还有 {len(unread)} 份协议没有读完" if unread else "正在读取协议"
        return None if self._consent.isChecked() else "请勾选“我已阅读并同意”"

    def before_submit(self, go_on: Callable[[], None]) -> None:
        self._go_on = go_on
        self._ask_password("")

    def sending_progress(self, done: int, total: int) -> str:
        count = total // 2  # each is signed, then uploaded: see `core.flow.steps.sign`
        if done < count:
            return f"正在签署第 {done + 1}/{count} 份…"
        return f"正在上传第 {done - count + 1}/{count} 份…" if done < total else "正在提交…"

    def show_problems(self, problems: Sequence[Problem]) -> None:
        given = self._password is not None
        self._wipe()  # used; a retry needs it only where nothing was signed, and then asks again
        for problem in problems:
            if problem.field == "password":
                self._ask_password(problem.text if given else "")
            elif problem.field == "consent":
                set_property(self._consent, "state", "error")
                self._consent.setFocus()
            else:
                self._reasons.show_text(_in_words(problem), "error")
                self._load_list()  # the agreements may be others than those that are shown

    def first_focus(self) -> QWidget | None:
        return self._reader.findChild(QWidget, "sign.reader.pages")

    def leave(self) -> None:
        self._reader.close_document()
        self._documents.clear()
        self._wipe()

    # agreements

    def _load_list(self) -> None:
        self._retry.hide()
        self._note.set("正在读取协议…")
        backend, application_id = self._context.services.backend, self._context.application.id
        self._context.tasks.run(
            self, lambda _: backend.agreements(application_id), self._show_list, self._loading_failed
        )

    def _loading_failed(self, failure: Failure) -> None:
        self._note.set(f"{failure.text}。{failure.remedy}（代码 {failure.code}）", "error")
        self._retry.show()

    def _show_list(self, agreements: tuple[Agreement, ...]) -> None:
        self._agreements = agreements
        self._read = {one.id: _what_was_read(one, self._read.get(one.id, {})) for one in agreements}
        self._list.show_agreements(agreements)
        unread = [agreement for agreement in agreements if not self._finished(agreement)]
        self._open((unread or agreements)[0].id)
        self.changed.emit()

    def _open(self, agreement_id: str) -> None:
        agreement = next(item for item in self._agreements if item.id == agreement_id)
        self._current = agreement
        self._retry.hide()
        self._show_progress()
        if agreement.sha256 in self._documents:
            self._show_document(agreement)
            return
        self._reader.close_document()  # else its pages and seconds would count for this one
        self._note.set("正在下载协议…")
        backend, application_id = self._context.services.backend, self._context.application.id

        def fetched(document: PdfDocument) -> None:
            self._documents[agreement.sha256] = document
            if self._current is agreement:
                self._show_document(agreement)

        self._context.tasks.run(
            self,
            lambda progress: _opened(
                backend.agreement_content(application_id, agreement, progress), agreement
            ),
            fetched,
            self._loading_failed,
        )

    def _show_document(self, agreement: Agreement) -> None:
        seen = self._read[agreement.id]["seen"]
        unseen = [page for page in range(agreement.pages) if page not in seen]
        self._reader.show_document(agreement.title, self._documents[agreement.sha256], (unseen or [0])[0])
        self._show_progress()

    def _open_next(self) -> None:
        unread = [agreement for agreement in self._agreements if not self._finished(agreement)]
        if unread:
            self._open(unread[0].id)
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)  # the button may be gone now

    # reading

    def _finished(self, agreement: Agreement) -> bool:
        return bool(self._read.get(agreement.id, {}).get("finished"))

    def _page_seen(self, page: int) -> None:
        entry = self._read[self._current.id]
        if page not in entry["seen"]:
            entry["seen"] = sorted([*entry["seen"], page])
            entry["pages"] = len(entry["seen"])
            self._judge()
            self.changed.emit()

    def _second_passed(self) -> None:
        if self._consent.isChecked():
            return  # the reading is over: an answer that is sent again must be the same
        self._read[self._current.id]["seconds"] += 1
        if not self._finished(self._current):
            self._judge()

    def _judge(self) -> None:
        entry = self._read[self._current.id]
        complete = entry["pages"] >= self._current.pages and entry["seconds"] >= self._current.min_seconds
        if complete and not entry["finished"]:
            entry["finished"] = True
            self.changed.emit()
        self._show_progress()

    def _show_progress(self) -> None:
        for agreement in self._agreements:
            self._list.show_state(agreement, self._read[agreement.id], agreement is self._current)
        done = sum(self._finished(agreement) for agreement in self._agreements)
        self.set_heading(
            "签署协议", f"共 {len(self._agreements)} 份，已读完 {done} 份。读到最后一页才算读完，进度会保存"
        )
        everything = done == len(self._agreements)
        self._consent.setEnabled(everything)
        self._consent.setChecked(everything and self._consent.isChecked())
        self._next_agreement.setVisible(self._finished(self._current) and not everything)
        if everything:
            left = "请点" if self._consent.isChecked() else "请勾选下方的确认后点"
            self._note.set(f"全部协议已读完，{left}“签署协议”。", "ok")
        else:
            self._note.set(
                reading_text(self._current, self._read[self._current.id]),
                "ok" if self._finished(self._current) else "warn",
            )

    def _consent_toggled(self, checked: bool) -> None:
        set_property(self._consent, "state", "")
        self._show_progress()
        self.changed.emit()

    # password

    def _ask_password(self, error: str) -> None:
        PasswordDialog(
            self._context.dialogs.host,
            "输入证书密码",
            f"将用您的数字证书签署 {len(self._agreements)} 份协议，只需输入一次密码。",
            "签署",
            self._password_given,
            error,
        ).open_over()

    def _password_given(self, password: Secret) -> None:
        self._wipe()
        self._password = password
        self._go_on()

    def _wipe(self) -> None:
        if self._password is not None:
            self._password.wipe()
            self._password = None


def _in_words(problem: Problem) -> str:
    """The backend's verdict. A certificate that it names by its failure's code is spoken of in words."""
    named = _CERTIFICATE.search(problem.text)
    kind = KINDS.get(named.group(1)) if named else None
    if named is None or kind is None:
        return "。".join(filter(None, (problem.text, problem.remedy)))
    return (
        f"{problem.text.replace(named.group(), '')}：{kind.text}。{OTHER_CERTIFICATE}（代码 {kind.code}）。"
    )


def _what_was_read(agreement: Agreement, before: dict[str, Any]) -> dict[str, Any]:
    """What is known of it `before`, nothing if that was of another document."""
    if before.get("sha256") == agreement.sha256:
        return before
    return {"sha256": agreement.sha256, "seen": [], "seconds": 0, "pages": 0, "finished": False}


def _opened(data: bytes, agreement: Agreement) -> PdfDocument:
    """The document; a page that isn't in it could never be read."""
    document = PdfDocument(data)
    if len(document.sizes) != agreement.pages:
        raise Failure("SIGN-DOCUMENT")
    return document
