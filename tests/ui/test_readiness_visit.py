"""设备检测 and 设置 from anywhere: at the start by themselves, in the top bar, and back with nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest
from qtpy.QtWidgets import QApplication

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.settings import load_settings
from kaihu_desktop.ui.navigator import Navigator
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import Hands
from tests.ui.login_form import LoginForm
from tests.ui.readiness_world import ScriptedAudio, ScriptedCameras, ScriptedReadiness, ports

Start = Callable[..., Navigator]


@pytest.fixture
def audio() -> ScriptedAudio:
    return ScriptedAudio()


@pytest.fixture
def start(
    shell: Shell,
    tasks: TaskRunner,
    backend: RestBackend,
    certificates: MemoryCertificateStore,
    this_pc: ScriptedReadiness,
    audio: ScriptedAudio,
    tmp_path: Path,
) -> Iterator[Start]:
    """Starts the client on the scripted PC."""

    def start(company: str = "") -> Navigator:
        mine = ports(
            load_settings({"KAIHU_HOME": str(tmp_path), "KAIHU_COMPANY": company}),
            backend=backend,
            cameras=ScriptedCameras(),
            certificates=lambda: certificates,
            readiness=this_pc,
            audio=lambda: audio,
        )
        navigator = Navigator(shell, tasks, mine)
        navigator.start()
        return navigator

    yield start
    shell.close()


def test_the_pc_is_checked_at_the_start_without_a_sound(
    start: Start, hands: Hands, this_pc: ScriptedReadiness, audio: ScriptedAudio
) -> None:
    this_pc.hold()
    start()
    hands.see_text("shell.readiness", "正在检测")
    hands.type("company.code", COMPANY)  # meanwhile the window can be used
    this_pc.let_go()
    hands.see_text("shell.readiness", "设备正常")
    assert audio.played == []


@pytest.mark.parametrize("state", [State.WARNING, State.FAILED])
def test_the_top_bar_counts_what_needs_attention(
    start: Start, hands: Hands, this_pc: ScriptedReadiness, state: State
) -> None:
    this_pc.say("microphone", "MIC-MUTED", state)
    this_pc.say("keyring", "PC-KEYRING", State.WARNING)
    start()
    hands.see_text("shell.readiness", "2 项需要处理")
    assert hands.see("shell.readiness").property("state") == ("warn" if state is State.WARNING else "error")


def test_a_pc_without_speakers(start: Start, hands: Hands, audio: ScriptedAudio) -> None:
    audio.outputs = ()
    start()
    hands.see_text("shell.readiness", "1 项需要处理")
    hands.click("shell.readiness")
    hands.see_text("readiness.speaker.text", "没有找到扬声器")


@pytest.mark.parametrize("place", ["readiness", "settings"])
def test_one_comes_back_to_what_one_was_typing(start: Start, hands: Hands, place: str) -> None:
    start(COMPANY)
    hands.see("login.captcha_picture")
    hands.type("login.id_number", SAMPLE_ID_NUMBER)
    field = QApplication.focusWidget()
    title = hands.shell.windowTitle()
    hands.click(f"shell.{place}")
    hands.see(f"{place}.page")
    assert hands.find("login.id_number") is None
    assert hands.shell.windowTitle() != title
    hands.click(f"{place}.return")
    hands.wait(lambda: hands.find(f"{place}.page") is None)
    assert SAMPLE_ID_NUMBER in hands.text("login.id_number").replace(" ", "")
    hands.wait(lambda: QApplication.focusWidget() is field)
    assert hands.shell.windowTitle() == title


def test_a_step_waits_below_with_everything_kept(start: Start, hands: Hands, sandbox: SandboxServer) -> None:
    start(COMPANY)
    _log_in(hands, sandbox)
    hands.click("business_choice.settlement-account")
    hands.see("photos.page")
    page = hands.shell.page
    hands.click("shell.readiness")
    hands.see("readiness.page")
    assert hands.find("shell.next") is None
    hands.click("readiness.return")
    hands.see("photos.page")
    assert hands.shell.page is page
    hands.see("photos.page")
    hands.see("shell.next")


def test_the_rail_leads_there_and_marks_where_one_is(
    start: Start, hands: Hands, sandbox: SandboxServer
) -> None:
    start(COMPANY)
    _log_in(hands, sandbox)
    hands.click("rail.readiness")
    hands.see("readiness.page")
    hands.click("readiness.return")
    hands.see("rail.readiness")
    assert hands.see("rail.business_choice").isChecked()
    assert not hands.see("rail.readiness").isChecked()


def test_who_logs_out_from_there_comes_to_the_login(
    start: Start, hands: Hands, sandbox: SandboxServer
) -> None:
    start(COMPANY)
    _log_in(hands, sandbox)
    hands.click("rail.readiness")
    hands.see("readiness.page")
    hands.click("shell.logout")
    hands.click("dialog.accept")
    hands.see("login.id_number")
    assert hands.find("readiness.page") is None


def test_what_arrives_below_is_there_when_one_comes_back(
    start: Start, hands: Hands, sandbox: SandboxServer
) -> None:
    start()
    hands.type("company.code", COMPANY)
    sandbox.fault("/v1/companies/", "slow", seconds=1.0)
    hands.click("company.enter")
    hands.shell.top_bar.readiness.emit()
    hands.see("readiness.page")
    hands.wait(lambda: hands.shell.page.objectName() == "login.page")
    assert hands.see("readiness.page").isVisible()
    hands.click("readiness.return")
    hands.focused("login.id_number")


def test_another_device_of_the_settings_is_checked(
    start: Start, hands: Hands, this_pc: ScriptedReadiness
) -> None:
    start()
    hands.see_text("shell.readiness", "设备正常")
    hands.click("shell.settings")
    hands.wait(lambda: hands.see("settings.camera").count() == 3)
    camera = hands.see("settings.camera")
    camera.setCurrentIndex(2)
    camera.activated.emit(2)
    hands.see("settings.devices.saved")
    this_pc.done.clear()
    hands.click("settings.return")
    hands.wait(lambda: this_pc.done == ["camera"])


def _log_in(hands: Hands, sandbox: SandboxServer) -> None:
    LoginForm(hands, sandbox).log_in()
    hands.see("business_choice.page")
