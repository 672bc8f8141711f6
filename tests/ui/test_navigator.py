"""From page to page: company, login, business, 我的业务, an expired login, and the way out."""

from __future__ import annotations

import json
from typing import Callable

import pytest

from kaihu_desktop.ui.navigator import Navigator
from kaihu_desktop.ui.tasks import TaskRunner
from tests.faults.backend_answers import APPLICATION
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands
from tests.ui.starting import log_in_by_hand, start

__all__ = ["log_in_by_hand", "start"]  # the fixtures

UNFINISHED, WAITING = "410101198601295030", "410101199911056048"
SIGNED = "410101198911305011"


def _choose_company(hands: Hands) -> None:
    hands.type("company.code", "8888")
    hands.click("company.enter")
    hands.see("login.page")


def test_a_first_run_leads_to_the_choice_of_a_business(
    start: Callable[[], Navigator], hands: Hands, log_in_by_hand: Callable[[str], None]
) -> None:
    start()
    _choose_company(hands)
    assert hands.text("shell.company") == "样例期货有限公司"
    log_in_by_hand(SAMPLE_ID_NUMBER)
    hands.see("business_choice.settlement-account")
    assert "张样本" in hands.text("shell.person")
    hands.click("business_choice.settlement-account")
    hands.see("photos.page")


def test_the_next_run_knows_the_company(start: Callable[[], Navigator], hands: Hands) -> None:
    start()
    _choose_company(hands)
    start()
    hands.see("login.page")
    assert hands.find("company.page") is None


def test_a_link_names_the_company(start: Callable[..., Navigator], hands: Hands) -> None:
    start()
    _choose_company(hands)
    hands.see("login.other_company")
    start("kaihu://company/6666")
    hands.wait(lambda: "样例期货" not in hands.text("shell.company") and hands.find("login.page"))


@pytest.mark.parametrize("link", ["kaihu://company/", "kaihu://company/8888?x=1", "kaihu://person/8888"])
def test_a_link_that_names_none_is_told(start: Callable[..., Navigator], hands: Hands, link: str) -> None:
    start(link)
    hands.see_text("company.code.error", link)
    assert hands.text("company.code") == ""
    _choose_company(hands)


def test_who_has_no_choice_of_the_company_is_offered_none(
    start: Callable[..., Navigator], hands: Hands
) -> None:
    start("kaihu://company/6666", KAIHU_COMPANY="8888")
    hands.see("login.page")
    assert hands.text("shell.company") == "样例期货有限公司"
    assert hands.find("login.other_company") is None


def test_one_unfinished_business_is_gone_on_with(
    start: Callable[[], Navigator], hands: Hands, log_in_by_hand: Callable[[str], None]
) -> None:
    start()
    _choose_company(hands)
    log_in_by_hand(UNFINISHED)
    hands.see("bank_cards.page")


def test_another_business_in_the_way_leads_to_my_business(
    start: Callable[[], Navigator], hands: Hands, log_in_by_hand: Callable[[str], None]
) -> None:
    start()
    _choose_company(hands)
    log_in_by_hand(WAITING)
    hands.see("my_business.page")
    hands.click("rail.business_choice")
    hands.click("business_choice.settlement-account")
    hands.see_text("dialog.title", "有未完成的业务")
    hands.click("dialog.accept")
    hands.see("my_business.page")


def test_after_an_expired_login_one_logs_in_again(
    start: Callable[[], Navigator],
    hands: Hands,
    sandbox: SandboxServer,
    log_in_by_hand: Callable[[str], None],
) -> None:
    start()
    _choose_company(hands)
    log_in_by_hand(WAITING)
    hands.see("my_business.page")
    sandbox.expire_sessions(refresh=True)
    hands.click("my_business.refresh")
    hands.see_text("shell.error.retry", "重新登录")
    hands.click("shell.error.retry")
    hands.see("login.page")


def test_logging_out_asks_and_leads_to_the_login(
    start: Callable[[], Navigator], hands: Hands, log_in_by_hand: Callable[[str], None]
) -> None:
    start()
    _choose_company(hands)
    log_in_by_hand(WAITING)
    hands.see("my_business.page")
    hands.click("shell.logout")
    hands.click("dialog.accept")
    hands.see("login.page")
    hands.wait(lambda: hands.find("shell.person") is None or not hands.text("shell.person"))


def test_a_draft_of_a_business_that_this_client_does_not_know_stays_in_the_list(
    start: Callable[[], Navigator],
    hands: Hands,
    sandbox: SandboxServer,
    log_in_by_hand: Callable[[str], None],
) -> None:
    start()
    _choose_company(hands)
    unknown = json.dumps({"items": [{**APPLICATION, "business": "open-account"}]})
    sandbox.fault("/applications$", "bad_json", body=unknown, times=None)
    log_in_by_hand(SAMPLE_ID_NUMBER)
    hands.see("my_business.page")


def test_who_has_logged_out_meanwhile_is_shown_to_nobody(
    start: Callable[[], Navigator],
    hands: Hands,
    tasks: TaskRunner,
    sandbox: SandboxServer,
    log_in_by_hand: Callable[[str], None],
) -> None:
    start()
    _choose_company(hands)
    sandbox.fault("/applications$", "slow", seconds=1)
    sandbox.fault("/sessions/current$", "drop", times=None)  # what is on its way still gets its answer
    log_in_by_hand(UNFINISHED)
    hands.wait(lambda: sandbox.fault_hits()[0])
    hands.see("shell.logout").click()  # as assistive software may: the veil holds off mouse and keys
    with hands.qtbot.waitSignal(tasks.idle, timeout=LONG):
        hands.see("dialog.accept").click()
    assert hands.find("login.page") is not None
    assert hands.find("bank_cards.page") is None


def test_who_does_not_wait_after_the_login_can_go_on_without_another(
    start: Callable[[], Navigator],
    hands: Hands,
    sandbox: SandboxServer,
    log_in_by_hand: Callable[[str], None],
) -> None:
    start()
    _choose_company(hands)
    sandbox.fault("/applications$", "slow", seconds=30, times=1)
    log_in_by_hand(SAMPLE_ID_NUMBER)
    hands.click("shell.busy.cancel")
    hands.see_text("shell.error.code", "NET-TIMEOUT")
    hands.click("shell.error.retry")
    hands.see("business_choice.page")


def test_what_was_signed_has_a_place_of_its_own(
    start: Callable[[], Navigator], hands: Hands, log_in_by_hand: Callable[[str], None]
) -> None:
    start()
    _choose_company(hands)
    log_in_by_hand(SIGNED)
    hands.click("rail.signed_agreements")
    hands.see("signed_agreements.group.0.title")
    assert hands.see("rail.signed_agreements").isChecked()
    hands.click("rail.my_business")
    hands.see("my_business.page")
    assert hands.find("signed_agreements.page") is None
