"""设置: devices and OCR engine are offered as they are there, and kept at once."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QApplication, QComboBox, QRadioButton

from kaihu_desktop.settings import Settings, load_settings
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages.settings import SettingsPage
from kaihu_desktop.ui.tasks import TaskRunner
from tests.ui.conftest import Hands
from tests.ui.readiness_world import ScriptedAudio, ScriptedCameras

BOTH = ("onnx", "paddleocr")
Open = Callable[..., SettingsPage]


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], Settings]:
    """The settings as the next run of the program would read them."""
    return lambda: load_settings({"KAIHU_HOME": str(tmp_path)})


@pytest.fixture
def open_page(tasks: TaskRunner, show: Callable[[Page], Page], kept: Callable[[], Settings]) -> Open:
    """Shows the page on a scripted PC with one or two engines."""

    def open_page(
        cameras: ScriptedCameras | None = None,
        audio: ScriptedAudio | None = None,
        engines: tuple[str, ...] = BOTH,
    ) -> SettingsPage:
        sound = audio or ScriptedAudio()
        page = SettingsPage(tasks, kept(), cameras or ScriptedCameras(), lambda: sound, lambda: engines)
        show(page)
        return page

    return open_page


def rows(combo: QComboBox) -> list[str]:
    return [combo.itemText(index) for index in range(combo.count())]


def choose(hands: Hands, name: str, text: str) -> None:
    """Choose a row by the keyboard, as soon as it is offered."""
    combo = hands.see(name)
    hands.wait(lambda: combo.findText(text) >= 0)
    combo.setFocus()
    for _ in range(combo.findText(text) - combo.currentIndex()):
        hands.qtbot.keyClick(combo, Qt.Key.Key_Down)


def test_offers_the_default_first_and_then_what_is_plugged_in(open_page: Open, hands: Hands) -> None:
    open_page()
    hands.wait(lambda: hands.see("settings.speaker").count() == 3)
    assert rows(hands.see("settings.camera")) == ["默认（第一个摄像头）", "USB 高清摄像头", "内置摄像头"]
    assert rows(hands.see("settings.microphone")) == ["默认（跟随系统）", "USB 麦克风", "内置麦克风"]
    assert rows(hands.see("settings.speaker")) == ["默认（跟随系统）", "扬声器", "耳机"]
    hands.focused("settings.camera")


@pytest.mark.parametrize(
    ("name", "text"), [("camera", "内置摄像头"), ("microphone", "USB 麦克风"), ("speaker", "耳机")]
)
def test_keeps_a_device_as_soon_as_it_is_chosen(
    open_page: Open, hands: Hands, kept: Callable[[], Settings], name: str, text: str
) -> None:
    open_page()
    choose(hands, f"settings.{name}", text)
    hands.see_text("settings.devices.saved", "已保存")
    assert getattr(kept(), name) == text


def test_a_choice_that_cannot_be_kept_holds_and_is_not_called_kept(
    open_page: Open, hands: Hands, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    open_page()
    choose(hands, "settings.camera", "内置摄像头")
    hands.see_text("settings.note.text", "PC-DISK")
    assert hands.find("settings.devices.saved") is None
    assert hands.see("settings.camera").currentText() == "内置摄像头"
    (tmp_path / "config").unlink()
    choose(hands, "settings.microphone", "USB 麦克风")
    hands.see_text("settings.devices.saved", "已保存")
    assert hands.find("settings.note") is None


def test_choices_made_one_after_the_other_are_all_kept(
    open_page: Open, hands: Hands, kept: Callable[[], Settings]
) -> None:
    open_page()
    choose(hands, "settings.camera", "内置摄像头")
    choose(hands, "settings.microphone", "内置麦克风")
    hands.wait(lambda: (kept().camera, kept().microphone) == ("内置摄像头", "内置麦克风"))


def test_a_chosen_device_that_is_unplugged_stays_chosen_and_is_named(
    open_page: Open, hands: Hands, kept: Callable[[], Settings]
) -> None:
    kept().remember(camera="拔下的摄像头")
    open_page()
    combo = hands.see("settings.camera")
    hands.wait(lambda: combo.count() == 4)
    assert combo.currentText() == "拔下的摄像头（未连接）"
    assert kept().camera == "拔下的摄像头"


def test_says_that_nothing_is_plugged_in_and_notices_when_something_is(open_page: Open, hands: Hands) -> None:
    cameras = ScriptedCameras(plugged=())
    open_page(cameras, ScriptedAudio(plugged=(), outputs=()))
    for name in ("camera", "microphone", "speaker"):
        hands.see_text(f"settings.{name}.hint", "没有找到")
    cameras.plugged = ("新摄像头",)
    hands.wait(lambda: hands.see("settings.camera").count() == 2)
    assert rows(hands.see("settings.camera"))[1] == "新摄像头"


def test_chooses_the_second_engine(open_page: Open, hands: Hands, kept: Callable[[], Settings]) -> None:
    open_page()
    assert hands.see("settings.engine.onnx").isChecked()
    hands.click("settings.engine.paddleocr")
    hands.see_text("settings.ocr.saved", "已保存")
    assert kept().ocr_engine == "paddleocr"
    hands.click("settings.engine.onnx")
    hands.wait(lambda: kept().ocr_engine == "onnx")


def test_the_engine_that_is_not_installed_cannot_be_chosen_and_the_page_says_why(
    open_page: Open, hands: Hands
) -> None:
    open_page(engines=("onnx",))
    hands.see_text("settings.engine.paddleocr.missing", "未安装")
    hands.see_text("settings.engine.paddleocr.text", "没有安装这个组件")
    radio = hands.see("settings.engine.paddleocr")
    assert isinstance(radio, QRadioButton)
    assert not radio.isEnabled()
    assert hands.find("settings.engine.note") is None


def test_says_that_the_chosen_engine_is_gone_and_which_one_reads_now(
    open_page: Open, hands: Hands, kept: Callable[[], Settings]
) -> None:
    kept().remember(ocr_engine="paddleocr")
    open_page(engines=("onnx",))
    hands.see_text("settings.engine.note.text", "现在使用标准识别引擎")
    assert hands.see("settings.engine.onnx").isChecked()
    assert kept().ocr_engine == "paddleocr"


def test_leads_back_and_to_the_check_of_the_devices(open_page: Open, hands: Hands, qtbot: QtBot) -> None:
    page = open_page()
    with qtbot.waitSignal(page.check_devices):
        hands.click("settings.check_devices")
    with qtbot.waitSignal(page.returned):
        hands.click("settings.return")
    with qtbot.waitSignal(page.returned):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_turning_the_wheel_chooses_nothing(open_page: Open, hands: Hands) -> None:
    open_page()
    combo = hands.see("settings.camera")
    hands.wait(lambda: combo.count() == 3)
    place = QPointF(combo.rect().center())
    left, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    turned = QWheelEvent(place, place, QPoint(), QPoint(0, -120), left, none, phase, False)
    QApplication.sendEvent(combo, turned)
    assert combo.currentIndex() == 0
