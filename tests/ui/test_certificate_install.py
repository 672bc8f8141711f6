"""安装证书: a password, the CA's certificate, success; interrupted, refused, forgotten; for nobody else."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_backups import remember_backup
from kaihu_desktop.core.model.application import Application, StepState
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import Settings
from kaihu_desktop.ui.application_view import ApplicationView
from tests.sandbox_server import SandboxServer
from tests.ui.certificate_steps import OWNER, OWNER_NAME, PASSWORD, PIN, at_certificate, at_certificate_check
from tests.ui.conftest import Hands
from tests.unit.certificates.certificate_people import CHEAP

OTHER_PIN = "60284917"
Opened = Callable[[], ApplicationView]


@pytest.fixture
def certificates(tmp_path: Path) -> FileCertificateStore:
    """An empty store that is quick to open."""
    return FileCertificateStore(tmp_path / "certificates", Secret(b"k" * 32), CHEAP)


@pytest.fixture
def open_view(
    sandbox: SandboxServer,
    backend: RestBackend,
    open_application: Callable[[Application], ApplicationView],
    log_in: Callable[..., None],
) -> Opened:
    """Opens the application of a witnessed person who applies for a certificate, as often as need be."""

    def open_view() -> ApplicationView:
        return open_application(backend.applications()[0])

    sandbox.witness(OWNER)
    log_in(OWNER)
    at_certificate(backend)
    return open_view


def _enter(hands: Hands, pin: str = PIN) -> None:
    hands.type("certificate_install.password", pin)
    hands.type("certificate_install.password.again", pin)


def _install(hands: Hands, pin: str = PIN) -> None:
    """Press the button with a good password and wait for success."""
    _enter(hands, pin)
    hands.click("shell.next")
    hands.see("certificate_install.success")


def _continue(hands: Hands) -> None:
    """Give the password of the interrupted application and wait for success."""
    hands.type("certificate_install.pending_password", PIN)
    hands.click("shell.next")
    hands.see("certificate_install.success")


def _go_to_signing(hands: Hands, view: ApplicationView) -> None:
    hands.click("shell.next")
    hands.wait(lambda: view.engine.shown.id == "sign")


def _valid(sandbox: SandboxServer) -> list[str]:
    """The serial numbers of the certificates issued in this application that aren't revoked."""
    application_id = sandbox.applications(OWNER)[0]["id"]
    issued = [one for one in sandbox.certificates(OWNER) if one["application_id"] == application_id]
    return [one["serial"] for one in issued if not one["revoked_at"]]


def test_a_password_twice_and_the_certificate_is_installed(
    open_view: Opened,
    hands: Hands,
    qtbot: QtBot,
    sandbox: SandboxServer,
    certificates: FileCertificateStore,
) -> None:
    view = open_view()
    hands.focused("certificate_install.password")
    assert OWNER_NAME in hands.text("certificate_install.applicant")
    assert hands.text("shell.next") == "安装证书"
    assert hands.text("shell.blocked") == "请设置密码"
    hands.type("certificate_install.password", "123456")
    hands.see_text("shell.blocked", "容易被猜到")
    _enter(hands)
    assert hands.text("certificate_install.password.strength") == "一般"
    qtbot.keyClick(hands.see("certificate_install.password.again"), Qt.Key.Key_Return)
    hands.see_text("certificate_install.success.title", "数字证书已经安装成功！")
    assert OWNER_NAME in hands.text("certificate_install.success.subject")
    assert " 至 " in hands.text("certificate_install.success.valid")
    assert "备份" in hands.text("certificate_install.backup.text")
    assert hands.text("shell.next") == "下一步"
    (installed,) = certificates.find(OWNER)
    with certificates.open(installed.id, Secret(PIN)) as opened:
        assert opened.info.subject_name == OWNER_NAME
    assert _valid(sandbox) == [installed.serial.lower().lstrip("0")]
    _go_to_signing(hands, view)
    assert view.engine.application.record("certificate").state is StepState.ACCEPTED
    view.close()


def test_what_is_there_is_found_before_the_window_gives_the_focus(open_view: Opened, hands: Hands) -> None:
    view = open_view()
    hands.hurry()
    hands.focused("certificate_install.password")
    view.close()


def test_the_installed_certificate_is_shown_when_the_person_comes_back(
    open_view: Opened, hands: Hands, certificates: FileCertificateStore, sandbox: SandboxServer
) -> None:
    view = open_view()
    _install(hands)
    view.close()
    view = open_view()
    hands.see_text("certificate_install.success.title", "安装成功")
    _go_to_signing(hands, view)
    hands.click("shell.back")
    hands.see("certificate_install.success")
    view.close()
    assert len(certificates.list()) == len(_valid(sandbox)) == 1


