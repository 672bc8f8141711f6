"""The checks of camera, microphone and speaker: opened, used for a moment, given back."""

from __future__ import annotations

import time
from typing import Any, Callable

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import BEARABLE, Finding, State
from kaihu_desktop.core.ports import AudioDirectory, Camera, CameraDirectory, ImageArray, Microphone
from kaihu_desktop.devices.audio import QUIET
from kaihu_desktop.devices.camera import BLACK, differ
from kaihu_desktop.devices.readiness import Check, finding_of

OPENING = 12.0  # seconds for a first frame or sound; the devices themselves say sooner what hinders them
PATIENCE = 3.0  # seconds for a failure to go away: another program may be giving the device back
GLANCE = 0.02  # seconds between two looks
FINAL = ("CAM-NONE", "CAM-DENIED", "MIC-NONE", "MIC-DENIED", "MIC-MUTED")  # no use in waiting

SETTLING_FRAMES = 5  # many cameras begin with dark frames
WATCHED = 0.6  # seconds from which the rate is told
FROZEN = 4.0  # seconds without any change after which a picture is frozen; sensors always are noisy
FINEST = 720  # lines of a picture below which small print gets lost
SLOWEST = 10.0  # frames a second below which movement can't be followed
DIM, BRIGHT = 40.0, 225.0  # mean brightness of 255 beyond which a face is hard to see

LEVELS = 3  # how many tenths of a second are listened to


def camera(cameras: CameraDirectory) -> Check:
    """The first camera: it opens, frames arrive, change, aren't black, and are fine and bright enough."""

    def work() -> Finding:
        names = cameras.names()
        if not names:
            raise Failure("CAM-NONE")
        opened = cameras.open(0)
        try:
            watch = _Watch(opened)
            watch.look()
            return _picture(names[0], watch)
        except Failure as failure:
            return finding_of(failure, bearable=failure.code in BEARABLE)
        finally:
            opened.close()

    return Check("camera", "摄像头", work, "CAM-STALLED", limit=OPENING + PATIENCE + FROZEN)


class _Watch:
    """Watches a camera. frame: the newest. changes: whether any two differed. rate: frames a second."""

    def __init__(self, opened: Camera) -> None:
        self._opened = opened
        self.frame: ImageArray = None
        self.changes = False
        self.rate = 0.0

    def look(self) -> None:
        """Until enough is known. Raises CAM-…"""
        number, self.frame = _first(self._opened.latest, "CAM-STALLED")
        first_number, first_at = number, time.monotonic()
        ends = first_at + FROZEN
        while time.monotonic() < ends:
            newest = self._opened.latest()
            if newest is not None and newest[0] != number:
                number, before, self.frame = newest[0], self.frame, newest[1]
                self.changes = self.changes or differ(before, self.frame)
            watched = time.monotonic() - first_at
            if self.changes and number - first_number >= SETTLING_FRAMES and watched > WATCHED:
                break
            time.sleep(GLANCE)
        self.rate = (number - first_number) / (time.monotonic() - first_at)


def _picture(name: str, watch: _Watch) -> Finding:
    height, width = watch.frame.shape[:2]
    brightness = float(watch.frame.mean())
    if brightness < BLACK:
        raise Failure("CAM-BLACK")
    if not watch.changes:
        raise Failure("CAM-FROZEN")
    text = f"{name}，画面正常，{width}×{height}，每秒 {watch.rate:.0f} 帧"
    faults = (
        (brightness < DIM, "画面太暗", "请开灯，或面向光亮的地方。"),
        (brightness > BRIGHT, "画面过亮", "请避开强光，不要背对或正对窗户。"),
        (height < FINEST, "分辨率较低", "请换用外接的高清摄像头，或让证件占满画面，也可以选择照片文件。"),
        (watch.rate < SLOWEST, "画面不流畅", "请关闭占用电脑的其他软件，摄像头请直接插在电脑的 USB 接口上。"),
    )
    for found, what, remedy in faults:
        if found:
            text = text.replace("画面正常", what)
            return Finding(State.WARNING, text, None, remedy)
    return Finding(State.OK, text)


def microphone(audio: AudioDirectory, name: Callable[[], str]) -> Check:
    """The microphone: it opens, and its level moves. name: of the chosen one, empty for the default."""

    def work() -> Finding:
        opened = audio.open_microphone(name())
        try:
            loudest = _listen(opened)
            return Finding(State.OK, f"{name() or '默认麦克风'}，有声音（{loudest:.0f} 分贝）")
        except Failure as failure:
            return finding_of(failure, bearable=failure.code in BEARABLE)
        finally:
            opened.close()

    return Check("microphone", "麦克风", work, "MIC-STALLED", limit=OPENING + 2 * PATIENCE)


def _listen(opened: Microphone) -> float:
    """The loudest of the first levels (dBFS) that moved. Raises MIC-…"""
    levels: list[float] = [_first(opened.level, "MIC-STALLED")]
    ends = time.monotonic() + OPENING
    while time.monotonic() < ends:
        level: float = _first(opened.level, "MIC-STALLED")
        if level > QUIET and level != levels[-1]:
            levels.append(level)
        if len(levels) >= LEVELS:
            return max(levels)
        time.sleep(GLANCE)
    raise Failure("MIC-MUTED")


def _first(ask: Callable[[], object], late: str) -> Any:
    """What the device gives first, `late` if nothing. Raises its failure when that stays."""
    started = time.monotonic()
    while True:
        passed = time.monotonic() - started
        try:
            given = ask()
            if given is not None:
                return given
            if passed > OPENING:
                raise Failure(late)
        except Failure as failure:
            if failure.code in FINAL or passed > PATIENCE:
                raise
        time.sleep(GLANCE)


def speaker(audio: AudioDirectory, name: Callable[[], str], microphone_name: Callable[[], str]) -> Check:
    """The speaker: a tone plays; what no microphone hears the person has to."""

    def work() -> Finding:
        shown = name() or "默认扬声器"
        if audio.play_tone(name(), microphone_name()):
            return Finding(State.OK, f"{shown}，麦克风听到了提示音")
        remedy = (
            "请确认是否听到“嘀”的一声；没有听到请调高音量、取消静音，并检查扬声器或耳机是否插好。"
            "使用耳机时麦克风听不到是正常的。"
        )
        return Finding(State.WARNING, f"{shown}，已播放提示音，麦克风没有听到", None, remedy)

    return Check("speaker", "扬声器", work, "SPK-STALLED", limit=15)
