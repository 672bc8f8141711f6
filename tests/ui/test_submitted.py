"""提交结果: what is said at each status, news without asking, and where the primary action leads."""

from __future__ import annotations

from typing import Callable

import pytest
from pytestqt.qtbot import QtBot

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.core.flow.businesses import SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages import submitted
from kaihu_desktop.ui.shell import Shell
from tests.sandbox_server import SandboxServer
from tests.ui.conftest import LONG, Hands

WAITING = "410101199911056048"
GLARE = {"step": "bank_cards", "field": "cards.0.photo_id", "text": "银行卡照片反光，卡号后四位看不清"}


@pytest.fixture
def open_view(
    shell: Shell,
    backend: RestBackend,
    journal: MemoryJournal,
    context: Callable[[Application], PageContext],
    log_in: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], ApplicationView]:
    """Opens the application of a customer who waits for the review; news are asked for often."""

    def open_view() -> ApplicationView:
        monkeypatch.setattr(submitted, "POLL_MS", 100)
        log_in(WAITING)
        made = context(backend.applications()[0])
        engine = Engine(SETTLEMENT_ACCOUNT, made.services, journal, made.application)
        return ApplicationView(shell, engine, made)

    return open_view


def _review(sandbox: SandboxServer, decision: str) -> None:
    reasons = [GLARE] if decision == "reject" else None
    sandbox.review(sandbox.applications(WAITING)[0]["id"], decision, reasons)


def test_submitted_and_back_to_my_business(
    open_view: Callable[[], ApplicationView], hands: Hands, qtbot: QtBot
) -> None:
    view = open_view()
    hands.see_text("submitted.sentence", "尊敬的 赵待核 女士，您的 修改结算账户 业务已成功提交，正在等待复核")
    assert "你可在 我的业务 中查看结果" in hands.text("submitted.sentence")
    assert hands.text("shell.next") == "返回我的业务"
    with qtbot.waitSignal(view.left, timeout=LONG) as left:
        hands.click("shell.next")
    assert left.args == ["my_business"]
    view.close()


def test_the_approval_is_told_with_what_is_left_to_do_at_the_bank(
    open_view: Callable[[], ApplicationView], hands: Hands, sandbox: SandboxServer
) -> None:
    view = open_view()
    hands.see_text("submitted.status", "提交成功，待复核")
    assert hands.see("rail.submitted").accessibleName() == "第 5 步 提交结果，正在办理"
    _review(sandbox, "take")
    hands.see_text("submitted.status", "复核中")
    _review(sandbox, "approve")
    hands.see_text("submitted.status", "办理成功")
    hands.wait(lambda: hands.see("rail.submitted").accessibleName() == "第 5 步 提交结果，已完成")
    codes = [card["bank_code"] for card in view.engine.application.record("bank_cards").answer["cards"]]
    assert codes
    for code in codes:
        assert hands.text(f"submitted.guide.{code}")
    view.close()


def test_a_rejection_is_told_and_leads_to_the_step(
    open_view: Callable[[], ApplicationView], hands: Hands, sandbox: SandboxServer
) -> None:
    view = open_view()
    hands.see_text("submitted.status", "待复核")
    _review(sandbox, "reject")
    hands.see_text("submitted.reasons.text", "银行卡：银行卡照片反光，卡号后四位看不清")
    hands.see_text("shell.next", "立即处理")
    hands.click("shell.next")
    hands.see("bank_cards.page")
    assert view.engine.shown.id == "bank_cards"
    view.close()


def test_a_failed_reading_is_quiet_but_an_expired_login_is_told(
    open_view: Callable[[], ApplicationView], hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.fault("/v1/applications/.+", "status", code=500, times=None)
    view = open_view()
    hands.wait(lambda: sandbox.fault_hits()[0] > 1)
    assert hands.find("shell.error") is None
    sandbox.clear_faults()
    sandbox.expire_sessions(refresh=True)
    hands.see_text("shell.error.code", "AUTH-EXPIRED")
    view.close()
