"""The readiness page with real parts: PortAudio over a sound server, a camera that is switched off and on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import pytest

from kaihu_desktop import bootstrap
from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.ui.covers import Covers
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from tests.ui.conftest import Hands
from tests.unit.devices.mjpeg_server import MjpegServer
from tests.unit.devices.pulse import AIR, VOICE, SoundCards

pytestmark = [
    pytest.mark.audio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PulseAudio is Linux's"),
]

CACHED = (bootstrap.settings, bootstrap.cameras, bootstrap.audio, bootstrap.certificate_store)


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server


@pytest.fixture
def covers(
    shell: Shell,
    tasks: TaskRunner,
    camera: MjpegServer,
    sound_cards: SoundCards,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Covers]:
    """What the program is made of, on this made-up PC."""
    monkeypatch.setenv("KAIHU_HOME", str(tmp_path))
    monkeypatch.setenv("KAIHU_CAMERA_SOURCE", camera.url)
    for made in CACHED:
        made.cache_clear()
    yield Covers(shell, tasks, bootstrap.ports())
    shell.close()
    for made in CACHED:
        made.cache_clear()


def test_camera_microphone_and_speaker_are_tried_for_real(
    covers: Covers, hands: Hands, camera: MjpegServer, sound_cards: SoundCards
) -> None:
    sound_cards.load(VOICE)
    covers.check_pc()
    covers.show_readiness()
    hands.see_text("readiness.camera.state", "请注意")  # a picture of few lines
    hands.see_text("readiness.microphone.state", "正常")
    hands.see_text("readiness.preview.light", "光线合适")
    hands.wait(lambda: hands.see("readiness.listening.level").filled > 3)
    sound_cards.unload("module-sine")
    sound_cards.load(AIR)
    hands.click("readiness.speaker.play")
    hands.see_text("readiness.speaker.text", "麦克风已听到测试音")
    camera.mode = "off"
    hands.see_text("readiness.camera.text", KINDS["CAM-LOST"].text)
    camera.mode = "on"
    hands.see_text("readiness.camera.text", "320×240")  # as before
    hands.click("readiness.return")
    hands.wait(lambda: hands.find("readiness.page") is None)
    hands.wait(lambda: camera.connections == 0)


def test_a_microphone_that_is_pulled_out_is_told_and_comes_back(
    covers: Covers, hands: Hands, sound_cards: SoundCards
) -> None:
    sound_cards.load(VOICE)
    covers.check_pc()
    covers.show_readiness()
    hands.see_text("readiness.microphone.state", "正常")
    hands.wait(lambda: hands.see("readiness.listening.level").filled > 3)
    sound_cards.pull_out()
    hands.see_text("readiness.microphone.text", KINDS["MIC-LOST"].text)
    sound_cards.plug_in()
    sound_cards.load(VOICE)
    hands.see_text("readiness.microphone.state", "正常")
    hands.wait(lambda: hands.see("readiness.listening.level").filled > 3)
    hands.click("readiness.return")
    hands.wait(lambda: hands.find("readiness.page") is None)
