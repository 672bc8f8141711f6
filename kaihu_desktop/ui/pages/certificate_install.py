"""Page 安装证书: a password twice, then the certificate is applied for, checked, written and read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

from qtpy.QtCore import QEvent, QTimer
from qtpy.QtWidgets import QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_checks import company_word
from kaihu_desktop.core.flow.certificate_installation import STAGES, Installed, install_certificate
from kaihu_desktop.core.flow.step import Answer, Problem, Services
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.core.model.certificate import (
    CertificateInfo,
    CertificateState,
    PendingCertificate,
    RevocationStatus,
)
from kaihu_desktop.core.rules.backups import has_backup
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages.certificate_install_panels import (
    ContinuePanel,
    NewPanel,
    SuccessPanel,
    failure_text,
)
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.tasks import QUIET_MS, Task
from kaihu_desktop.ui.widgets.install_progress import InstallProgress
from kaihu_desktop.ui.widgets.labels import Note

NAME = "certificate_install"
TITLE = "安装证书"
SUBTITLE = "视频见证已通过。证书的密钥在这台电脑上生成，私钥不会离开这台电脑"
INSTALL, AGAIN, NEXT = "安装证书", "重新安装", "下一步"

#: These belong to the password, not to the installation.
PASSWORD_FAILURES = ("CERT-PASSWORD", "CERT-LOCKED", "CERT-WEAK-PASSWORD")


@dataclass(frozen=True)
class _Found:
    """pending: an application to continue; installed: its certificate, when it is there already.

    ids: of all certificates of the person.
    """

    pending: PendingCertificate | None
    installed: Installed | None
    ids: tuple[str, ...]
    persistent: bool


class CertificateInstallPage(Page):
    """Answer: ``{certificate}``, the PEM text, when it is installed; before that ``{known}``, see the step.

    Installing is not sending: the primary action installs first, and goes on when that has succeeded.
    """

    primary_text = INSTALL
    sending_text = "正在核对数字证书…"

    def __init__(self, context: PageContext) -> None:
        super().__init__(NAME, TITLE, SUBTITLE)
        self._context = context
        self._known: list[str] | None = None
        self._accepted = ""
        self._installed: Installed | None = None
        self._task: Task | None = None
        self._looking: Task | None = None
        self._shown: QWidget | None = None
        self._build()

    def _build(self) -> None:
        services = self._context.services
        own = parse_id_number(services.customer.id_number)
        self._rejected = Note("", "error", f"{NAME}.reasons")
        self._failure = Note("", "error", f"{NAME}.failure")
        self._new = NewPanel(services.customer, services.company, own.birth if own else None)
        self._continue = ContinuePanel()
        self._progress = InstallProgress(f"{NAME}.progress", "正在安装数字证书", STAGES)
        self._success = SuccessPanel()
        for widget in (
            self._rejected,
            self._failure,
            self._new,
            self._continue,
            self._progress,
            self._success,
        ):
            widget.hide()
            self.body.addWidget(widget)
        self.body.addStretch(1)
        for panel in (self._new, self._continue):
            panel.changed.connect(self.changed)
            panel.confirmed.connect(self.advance)
        self._continue.forgotten.connect(self._begin_anew)
        self._success.forgotten.connect(self._begin_anew)
        self._progress.given_up.connect(self._cancel)
        self._quiet = QTimer(self)  # what was found is mostly there before anything need be said
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(lambda: self.set_heading(TITLE, "正在查看这台电脑上的证书…"))

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        """See whether there is something to continue, or to go on with."""
        answer = answer or {}
        self._accepted = str(answer.get("certificate") or "")
        known = answer.get("known")
        self._known = list(known) if isinstance(known, list) else None
        self._rejected.show_text("\n".join(reason.text for reason in reasons), "error")
        self._look()

    def answer(self) -> dict[str, Any]:
        """The installed certificate; before that, which certificates were there already."""
        if self._installed is not None:
            return {"certificate": self._installed.pem}
        return {"known": list(self._known or ())}

    def blocked(self) -> str | None:
        """Why it can't be installed yet."""
        if self._task is not None:
            return "正在取消…" if self._task.cancelled else "正在安装数字证书"
        if self._shown is self._new:
            return self._new.problem()
        if self._shown is self._continue:
            return self._continue.problem()
        return None if self._installed is not None else "正在查看这台电脑上的证书"

    def before_submit(self, go_on: Callable[[], None]) -> None:
        """Install first; what is installed is sent."""
        if self._installed is not None:
            go_on()
        elif self._shown is self._continue:
            self._start(self._continue.secret, new=False)
        elif not self._new.show_problem():
            self._start(self._new.secret, new=True)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """The backend's verdict on the installed certificate: another must be applied for."""
        text = "。".join(
            part for problem in problems for part in (problem.text.rstrip("。"), problem.remedy) if part
        )
        if text:
            self._begin_anew()
            self._say_failure(text)

    def showEvent(self, event: QEvent) -> None:
        """Come back from 我的证书 the person may have changed what is there."""
        super().showEvent(event)
        if self._shown is not None and self._task is None and not event.spontaneous():
            self._look()

    def first_focus(self) -> QWidget | None:
        """What asks for a password; that one is wanted may be found before the window gives the focus."""
        return self._shown if self._shown in (self._new, self._continue) else None

    def leave(self) -> None:
        """Forget the passwords. What runs ends at the next stage and is continued another time."""
        self._new.clear()
        self._continue.clear()

    # what is there

    def _look(self) -> None:
        services = self._context.services
        known, accepted = self._known, self._accepted
        self._stop_looking()
        self._quiet.start()
        self._looking = self._context.tasks.run(
            self, lambda _: _look(services, known, accepted), self._found, self._not_found
        )

    def _stop_looking(self) -> None:
        """What was seen before something else began would be out of date."""
        self._quiet.stop()
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()

    def _not_found(self, failure: Failure) -> None:
        self._quiet.stop()
        self._looking = None
        self.set_heading(TITLE, SUBTITLE)
        self.failed.emit(failure, self._look)

    def _found(self, found: _Found) -> None:
        self._quiet.stop()
        self._looking = None
        self._new.set_persistent(found.persistent)
        self._installed = None
        if self._known is None:
            self._known = list(found.ids)
        if found.installed is not None:
            self._show_installed(found.installed, found.persistent, fresh=False)
        elif found.pending is not None:
            self._continue.show_pending(found.pending)
            self._show(self._continue)
        else:
            self._show(self._new)
        self.changed.emit()

    def _show(self, panel: QWidget) -> None:
        """Show one panel and no other."""
        self._shown = panel
        for other in (self._new, self._continue, self._progress, self._success):
            other.setVisible(other is panel)
        failed = self._failure.isVisibleTo(self)
        self.set_primary(NEXT if panel is self._success else AGAIN if failed else INSTALL)
        self.set_heading(TITLE, "" if panel is self._success else SUBTITLE)
        (self.first_focus() or self).setFocus()

    def _begin_anew(self) -> None:
        """The password was forgotten: a new key, a new certificate; what is there now doesn't count."""
        self._stop_looking()
        self._known = sorted({*(self._known or ()), *self._ids_now()})
        self._accepted, self._installed = "", None
        self._say_failure("")
        self._continue.clear()
        self._new.clear()
        self._show(self._new)
        self.changed.emit()

    def _ids_now(self) -> Sequence[str]:
        return () if self._installed is None else (self._installed.info.id,)

    # installing

    def _start(self, password: Secret, new: bool) -> None:
        services, application_id = self._context.services, self._context.application.id
        self._stop_looking()
        self._say_failure("")
        self._progress.begin()
        self._task = task = self._context.tasks.run(
            self,
            lambda progress: install_certificate(services, application_id, password, new, progress),
            self._is_installed,
            self._is_not_installed,
        )
        task.progressed.connect(self._progress.show_done)
        task.ended.connect(lambda: password.wipe())
        task.ended.connect(self._ended)
        self._show(self._progress)
        self.changed.emit()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.changed.emit()

    def _ended(self) -> None:
        task, self._task = self._task, None
        self._progress.end()
        if task is not None and task.cancelled:
            self._look()

    def _is_installed(self, installed: Installed) -> None:
        self._new.clear()
        self._continue.clear()
        self._show_installed(installed, self._context.services.certificates.persistent, fresh=True)
        self.changed.emit()

    def _show_installed(self, installed: Installed, persistent: bool, fresh: bool) -> None:
        self._installed = installed
        self._success.show_certificate(
            installed.info,
            persistent=persistent,
            backed_up=has_backup(self._context.settings.backed_up, installed.info.id),
            fresh=fresh,
        )
        self._show(self._success)

    def _is_not_installed(self, failure: Failure) -> None:
        """Show it with what can be continued: the password that was typed stays where it may be right."""
        begun = self._continue if self._continue.problem() is None else self._new
        if failure.code in PASSWORD_FAILURES:
            self._show(begun)
            begun.refuse(refusal_text(failure))
            self.changed.emit()
            return
        self._say_failure(failure_text(failure, self._context.services.company.hotline))
        typed = begun.secret
        self._continue.fill(typed)
        typed.wipe()
        self._look()

    def _say_failure(self, text: str) -> None:
        self._failure.show_text(text, "error")


