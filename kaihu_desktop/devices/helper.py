"""A process of our own for each open device: nothing that a driver does reaches the program.

Decision: drivers run in helper processes, not in threads. A driver is foreign native code inside the process
that calls it. A crash there ends the process; a call that hangs can't be taken back, and some hold the
interpreter's lock meanwhile, which stops every thread; PortAudio, moreover, sees new devices only when all
its users in a process have let go of it. A process can be killed, and with it the system takes the device
back: that is the deterministic release. It costs 0.1 to 0.4 s to start and a copy of each camera picture.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Mapping, TypedDict, cast

import kaihu_desktop
from kaihu_desktop.core.failure import Failure

KILLING = 1.0  # seconds that the system gets to end a process

_NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW of Windows


class Message(TypedDict, total=False):
    """What helpers say, a line of JSON each; each message has some of these.

    frame: height and width of a picture, whose pixels (BGR, 3 bytes each, row by row) follow the line.
    failure: a code of the failure table, the last that is said.
    """

    microphones: list[str]
    speakers: list[str]
    opened: bool
    adjustable: bool
    level: float
    heard: bool
    frame: list[int]
    failure: str


class Talk:
    """The helper's side: what it says goes to the file descriptor `output`. OSError: nobody listens.

    asked: what the program says after the job. ended: set when it wants no more.
    """

    def __init__(self, output: int) -> None:
        self._output = output
        self.asked: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self.ended = threading.Event()

    def say(self, message: Mapping[str, Any]) -> None:
        """Send one message."""
        self.send(memoryview(json.dumps(message).encode("ascii") + b"\n"))

    def send(self, data: memoryview) -> None:
        """Send bytes as they are."""
        while data:
            data = data[os.write(self._output, data) :]


class Silent(Exception):
    """A helper has said nothing for too long: its driver hangs."""


def start(job: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Start ``kaihu-desktop device`` and give it its job. It ends with its standard input."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kaihu_desktop"]
    tree = str(Path(kaihu_desktop.__file__).resolve().parent.parent)
    process = subprocess.Popen(
        [*program, "device"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the libraries below PortAudio chat there
        env={**os.environ, "PYTHONPATH": tree},
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
    )
    ask(process, job)
    return process


def ask(process: subprocess.Popen[bytes], message: Mapping[str, Any]) -> None:
    """Send a line to a helper."""
    try:
        stdin = cast("IO[bytes]", process.stdin)
        stdin.write(json.dumps(message).encode("ascii") + b"\n")
        stdin.flush()
    except (OSError, ValueError):
        pass  # it has died already; whoever reads its answers sees that


def stop(process: subprocess.Popen[bytes], patience: float = 0.0) -> None:
    """End a helper; its device is free when this returns. patience: seconds in which it may end by itself.

    A process that even the system can't end, in a call of a broken driver, is left to the system.
    """
    if patience:
        _hang_up(process)
        if _ends(process, patience):
            return
    try:
        process.kill()
    except OSError:  # it has ended or is about to, and another thread was quicker
        pass
    _hang_up(process)  # not before: who is sending something to a helper that hangs keeps the pipe till then
    _ends(process, KILLING)


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    try:
        cast("IO[bytes]", process.stdin).close()
    except OSError:
        pass


def _ends(process: subprocess.Popen[bytes], limit: float) -> bool:
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        return False
    return True


class Conversation:
    """A helper that answers in lines of JSON."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self._lines: queue.Queue[bytes] = queue.Queue()
        try:
            self._process = start(job)
        except OSError:  # no memory, no processes left, an antivirus
            raise Failure("PC-INTERNAL") from None
        self._reader = threading.Thread(target=self._read, name="device-helper", daemon=True)
        self._reader.start()

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, message: Mapping[str, Any], limit: float) -> None:
        """Send it a line. One that doesn't take it within `limit` seconds is ended; `next` tells whether."""
        watchdog = threading.Timer(limit, self.close)
        watchdog.daemon = True  # the end of the program doesn't wait for it
        watchdog.start()
        ask(self._process, message)
        watchdog.cancel()

    def next(self, limit: float) -> Message | None:
        """What it says next, None when it has ended. Raises `Silent` after `limit` seconds of silence."""
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            raise Silent from None
        if not line:
            self._lines.put(b"")
            return None
        message: Message = json.loads(line.decode("utf-8"))
        return message

    def close(self) -> None:
        """End the helper; may be called from any thread, and again."""
        stop(self._process)
        self._reader.join(KILLING)

    def _read(self) -> None:
        with cast(IO[bytes], self._process.stdout) as lines:
            for line in lines:
                if line.endswith(b"\n"):  # else it died while it said that
                    self._lines.put(line)
        self._lines.put(b"")
