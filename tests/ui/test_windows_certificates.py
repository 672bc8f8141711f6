"""Certificates that lie in Windows' own stores: found, brought in, and put there."""

from __future__ import annotations

from typing import Callable

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.pkcs12 import Credential, load
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.windows_certificate import Place, PrivateKey
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.application_view import ApplicationView
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.certificate_steps import OWNER, PASSWORD, PIN, at_certificate_check
from tests.ui.conftest import Hands
from tests.ui.managing import kept, open_page
from tests.unit.certificates.windows_stores import WindowsPc

__all__ = ["kept", "open_page"]  # the fixtures

EXPIRED = "410101197410191082"


@pytest.fixture
def windows() -> WindowsPc:
    """A PC with Windows, whose stores are empty."""
    return WindowsPc()


@pytest.fixture
def credential(sandbox: SandboxServer) -> Callable[[str], Credential]:
    """A customer's certificate with its key."""
    return lambda id_number: load(sandbox.certificate_file(id_number), Secret(PASSWORD))


@pytest.fixture
def open_check(
    backend: RestBackend,
    open_application: Callable[[Application], ApplicationView],
    log_in: Callable[..., None],
) -> Callable[[], ApplicationView]:
    """Opens an application that stands at the certificate check."""

    def open_check() -> ApplicationView:
        log_in(OWNER)
        return open_application(at_certificate_check(backend))

    return open_check


def _choose_password(hands: Hands) -> None:
    hands.type("dialog.new", PIN)
    hands.type("dialog.new.again", PIN)
    hands.click("dialog.accept")


def test_one_that_lies_in_windows_is_told_and_brought_in(
    open_page: Callable[[], None],
    hands: Hands,
    windows: WindowsPc,
    certificates: MemoryCertificateStore,
    credential: Callable[[str], Credential],
) -> None:
    certificate_id = windows.lay(credential(SAMPLE_ID_NUMBER), Place.CA)
    open_page()
    hands.see_text("my_certificates.elsewhere.text", "放错了位置")
    assert "（位置：“中间证书颁发机构”）" in hands.text("my_certificates.elsewhere.text")
    hands.click("my_certificates.windows")
    hands.see_text("dialog.windows.0.facts", "位置：“中间证书颁发机构”")
    assert "张样本" in hands.see("dialog.windows.0.choose").text()
    hands.type("dialog.new", "123456")
    hands.click("dialog.accept")
    assert hands.text("dialog.new.error")
    assert certificates.list() == ()
    _choose_password(hands)
    hands.see_text("my_certificates.note.text", "已经从 Windows 证书库导入")
    hands.see_text("my_certificates.0.subject", "张样本")
    hands.wait(lambda: hands.find("my_certificates.elsewhere") is None)
    with certificates.open(certificate_id, Secret(PIN)):
        assert windows.holds(certificate_id)  # it was copied


def test_what_cannot_be_brought_in_says_why(
    open_page: Callable[[], None],
    hands: Hands,
    windows: WindowsPc,
    credential: Callable[[str], Credential],
) -> None:
    windows.lay(credential(SAMPLE_ID_NUMBER), key=PrivateKey.LOCKED)
    open_page()
    hands.click("my_certificates.windows")
    hands.see_text("dialog.windows.0.reason.text", "Windows 不允许取出这张证书的私钥")
    assert hands.find("dialog.windows.0.choose") is None
    hands.click("dialog.accept")
    hands.wait(lambda: hands.find("dialog.accept") is None)


def test_others_have_to_log_in_for_theirs(
    open_page: Callable[[], None],
    hands: Hands,
    windows: WindowsPc,
    credential: Callable[[str], Credential],
) -> None:
    windows.lay(credential(OWNER))
    open_page()
    hands.click("my_certificates.windows")
    hands.see_text("dialog.text", "没有还需要导入的")
    assert hands.find("dialog.windows.0") is None


def test_it_is_put_into_windows_with_the_password(
    open_page: Callable[[], None],
    hands: Hands,
    windows: WindowsPc,
    certificates: MemoryCertificateStore,
    sandbox: SandboxServer,
) -> None:
    data = sandbox.certificate_file(SAMPLE_ID_NUMBER)
    certificate_id = certificates.import_pkcs12(data, Secret(PASSWORD), Secret(PIN)).info.id
    open_page()
    hands.click("my_certificates.0.into_windows")
    hands.see_text("dialog.risk.text", "不用证书密码就能使用")
    hands.type("dialog.password", "000000")
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "证书密码不正确")
    assert not windows.holds(certificate_id)
    hands.type("dialog.password", PIN)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "已经放入 Windows")
    assert windows.holds(certificate_id)
    hands.click("my_certificates.0.into_windows")
    hands.type("dialog.password", PIN)
    hands.click("dialog.accept")
    hands.see_text("dialog.note.text", "CERT-WINDOWS-EXISTS")


def test_the_check_finds_it_in_windows_and_goes_on_with_it(
    open_check: Callable[[], ApplicationView],
    hands: Hands,
    windows: WindowsPc,
    certificates: MemoryCertificateStore,
    credential: Callable[[str], Credential],
) -> None:
    windows.lay(credential(OWNER))
    view = open_check()
    hands.see_text("certificate_check.in_windows.text", "在 Windows 的证书库里")
    assert hands.find("certificate_check.none") is None
    hands.click("certificate_check.windows")
    _choose_password(hands)
    hands.see_text("certificate_check.note.text", "数字证书已导入")
    assert hands.text("certificate_check.0.state") == "可用"
    hands.wait(lambda: hands.find("certificate_check.in_windows") is None)
    hands.click("shell.next")
    hands.wait(lambda: view.engine.shown.id == "sign")
    view.close()


def test_the_check_says_why_windows_is_no_help(
    open_check: Callable[[], ApplicationView],
    hands: Hands,
    windows: WindowsPc,
    credential: Callable[[str], Credential],
) -> None:
    windows.lay(credential(OWNER), key=PrivateKey.MISSING)
    view = open_check()
    hands.see_text("certificate_check.in_windows.text", "没有私钥")
    assert hands.find("certificate_check.windows") is None
    hands.see("certificate_check.none")
    view.close()
