"""证书检测: found, imported, refused by its password, by its owner and by the backend."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.model.application import Application, StepState
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES
from kaihu_desktop.core.rules.backups import has_backup
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import Settings
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages.certificate_check import CertificateCheckPage
from kaihu_desktop.ui.shell import Shell
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.certificate_steps import OWNER, PASSWORD, at_certificate_check
from tests.ui.conftest import Hands


@pytest.fixture
def open_view(
    backend: RestBackend,
    open_application: Callable[[Application], ApplicationView],
    log_in: Callable[..., None],
) -> Callable[[], ApplicationView]:
    """Opens an application that stands at the certificate check."""

    def open_view() -> ApplicationView:
        log_in(OWNER)
        return open_application(at_certificate_check(backend))

    return open_view


@pytest.fixture
def backup(sandbox: SandboxServer, tmp_path: Path) -> Callable[[str], str]:
    """Writes a customer's certificate file; its path."""

    def write(id_number: str) -> str:
        path = tmp_path / f"证书 {id_number[-4:]}.p12"
        path.write_bytes(sandbox.certificate_file(id_number))
        return str(path)

    return write


def _page(shell: Shell) -> CertificateCheckPage:
    page = shell.page
    assert isinstance(page, CertificateCheckPage)
    return page


def _import(shell: Shell, hands: Hands, path: str, password: str) -> None:
    _page(shell).import_file(path)
    hands.focused("certificate_check.password")
    hands.type("certificate_check.password", password)
    hands.qtbot.keyClick(hands.see("certificate_check.password"), Qt.Key.Key_Return)


def test_without_a_certificate_it_is_explained_and_imported(
    open_view: Callable[[], ApplicationView],
    shell: Shell,
    hands: Hands,
    backup: Callable[[str], str],
    certificates: MemoryCertificateStore,
    settings: Settings,
) -> None:
    view = open_view()
    hands.see("certificate_check.none")
    assert hands.text("shell.blocked") == "请先导入您的数字证书"
    assert not hands.see("shell.next").isEnabled()
    _import(shell, hands, backup(OWNER), "wrong")
    hands.see_text("certificate_check.password.error", "证书密码不正确")
    hands.focused("certificate_check.password")
    hands.type("certificate_check.password", PASSWORD)
    hands.click("certificate_check.import")
    hands.see_text("certificate_check.note.text", "数字证书已导入")
    assert hands.text("certificate_check.0.subject") == "王在途"
    assert hands.text("certificate_check.0.state") == "可用"
    (imported,) = certificates.list()
    assert has_backup(settings.backed_up, imported.id)  # the file that it came from
    hands.click("shell.next")
    hands.wait(lambda: view.engine.shown.id == "sign")
    assert view.engine.application.record("certificate_check").state is StepState.ACCEPTED
    view.close()


def test_what_is_there_is_found_before_the_window_gives_the_focus(
    open_view: Callable[[], ApplicationView], hands: Hands
) -> None:
    view = open_view()
    hands.hurry()
    hands.focused("certificate_check.choose_file")
    view.close()


def test_enter_pressed_twice_imports_once(
    open_view: Callable[[], ApplicationView],
    shell: Shell,
    hands: Hands,
    qtbot: QtBot,
    backup: Callable[[str], str],
) -> None:
    view = open_view()
    hands.see("certificate_check.none")
    _page(shell).import_file(backup(OWNER))
    hands.type("certificate_check.password", PASSWORD)
    for _ in range(2):
        qtbot.keyClick(hands.see("certificate_check.password"), Qt.Key.Key_Return)
        assert not hands.see("certificate_check.import").isEnabled()
    hands.see_text("certificate_check.note.text", "数字证书已导入")
    view.close()


