"""Page 证书检测: finds the applicant's certificate on this PC, or takes it from a backup file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.step import Answer, Problem
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.core.model.certificate import (
    MAX_BACKUP_BYTES,
    CertificateInfo,
    CertificateState,
    CertificateStore,
)
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.tasks import QUIET_MS
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.busy_overlay import Spinner
from kaihu_desktop.ui.widgets.certificate_card import CertificateCard
from kaihu_desktop.ui.widgets.certificate_import import CertificateImport
from kaihu_desktop.ui.widgets.labels import Note, button, card, icon_label, label

SUBTITLE = "签署协议需要您本人的数字证书，它以文件的形式保存在电脑上"

PASSWORD_REFUSALS = ("CERT-PASSWORD", "CERT-LOCKED", "CERT-WEAK-PASSWORD")


@dataclass(frozen=True)
class _Found:
    """What is on this PC: the person's certificates, and the PEM text of those that can be used."""

    infos: tuple[CertificateInfo, ...]
    pems: dict[str, str]
    persistent: bool


class CertificateCheckPage(Page):
    """Answer: ``{certificate}``, the PEM text of the chosen certificate."""

    sending_text = "正在核对数字证书…"

    def __init__(self, context: PageContext) -> None:
        super().__init__("certificate_check", "证书检测", SUBTITLE)
        self._context = context
        self._found: _Found | None = None
        self._chosen = ""
        self._wanted = ""
        self._cards: dict[str, CertificateCard] = {}
        self._refused: set[str] = set()
        self._file = b""
        self._build()

    def _build(self) -> None:
        self._note = Note("", "", "certificate_check.note")
        self._rejected = Note("", "error", "certificate_check.reasons")
        self._memory = Note("", "warn", "certificate_check.memory")
        self._checking = _checking()
        self._none = _none()
        self._list = QWidget()
        self._import = CertificateImport()
        self._import.chosen.connect(self.import_file)
        self._import.confirmed.connect(self._import_with)
        self._other = button(
            "导入另一张证书", "link", "certificate_check.other", self._show_import, icon_name="import"
        )
        for widget in (self._rejected, self._memory, self._note, self._checking, self._list, self._none):
            self.body.addWidget(widget)
        self.body.addWidget(self._other, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._import)
        self.body.addStretch(1)
        for widget in (self._note, self._rejected, self._memory, self._none, self._other, self._import):
            widget.hide()
        self._list.hide()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._checking.show)
        self._checking.hide()

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        """Look for the certificate that was chosen before, or any."""
        self._wanted = str((answer or {}).get("certificate", ""))
        if reasons:
            self._rejected.set("\n".join(reason.text for reason in reasons), "error")
            self._rejected.show()
        self._check()

    def answer(self) -> dict[str, Any]:
        """The PEM text of the chosen certificate, if there is one."""
        pem = self._found.pems.get(self._chosen) if self._found else None
        return {"certificate": pem} if pem else {}

    def blocked(self) -> str | None:
        """Without a usable certificate there is nothing to go on with."""
        if self._found is None:
            return "正在检测数字证书"
        if not self._chosen:
            return "请先导入您的数字证书"
        return "请换一张可以使用的证书" if self._chosen in self._refused else None

    def first_focus(self) -> QWidget | None:
        """None: while it checks there is nothing to press."""
        return None

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """The backend's verdict stands on the certificate that it is about."""
        text = "。".join(
            part for problem in problems for part in (problem.text.rstrip("。"), problem.remedy) if part
        )
        chosen = self._cards.get(self._chosen)
        if not problems or chosen is None:
            return
        self._note.hide()
        self._refused.add(self._chosen)
        chosen.show_refused(text)
        self._show_import()
        self.changed.emit()

    # looking for certificates

    def _check(self, imported: CertificateInfo | None = None) -> None:
        self._found = None
        self._quiet.start()
        certificates = self._context.services.certificates
        id_number = self._context.services.customer.id_number
        self._context.tasks.run(
            self,
            lambda _: _look(certificates, id_number),
            lambda found: self._show(found, imported),
            self._not_checked,
        )

    def _not_checked(self, failure: Failure) -> None:
        self._quiet.stop()
        self._checking.hide()
        self.failed.emit(failure, self._check)

    def _show(self, found: _Found, imported: CertificateInfo | None) -> None:
        self._quiet.stop()
        self._checking.hide()
        self._found = found
        self._chosen = self._choice(imported)
        self._show_cards()
        self._none.setVisible(not found.infos)
        self._other.setVisible(bool(self._chosen))
        self._import.setVisible(not self._chosen)
        if not found.persistent:
            kind = KINDS["PC-KEYRING"]
            self._memory.set(f"{kind.text}。{kind.remedy}", "warn")
        self._memory.setVisible(not found.persistent)
        self._say_imported(imported)
        self.changed.emit()
        if not self._chosen and imported is None:
            self._import.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choice(self, imported: CertificateInfo | None) -> str:
        """The one just imported, else the one chosen before, else the best that isn't refused."""
        pems = self._found.pems
        if imported is not None and imported.id in pems:
            return imported.id
        before = [key for key, pem in pems.items() if pem.strip() == self._wanted.strip()]
        good = [key for key in pems if key not in self._refused]
        return next(iter(before + good + list(pems)), "")

    def _show_cards(self) -> None:
        before, self._list = self._list, QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        several = len(self._found.pems) > 1
        choices = QButtonGroup(self._list) if several else None
        self._cards = {}
        for number, info in enumerate(self._found.infos):
            shown = CertificateCard(
                info, f"certificate_check.{number}", choices, lambda key=info.id: self._choose(key)
            )
            self._cards[info.id] = shown
            column.addWidget(shown)
        self.body.replaceWidget(before, self._list)
        before.hide()
        before.deleteLater()
        self._list.setVisible(bool(self._cards))
        self._mark_chosen()

    def _mark_chosen(self) -> None:
        for key, shown in self._cards.items():
            shown.set_chosen(key == self._chosen)

    def _choose(self, certificate_id: str) -> None:
        if certificate_id != self._chosen:
            self._chosen = certificate_id
            self._mark_chosen()
            self.changed.emit()

    # importing

    def _show_import(self) -> None:
        self._other.hide()
        self._import.show()
        self._import.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def import_file(self, path: str) -> None:
        """Read a certificate file and ask for its password."""
        self._note.hide()
        self._context.tasks.run(
            self,
            lambda _: _read_file(path),
            lambda data: self._file_read(Path(path).name, data),
            lambda failure: self._import.refuse_file(f"{failure.text}。{failure.remedy}"),
        )

    def _file_read(self, name: str, data: bytes) -> None:
        self._file = data
        self._import.show_file(name)

    def _import_with(self, password: Secret) -> None:
        data, certificates = self._file, self._context.services.certificates
        self._import.rest()
        task = self._context.tasks.run(
            self,
            lambda _: certificates.import_pkcs12(data, password, password),
            self._imported,
            self._import_refused,
            label="正在导入证书…",
        )
        task.ended.connect(lambda: password.wipe())
        task.ended.connect(self._import_ended)

    def _import_ended(self) -> None:
        self._import.wake()

    def _imported(self, info: CertificateInfo) -> None:
        self._file = b""
        self._import.start_over()
        self._check(info)

    def _import_refused(self, failure: Failure) -> None:
        if failure.code == "CERT-EXISTS":
            self._import.start_over()
            self._note.set(f"{failure.text}，{failure.remedy}", "")
            self._note.show()
            self._check()
        elif failure.code in PASSWORD_REFUSALS:
            self._import.refuse_password(refusal_text(failure))
        else:
            self._import.refuse_file(f"{refusal_text(failure)}。{failure.remedy}")

    def _say_imported(self, imported: CertificateInfo | None) -> None:
        if imported is None:
            return
        if imported.id not in self._cards:
            other = KINDS["CERT-OTHER-PERSON"]
            self._note.set(f"{other.text}。{other.remedy}", "error")
        elif imported.state is CertificateState.USABLE:
            self._note.set("数字证书已导入，可以继续下一步。", "ok")
        else:
            self._note.hide()
            return
        self._note.show()


