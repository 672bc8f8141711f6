"""The checks of camera, microphone and speaker: what is fine, bearable or not; devices are given back."""

from __future__ import annotations

from typing import Callable

import numpy as np
import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices import device_checks
from kaihu_desktop.devices.audio import AudioLimits, LiveMicrophone, SystemAudio
from kaihu_desktop.devices.camera import CameraLimits, LiveCamera
from kaihu_desktop.devices.frame_source import PretendedSource
from kaihu_desktop.devices.readiness import run_check
from tests.unit.devices.mjpeg_server import MjpegServer
from tests.unit.devices.outcomes import outcome
from tests.unit.devices.pulse import AIR, VOICE, SoundCards
from tests.waiting import wait_for


@pytest.fixture(autouse=True)
def _less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("OPENING", 10.0), ("PATIENCE", 0.2), ("FROZEN", 1.5)):
        monkeypatch.setattr(device_checks, name, seconds)


class OneCamera:
    """A directory with a camera that has this frame with a sensor's noise, or raises.

    codes: raised one after the other before there is a frame; the last one for ever, if there is no frame.
    """

    def __init__(self, frame: ImageArray | None, *codes: str, noise: int = 1) -> None:
        self._frame = frame
        self._codes = list(codes)
        self._noise = noise
        self._number = 0
        self.closed = False

    def names(self) -> tuple[str, ...]:
        return ("USB 摄像头",)

    def open(self, index: int) -> OneCamera:
        return self

    def latest(self) -> tuple[int, ImageArray] | None:
        if self._codes:
            raise Failure(self._codes.pop(0) if self._frame is not None else self._codes[0])
        if self._frame is None:
            return None
        self._number += 9  # who looks late finds that several have come
        frame = self._frame.copy()
        frame[0, 0] += self._noise * self._number % 5
        return self._number, frame

    adjustable = False

    def brighten(self, steps: int) -> None:
        """It can't."""

    def close(self) -> None:
        self.closed = True


def grey(height: int, brightness: int) -> ImageArray:
    return np.full((height, height * 16 // 9, 3), brightness, np.uint8)


@pytest.mark.parametrize(
    ("camera", "expected", "word"),
    [
        (OneCamera(grey(720, 128)), (State.OK, None), "画面正常，1280×720"),
        (OneCamera(grey(480, 128)), (State.WARNING, None), "分辨率较低"),
        (OneCamera(grey(720, 20)), (State.WARNING, None), "画面太暗"),
        (OneCamera(grey(720, 240)), (State.WARNING, None), "画面过亮"),
        (OneCamera(grey(720, 3)), (State.WARNING, "CAM-BLACK"), "黑"),
        (OneCamera(grey(720, 128), noise=0), (State.WARNING, "CAM-FROZEN"), "静止"),
        (OneCamera(None, "CAM-NONE"), (State.FAILED, "CAM-NONE"), "没有"),
        (OneCamera(None, "CAM-BUSY"), (State.FAILED, "CAM-BUSY"), "其他软件"),
        (OneCamera(None, "CAM-DENIED"), (State.FAILED, "CAM-DENIED"), "不允许"),
        (OneCamera(None, "CAM-STALLED"), (State.FAILED, "CAM-STALLED"), "没有画面"),
    ],
    ids=[
        "fine",
        "coarse",
        "dim",
        "bright",
        "black",
        "frozen",
        "none",
        "busy",
        "denied",
        "stalled",
    ],
)
def test_a_camera(camera: OneCamera, expected: tuple[State, str | None], word: str) -> None:
    result = run_check(device_checks.camera(camera))
    assert (result.finding.state, result.finding.code) == expected
    assert word in result.finding.text
    assert (result.finding.remedy is None) == (result.finding.state is State.OK)
    assert camera.closed


def test_a_camera_that_another_program_gives_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_checks, "PATIENCE", 20.0)
    assert outcome(device_checks.camera(OneCamera(grey(720, 128), "CAM-BUSY", "CAM-LOST"))) == (
        State.OK,
        None,
    )


def test_a_camera_without_a_frame_is_stalled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_checks, "OPENING", 0.05)
    silent = OneCamera(None)
    assert outcome(device_checks.camera(silent)) == (State.FAILED, "CAM-STALLED")
    assert silent.closed


class NoCameras:
    """A PC into which one can be plugged."""

    def __init__(self) -> None:
        self.found: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        return self.found

    def open(self, index: int) -> OneCamera:
        return OneCamera(grey(720, 128))


def test_a_camera_that_is_plugged_in_later_is_found() -> None:
    cameras = NoCameras()
    assert outcome(device_checks.camera(cameras)) == (State.FAILED, "CAM-NONE")
    cameras.found = ("USB 摄像头",)
    assert outcome(device_checks.camera(cameras)) == (State.OK, None)


