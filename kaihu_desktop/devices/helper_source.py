"""A camera's pictures out of a helper process, so that no driver reaches the program."""

from __future__ import annotations

import json
import subprocess
import threading
from io import BufferedReader
from typing import IO, Any, Mapping, cast

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices import helper
from kaihu_desktop.devices.helper import Message

PATIENCE = 0.5  # seconds in which a camera may be given back in peace


class HelperSource:
    """Implements `frame_source.AdjustableSource`. `interrupt` is for any thread, all else for one.

    job: what `camera_jobs.film` is told: ``index`` of a camera of this PC, or ``file`` in place of one.
    interval: see `FrameSource`; it only tells files from cameras here, the helper keeps the pace.
    """

    def __init__(self, job: Mapping[str, Any], interval: float = 0.0) -> None:
        self._job = {"job": "film", **job}
        self.interval = interval
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._adjustable = False

    @property
    def adjustable(self) -> bool:
        """Whether the driver of the open camera can make the picture brighter or darker."""
        return self._adjustable

    def open(self) -> None:
        """Wait until the helper has opened the camera. Raises what it says; CAM-BUSY if it dies."""
        with self._lock:
            process = self._process = helper.start(self._job)
        message = self._message(process)
        if "opened" not in message:
            raise Failure(message.get("failure", "CAM-BUSY"))
        self._adjustable = message["adjustable"]

    def read(self) -> ImageArray | None:
        """The next frame; None when camera or helper is gone."""
        process = self._process
        if process is None:
            return None
        shape = self._message(process).get("frame")
        if shape is None:
            return None
        import numpy as np

        frame = np.empty((*shape, 3), np.uint8)
        got = cast(BufferedReader, process.stdout).readinto(memoryview(cast(Any, frame)).cast("B"))
        return frame if got == frame.nbytes else None

    def brighten(self, steps: int) -> None:
        """Ask for a brighter picture, by so many steps, or a darker one."""
        if self._process is not None:
            helper.ask(self._process, {"brighten": steps})

    def interrupt(self) -> None:
        """End what the camera's thread may be waiting for; the camera is free when this returns."""
        with self._lock:
            process = self._process
        if process is not None:
            helper.stop(process, PATIENCE)

    def release(self) -> None:
        """End the helper, and with it its hold on the camera."""
        with self._lock:
            process, self._process = self._process, None
        self._adjustable = False
        if process is not None:
            cast("IO[bytes]", process.stdout).close()  # a helper that is sending a picture notices
            helper.stop(process, PATIENCE)

    def _message(self, process: subprocess.Popen[bytes]) -> Message:
        line = cast("IO[bytes]", process.stdout).readline()
        message: Message = json.loads(line) if line else {}
        return message