def test_who_has_a_backup_is_not_asked_for_one(
    open_view: Opened, hands: Hands, certificates: FileCertificateStore, settings: Settings
) -> None:
    view = open_view()
    _install(hands)
    hands.see_text("certificate_install.backup.text", "请尽快备份")
    view.close()
    remember_backup(settings, certificates.find(OWNER)[0].id)
    view = open_view()
    hands.see("certificate_install.success")
    assert hands.find("certificate_install.backup.text") is None
    view.close()


def test_what_the_network_interrupted_is_continued_with_the_same_key(
    open_view: Opened, hands: Hands, sandbox: SandboxServer, certificates: FileCertificateStore
) -> None:
    view = open_view()
    _enter(hands)
    sandbox.fault("/certificates$", "status", times=None, code=500)
    hands.click("shell.next")
    hands.see_text("certificate_install.failure.text", "客服热线")
    hands.see_text("certificate_install.pending", "还没有完成")
    hands.see_text("shell.next", "重新安装")
    begun = certificates.pending(OWNER)
    sandbox.clear_faults()
    hands.click("shell.next")  # the password is still there
    hands.see("certificate_install.success")
    assert begun is not None and begun.id
    assert certificates.pending(OWNER) is None
    assert len(_valid(sandbox)) == 1
    view.close()


def test_an_interrupted_application_asks_for_its_password(
    open_view: Opened, hands: Hands, sandbox: SandboxServer, certificates: FileCertificateStore
) -> None:
    begun = certificates.begin(OWNER_NAME, OWNER, 2048, Secret(PIN))
    view = open_view()
    hands.focused("certificate_install.pending_password")
    assert hands.text("shell.blocked") == "请输入上次设置的证书密码"
    hands.type("certificate_install.pending_password", OTHER_PIN)
    hands.click("shell.next")
    hands.see_text("certificate_install.pending_password.error", "还可以试")
    assert certificates.pending(OWNER) == begun
    _continue(hands)
    assert len(_valid(sandbox)) == 1
    view.close()


def test_with_a_forgotten_password_everything_begins_anew(
    open_view: Opened,
    hands: Hands,
    backend: RestBackend,
    sandbox: SandboxServer,
    certificates: FileCertificateStore,
) -> None:
    begun = certificates.begin(OWNER_NAME, OWNER, 2048, Secret(PIN))
    application = backend.applications()[0]
    backend.apply_certificate(application.id, begun.request_pem, str(uuid.uuid4()))
    orphan = _valid(sandbox)
    view = open_view()
    hands.click("certificate_install.forgotten")
    hands.focused("certificate_install.password")
    _install(hands, OTHER_PIN)
    (installed,) = certificates.find(OWNER)
    with certificates.open(installed.id, Secret(OTHER_PIN)):
        pass
    assert len(_valid(sandbox)) == 1
    assert _valid(sandbox) != orphan
    view.close()


def test_the_password_of_an_installed_certificate_may_be_forgotten_too(
    open_view: Opened, hands: Hands, sandbox: SandboxServer, certificates: FileCertificateStore
) -> None:
    view = open_view()
    _install(hands)
    assert hands.find("certificate_install.again") is None  # it was typed a moment ago
    before = certificates.find(OWNER)[0].id
    view.close()
    view = open_view()
    hands.click("certificate_install.again")
    assert hands.text("certificate_install.password") == ""
    view.close()
    view = open_view()
    hands.focused("certificate_install.password")  # the first one is not offered again
    _install(hands, OTHER_PIN)
    _go_to_signing(hands, view)
    answer = view.engine.application.record("certificate").answer or {}
    newest = next(info.id for info in certificates.find(OWNER) if info.id != before)
    assert answer["certificate"].strip() == certificates.certificate_pem(newest).strip()
    assert len(_valid(sandbox)) == 1
    view.close()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("other_name", "CERT-MISMATCH"),
        ("other_number", "CERT-MISMATCH"),
        ("other_key", "CERT-MISMATCH"),
        ("untrusted", "CERT-UNTRUSTED"),
        ("expired", "CERT-EXPIRED"),
        ("not_yet", "CERT-NOT-YET"),
        ("refused", "CERT-REQUEST"),
    ],
)
def test_a_certificate_that_does_not_fit_is_not_installed_and_the_next_one_is(
    open_view: Opened,
    hands: Hands,
    sandbox: SandboxServer,
    certificates: FileCertificateStore,
    kind: str,
    code: str,
) -> None:
    sandbox.next_certificate(OWNER, kind)
    view = open_view()
    _enter(hands)
    hands.click("shell.next")
    hands.see_text("certificate_install.failure.text", code)
    told = hands.text("certificate_install.failure.text")
    assert "重新安装" in told or code == "CERT-REQUEST"
    assert told.count("客服热线") == 1 and "400" in told
    assert ("电脑的日期" in told) == (code in ("CERT-EXPIRED", "CERT-NOT-YET"))
    hands.see_text("shell.next", "重新安装")
    assert certificates.list() == ()
    assert certificates.pending(OWNER) is None
    hands.click("shell.next")
    hands.see("certificate_install.success")
    assert len(certificates.list()) == len(_valid(sandbox)) == 1
    view.close()


