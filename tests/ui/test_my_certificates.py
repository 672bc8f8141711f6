"""我的证书: listed with what is to be done, told about, renewed, its password changed, deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages import my_certificates_actions
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.widgets.managed_certificate import ManagedCertificate, Standing
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands
from tests.ui.managing import (
    NEW_PASSWORD,
    PASSWORD,
    Open,
    certificates,
    keep,
    kept,
    open_page,
    opens,
)

__all__ = ["certificates", "keep", "kept", "open_page"]  # the fixtures

OTHER = "410101198601295030"
EXPIRED = "410101197410191082"


def _listed(hands: Hands, name: str = "张样本") -> None:
    hands.see_text("my_certificates.0.subject", name)


def _renew(hands: Hands) -> None:
    hands.click("my_certificates.0.renew")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")


def test_all_certificates_are_listed_ones_own_first(
    open_page: Open, hands: Hands, keep: Callable[[str], str]
) -> None:
    for one in (OTHER, SAMPLE_ID_NUMBER, EXPIRED):
        keep(one)
    open_page()
    _listed(hands)
    assert hands.text("my_certificates.0.mine") == "本人"
    assert hands.find("my_certificates.1.mine") is None
    assert hands.text("my_certificates.2.state") == "已过期"
    assert hands.find("my_certificates.2.renew") is None
    assert hands.see("my_certificates.2.reapply").text() == "重新申领"
    hands.focused("my_certificates.return")


def test_nobody_has_to_be_logged_in(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page(logged_in=False)
    _listed(hands)
    assert hands.find("my_certificates.0.mine") is None
    hands.click("my_certificates.0.renew")
    hands.see_text("dialog.text", "登录以后")
    hands.click("dialog.accept")
    hands.click("my_certificates.0.diagnose")
    hands.see_text("checks.person", "登录后才能判断")
    hands.see_text("checks.issuer", "连接期货公司后才能判断")
    hands.see_text("checks.validity", "在有效期内")


def test_where_there_is_none_it_says_what_to_do(open_page: Open, hands: Hands, qtbot: QtBot) -> None:
    page = open_page()
    hands.see("my_certificates.none")
    hands.see_text("my_certificates.memory.text", "不会保存到这台电脑")
    with qtbot.waitSignal(page.returned, timeout=LONG):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_details_name_everything(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.details")
    values = [hands.text(f"details.{row}") for row in range(11)]
    assert values[:3] == ["张样本", "410101********0033", "可用"]
    assert values[7:9] == ["签署电子协议", "RSA 2048 位"]
    assert values[10].replace(" ", "") == certificate_id


def test_in_a_small_window_the_details_are_read_by_the_keyboard(
    open_page: Open, hands: Hands, keep: Callable[[str], str], shell: Shell, qtbot: QtBot
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    shell.resize(768, 432)
    hands.click("my_certificates.0.details")
    last = hands.see("details.10")
    assert last.visibleRegion().isEmpty()
    hands.focused("dialog.accept")
    qtbot.keyClick(hands.see("dialog.accept"), Qt.Key.Key_PageDown)
    hands.wait(lambda: not last.visibleRegion().isEmpty())


def test_diagnosis_asks_the_company(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(OTHER)
    open_page()
    hands.click("my_certificates.0.diagnose")
    hands.see_text("checks.conclusion.text", "发现 2 个问题")
    hands.see_text("checks.keyring", "没有可用的系统密钥保管功能")
    hands.see_text("checks.person", "不是您本人的")
    assert "CERT-OTHER-PERSON" in hands.text("checks.person.remedy")
    hands.see_text("checks.issuer", "期货公司认可的机构")
    hands.see_text("checks.revocation", "没有被吊销")


def test_diagnosis_tells_what_the_ca_has_taken_back(
    open_page: Open, hands: Hands, keep: Callable[[str], str], sandbox: SandboxServer
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    sandbox.revoke_certificate(SAMPLE_ID_NUMBER)
    try:
        hands.click("my_certificates.0.diagnose")
        hands.see_text("checks.revocation", "已被吊销")
        assert "CERT-REVOKED" in hands.text("checks.revocation.remedy")
    finally:
        sandbox.revoke_certificate(SAMPLE_ID_NUMBER, False)


def test_wrong_passwords_lock_for_a_while(open_page: Open, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.change_password")
    hands.type("dialog.new", NEW_PASSWORD)
    hands.type("dialog.new.again", NEW_PASSWORD)
    for told in (
        "还可以试 4 次",
        "还可以试 3 次",
        "还可以试 2 次，请 3 秒后再试",
        "这次的密码没有核对，还可以试 2 次，请 3 秒后再试",
    ):
        hands.type("dialog.password", "111222")
        hands.click("dialog.accept")
        hands.see_text("dialog.password.error", told)
    assert hands.find("dialog.title") is not None


def test_the_password_is_changed(
    open_page: Open, hands: Hands, keep: Callable[[str], str], certificates: MemoryCertificateStore
) -> None:
    certificate_id = keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.change_password")
    hands.type("dialog.password", PASSWORD)
    hands.type("dialog.new", PASSWORD)
    hands.type("dialog.new.again", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("dialog.new.error", "与现在的密码相同")
    for easy in ("123456", "950813"):
        hands.type("dialog.new", easy)
        hands.type("dialog.new.again", easy)
        hands.click("dialog.accept")
        hands.see("dialog.new.error")
    hands.type("dialog.new", NEW_PASSWORD)
    hands.type("dialog.new.again", NEW_PASSWORD)
    hands.qtbot.keyClick(hands.see("dialog.new.again"), Qt.Key.Key_Return)
    hands.see_text("my_certificates.note.text", "密码已经修改")
    assert opens(certificates, certificate_id, NEW_PASSWORD)


def test_deleting_says_what_is_lost(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(my_certificates_actions, "DELETE_SECONDS", 0)
    keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.delete")
    hands.see_text("dialog.text", "它还没有备份，删除后无法恢复")
    hands.click("dialog.reject")
    assert len(certificates.list()) == 1
    hands.click("my_certificates.0.delete")
    hands.click("dialog.accept")
    hands.see("my_certificates.none")
    assert certificates.list() == ()


def test_applying_again_leads_to_the_businesses_and_deletes_nothing(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    qtbot: QtBot,
) -> None:
    keep(SAMPLE_ID_NUMBER)
    page = open_page()
    hands.click("my_certificates.0.forgotten")
    with qtbot.waitSignal(page.go_to_business, timeout=LONG):
        hands.click("dialog.business")
    assert len(certificates.list()) == 1


def test_a_certificate_is_renewed(
    open_page: Open, hands: Hands, keep: Callable[[str], str], certificates: MemoryCertificateStore
) -> None:
    before = keep(SAMPLE_ID_NUMBER)
    open_page()
    hands.click("my_certificates.0.renew")
    hands.type("dialog.password", "000000")
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "还可以试 4 次")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "新的数字证书已经安装成功")
    hands.see("my_certificates.1.subject")
    ids = [info.id for info in certificates.list()]
    assert before in ids
    (after,) = set(ids) - {before}
    assert opens(certificates, after, PASSWORD)


def test_a_lost_answer_to_a_renewal_leaves_no_orphan(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    sandbox: SandboxServer,
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    sandbox.fault("/v1/certificates/renewals", "lose_answer", method="POST", times=None)
    _renew(hands)
    hands.see_text("dialog.note.text", "NET-")
    assert "请点“续期”" in hands.text("dialog.note.text")
    sandbox.clear_faults()
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "新的数字证书已经安装成功")
    assert len(certificates.list()) == 2


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("other_name", "CERT-MISMATCH"),
        ("other_key", "CERT-MISMATCH"),
        ("expired", "CERT-EXPIRED"),
        ("not_yet", "CERT-NOT-YET"),
        ("untrusted", "CERT-UNTRUSTED"),
        ("refused", "CERT-REQUEST"),
    ],
)
def test_a_wrong_answer_to_a_renewal_is_told_and_tried_again(
    open_page: Open,
    hands: Hands,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
    sandbox: SandboxServer,
    kind: str,
    code: str,
) -> None:
    keep(SAMPLE_ID_NUMBER)
    open_page()
    sandbox.next_certificate(SAMPLE_ID_NUMBER, kind)
    _renew(hands)
    hands.see_text("dialog.note.text", code)
    assert len(certificates.list()) == 1
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "新的数字证书已经安装成功")
    assert len(certificates.list()) == 2


def test_a_certificate_that_ends_soon_is_marked(
    hands: Hands,
    certificates: MemoryCertificateStore,
    keep: Callable[[str], str],
    show: Callable[[Page], Page],
) -> None:
    keep(SAMPLE_ID_NUMBER)
    info = certificates.list()[0]
    soon = info.not_after - timedelta(days=20)
    page = Page("near", "near")
    page.body.addWidget(ManagedCertificate(info, 0, Standing(True, True, soon), lambda action: None))
    show(page)
    assert hands.text("my_certificates.0.soon") == "即将到期"
    hands.see_text("my_certificates.0.expiry.text", "还有 20 天到期（2045-01-01），请在到期前续期")
    assert hands.find("my_certificates.0.backup") is None
