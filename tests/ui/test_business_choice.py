"""Choosing a business: what is offered, beginning once only, and another one in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from pytestqt.qtbot import QtBot

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.core.model.company import Company, OfferedBusiness
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages.business_choice import BusinessChoicePage
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.tasks import TaskRunner
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands

START = "business_choice.settlement-account"
Show = Callable[[Page], Page]
LogIn = Callable[..., None]


def test_a_business_is_begun(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    readiness: ReadinessMonitor,
    log_in: LogIn,
    show: Show,
    hands: Hands,
    qtbot: QtBot,
) -> None:
    log_in()
    page = BusinessChoicePage(tasks, backend, company, readiness)
    show(page)
    hands.focused(START)
    with qtbot.waitSignal(page.started, timeout=LONG) as started:
        hands.click(START)
    assert started.args[0].title == "修改结算账户"


def test_a_lost_answer_begins_no_second_business(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    readiness: ReadinessMonitor,
    sandbox: SandboxServer,
    log_in: LogIn,
    show: Show,
    hands: Hands,
    qtbot: QtBot,
) -> None:
    log_in()
    page = BusinessChoicePage(tasks, backend, company, readiness)
    show(page)
    sandbox.fault("/v1/applications$", "lose_answer", method="POST", times=None)
    hands.click(START)
    hands.see("shell.error.retry")
    begun = sandbox.applications(SAMPLE_ID_NUMBER)
    assert len(begun) == 1
    sandbox.clear_faults()
    with qtbot.waitSignal(page.started, timeout=LONG) as started:
        hands.click("shell.error.retry")
    assert started.args[0].id == begun[0]["id"]
    assert len(sandbox.applications(SAMPLE_ID_NUMBER)) == 1


def test_another_business_in_the_way_is_told(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    readiness: ReadinessMonitor,
    log_in: LogIn,
    show: Show,
    hands: Hands,
    qtbot: QtBot,
) -> None:
    log_in("410101199911056048")
    page = BusinessChoicePage(tasks, backend, company, readiness)
    show(page)
    with qtbot.waitSignal(page.in_flight, timeout=LONG) as in_flight:
        hands.click(START)
    assert in_flight.args[0].code == "APP-IN-FLIGHT"
    hands.wait(lambda: hands.see(START).isEnabled())


def test_a_business_that_is_closed_cannot_be_begun(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    readiness: ReadinessMonitor,
    show: Show,
    hands: Hands,
) -> None:
    closed = replace(company.businesses[0], enabled=False)
    show(BusinessChoicePage(tasks, backend, replace(company, businesses=(closed,)), readiness))
    assert not hands.see(START).isEnabled()


def test_a_company_without_a_business_for_this_client(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    readiness: ReadinessMonitor,
    show: Show,
    hands: Hands,
) -> None:
    other = OfferedBusiness("something-else", "其他业务", "不能在电脑上办理", 5, True)
    page = BusinessChoicePage(tasks, backend, replace(company, businesses=(other,)), readiness)
    show(page)
    assert hands.find(START) is None
    assert page.first_focus() is None