class Meanwhile(LiveCamera):
    """A camera to which something happens when it has given its first picture."""

    happens: Callable[[], object] | None = None

    def latest(self) -> tuple[int, ImageArray] | None:
        newest = super().latest()
        if newest is not None and self.happens is not None:
            self.happens()
            self.happens = None
        return newest


class StreamedCamera:
    """A directory with the camera of a test server. meanwhile: what happens during the next check."""

    def __init__(self, server: MjpegServer) -> None:
        self._server = server
        self.meanwhile: Callable[[], object] | None = None

    def names(self) -> tuple[str, ...]:
        return ("模拟摄像头",)

    def open(self, index: int) -> LiveCamera:
        limits = CameraLimits(open=15, stall=1, black=0.3, frozen=0.3, reopen=0.05, close=2)
        opened = Meanwhile(PretendedSource(self._server.url), limits)
        opened.happens, self.meanwhile = self.meanwhile, None
        return opened


def test_each_way_in_which_a_camera_fails_is_told(server: MjpegServer) -> None:
    check = device_checks.camera(StreamedCamera(server))
    assert "分辨率较低，320×240" in run_check(check).finding.text
    server.frozen = True
    assert outcome(check) == (State.WARNING, "CAM-FROZEN")
    server.frozen, server.black = False, True
    assert outcome(check) == (State.WARNING, "CAM-BLACK")
    server.black, server.mode = False, "stall"
    assert outcome(check)[1] in ("CAM-NONE", "CAM-STALLED", "CAM-BUSY")
    server.mode = "off"
    assert outcome(check) == (State.FAILED, "CAM-NONE")
    server.mode = "on"
    assert outcome(check) == (State.WARNING, None)
    wait_for(lambda: server.connections == 0)


@pytest.mark.parametrize(("mode", "code"), [("off", "CAM-LOST"), ("stall", "CAM-STALLED")])
def test_a_camera_that_fails_during_its_check(server: MjpegServer, mode: str, code: str) -> None:
    cameras = StreamedCamera(server)
    cameras.meanwhile = lambda: setattr(server, "mode", mode)
    assert outcome(device_checks.camera(cameras)) == (State.FAILED, code)
    server.mode = "on"
    assert outcome(device_checks.camera(cameras)) == (State.WARNING, None)


# sound

AUDIO = SystemAudio(AudioLimits(open=10, stall=1, restart=3, muted=1.5, reopen=0.05, listing=10))


def chosen() -> str:
    return ""


@pytest.mark.audio
def test_microphone_and_speaker(sound_cards: SoundCards) -> None:
    microphone = device_checks.microphone(AUDIO, chosen)
    speaker = device_checks.speaker(AUDIO, chosen, chosen)
    assert outcome(microphone) == (State.WARNING, "MIC-MUTED")
    assert outcome(speaker) == (State.WARNING, None)
    assert "请确认是否听到" in (run_check(speaker).finding.remedy or "")
    sound_cards.load(VOICE)
    assert outcome(microphone) == (State.OK, None)
    sound_cards.load(AIR)
    assert outcome(speaker) == (State.OK, None)
    sound_cards.control("suspend-source", "microphone", "1")
    assert outcome(microphone) == (State.FAILED, "MIC-STALLED")


class HeardMicrophone(LiveMicrophone):
    """A microphone to which something happens when it has heard something first."""

    happens: Callable[[], object] | None = None

    def level(self) -> float | None:
        level = super().level()
        if level is not None and self.happens is not None:
            self.happens()
            self.happens = None
        return level


class OneMicrophone(SystemAudio):
    """The sound of this PC. meanwhile: what happens during the next check."""

    limits = AudioLimits(open=10, stall=20, restart=20, muted=20, reopen=0.05)
    meanwhile: Callable[[], object] | None = None

    def open_microphone(self, name: str) -> HeardMicrophone:
        opened = HeardMicrophone(name, self.limits)
        opened.happens, self.meanwhile = self.meanwhile, None
        return opened


@pytest.mark.audio
def test_a_microphone_that_is_pulled_out_during_its_check(sound_cards: SoundCards) -> None:
    audio = OneMicrophone()
    audio.meanwhile = sound_cards.pull_out
    check = device_checks.microphone(audio, chosen)
    assert outcome(check) == (State.FAILED, "MIC-LOST")
    sound_cards.plug_in()
    sound_cards.load(VOICE)
    assert outcome(check) == (State.OK, None)


@pytest.mark.audio
def test_a_pc_without_sound(no_sound_cards: None) -> None:
    assert outcome(device_checks.microphone(AUDIO, chosen)) == (State.FAILED, "MIC-NONE")
    assert outcome(device_checks.speaker(AUDIO, chosen, chosen)) == (State.FAILED, "SPK-NONE")
