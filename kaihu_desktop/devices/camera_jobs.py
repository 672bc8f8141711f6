"""What a helper process does with a camera: open it and send every picture that it gives.

Runs in a process of its own only (`helper`), so it may block.
"""

from __future__ import annotations

from typing import Any, Mapping

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices.frame_source import AdjustableSource, DeviceSource, PretendedSource
from kaihu_desktop.devices.helper import Talk


def film(talk: Talk, job: Mapping[str, Any]) -> None:
    """Send pictures until the camera is lost or the program wants no more, then give it back.

    The program reads as quickly as it shall come; until it does, sending waits.
    """
    source: Any = PretendedSource(job["file"]) if "file" in job else DeviceSource(job["index"])
    try:
        source.open()
        adjustable = isinstance(source, AdjustableSource) and source.adjustable
        talk.say({"opened": True, "adjustable": adjustable})
        while not talk.ended.is_set():
            frame = source.read()
            if frame is None:
                break
            _send(talk, frame)
            while not talk.asked.empty():
                source.brighten(talk.asked.get()["brighten"])
    except Failure as failure:
        talk.say({"failure": failure.code})
    finally:
        source.release()


def _send(talk: Talk, frame: ImageArray) -> None:
    """The picture's height and width, then its pixels."""
    talk.say({"frame": list(frame.shape[:2])})
    talk.send(memoryview(frame).cast("B"))