def _look(services: Services, known: list[str] | None, accepted: str) -> _Found:
    store, id_number = services.certificates, services.customer.id_number
    infos = store.find(id_number)
    pending = store.pending(id_number)
    if pending is not None and pending.renews is not None:
        pending = None  # a renewal is begun and continued in 我的证书
    good = [info for info in infos if info.state is CertificateState.USABLE]
    usable = [Installed(info, store.certificate_pem(info.id)) for info in _not_revoked(services, good)]
    sent = [one for one in usable if accepted and one.pem.strip() == accepted.strip()]
    fresh = [one for one in usable if known is not None and one.info.id not in known]
    installed = next(iter(sent if sent or pending else fresh), None)
    return _Found(pending, installed, tuple(info.id for info in infos), store.persistent)


def _not_revoked(services: Services, infos: list[CertificateInfo]) -> list[CertificateInfo]:
    """Those that the company is not known to have taken back; who can't be asked says nothing."""
    word = company_word(services.backend, services.company.code) if infos else None
    if word is None or word.ask is None:
        return infos
    found = []
    for info in infos:
        try:
            status = services.certificates.check_revocation(info.id, word.anchors, word.ask).status
        except Failure:
            status = RevocationStatus.UNKNOWN
        if status is not RevocationStatus.REVOKED:
            found.append(info)
    return found