def test_a_certificate_on_this_pc_is_found(
    open_view: Callable[[], ApplicationView],
    shell: Shell,
    hands: Hands,
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
) -> None:
    password = Secret(PASSWORD)
    for id_number in (OWNER, SAMPLE_ID_NUMBER):
        certificates.import_pkcs12(sandbox.certificate_file(id_number), password, password)
    view = open_view()
    hands.see_text("certificate_check.0.subject", "王在途")
    assert hands.find("certificate_check.1.subject") is None
    assert hands.see("shell.next").isEnabled()
    assert _page(shell).answer()["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    hands.see_text("certificate_check.memory.text", "不会保存到这台电脑")
    view.close()


def test_somebody_elses_certificate_is_told(
    open_view: Callable[[], ApplicationView], shell: Shell, hands: Hands, backup: Callable[[str], str]
) -> None:
    view = open_view()
    hands.see("certificate_check.none")
    _import(shell, hands, backup(SAMPLE_ID_NUMBER), PASSWORD)
    hands.see_text("certificate_check.note.text", "这张数字证书不是您本人的")
    assert not hands.see("shell.next").isEnabled()
    view.close()


@pytest.mark.parametrize(
    "content",
    [b"", b"no certificate", b"0" * (MAX_BACKUP_BYTES + 1)],
    ids=["empty", "another file", "too large"],
)
def test_a_file_that_is_no_certificate_is_told(
    open_view: Callable[[], ApplicationView], shell: Shell, hands: Hands, tmp_path: Path, content: bytes
) -> None:
    view = open_view()
    hands.see("certificate_check.none")
    path = tmp_path / "backup.pfx"
    path.write_bytes(content)
    page = _page(shell)
    page.import_file(str(path))
    hands.wait(lambda: hands.find("certificate_check.password") or hands.find("certificate_check.file.error"))
    looked_into = hands.find("certificate_check.password") is not None
    assert looked_into == (content == b"no certificate")
    if looked_into:
        hands.type("certificate_check.password", "anything")
        hands.click("certificate_check.import")
    hands.see_text("certificate_check.file.error", "这不是有效的证书文件")
    hands.focused("certificate_check.choose_file")
    view.close()


def test_a_file_that_is_gone_is_told(
    open_view: Callable[[], ApplicationView], shell: Shell, hands: Hands, tmp_path: Path
) -> None:
    view = open_view()
    hands.see("certificate_check.none")
    _page(shell).import_file(str(tmp_path / "gone.pfx"))
    hands.see_text("certificate_check.file.error", "无法读取这个文件")
    view.close()


def test_the_same_certificate_again_is_no_error(
    open_view: Callable[[], ApplicationView],
    shell: Shell,
    hands: Hands,
    backup: Callable[[str], str],
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
) -> None:
    password = Secret(PASSWORD)
    certificates.import_pkcs12(sandbox.certificate_file(OWNER), password, password)
    view = open_view()
    hands.click("certificate_check.other")
    _import(shell, hands, backup(OWNER), PASSWORD)
    hands.see_text("certificate_check.note.text", "已经在本机")
    hands.wait(lambda: hands.see("shell.next").isEnabled())
    view.close()


def test_the_backends_verdict_stands_on_the_certificate(
    open_view: Callable[[], ApplicationView],
    shell: Shell,
    hands: Hands,
    sandbox: SandboxServer,
    certificates: MemoryCertificateStore,
) -> None:
    password = Secret(PASSWORD)
    certificates.import_pkcs12(sandbox.certificate_file(OWNER), password, password)
    try:
        view = open_view()
        hands.see_text("certificate_check.0.state", "可用")
        sandbox.revoke_certificate(OWNER)
        hands.click("shell.next")
        hands.see_text("certificate_check.0.problem.text", "吊销")
        assert "重新申领" in hands.text("certificate_check.0.problem.text")
        assert hands.text("certificate_check.0.state") == "不能使用"
        hands.see("certificate_check.choose_file")
        hands.see("certificate_check.apply_text")
        assert not hands.see("shell.next").isEnabled()
        view.close()
    finally:
        sandbox.revoke_certificate(OWNER, False)


@pytest.mark.parametrize(
    ("id_number", "state", "text"),
    [
        ("410101197410191082", "已过期", "数字证书已过期"),
        ("410101199001010112", "未生效", "数字证书还没有到生效日期"),
    ],
)
def test_a_certificate_that_cannot_sign_now_says_why(
    shell: Shell,
    hands: Hands,
    sandbox: SandboxServer,
    backend: RestBackend,
    certificates: MemoryCertificateStore,
    context: Callable[[Application], PageContext],
    log_in: Callable[..., None],
    id_number: str,
    state: str,
    text: str,
) -> None:
    log_in(id_number)
    password = Secret(PASSWORD)
    certificates.import_pkcs12(sandbox.certificate_file(id_number), password, password)
    application = backend.create_application("settlement-account", "00000000-0000-4000-8000-000000000002")
    page = CertificateCheckPage(context(application))
    page.load(None, ())
    shell.show_page(page, rail=False, footer=False)
    hands.see_text("certificate_check.0.state", state)
    assert text in hands.text("certificate_check.0.problem.text")
    hands.see("certificate_check.choose_file")
    assert page.blocked() == "请先导入您的数字证书"
    assert page.answer() == {}
