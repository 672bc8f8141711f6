"""The page 设备检测: each state told apart, what to do about it, devices to choose, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QPushButton

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.model.readiness import BEARABLE, Finding, Reason, State
from kaihu_desktop.settings import Settings
from kaihu_desktop.ui.pages.readiness import ReadinessPage
from kaihu_desktop.ui.pages.readiness_help import HELP
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.check_row import LOOKS
from tests.ui.conftest import Hands
from tests.ui.readiness_world import ScriptedAudio, ScriptedCameras, ScriptedReadiness, ports
from tests.unit.certificates.certificate_people import NOW, YEAR, authority, keep, person
from tests.unit.certificates.windows_stores import WindowsPc

Open = Callable[[], ReadinessPage]


@pytest.fixture
def cameras() -> ScriptedCameras:
    return ScriptedCameras()


@pytest.fixture
def audio() -> ScriptedAudio:
    return ScriptedAudio()


@pytest.fixture
def windows() -> WindowsPc:
    return WindowsPc()


@pytest.fixture
def open_page(
    shell: Shell,
    tasks: TaskRunner,
    hands: Hands,
    cameras: ScriptedCameras,
    audio: ScriptedAudio,
    settings: Settings,
    readiness: ReadinessMonitor,
    this_pc: ScriptedReadiness,
    certificates: MemoryCertificateStore,
    windows: WindowsPc,
) -> Open:
    """Opens the page on a PC that was checked before, or is being checked."""
    mine = ports(
        settings,
        cameras=cameras,
        readiness=this_pc,
        audio=lambda: audio,
        certificates=lambda: certificates,
        windows=lambda: windows,
    )

    def open_page() -> ReadinessPage:
        if not readiness.checking("camera"):
            readiness.check(*readiness.titles)
            hands.wait(lambda: not readiness.busy)
        page = ReadinessPage(tasks, shell.dialogs, mine, readiness)
        page.returned.connect(shell.close_cover)
        shell.show_cover(page)
        return page

    return open_page


def test_all_is_well(open_page: Open, hands: Hands) -> None:
    open_page()
    for check_id in ("camera", "microphone", "speaker", "network", "certificates", "computer"):
        assert hands.text(f"readiness.{check_id}.state") == "正常"
        assert hands.find(f"readiness.{check_id}.help") is None
    hands.see_text("readiness.preview.light", "光线合适")
    assert hands.text("readiness.return") == "完成"
    hands.focused("readiness.return")


def test_results_come_one_by_one_while_the_page_can_be_used(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, readiness: ReadinessMonitor
) -> None:
    open_page()
    this_pc.hold()
    readiness.check("network", "disk")
    assert hands.text("readiness.network.state") == "正在检测"
    assert hands.text("readiness.computer.state") == "正在检测"
    assert hands.text("readiness.camera.state") == "正常"
    assert not hands.see("readiness.again").isEnabled()
    assert hands.see("readiness.return").isEnabled()
    this_pc.let_go()
    hands.see_text("readiness.network.state", "正常")


@pytest.mark.parametrize(
    ("check_id", "code"),
    [
        ("camera", "CAM-NONE"),
        ("camera", "CAM-BUSY"),
        ("camera", "CAM-DENIED"),
        ("camera", "CAM-STALLED"),
        ("camera", "CAM-BLACK"),
        ("camera", "CAM-FROZEN"),
        ("microphone", "MIC-NONE"),
        ("microphone", "MIC-BUSY"),
        ("microphone", "MIC-MUTED"),
        ("network", "NET-OFFLINE"),
        ("network", "NET-TLS"),
        ("network", "NET-PROXY"),
        ("disk", "PC-DISK"),
        ("keyring", "PC-KEYRING"),
    ],
)
def test_each_failure_says_what_why_and_what_to_do(
    open_page: Open,
    hands: Hands,
    this_pc: ScriptedReadiness,
    cameras: ScriptedCameras,
    audio: ScriptedAudio,
    check_id: str,
    code: str,
) -> None:
    state = State.WARNING if code in BEARABLE else State.FAILED
    this_pc.say(check_id, code, state)
    if check_id == "camera":
        cameras.code, cameras.plugged = code, () if code == "CAM-NONE" else cameras.plugged
    if check_id == "microphone":
        audio.code, audio.plugged = code, () if code == "MIC-NONE" else audio.plugged
    open_page()
    hands.see_text(f"readiness.{check_id}.text", KINDS[code].text)
    assert hands.text(f"readiness.{check_id}.state") == LOOKS[state.value][0]
    steps = hands.see(f"readiness.{check_id}.steps")  # unfolded: it is the first that doesn't work
    cause, first = HELP[code][0], HELP[code][1][0]
    assert steps.accessibleName().startswith(f"原因：{cause}① {first}")
    hands.click(f"readiness.{check_id}.help")
    assert hands.find(f"readiness.{check_id}.steps") is None
    assert hands.text(f"readiness.{check_id}.help") == "怎么办"


def test_every_failure_of_a_device_or_of_the_line_has_its_steps() -> None:
    elsewhere = {"NET-NO-ADDRESS"}
    for code in KINDS:
        if code.split("-")[0] in ("CAM", "MIC", "SPK", "NET") and code not in elsewhere:
            cause, steps = HELP[code]
            assert cause
            assert len(steps) >= 2


def test_a_warning_is_told_apart_from_a_failure(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness
) -> None:
    this_pc.say("certificates", "CERT-DAMAGED", State.WARNING)
    open_page()
    assert hands.text("readiness.certificates.state") == "请注意"
    assert hands.text("readiness.return") == "仍然继续"


def test_what_a_failure_leaves_out_stands_on_the_button(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness
) -> None:
    this_pc.say("certificates", "CERT-STORE")
    open_page()
    assert hands.text("readiness.return") == "仍然继续（无法签署）"


def test_each_reason_of_a_check_is_told(open_page: Open, hands: Hands, this_pc: ScriptedReadiness) -> None:
    kinds = [KINDS["CERT-EXPIRED"], KINDS["CERT-OTHER-PC"]]
    reasons = tuple(Reason(f"1 张：{kind.text}", kind.code, kind.remedy) for kind in kinds)
    this_pc.findings["certificates"] = Finding(
        State.WARNING, "共 2 张，其中 0 张可用", kinds[0].code, kinds[0].remedy, reasons
    )
    open_page()
    told = hands.see("readiness.certificates.steps").accessibleName()  # unfolded, as the worst
    assert all(f"1 张：{kind.text}。{kind.remedy}（代码 {kind.code}）" in told for kind in kinds)


def test_what_goes_wrong_while_one_looks_is_told_and_comes_back(
    open_page: Open, hands: Hands, cameras: ScriptedCameras, audio: ScriptedAudio
) -> None:
    open_page()
    hands.see("readiness.preview.light")
    cameras.code, audio.code = "CAM-BLACK", "MIC-MUTED"
    hands.see_text("readiness.camera.text", KINDS["CAM-BLACK"].text)
    hands.see_text("readiness.preview.text", KINDS["CAM-BLACK"].text)
    hands.see_text("readiness.microphone.text", KINDS["MIC-MUTED"].text)
    for device in ("camera", "microphone"):  # as the checks judge them
        assert hands.text(f"readiness.{device}.state") == "请注意"
    cameras.code = audio.code = ""
    hands.see_text("readiness.camera.state", "正常")
    hands.see_text("readiness.microphone.state", "正常")


def test_a_picture_that_is_seen_now_counts_more_than_what_was_found_before(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness
) -> None:
    this_pc.say("camera", "CAM-BLACK", State.WARNING)
    open_page()
    hands.see("readiness.preview.light")
    hands.see_text("readiness.camera.state", "正常")


def test_a_dark_picture_gets_advice(open_page: Open, hands: Hands, cameras: ScriptedCameras) -> None:
    cameras.brightness = 25
    open_page()
    hands.see_text("readiness.preview.light", "太暗")
    cameras.brightness = 240
    hands.see_text("readiness.preview.light", "太亮")


def test_a_voice_moves_the_meter(open_page: Open, hands: Hands, audio: ScriptedAudio) -> None:
    open_page()
    hands.see_text("readiness.listening.hint", "请说一句话")
    audio.decibels = -20.0
    hands.see_text("readiness.listening.hint", "已听到声音")
    assert hands.see("readiness.listening.level").filled > 10
    assert "已听到声音" in hands.text("readiness.microphone.text")
    audio.decibels = -1.0
    hands.see_text("readiness.listening.hint", "声音太大")


def test_the_microphone_hears_the_tone(open_page: Open, hands: Hands, audio: ScriptedAudio) -> None:
    open_page()
    hands.click("readiness.speaker.play")
    hands.see_text("readiness.speaker.text", "麦克风已听到测试音")
    assert audio.played == [("", "")]
    assert hands.text("readiness.speaker.play") == "再放一次"


@pytest.mark.parametrize(
    ("answer", "state", "text"), [("yes", "正常", "您已听到"), ("no", "不能使用", KINDS["SPK-SILENT"].text)]
)
def test_otherwise_the_person_is_asked(
    open_page: Open, hands: Hands, audio: ScriptedAudio, answer: str, state: str, text: str
) -> None:
    audio.hears = False
    open_page()
    hands.click("readiness.speaker.play")
    hands.focused("readiness.speaker.yes")
    hands.click(f"readiness.speaker.{answer}")
    hands.see_text("readiness.speaker.text", text)
    assert hands.text("readiness.speaker.state") == state
    assert hands.find("readiness.speaker.question") is None


def test_a_tone_that_cannot_be_played(open_page: Open, hands: Hands, audio: ScriptedAudio) -> None:
    audio.tone_code = "SPK-BUSY"
    open_page()
    hands.click("readiness.speaker.play")
    hands.see_text("readiness.speaker.text", KINDS["SPK-BUSY"].text)


def test_the_chosen_camera_is_remembered_and_looked_at(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, settings: Settings, cameras: ScriptedCameras
) -> None:
    open_page()
    hands.see("readiness.preview.light")
    button = hands.see("readiness.camera.change")
    this_pc.done.clear()
    _menu(button)["内置摄像头"].trigger()
    hands.wait(lambda: this_pc.done == ["camera"])
    assert settings.camera == "内置摄像头"
    hands.wait(lambda: _menu(button)["内置摄像头"].isChecked())
    hands.see("readiness.preview.light")
    assert cameras.open_now == 1


def test_the_chosen_microphone_is_listened_to(
    open_page: Open, hands: Hands, settings: Settings, audio: ScriptedAudio
) -> None:
    open_page()
    hands.wait(lambda: audio.opened == [""])
    _menu(hands.see("readiness.microphone.change"))["内置麦克风"].trigger()
    hands.wait(lambda: audio.opened == ["", "内置麦克风"])
    assert settings.microphone == "内置麦克风"


def test_one_device_alone_is_no_choice(open_page: Open, hands: Hands, cameras: ScriptedCameras) -> None:
    cameras.plugged = ("内置摄像头",)
    open_page()
    hands.see("readiness.microphone.change")
    assert hands.find("readiness.camera.change") is None


def test_a_device_that_is_plugged_in_later_is_noticed(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, cameras: ScriptedCameras
) -> None:
    cameras.plugged = ()
    this_pc.say("camera", "CAM-NONE")
    open_page()
    hands.see_text("readiness.camera.text", KINDS["CAM-NONE"].text)
    cameras.plugged = ("USB 高清摄像头",)
    this_pc.say("camera", "")
    hands.see_text("readiness.camera.state", "正常")
    hands.see("readiness.preview.light")


@pytest.mark.parametrize("comes", [True, False])
def test_a_device_that_comes_or_goes_during_its_check_is_noticed(
    open_page: Open,
    hands: Hands,
    this_pc: ScriptedReadiness,
    cameras: ScriptedCameras,
    readiness: ReadinessMonitor,
    comes: bool,
) -> None:
    this_pc.say("camera", "CAM-NONE" if comes else "")
    this_pc.hold()
    readiness.check(*readiness.titles)
    hands.wait(lambda: "camera" in this_pc.begun)
    this_pc.say("camera", "" if comes else "CAM-NONE")
    cameras.plugged = cameras.plugged if comes else ()
    open_page()
    hands.see("readiness.microphone.change")  # what is plugged in is known
    this_pc.let_go()
    hands.see_text("readiness.camera.state", "正常" if comes else "不能使用")
    hands.wait(lambda: this_pc.done.count("camera") == 2)


def test_everything_is_checked_again_with_the_devices_let_go(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, cameras: ScriptedCameras, audio: ScriptedAudio
) -> None:
    open_page()
    hands.see("readiness.preview.light")
    this_pc.hold()
    this_pc.done.clear()
    hands.click("readiness.again")
    hands.see_text("readiness.camera.state", "正在检测")
    hands.wait(lambda: cameras.open_now == 0)
    this_pc.let_go()
    hands.see("readiness.preview.light")
    hands.wait(lambda: set(this_pc.done) >= {"camera", "microphone", "network", "disk"})
    hands.wait(lambda: audio.played)


def test_leaving_gives_the_devices_back(
    open_page: Open, hands: Hands, shell: Shell, cameras: ScriptedCameras
) -> None:
    page = open_page()
    hands.see("readiness.preview.light")
    free: list[bool] = []
    page.returned.connect(lambda: free.append(cameras.open_now == 0))
    hands.click("readiness.return")
    hands.wait(lambda: shell.cover is None)
    assert free == [True]


def test_the_keyboard_alone_is_enough(
    open_page: Open, hands: Hands, qtbot: QtBot, shell: Shell, this_pc: ScriptedReadiness
) -> None:
    this_pc.say("network", "NET-OFFLINE")
    open_page()
    hands.focused("readiness.return")
    help_button = hands.see("readiness.network.help")
    help_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(help_button, Qt.Key.Key_Return)
    assert hands.text("readiness.network.help") == "怎么办"
    reached = set()
    for _ in range(40):
        focused = shell.focusWidget()
        reached.add(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    visible = {one.objectName() for one in shell.cover.findChildren(QPushButton) if one.isVisible()}
    assert {name for name in visible if hands.see(name).isEnabled()} <= reached
    hands.see("readiness.export").setFocus()
    qtbot.keyClick(shell.focusWidget(), Qt.Key.Key_Escape)
    hands.wait(lambda: shell.cover is None)


def test_the_certificates_can_be_looked_at(open_page: Open, hands: Hands) -> None:
    open_page()
    hands.click("readiness.certificates.view")
    hands.see("readiness.certificates.none")
    hands.click("dialog.accept")
    hands.wait(lambda: hands.find("dialog") is None)


def test_a_certificate_that_cannot_be_used_is_shown_with_its_reason(
    open_page: Open, hands: Hands, certificates: MemoryCertificateStore
) -> None:
    keep(certificates, authority().issue(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR))
    open_page()
    hands.click("readiness.certificates.view")
    hands.see_text("readiness.certificates.0.state", "已过期")
    assert KINDS["CERT-EXPIRED"].remedy in hands.text("readiness.certificates.0.problem.text")


def test_a_certificate_that_lies_in_windows_is_shown_with_its_place(
    open_page: Open, hands: Hands, windows: WindowsPc
) -> None:
    windows.lay(person())
    open_page()
    hands.click("readiness.certificates.view")
    hands.see_text("readiness.certificates.0.state", "不能使用")
    assert "当前用户的“个人”" in hands.text("readiness.certificates.0.problem.text")


def test_the_export_names_neither_person_nor_device(
    open_page: Open, hands: Hands, this_pc: ScriptedReadiness, settings: Settings, tmp_path: Path
) -> None:
    settings.remember(microphone="张样本的耳机")
    this_pc.say("network", "NET-PROXY")
    open_page()
    hands.wait(lambda: hands.find("readiness.camera.change"))  # the names are known
    hands.click("readiness.export")
    dialog = hands.shell.findChild(QFileDialog, "readiness.files")
    path = tmp_path / "诊断信息.txt"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    hands.see_text("readiness.note.text", "没有您的个人信息")
    text = path.read_bytes().decode("utf-8-sig")
    assert "[不能使用] 网络和服务器 代码 NET-PROXY" in text
    assert "1280×720" in text
    assert "USB 高清摄像头" not in text
    assert "张样本" not in text


def test_an_export_that_cannot_be_written_is_told(open_page: Open, hands: Hands, tmp_path: Path) -> None:
    page = open_page()
    page.export(str(tmp_path / "no such folder" / "a.txt"))
    hands.see_text("readiness.note.text", KINDS["PC-DISK"].text)


def _menu(button: QPushButton) -> dict[str, object]:
    return {action.text(): action for action in button.menu().actions()}