def test_waiting_can_be_given_up_and_continued(
    open_view: Opened, hands: Hands, sandbox: SandboxServer, certificates: FileCertificateStore
) -> None:
    view = open_view()
    _enter(hands)
    sandbox.fault("/certificates$", "slow", seconds=3)
    hands.click("shell.next")
    hands.see("certificate_install.progress")
    hands.click("certificate_install.progress.cancel")
    hands.see_text("certificate_install.progress.heading", "正在取消")
    hands.see("certificate_install.pending_password")
    sandbox.clear_faults()
    _continue(hands)
    assert len(certificates.list()) == len(_valid(sandbox)) == 1
    view.close()


def test_the_backends_verdict_on_the_installed_certificate_leads_to_another(
    open_view: Opened, hands: Hands, sandbox: SandboxServer
) -> None:
    view = open_view()
    _install(hands)
    sandbox.revoke_certificate(OWNER)
    hands.click("shell.next")
    hands.see_text("certificate_install.failure.text", "吊销")
    _install(hands)
    _go_to_signing(hands, view)
    sandbox.revoke_certificate(OWNER, False)
    view.close()


def test_one_that_was_taken_back_meanwhile_is_not_called_installed(
    open_view: Opened, hands: Hands, sandbox: SandboxServer
) -> None:
    view = open_view()
    _install(hands)
    _go_to_signing(hands, view)
    sandbox.revoke_certificate(OWNER)
    hands.click("rail.certificate")
    hands.focused("certificate_install.password")
    _install(hands, OTHER_PIN)
    _go_to_signing(hands, view)
    sandbox.revoke_certificate(OWNER, False)
    view.close()


def test_nobody_who_was_not_witnessed_sees_the_page(
    sandbox: SandboxServer,
    backend: RestBackend,
    hands: Hands,
    open_application: Callable[[Application], ApplicationView],
    log_in: Callable[..., None],
) -> None:
    log_in(OWNER)
    application = at_certificate_check(backend)
    view = open_application(application)
    assert "certificate" not in [step.id for step in view.engine.plan.steps]
    hands.see("certificate_check.look_again")
    assert hands.find("certificate_check.apply") is None
    assert "见证" in hands.text("certificate_check.apply_text")
    with pytest.raises(Failure, match="CERT-NOT-WITNESSED"):
        backend.put_step(application.id, "certificate_check", {"certificate": None}, str(uuid.uuid4()))
    sandbox.witness(OWNER)  # meanwhile in the video queue
    hands.click("certificate_check.look_again")
    hands.click("certificate_check.apply")
    hands.wait(lambda: view.engine.shown.id == "certificate")
    hands.see("certificate_install.password")
    sandbox.witness(OWNER, False)
    _enter(hands)
    hands.click("shell.next")
    hands.see_text("certificate_install.failure.text", "CERT-NOT-WITNESSED")
    view.close()


def test_a_backup_can_be_used_after_all(
    open_view: Opened,
    hands: Hands,
    sandbox: SandboxServer,
    certificates: FileCertificateStore,
) -> None:
    password = Secret(PASSWORD)
    certificates.import_pkcs12(sandbox.certificate_file(OWNER), password, password)
    view = open_view()
    hands.focused("certificate_install.password")  # the old one isn't taken for the one applied for
    hands.click("shell.back")
    hands.see_text("certificate_check.note.text", "申领新证书")
    assert hands.see("shell.next").isEnabled()
    hands.tick("certificate_check.0.choose")
    _go_to_signing(hands, view)
    assert "certificate" not in [step.id for step in view.engine.plan.steps]
    view.close()
