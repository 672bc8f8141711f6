"""``kaihu-desktop device``: the helper process that holds a device for the program; not for people."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import threading
from typing import Any

from kaihu_desktop.devices.helper import Talk

#: Where the job of each name is, and how many seconds it gets to give its device back. Only the module of the
#: job is imported: a helper has to start quickly.
JOBS = {
    "devices": ("kaihu_desktop.devices.audio_jobs", 0.0),
    "listen": ("kaihu_desktop.devices.audio_jobs", 0.0),
    "play": ("kaihu_desktop.devices.audio_jobs", 0.0),
    "readiness": ("kaihu_desktop.commands.readiness_job", 0.0),
    "read_cards": ("kaihu_desktop.commands.card_reader_job", 0.0),
    "film": ("kaihu_desktop.devices.camera_jobs", 0.4),
}


def add_parser(subparsers: Any) -> None:
    """Add ``device`` to the program's command line, unseen in its help."""
    parser = subparsers.add_parser("device", description="由程序自己启动，用来打开摄像头、麦克风和扬声器。")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do the job that comes in the first line of standard input; end at its end, whatever a driver does."""
    job = json.loads(sys.stdin.buffer.readline())
    place, patience = JOBS[job["job"]]
    talk = Talk(_own_output())
    threading.Thread(target=_end_with_the_program, args=(talk, patience), daemon=True).start()
    try:
        getattr(importlib.import_module(place), job["job"])(talk, job)
    except OSError:
        pass  # the program listens no more
    _leave()
    return 0


def _own_output() -> int:
    """Standard output for us alone: libraries below the drivers chat there, too."""
    own = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(own, os.O_BINARY)
    return own


def _end_with_the_program(talk: Talk, patience: float) -> None:
    for line in sys.stdin.buffer:
        talk.asked.put(json.loads(line))
    talk.ended.set()
    threading.Event().wait(patience)
    _leave()


def _leave() -> None:
    """At once: drivers that hang while they are put away must not keep the process."""
    os._exit(0)
