"""What the process of `devices.readiness_process` does: checks side by side, each result told at once."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Mapping, Sequence

from kaihu_desktop import bootstrap
from kaihu_desktop.commands.doctor import as_document
from kaihu_desktop.devices.helper import Talk

#: Checks that would falsify each other, one after the other; the rest come when the network has answered,
#: for loading what they look at would count as a slow answer.
LANES = (("camera",), ("microphone", "speaker"), ("network", "bandwidth", "clock"))

_BELOW_NORMAL = 0x4000  # BELOW_NORMAL_PRIORITY_CLASS of Windows


def readiness(talk: Talk, job: Mapping[str, Any]) -> None:
    """Do the checks whose ids are `job["checks"]`."""
    _give_way()
    wanted: Sequence[str] = job["checks"]
    room, lock = bootstrap.readiness(), threading.Lock()
    answered = threading.Event()

    def run(check_ids: Sequence[str]) -> None:
        for check_id in check_ids:
            found = as_document(room.run(check_id))
            with lock:
                talk.say(found)
            if check_id == "network":
                answered.set()

    lanes = [tuple(one for one in lane if one in wanted) for lane in LANES]
    threads = [threading.Thread(target=run, args=(lane,)) for lane in lanes if lane]
    for thread in threads:
        thread.start()
    if "network" in wanted:
        answered.wait()
    in_lanes = {one for lane in LANES for one in lane}
    run([one for one in wanted if one not in in_lanes])
    for thread in threads:
        thread.join()


def _give_way() -> None:
    """Whoever has just started the program must not wait for this."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(5)
