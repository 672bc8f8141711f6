"""Page 证书检测: finds the applicant's certificate on this PC, takes it from a backup, or applies for one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Sequence

from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure, Retry
from kaihu_desktop.core.flow.certificate_backups import remember_backup
from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis, diagnose
from kaihu_desktop.core.flow.step import Answer, Problem, Services
from kaihu_desktop.core.flow.steps.certificate_check import APPLY, applies_for_one
from kaihu_desktop.core.model.application import Application, Reason
from kaihu_desktop.core.model.certificate import Imported
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.backup_file import read_backup
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages.certificate_check_panels import ApplyPanel, NothingFound, checking, finding_text
from kaihu_desktop.ui.pages.certificate_check_windows import InWindows
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.tasks import QUIET_MS, Task
from kaihu_desktop.ui.widgets.certificate_card import CertificateCard
from kaihu_desktop.ui.widgets.certificate_import import CertificateImport
from kaihu_desktop.ui.widgets.labels import Note, button

SUBTITLE = "签署协议需要您本人的数字证书，它以文件的形式保存在电脑上"

PASSWORD_REFUSALS = ("CERT-PASSWORD", "CERT-LOCKED", "CERT-WEAK-PASSWORD")
APPLYING = "您选择了申领新证书，请点“下一步”继续；也可以改用下面的证书或导入备份。"
LEGACY = "这个备份文件的加密方式较旧，本机保存的一份已改用更强的加密。"


@dataclass(frozen=True)
class _Found:
    """What is on this PC, and whether a new certificate may be applied for."""

    diagnosis: Diagnosis
    witnessed: bool


class CertificateCheckPage(Page):
    """Answer: ``{certificate}``, the PEM text of the chosen certificate, or None to apply for a new one."""

    sending_text = "正在核对数字证书…"

    def __init__(self, context: PageContext) -> None:
        super().__init__("certificate_check", "证书检测", SUBTITLE)
        self._context = context
        self._found: Diagnosis | None = None
        self._looking: Task | None = None
        self._witnessed = context.application.witnessed
        self._applying = False
        self._chosen = ""
        self._wanted = ""
        self._cards: dict[str, CertificateCard] = {}
        self._refused: dict[str, str] = {}
        self._file = b""
        self._build()

    def _build(self) -> None:
        self._note = Note("", "", "certificate_check.note")
        self._rejected = Note("", "error", "certificate_check.reasons")
        self._memory = Note("", "warn", "certificate_check.memory")
        self._unasked = Note("", "warn", "certificate_check.unasked")
        self._checking = checking()
        self._none = NothingFound()
        self._in_windows = InWindows(self._context)
        self._in_windows.taken.connect(lambda info: self._check(Imported(info, legacy=False)))
        self._list = QWidget()
        self._import = CertificateImport()
        self._import.chosen.connect(self.import_file)
        self._import.confirmed.connect(self._import_with)
        self._apply = ApplyPanel(self._context.services.company.hotline)
        self._apply.apply.connect(self._apply_for_one)
        self._apply.look_again.connect(self._look_again)
        self._links = self._build_links()
        shown = (self._rejected, self._memory, self._note, self._unasked, self._checking, self._list)
        for widget in (*shown, self._in_windows, self._none, self._links, self._import, self._apply):
            self.body.addWidget(widget)
            widget.hide()
        self.body.addStretch(1)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._checking.show)

    def _build_links(self) -> QWidget:
        self._other = button(
            "导入另一张证书", "link", "certificate_check.other", self._show_import, icon_name="import"
        )
        self._forgotten = button(
            "忘记了证书密码", "link", "certificate_check.forgotten", self._show_apply, icon_name="key-round"
        )
        links = QWidget()
        row = QHBoxLayout(links)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._other)
        row.addWidget(self._forgotten)
        row.addStretch(1)
        return links

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        """Look for the certificate that was chosen before, or any."""
        self._applying = applies_for_one(answer)
        self._wanted = str((answer or {}).get("certificate") or "")
        self._rejected.show_text("\n".join(reason.text for reason in reasons), "error")
        self._check()

    def answer(self) -> dict[str, Any]:
        """The PEM text of the chosen certificate, None to apply for one; nothing while neither is decided."""
        if self._applying:
            return dict(APPLY)
        pem = self._pems.get(self._chosen)
        return {"certificate": pem} if pem else {}

    def blocked(self) -> str | None:
        """Without a usable certificate there is nothing to go on with."""
        if self._found is None:
            return "正在检测数字证书"
        if self._applying and self._witnessed:
            return None
        if not self._chosen:
            return "请导入证书，或申领新证书" if self._witnessed else "请先导入您的数字证书"
        return "请换一张可以使用的证书" if self._chosen in self._refused else None

    def first_focus(self) -> QWidget | None:
        """What imports one, once none was found; while it checks there is nothing to press."""
        lacking = self._found is not None and not self._chosen and not self._witnessed
        return self._import.choose_button if lacking else None

    def showEvent(self, event: QEvent) -> None:
        """Come back from 我的证书 the person may have changed what is there."""
        super().showEvent(event)
        if self._found is not None and not event.spontaneous():
            self._check()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """The backend's verdict stands on the certificate that it is about."""
        text = "。".join(
            part for problem in problems for part in (problem.text.rstrip("。"), problem.remedy) if part
        )
        if self._applying:
            self._applying = False
            self._note.show_text(text, "error")
            self.changed.emit()
            return
        chosen = self._cards.get(self._chosen)
        if not problems or chosen is None:
            return
        self._note.hide()
        self._refused[self._chosen] = text
        chosen.show_refused(text)
        self._show_import()
        self._show_apply()
        self.changed.emit()

    # looking for certificates

    @property
    def _pems(self) -> dict[str, str]:
        """The PEM text of each certificate that can be used, by its id."""
        usable = self._found.usable if self._found else ()
        return {finding.info.id: finding.pem for finding in usable}

    def _check(self, imported: Imported | None = None) -> None:
        self._quiet.start()
        services, application = self._context.services, self._context.application
        if self._looking is not None:
            self._looking.cancel()  # what it saw is out of date
        self._looking = self._context.tasks.run(
            self,
            lambda _: _look(services, application),
            lambda found: self._show(found, imported),
            self._not_checked,
        )

    def _not_checked(self, failure: Failure) -> None:
        self._looking = None
        self._quiet.stop()
        self._checking.hide()
        self.failed.emit(failure, self._check)

    def _show(self, found: _Found, imported: Imported | None) -> None:
        self._looking = None
        self._quiet.stop()
        self._checking.hide()
        if found.witnessed and not self._witnessed:
            self.record_changed.emit()  # the record at hand is older than the witness
        self._found, self._witnessed = found.diagnosis, found.witnessed
        if imported is not None and imported.info.id in self._pems:
            self._applying = False
        self._chosen = self._choice(imported)
        self._show_cards()
        self._show_nothing_found()
        self._place_apply()
        for widget in (self._import, self._apply):
            widget.setVisible(not self._chosen)
        for widget in (self._links, self._other, self._forgotten):
            widget.setVisible(bool(self._chosen))
        self._say_imported(imported)
        self.changed.emit()
        first = self.first_focus()
        if first is not None and imported is None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_nothing_found(self) -> None:
        found = self._found
        self._none.setVisible(not found.own and not any(one.takeable for one in found.windows))
        self._none.show_diagnosis(found)
        self._in_windows.show_diagnosis(found)
        keyring, unasked = KINDS["PC-KEYRING"], found.unasked
        self._memory.show_text("" if found.persistent else f"{keyring.text}。{keyring.remedy}", "warn")
        status = f"{KINDS[unasked].text}。{KINDS['CERT-STATUS'].remedy}（代码 {unasked}）" if unasked else ""
        self._unasked.show_text(status, "warn")

    def _choice(self, imported: Imported | None) -> str:
        """The one just imported, else the one chosen before, else the best that isn't refused.

        None while a new one is applied for.
        """
        pems = self._pems
        if imported is not None and imported.info.id in pems:
            return imported.info.id
        if self._applying:
            return ""
        before = [key for key, pem in pems.items() if pem.strip() == self._wanted.strip()]
        good = [key for key in pems if key not in self._refused]
        return next(iter(before + good + list(pems)), "")

    def _show_cards(self) -> None:
        before, self._list = self._list, QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        choices = QButtonGroup(self._list) if len(self._pems) > (0 if self._applying else 1) else None
        self._cards = {}
        for number, finding in enumerate(self._found.own):
            key, usable = finding.info.id, finding.code is None
            shown = CertificateCard(
                finding.info,
                f"certificate_check.{number}",
                choices if usable else None,
                lambda key=key: self._choose(key),
            )
            if not usable:
                shown.show_reason(finding_text(finding, self._witnessed))
            elif key in self._refused:
                shown.show_refused(self._refused[key])
            self._cards[key] = shown
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
            self._chosen, self._applying = certificate_id, False
            self._note.hide()
            self._mark_chosen()
            self.changed.emit()

    # applying for a new one

    def _place_apply(self) -> None:
        """Before the import for who may apply, else after it."""
        self._apply.set_witnessed(self._witnessed)
        self.body.removeWidget(self._apply)
        self.body.insertWidget(self.body.indexOf(self._import) + (not self._witnessed), self._apply)

    def _show_apply(self) -> None:
        self._forgotten.hide()
        self._apply.show()

    def _look_again(self) -> None:
        self._note.hide()
        self._check()

    def _apply_for_one(self) -> None:
        self._applying = True
        self.changed.emit()
        self.advance.emit()

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
            lambda _: read_backup(path),
            lambda data: self._file_read(Path(path).name, data),
            lambda failure: self._import.refuse_file(f"{failure.text}。{failure.remedy}"),
        )

    def _file_read(self, name: str, data: bytes) -> None:
        self._file = data
        self._import.show_file(name)

    def _import_with(self, password: Secret) -> None:
        data, context = self._file, self._context
        self._import.rest()
        task = context.tasks.run(
            self,
            lambda _: _take_in(context, data, password),
            self._imported,
            self._import_refused,
            label="正在导入证书…",
        )
        task.ended.connect(lambda: password.wipe())
        task.ended.connect(self._import_ended)

    def _import_ended(self) -> None:
        self._import.wake()

    def _imported(self, imported: Imported) -> None:
        self._file = b""
        self._import.start_over()
        self._check(imported)

    def _import_refused(self, failure: Failure) -> None:
        if failure.code == "CERT-EXISTS":
            self._import.start_over()
            self._note.show_text(f"{failure.text}，{failure.remedy}")
            self._check()
        elif failure.code in PASSWORD_REFUSALS:
            self._import.refuse_password(refusal_text(failure))
        else:
            self._import.refuse_file(f"{refusal_text(failure)}。{failure.remedy}")

    def _say_imported(self, imported: Imported | None) -> None:
        if imported is None:
            if self._applying and self._witnessed:
                self._note.show_text(APPLYING)
            return
        legacy = LEGACY if imported.legacy else ""
        if imported.info.id not in self._cards:
            other = KINDS["CERT-OTHER-PERSON"]
            self._note.show_text(f"{other.text}。{other.remedy}", "error")
        elif imported.info.id in self._pems:
            self._note.show_text(f"数字证书已导入，可以继续下一步。{legacy}", "ok")
        else:
            self._note.show_text(legacy)  # what is wrong with it stands on its card


def _take_in(context: PageContext, data: bytes, password: Secret) -> Imported:
    imported = context.services.certificates.import_pkcs12(data, password, password)
    remember_backup(context.settings, imported.info.id)  # the file that it was taken from
    return imported


def _look(services: Services, application: Application) -> _Found:
    """Look through the PC. A company that can't be reached now keeps nobody from seeing what is there."""
    backend = services.backend
    anchors = _or_none(lambda: backend.trust_anchors(services.company.code))
    ask = backend.certificate_status if anchors is not None else None
    witnessed = application.witnessed or bool(_or_none(lambda: backend.application(application.id).witnessed))
    id_number = services.customer.id_number
    return _Found(diagnose(services.certificates, id_number, anchors, ask, services.windows), witnessed)


def _or_none(asked: Callable[[], Any]) -> Any:
    """What the backend says; None when it can't be reached. Raises when the login is over."""
    try:
        return asked()
    except Failure as failure:
        if failure.retry is Retry.LOGIN:
            raise
        return None
