"""证书检测 tells each reason why a certificate isn't found or can't be used, and what helps."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Callable

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import FileCertificateStore, MemoryCertificateStore
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.certificate import CertificateStore
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages.certificate_check import CertificateCheckPage
from kaihu_desktop.ui.shell import Shell
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.certificate_steps import OWNER, PASSWORD, PIN
from tests.ui.conftest import Hands
from tests.unit.certificates.certificate_people import CHEAP, Authority, save

Open = Callable[..., CertificateCheckPage]
EXPIRED_OWNER = "410101197410191082"


@pytest.fixture
def store() -> MemoryCertificateStore:
    """A store that is quick to open."""
    return MemoryCertificateStore(CHEAP)


@pytest.fixture
def open_page(
    shell: Shell,
    backend: RestBackend,
    context: Callable[[Application], PageContext],
    log_in: Callable[..., None],
) -> Open:
    """Shows the page by itself to a person with the certificates of a store."""

    def open_page(certificates: CertificateStore, id_number: str = OWNER) -> CertificateCheckPage:
        log_in(id_number)
        applications = backend.applications()
        application = (
            applications[0]
            if applications
            else backend.create_application("settlement-account", str(uuid.uuid4()))
        )
        made = context(application)
        services = replace(made.services, certificates=certificates)
        page = CertificateCheckPage(replace(made, services=services))
        page.load(None, ())
        shell.show_page(page, rail=False, footer=False)
        return page

    return open_page


def _take(store: CertificateStore, data: bytes) -> None:
    password = Secret(PASSWORD)
    store.import_pkcs12(data, password, Secret(PASSWORD))


def _made_elsewhere(name: str, id_number: str) -> bytes:
    """A backup file from an authority that the company doesn't know."""
    return bytes(save(Authority().issue(name, id_number), Secret(PASSWORD)))


def test_nothing_at_all_names_the_usual_causes(
    open_page: Open, hands: Hands, store: MemoryCertificateStore
) -> None:
    page = open_page(store)
    assert "没有您的数字证书" in hands.text("certificate_check.none.title")
    assert hands.find("certificate_check.none.others") is None
    assert hands.text("certificate_check.none.code") == "代码 CERT-NONE"
    assert "400" in hands.text("certificate_check.apply_text")
    assert hands.find("certificate_check.apply") is None
    assert page.blocked() == "请先导入您的数字证书"


def test_other_peoples_certificates_are_counted_and_not_named(
    open_page: Open, hands: Hands, sandbox: SandboxServer, store: MemoryCertificateStore
) -> None:
    _take(store, sandbox.certificate_file(SAMPLE_ID_NUMBER))
    open_page(store)
    hands.see_text("certificate_check.none.others", "其他人的证书 1 张")
    assert hands.find("certificate_check.0.subject") is None


def test_a_certificate_of_another_pc_is_told_without_a_name(
    open_page: Open, hands: Hands, sandbox: SandboxServer, tmp_path: Path
) -> None:
    _take(FileCertificateStore(tmp_path, Secret(b"a" * 32), CHEAP), sandbox.certificate_file(OWNER))
    open_page(FileCertificateStore(tmp_path, Secret(b"b" * 32), CHEAP))
    hands.see_text("certificate_check.nameless.text", "不属于这台电脑的当前用户")
    assert "重新导入" in hands.text("certificate_check.nameless.text")
    assert "CERT-OTHER-PC" in hands.text("certificate_check.nameless.text")


def test_a_damaged_file_is_told(
    open_page: Open, hands: Hands, sandbox: SandboxServer, tmp_path: Path
) -> None:
    store = FileCertificateStore(tmp_path, Secret(b"a" * 32), CHEAP)
    _take(store, sandbox.certificate_file(OWNER))
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.stat().st_size > 100:
            path.write_bytes(b"\0" * 64)
    page = open_page(store)
    hands.wait(lambda: "已损坏" in _problems(hands))
    assert page.answer() == {}


def _problems(hands: Hands) -> str:
    shown = (hands.find(f"certificate_check.{name}.text") for name in ("nameless", "0.problem"))
    return "".join(label.text() for label in shown if label is not None)


def test_a_certificate_of_an_unknown_authority_is_told(
    open_page: Open, hands: Hands, store: MemoryCertificateStore
) -> None:
    _take(store, _made_elsewhere("王在途", OWNER))
    page = open_page(store)
    hands.see_text("certificate_check.0.problem.text", "不是期货公司认可的机构签发的")
    assert "CERT-UNTRUSTED" in hands.text("certificate_check.0.problem.text")
    assert hands.text("certificate_check.0.state") == "不能使用"
    assert page.answer() == {}


def test_a_revoked_certificate_is_found_by_asking_the_authority(
    open_page: Open, hands: Hands, sandbox: SandboxServer, store: MemoryCertificateStore
) -> None:
    _take(store, sandbox.certificate_file(OWNER))
    sandbox.revoke_certificate(OWNER)
    try:
        page = open_page(store)
        hands.see_text("certificate_check.0.state", "已吊销")
        assert "重新申领" in hands.text("certificate_check.0.problem.text")
        assert page.answer() == {}
    finally:
        sandbox.revoke_certificate(OWNER, False)


@pytest.mark.parametrize("path", ["/ca/ocsp$", "/(ca/ocsp|trust-anchors)$"])
def test_an_authority_that_cannot_be_asked_stops_nobody(
    open_page: Open, hands: Hands, sandbox: SandboxServer, store: MemoryCertificateStore, path: str
) -> None:
    _take(store, sandbox.certificate_file(OWNER))
    sandbox.fault(path, "status", times=None, code=500)
    page = open_page(store)
    hands.see_text("certificate_check.0.state", "可用")
    assert page.blocked() is None
    told = hands.find("certificate_check.unasked.text")
    assert told is not None and "签署时服务器会再核对" in told.text()


def test_who_was_witnessed_is_led_to_a_new_certificate(
    open_page: Open, hands: Hands, sandbox: SandboxServer, store: MemoryCertificateStore
) -> None:
    sandbox.witness(EXPIRED_OWNER)
    _take(store, sandbox.certificate_file(EXPIRED_OWNER))
    page = open_page(store, EXPIRED_OWNER)
    hands.see_text("certificate_check.0.state", "已过期")
    assert "申领新证书" in hands.text("certificate_check.0.problem.text")
    hands.click("certificate_check.apply")
    assert page.answer() == {"certificate": None}
    assert page.blocked() is None


def test_a_forgotten_password_leads_to_a_new_certificate(
    open_page: Open, hands: Hands, sandbox: SandboxServer, store: MemoryCertificateStore
) -> None:
    sandbox.witness(OWNER)
    _take(store, sandbox.certificate_file(OWNER))
    page = open_page(store)
    hands.see_text("certificate_check.0.state", "可用")
    assert hands.find("certificate_check.apply") is None
    hands.click("certificate_check.forgotten")
    hands.click("certificate_check.apply")
    assert page.answer() == {"certificate": None}


def test_what_changed_meanwhile_is_seen_when_the_page_comes_back(
    open_page: Open, hands: Hands, store: MemoryCertificateStore, sandbox: SandboxServer
) -> None:
    page = open_page(store)
    hands.see("certificate_check.none")
    page.hide()
    _take(store, sandbox.certificate_file(OWNER))
    page.show()
    hands.see_text("certificate_check.0.state", "可用")
    assert store.persistent or "不会保存" in hands.text("certificate_check.memory.text")
    assert PIN not in page.answer()["certificate"]
