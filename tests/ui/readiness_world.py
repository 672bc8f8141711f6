"""A PC for the window: checks, cameras, microphones and speakers that do as the test says."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.bootstrap import bins, card_reader, check_signatures
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import Finding, Result, State
from kaihu_desktop.core.ports import Camera, ImageArray, Microphone
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.settings import Settings
from kaihu_desktop.ui.navigator import Ports

CHECKS = (
    ("camera", "摄像头"),
    ("microphone", "麦克风"),
    ("speaker", "扬声器"),
    ("network", "网络和服务器"),
    ("certificates", "数字证书"),
    ("keyring", "系统密钥保管"),
    ("disk", "磁盘空间"),
    ("folder", "数据文件夹"),
    ("system", "操作系统"),
)
TEXTS = {
    "camera": "USB 高清摄像头，画面正常，1280×720",
    "microphone": "USB 麦克风，有声音",
    "speaker": "可以播放",
    "network": "可以连接（加密连接），响应 38 毫秒，本机时钟相差 0 秒",
    "certificates": "共 1 张，其中 1 张可用",
    "disk": "剩余 53,000 MB",
    "system": "Windows 11（AMD64，64 位程序）",
}


class ScriptedReadiness:
    """Implements `core.ports.Readiness`. Everything is good until `say` says otherwise.

    begun, done: the ids of the checks that have been begun, and been run, in order.
    """

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.begun: list[str] = []
        self.done: list[str] = []
        self._gate = threading.Event()
        self._gate.set()

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        return CHECKS

    def say(self, check_id: str, code: str, state: State = State.FAILED) -> None:
        """Let a check find this failure from now on; an empty code makes it good again."""
        failure = Failure(code) if code else None
        self.findings.pop(check_id, None)
        if failure is not None:
            self.findings[check_id] = Finding(state, failure.text, failure.code, failure.remedy)

    def hold(self) -> None:
        """Let no check end before `let_go`."""
        self._gate.clear()

    def let_go(self) -> None:
        self._gate.set()

    def run(self, check_id: str) -> Result:
        good = Finding(State.OK, TEXTS.get(check_id, "可以使用"))
        found = self.findings.get(check_id, good)
        self.begun.append(check_id)
        self._gate.wait()
        self.done.append(check_id)
        return Result(check_id, dict(CHECKS)[check_id], found, 1)


@dataclass
class ScriptedCameras:
    """Implements `core.ports.CameraDirectory`: every camera shows `frame`, or fails with `code`."""

    plugged: tuple[str, ...] = ("USB 高清摄像头", "内置摄像头")
    brightness: int = 120
    code: str = ""
    opened: list[int] = field(default_factory=list)
    open_now: int = 0

    def names(self) -> tuple[str, ...]:
        return self.plugged

    def open(self, index: int) -> Camera:
        self.opened.append(index)
        self.open_now += 1
        return _Camera(self)


class _Camera:
    adjustable = False

    def __init__(self, cameras: ScriptedCameras) -> None:
        self._cameras, self._number = cameras, 0

    def latest(self) -> tuple[int, ImageArray] | None:
        if self._cameras.code:
            raise Failure(self._cameras.code)
        self._number += 1
        return self._number, np.full((720, 1280, 3), self._cameras.brightness, np.uint8)

    def brighten(self, steps: int) -> None:
        """It can't."""

    def close(self) -> None:
        self._cameras.open_now -= 1


@dataclass
class ScriptedAudio:
    """Implements `core.ports.AudioDirectory`. level: dBFS of the microphone.

    hears: whether the microphone hears the tone.
    """

    plugged: tuple[str, ...] = ("USB 麦克风", "内置麦克风")
    outputs: tuple[str, ...] = ("扬声器", "耳机")
    decibels: float | None = -60.0
    code: str = ""
    hears: bool = True
    tone_code: str = ""
    played: list[tuple[str, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def microphones(self) -> tuple[str, ...]:
        return self.plugged

    def speakers(self) -> tuple[str, ...]:
        return self.outputs

    def open_microphone(self, name: str) -> Microphone:
        self.opened.append(name)
        return _Microphone(lambda: self)

    def play_tone(self, speaker: str, microphone: str) -> bool:
        if self.tone_code:
            raise Failure(self.tone_code)
        self.played.append((speaker, microphone))
        return self.hears


class _Microphone:
    def __init__(self, audio: Callable[[], ScriptedAudio]) -> None:
        self._audio = audio

    def level(self) -> float | None:
        if self._audio().code:
            raise Failure(self._audio().code)
        return self._audio().decibels

    def close(self) -> None:
        """Nothing is held."""


def ports(settings: Settings, **own: Any) -> Ports:
    """What the window needs: all is well and nothing is kept; `own` is what the test has of its own."""
    usual: dict[str, Any] = {
        "backend": RestBackend(""),
        "cameras": cameras(),
        "certificates": MemoryCertificateStore,
        "windows": lambda: None,
        "check_signatures": check_signatures,
        "journal": MemoryJournal,
        "card_reader": card_reader,
        "bins": bins,
        "readiness": ScriptedReadiness(),
        "audio": ScriptedAudio,
        "ocr_engines": lambda: ("onnx",),
    }
    return Ports(settings=settings, **{**usual, **own})