def _look(certificates: CertificateStore, id_number: str) -> _Found:
    infos = certificates.find(id_number)
    usable = [info for info in infos if info.state is CertificateState.USABLE]
    pems = {info.id: certificates.certificate_pem(info.id) for info in usable}
    return _Found(infos, pems, certificates.persistent)


def _read_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BACKUP_BYTES + 1)
    except OSError:
        raise Failure("CERT-FORMAT", "无法读取这个文件，它可能正被其他程序占用") from None
    if not data or len(data) > MAX_BACKUP_BYTES:
        raise Failure("CERT-FORMAT")
    return data


def _checking() -> QWidget:
    frame, column = card("certificate_check.checking", margins=24)
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(Spinner())
    row.addWidget(label("正在检测这台电脑上的数字证书…", "subtitle"), 1)
    column.addLayout(row)
    return frame


def _none() -> QWidget:
    kind = KINDS["CERT-NONE"]
    frame, column = card("certificate_check.none", margins=20, spacing=8)
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(icon_label("info", Theme.current.info, 24), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(4)
    words.addWidget(label(kind.text, "card-title", wrap=True))
    words.addWidget(
        label(
            "数字证书是开户时申领的，保存在当时使用的电脑上。请在那台电脑上导出证书（.pfx 或 .p12 文件），"
            "再在这里导入。如果没有备份，请联系期货公司重新申领。",
            "subtitle",
            wrap=True,
        )
    )
    row.addLayout(words, 1)
    column.addLayout(row)
    return frame
