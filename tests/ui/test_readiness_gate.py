"""Which business can be begun on a PC where something doesn't work, and what it says."""

from __future__ import annotations

from typing import Callable

import pytest
from pytestqt.qtbot import QtBot

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.ui.pages.business_choice import BusinessChoicePage
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.tasks import TaskRunner
from tests.ui.conftest import LONG, Hands
from tests.ui.readiness_world import CHECKS, ScriptedReadiness

START = "business_choice.settlement-account"
NOTE = f"{START}.readiness.text"
NEEDS = (
    ("network", "NET-OFFLINE"),
    ("disk", "PC-DISK"),
    ("folder", "PC-DISK"),
    ("certificates", "CERT-STORE"),
)

Open = Callable[[], BusinessChoicePage]


@pytest.fixture
def open_page(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    readiness: ReadinessMonitor,
    hands: Hands,
    show: Callable[[BusinessChoicePage], object],
) -> Open:
    """Shows the page on a PC that has been checked."""

    def open_page() -> BusinessChoicePage:
        if readiness.result("network") is None:
            readiness.check(*readiness.titles)
        hands.wait(lambda: not readiness.busy)
        page = BusinessChoicePage(tasks, backend, company, readiness)
        show(page)
        return page

    return open_page


def test_every_need_of_a_business_is_a_check() -> None:
    known = {check_id for check_id, _ in CHECKS}
    for business in BUSINESSES.values():
        assert {*business.needs, *dict(business.does_without)} <= known


def test_all_is_well(open_page: Open, hands: Hands) -> None:
    open_page()
    assert hands.see(START).isEnabled()
    assert hands.find(NOTE) is None


@pytest.mark.parametrize(("check_id", "code"), NEEDS)
def test_what_is_needed_and_does_not_work_blocks_with_its_reason(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, qtbot: QtBot, check_id: str, code: str
) -> None:
    this_pc.say(check_id, code)
    page = open_page()
    assert not hands.see(START).isEnabled()
    assert this_pc.findings[check_id].text in hands.text(NOTE)
    with qtbot.waitSignal(page.check_devices, timeout=LONG):
        hands.click(f"{START}.check_devices")


def test_a_warning_blocks_nothing(open_page: Open, hands: Hands, this_pc: ScriptedReadiness) -> None:
    this_pc.say("certificates", "CERT-DAMAGED", State.WARNING)
    open_page()
    assert hands.see(START).isEnabled()
    assert hands.find(NOTE) is None


def test_without_a_camera_one_is_told_of_files(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness
) -> None:
    this_pc.say("camera", "CAM-NONE")
    open_page()
    assert "可以选择照片文件" in hands.text(NOTE)
    assert hands.see(START).isEnabled()


def test_what_was_mended_since_the_start_is_looked_at_again(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, readiness: ReadinessMonitor
) -> None:
    this_pc.say("network", "NET-OFFLINE")
    readiness.check(*readiness.titles)
    hands.wait(lambda: not readiness.busy)
    this_pc.say("network", "")
    open_page()
    hands.wait(lambda: hands.see(START).isEnabled())
    assert hands.find(NOTE) is None


def test_what_breaks_meanwhile_blocks_and_what_is_mended_frees(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, readiness: ReadinessMonitor
) -> None:
    open_page()
    this_pc.say("disk", "PC-DISK")
    readiness.check("disk")
    hands.wait(lambda: not hands.see(START).isEnabled())
    this_pc.say("disk", "")
    readiness.check("disk")
    hands.wait(lambda: hands.see(START).isEnabled())
