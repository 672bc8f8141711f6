"""我的业务: the lists, the way to what was rejected, abandoning, and news without asking."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages import my_business
from kaihu_desktop.ui.pages.my_business import MyBusinessPage
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands

UNFINISHED, WAITING, REJECTED = "410101198601295030", "410101199911056048", "410101197004087052"
Open = Callable[[str], MyBusinessPage]


@pytest.fixture
def open_page(
    tasks: TaskRunner,
    shell: Shell,
    backend: RestBackend,
    company: Company,
    journal: MemoryJournal,
    log_in: Callable[..., None],
    show: Callable[[Page], Page],
) -> Open:
    def open_page(id_number: str) -> MyBusinessPage:
        log_in(id_number)
        page = MyBusinessPage(tasks, shell.dialogs, backend, journal, company.hotline)
        show(page)
        return page

    return open_page


def _name(sandbox: SandboxServer, id_number: str, part: str) -> str:
    return f"my_business.{sandbox.applications(id_number)[0]['id']}.{part}"


def test_nothing_yet(open_page: Open, hands: Hands, qtbot: QtBot) -> None:
    page = open_page(SAMPLE_ID_NUMBER)
    assert hands.text("my_business.pending.empty") == "暂无数据"
    assert hands.text("my_business.finished.empty") == "暂无数据"
    with qtbot.waitSignal(page.start_other, timeout=LONG):
        hands.click("my_business.start_other")


@pytest.mark.parametrize(
    ("id_number", "status", "action"),
    [(UNFINISHED, "未提交", "操作"), (WAITING, "待复核", "查看"), (REJECTED, "复核驳回", "操作")],
)
def test_a_pending_business_is_listed_and_opened(
    open_page: Open,
    hands: Hands,
    sandbox: SandboxServer,
    qtbot: QtBot,
    id_number: str,
    status: str,
    action: str,
) -> None:
    page = open_page(id_number)
    hands.see_text(_name(sandbox, id_number, "status"), status)
    operate = _name(sandbox, id_number, "operate")
    assert hands.text(operate) == action
    with qtbot.waitSignal(page.operate, timeout=LONG) as chosen:
        hands.click(operate)
    assert chosen.args[0].business == "settlement-account"


def test_a_rejected_business_stands_on_top_with_its_reason(
    open_page: Open, hands: Hands, sandbox: SandboxServer, qtbot: QtBot
) -> None:
    page = open_page(REJECTED)
    hands.see_text(_name(sandbox, REJECTED, "rejected.reasons.text"), "银行卡照片反光，卡号后四位看不清")
    assert "复核驳回" in hands.see(_name(sandbox, REJECTED, "timeline")).accessibleName()
    with qtbot.waitSignal(page.operate, timeout=LONG):
        hands.click(_name(sandbox, REJECTED, "rejected.operate"))


def test_a_finished_business_is_not_to_be_worked_on(
    open_page: Open, hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.review(sandbox.applications(WAITING)[0]["id"], "approve")
    open_page(WAITING)
    hands.see_text(_name(sandbox, WAITING, "status"), "办理成功")
    assert hands.find("my_business.pending.empty") is not None
    assert hands.find(_name(sandbox, WAITING, "abandon")) is None
    assert hands.text(_name(sandbox, WAITING, "operate")) == "查看"


def test_abandoning_asks_waits_and_erases(
    open_page: Open,
    hands: Hands,
    sandbox: SandboxServer,
    journal: MemoryJournal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(my_business, "ABANDON_SECONDS", 1)
    application_id = sandbox.applications(UNFINISHED)[0]["id"]
    draft: dict[str, Any] = {"answer": {"cards": []}, "key": "", "digest": ""}
    journal.save(application_id, "bank_cards", draft)
    open_page(UNFINISHED)
    hands.click(_name(sandbox, UNFINISHED, "abandon"))
    assert "删除" in hands.text("dialog.text")
    assert not hands.see("dialog.accept").isEnabled()
    assert "1 秒" in hands.text("dialog.accept")
    hands.click("dialog.accept")
    hands.see("my_business.pending.empty")
    assert sandbox.applications(UNFINISHED) == []
    assert journal.load(application_id, "bank_cards") is None


def test_escape_keeps_the_business(
    open_page: Open, hands: Hands, sandbox: SandboxServer, qtbot: QtBot
) -> None:
    open_page(UNFINISHED)
    hands.click(_name(sandbox, UNFINISHED, "abandon"))
    qtbot.keyClick(hands.see("dialog.reject"), Qt.Key.Key_Escape)
    hands.wait(lambda: hands.find("dialog.accept") is None)
    assert len(sandbox.applications(UNFINISHED)) == 1


def test_a_lost_answer_to_abandoning_is_repeated(
    open_page: Open, hands: Hands, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(my_business, "ABANDON_SECONDS", 0)
    open_page(UNFINISHED)
    hands.click(_name(sandbox, UNFINISHED, "abandon"))
    sandbox.fault("/v1/applications/", "lose_answer", method="DELETE", times=None)
    hands.click("dialog.accept")
    hands.see("shell.error.retry")
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see("my_business.pending.empty")


def test_news_come_without_asking(
    open_page: Open, hands: Hands, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(my_business, "REFRESH_MS", 100)
    open_page(WAITING)
    status = _name(sandbox, WAITING, "status")
    hands.see_text(status, "待复核")
    sandbox.fault("/v1/applications$", "status", code=500, times=None)
    hands.see_text("my_business.read_at", "稍后会自动重试")
    assert hands.find("shell.error") is None
    sandbox.clear_faults()
    sandbox.review(sandbox.applications(WAITING)[0]["id"], "approve")
    hands.see_text(status, "办理成功")


def test_when_the_lists_do_not_come_they_can_be_asked_for_again(
    open_page: Open, hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.fault("/v1/applications$", "status", code=500, times=None)
    open_page(UNFINISHED)
    hands.see("my_business.skeleton")
    hands.see("shell.error.retry")
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see_text(_name(sandbox, UNFINISHED, "status"), "未提交")


def test_an_expired_login_is_told_as_such(
    open_page: Open, hands: Hands, sandbox: SandboxServer, qtbot: QtBot
) -> None:
    page = open_page(UNFINISHED)
    hands.see(_name(sandbox, UNFINISHED, "operate"))
    sandbox.expire_sessions(refresh=True)
    with qtbot.waitSignal(page.failed, timeout=LONG) as failed:
        hands.click("my_business.refresh")
    assert failed.args[0].code == "AUTH-EXPIRED"


def test_rows_have_two_lines_in_a_narrow_window(
    open_page: Open, hands: Hands, sandbox: SandboxServer, shell: Shell
) -> None:
    open_page(REJECTED)
    status, remark = _name(sandbox, REJECTED, "status"), _name(sandbox, REJECTED, "remark")
    hands.see(status)
    shell.resize(640, 480)
    hands.wait(lambda: hands.see(remark).y() >= hands.see(status).geometry().bottom())
    assert hands.see(remark).geometry().right() <= shell.width()
