"""签署协议: the consent, one password for all, and how far it is; cancelled, failed, and begun again."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.core.model.application import Status
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.widgets import agreement_reader
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import Hands
from tests.ui.reading import (
    Reading,
    agreements,
    certificates,
    open_reading,
    read_all,
    read_through,
    reading,
)

__all__ = ["agreements", "certificates", "open_reading", "read_all", "reading"]  # the fixtures

WHOLE = "全部协议已读完"


def test_everything_read_the_consent_and_one_password_sign_all(
    reading: Reading,
    hands: Hands,
    backend: RestBackend,
    agreements: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agreement_reader, "SECOND_MS", 20)
    reading.again()
    assert not hands.see("sign.consent").isEnabled()
    reading.read_everything()
    hands.see_text("sign.note.text", WHOLE)
    assert hands.text("shell.blocked") == "请勾选“我已阅读并同意”"
    assert "请勾选" in hands.text("sign.note.text")
    hands.tick("sign.consent")
    assert "请勾选" not in hands.text("sign.note.text")
    hands.click("shell.next")
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "请输入证书密码")
    hands.click("dialog.reject")
    hands.click("shell.next")
    assert f"{len(agreements)} 份协议" in hands.text("dialog.text")
    hands.type("dialog.password", "not-the-password")
    hands.click("dialog.accept")
    hands.see_text("dialog.password.error", "证书密码不正确，还可以试 4 次")
    hands.type("dialog.password", reading.password)
    hands.qtbot.keyClick(hands.see("dialog.password"), Qt.Key.Key_Return)
    hands.see("submitted.page")
    application = backend.applications()[0]
    assert application.status is Status.AWAITING_REVIEW
    assert len(application.record("sign").answer["signed"]) == len(agreements)


def _sign(hands: Hands, reading: Reading) -> None:
    hands.click("shell.next")
    hands.type("dialog.password", reading.password)
    hands.click("dialog.accept")


def test_it_is_told_which_agreement_is_signed_and_which_uploaded(
    read_all: Reading, hands: Hands, sandbox: SandboxServer, agreements: list[dict[str, Any]]
) -> None:
    count = len(agreements)
    sandbox.fault("/timestamps$", "slow", seconds=0.6, times=None)
    sandbox.fault("/uploads", "slow", seconds=0.6, times=None)
    _sign(hands, read_all)
    for deed in ("签署", "上传"):
        for number in range(1, count + 1):
            hands.see_text("shell.busy.text", f"正在{deed}第 {number}/{count} 份")
    hands.see("submitted.page")


def test_signing_can_be_cancelled_and_begun_again(
    read_all: Reading,
    hands: Hands,
    sandbox: SandboxServer,
    shell: Shell,
    backend: RestBackend,
) -> None:
    page: Any = shell.page
    sandbox.fault("/timestamps$", "slow", seconds=1, times=None)
    _sign(hands, read_all)
    hands.see("shell.busy").findChild(QPushButton, "shell.busy.cancel").click()
    hands.wait(lambda: shell.page is not page)
    assert page._password is None
    assert backend.applications()[0].status is Status.DRAFT
    sandbox.clear_faults()
    hands.wait(lambda: hands.see("sign.consent").isEnabled())  # what was read stays read
    hands.tick("sign.consent")
    _sign(hands, read_all)
    hands.see("submitted.page")


def test_without_a_timestamp_nothing_is_signed_and_the_password_asked_again(
    read_all: Reading, hands: Hands, sandbox: SandboxServer, shell: Shell
) -> None:
    page: Any = shell.page
    sandbox.fault("/timestamps$", "status", code=500, times=None)
    _sign(hands, read_all)
    hands.see_text("shell.error.text", "时间戳服务没有给出有效的时间戳")
    assert page._password is None
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see("dialog.password")
    assert hands.find("dialog.password.error") is None  # nobody has done anything wrong
    hands.type("dialog.password", read_all.password)
    hands.click("dialog.accept")
    hands.see("submitted.page")


def test_what_is_signed_is_sent_again_without_the_password(
    read_all: Reading, hands: Hands, sandbox: SandboxServer, shell: Shell
) -> None:
    page: Any = shell.page
    sandbox.fault("/steps/sign", "status", code=500, times=None)
    _sign(hands, read_all)
    hands.see_text("shell.error.code", "SERVER-ERROR")
    assert page._password is None
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see("submitted.page")


def test_a_certificate_that_was_taken_back_is_told_in_words_and_where_to_go(
    read_all: Reading, hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.revoke_certificate(SAMPLE_ID_NUMBER)
    try:
        _sign(hands, read_all)
        hands.see_text("sign.reasons.text", "数字证书已被吊销")
    finally:
        sandbox.revoke_certificate(SAMPLE_ID_NUMBER, False)
    assert hands.text("sign.reasons.text").endswith("换一张证书后再来签署（代码 CERT-REVOKED）。")
    hands.click("rail.certificate_check")
    hands.see("certificate_check.page")


def test_a_rejected_signing_is_told_and_done_anew(
    read_all: Reading, hands: Hands, sandbox: SandboxServer, backend: RestBackend
) -> None:
    _sign(hands, read_all)
    hands.see("submitted.page")
    reason = {"step": "sign", "field": None, "text": "签署的协议不完整，请重新签署"}
    sandbox.review(backend.applications()[0].id, "reject", [reason])
    read_all.again()
    hands.see_text("sign.reasons.text", reason["text"])
    read_all.read_everything()
    hands.tick("sign.consent")
    _sign(hands, read_all)
    hands.see("submitted.page")
    assert backend.applications()[0].status is Status.AWAITING_REVIEW


def test_what_was_read_of_another_document_does_not_count(
    open_reading: Callable[[], Reading],
    hands: Hands,
    backend: RestBackend,
    journal: MemoryJournal,
    agreements: list[dict[str, Any]],
) -> None:
    read = read_through(agreements)
    read[agreements[1]["id"]]["sha256"] = "0" * 64
    draft = {"answer": {"read": read, "consent": False}, "key": "", "digest": ""}
    journal.save(backend.applications()[0].id, "sign", draft)
    reading = open_reading()
    reading.wait_for_document()
    assert hands.text("shell.blocked") == "还有 1 份协议没有读完"
    assert hands.text("sign.reader.title") == agreements[1]["title"]


def test_an_agreement_that_was_exchanged_meanwhile_is_read_before_it_is_signed(
    read_all: Reading,
    hands: Hands,
    sandbox: SandboxServer,
    backend: RestBackend,
    agreements: list[dict[str, Any]],
) -> None:
    exchanged = [*agreements[:-1], {**agreements[-1], "sha256": "0" * 64}]
    body = json.dumps({"items": exchanged})
    sandbox.fault("/agreements$", "bad_json", method="GET", times=None, body=body)
    _sign(hands, read_all)
    hands.see_text("sign.reasons.text", "协议有更新。请把每份协议都阅读到最后一页。")
    hands.see_text("shell.blocked", "还有 1 份协议没有读完")
    assert not hands.see("sign.consent").isChecked()
    assert backend.applications()[0].status is Status.DRAFT
