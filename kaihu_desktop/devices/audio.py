"""Microphones and speakers, each in a helper process; says what is wrong, and comes back by itself."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Callable

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Microphone
from kaihu_desktop.devices.access import microphone_denied
from kaihu_desktop.devices.helper import Conversation, Message, Silent

FRESH = 0.5  # seconds for which the names of devices count as new
QUIET = -85.0  # dBFS; the noise of any microphone that listens is above it


@dataclass(frozen=True)
class AudioLimits:
    """Seconds: to open; without sound; until a silent device is opened anew; of digital silence.

    reopen: before a device that failed is tried again. listing: to tell the names. play: for the tone; the
    helper itself notices a speaker that takes no samples, and needs up to 3.5 seconds for that.
    """

    open: float = 5.0
    stall: float = 1.0
    restart: float = 3.0
    muted: float = 5.0
    reopen: float = 0.5
    listing: float = 5.0
    play: float = 6.0


class LiveMicrophone:
    """Implements `core.ports.Microphone`. No call waits for a driver."""

    def __init__(
        self,
        name: str,
        limits: AudioLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._limits = limits or AudioLimits()
        self._clock = clock
        self._closed = threading.Event()
        self._lock = threading.Lock()  # guards everything below
        self._helper: Conversation | None = None
        self._level: float | None = None
        self._failure: str | None = None
        self._is_open = self._heard = False
        self._heard_at = self._moved_at = clock()
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)
        self._thread.start()

    def level(self) -> float | None:
        """Loudness of the newest tenth of a second in dBFS (-90 … 0); None before the first, after `close`.

        Raises MIC-NONE, MIC-BUSY, MIC-DENIED, MIC-LOST, MIC-STALLED, MIC-MUTED as long as that is so.
        """
        with self._lock:
            if self._closed.is_set():
                return None
            now = self._clock()
            if self._failure:
                raise Failure(self._failure)
            if self._is_open and now - self._heard_at > self._limits.stall:
                raise Failure("MIC-STALLED")
            if self._level is not None and now - self._moved_at > self._limits.muted:
                raise Failure("MIC-MUTED")
            return self._level

    def close(self) -> None:
        """Give the microphone back: its process is gone when this returns."""
        with self._lock:
            self._closed.set()
            helper = self._helper
        if helper is not None:
            helper.close()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                code = self._listen()
            except Failure as failure:
                code = failure.code
            self._failed(code)
            self._closed.wait(self._limits.reopen)

    def _listen(self) -> str:
        """Listen until it fails; the code of the failure."""
        if microphone_denied():
            return "MIC-DENIED"
        with Conversation({"job": "listen", "microphone": self._name}) as helper:
            code = "MIC-BUSY"  # of a helper that dies, or hangs, while it opens
            with self._lock:
                self._helper = helper  # from now on `close` ends it
                if self._closed.is_set():  # it came before, and waits for us
                    return code
            try:
                message = helper.next(self._limits.open)
                while message is not None and not self._closed.is_set():
                    if "failure" in message:
                        return message["failure"]
                    code = "MIC-STALLED" if "opened" in message else "MIC-LOST"
                    self._take(message)
                    message = helper.next(self._limits.restart)
            except Silent:
                return "MIC-STALLED" if code != "MIC-BUSY" else code
            return code

    def _take(self, message: Message) -> None:
        with self._lock:
            self._is_open = True
            self._heard_at = self._clock()
            level = message.get("level")
            if level is None:  # just opened
                return
            if self._level is None or (level > QUIET and level != self._level):
                self._moved_at = self._heard_at
            self._level, self._heard, self._failure = level, True, None

    def _failed(self, code: str) -> None:
        with self._lock:
            self._helper = self._level = None
            self._is_open = False
            # who unplugged it wants to read that it comes back by itself, not that there is none
            self._failure = "MIC-LOST" if self._heard and code in ("MIC-NONE", "MIC-BUSY") else code


class SystemAudio:
    """Implements `core.ports.AudioDirectory` by PortAudio. Threads may share it."""

    def __init__(self, limits: AudioLimits | None = None) -> None:
        self._limits = limits or AudioLimits()
        self._asking = threading.Lock()
        self._told: Message = {}
        self._told_at = float("-inf")

    def microphones(self) -> tuple[str, ...]:
        """The microphones that are plugged in now; none, too, when the system doesn't answer."""
        return tuple(self._ask().get("microphones", ()))

    def speakers(self) -> tuple[str, ...]:
        """The speakers that are plugged in now; none, too, when the system doesn't answer."""
        return tuple(self._ask().get("speakers", ()))

    def open_microphone(self, name: str) -> Microphone:
        """Listen to the microphone of this name."""
        return LiveMicrophone(name, self._limits)

    def play_tone(self, speaker: str, microphone: str) -> bool:
        """Play 0.8 s of 1 kHz; whether the microphone heard it. Raises SPK-NONE, -BUSY, -LOST, -STALLED."""
        limits = self._limits
        with Conversation({"job": "play", "speaker": speaker, "microphone": microphone}) as helper:
            code = "SPK-BUSY"
            try:
                message = helper.next(limits.open)
                while message is not None:
                    if "failure" in message:
                        raise Failure(message["failure"])
                    if "heard" in message:
                        return message["heard"]
                    code = "SPK-LOST"
                    message = helper.next(limits.play)
            except Silent:
                raise Failure("SPK-STALLED" if code == "SPK-LOST" else code) from None
        raise Failure(code)

    def _ask(self) -> Message:
        """The names of both kinds; who asks for one mostly asks for the other at once."""
        with self._asking:
            if time.monotonic() - self._told_at > FRESH:
                try:
                    with Conversation({"job": "devices"}) as helper:
                        self._told = helper.next(self._limits.listing) or {}
                except (Failure, Silent):
                    self._told = {}
                self._told_at = time.monotonic()
            return self._told
