"""What the process of `devices.readiness_process` does: checks side by side, each result told at once."""

from __future__ import annotations

import os
import sys
from typing import Any, Mapping

from kaihu_desktop import bootstrap
from kaihu_desktop.commands.doctor import as_document
from kaihu_desktop.devices.helper import Talk
from kaihu_desktop.devices.readiness_room import run_side_by_side

_BELOW_NORMAL = 0x4000  # BELOW_NORMAL_PRIORITY_CLASS of Windows


def readiness(talk: Talk, job: Mapping[str, Any]) -> None:
    """Do the checks whose ids are `job["checks"]`."""
    _give_way()
    run_side_by_side(bootstrap.readiness(), job["checks"], lambda result: talk.say(as_document(result)))


def _give_way() -> None:
    """Whoever has just started the program must not wait for this."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(5)
