"""Reads a camera in a thread of its own that keeps only the newest frame, and says when it doesn't work."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import Callable, Mapping

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Camera, CameraDirectory, ImageArray
from kaihu_desktop.devices.camera_list import camera_names
from kaihu_desktop.devices.frame_source import AdjustableSource, FrameSource, PretendedSource, is_packaged
from kaihu_desktop.devices.helper_source import HelperSource

#: A video file, a folder of pictures or an MJPEG address in place of the cameras; for development only.
SOURCE_VARIABLE = "KAIHU_CAMERA_SOURCE"

BLACK = 10.0  # mean brightness of 255 below which a frame counts as black; a dark room gives about 20
_SAMPLE = 16  # every 16th pixel of every 16th row tells the brightness


@dataclass(frozen=True)
class CameraLimits:
    """Seconds: to open; without a frame; until a driver that hangs is begun anew; of black frames; of one and
    the same frame; before opening again; that `close` waits."""

    open: float = 10.0
    stall: float = 3.0
    restart: float = 10.0
    black: float = 3.0
    frozen: float = 5.0
    reopen: float = 0.5
    close: float = 1.0


class LiveCamera:
    """Implements `core.ports.Camera`. Opens at once in its thread, and opens again whenever it was lost.

    No call here ever waits for a driver, but for `close`, which gives it `CameraLimits.close` seconds.
    """

    def __init__(
        self,
        source: FrameSource,
        limits: CameraLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._limits = limits or CameraLimits()
        self._clock = clock
        self._closed = threading.Event()
        self._lock = threading.Lock()  # guards everything below
        self._number = 0
        self._frame: ImageArray | None = None
        self._failure: str | None = None
        self._hung: str | None = None  # why the source was interrupted
        self._is_open = False
        self._steps = 0  # asked for by `brighten` and not yet taken
        self._alive_at = self._bright_at = self._changed_at = clock()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def latest(self) -> tuple[int, ImageArray] | None:
        """(number, frame) of the newest frame; None before the first, and after `close`.

        Raises CAM-NONE, CAM-BUSY, CAM-DENIED, CAM-LOST, CAM-STALLED, CAM-BLACK, CAM-FROZEN as long as that
        is so; the frames are back by themselves when the cause is gone.
        """
        with self._lock:
            if self._closed.is_set():
                return None
            silent = self._clock() - self._alive_at
            late = self._overdue(silent)
            if late and silent > self._limits.restart and self._hung is None:
                self._hung = late
                threading.Thread(target=self._source.interrupt, daemon=True).start()
            code = self._failure or late
            if code is None and self._alive_at - self._bright_at > self._limits.black:
                code = "CAM-BLACK"
            if code is None and self._alive_at - self._changed_at > self._limits.frozen:
                code = "CAM-FROZEN"
            if code is not None:
                raise Failure(code)
            return None if self._frame is None else (self._number, self._frame)

    @property
    def adjustable(self) -> bool:
        """Whether the camera is open and its driver can make the picture brighter or darker."""
        source = self._source
        return self._is_open and isinstance(source, AdjustableSource) and source.adjustable

    def brighten(self, steps: int) -> None:
        """Ask for a brighter or darker picture; the camera's own thread passes it on."""
        with self._lock:
            self._steps += steps

    def close(self) -> None:
        """Give the camera back."""
        with self._lock:
            self._closed.set()
        for _ in range(2):  # the thread may have been about to open it
            self._source.interrupt()
            self._thread.join(self._limits.close / 2)
        with self._lock:
            self._frame = None

    def _overdue(self, silent: float) -> str | None:
        if self._is_open:
            return "CAM-STALLED" if silent > self._limits.stall else None
        return "CAM-BUSY" if silent > self._limits.open else None

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._source.open()
                self._opened()
                code = "CAM-LOST" if self._read_on() else "CAM-BUSY"
            except Failure as failure:
                code = failure.code
            except Exception:  # OpenCV and drivers raise what they like
                code = "CAM-LOST" if self._is_open else "CAM-BUSY"
            self._source.release()
            self._failed(self._hung or code)
            self._closed.wait(self._limits.reopen)

    def _read_on(self) -> bool:
        """Read until the camera is lost or closed; whether it gave any frame."""
        frames = 0
        while not self._closed.is_set():
            started = self._clock()
            frame = self._source.read()
            if frame is None:
                break
            frames += 1
            self._take(frame)
            self._pass_on()
            pause = started + self._source.interval - self._clock()
            if pause > 0:
                self._closed.wait(pause)
        return frames > 0

    def _pass_on(self) -> None:
        with self._lock:
            steps, self._steps = self._steps, 0
        if steps and isinstance(self._source, AdjustableSource):
            self._source.brighten(steps)

    def _opened(self) -> None:
        with self._lock:
            self._is_open = True
            self._alive_at = self._bright_at = self._changed_at = self._clock()

    def _take(self, frame: ImageArray) -> None:
        black = float(frame[::_SAMPLE, ::_SAMPLE].mean()) < BLACK
        # a file may be a still; what a sensor sends is never twice the same
        changed = self._source.interval > 0 or self._frame is None or differ(frame, self._frame)
        with self._lock:
            self._number += 1
            self._frame = frame
            self._failure = None
            self._alive_at = self._clock()
            if not black:
                self._bright_at = self._alive_at
            if changed:
                self._changed_at = self._alive_at

    def _failed(self, code: str) -> None:
        with self._lock:
            # who unplugged it wants to read that it comes back by itself, not that there is none
            self._failure = "CAM-LOST" if code == "CAM-NONE" and self._number else code
            self._frame = self._hung = None
            self._is_open = False
            self._alive_at = self._clock()


def differ(one: ImageArray, other: ImageArray) -> bool:
    """Whether two frames differ anywhere; looks at a few pixels first."""
    if one.shape != other.shape:
        return True
    few = slice(None, None, _SAMPLE)
    return bool((one[few, few] != other[few, few]).any() or (one != other).any())


class SystemCameras:
    """Implements `core.ports.CameraDirectory` for the cameras of this PC."""

    def names(self) -> tuple[str, ...]:
        """The cameras that are plugged in; empty where the system knows none."""
        return camera_names()

    def open(self, index: int) -> Camera:
        """Open the camera at this place among the names."""
        return LiveCamera(HelperSource({"index": index}))


class PretendedCameras:
    """Implements `core.ports.CameraDirectory` with one camera that is a file or a stream."""

    def __init__(self, where: str) -> None:
        self._where = where

    def names(self) -> tuple[str, ...]:
        """The one camera."""
        return ("模拟摄像头",)

    def open(self, index: int) -> Camera:
        """Open the file or the stream."""
        return LiveCamera(HelperSource({"file": self._where}, PretendedSource(self._where).interval))


def cameras(environment: Mapping[str, str] | None = None) -> CameraDirectory:
    """The cameras of this PC; in development those that ``KAIHU_CAMERA_SOURCE`` names instead."""
    where = (os.environ if environment is None else environment).get(SOURCE_VARIABLE)
    if where and not is_packaged():
        return PretendedCameras(where)
    return SystemCameras()
