"""``kaihu-desktop device``: the helper process that holds a device for the program; not for people."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import threading
from typing import Any, Mapping

#: Where the job of each name is. Only its module is imported: a helper has to start quickly.
JOBS = {
    "devices": "kaihu_desktop.devices.audio_jobs",
    "listen": "kaihu_desktop.devices.audio_jobs",
    "play": "kaihu_desktop.devices.audio_jobs",
    "readiness": "kaihu_desktop.commands.readiness_job",
}


def add_parser(subparsers: Any) -> None:
    """Add ``device`` to the program's command line, unseen in its help."""
    parser = subparsers.add_parser("device", description="由程序自己启动，用来打开摄像头、麦克风和扬声器。")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do the job that comes in the first line of standard input; end at its end, whatever a driver does."""
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_program, daemon=True).start()
    module = importlib.import_module(JOBS[job["job"]])
    try:
        getattr(module, job["job"])(_say, job)
    except module.JobFailed as failure:
        _say({"failure": str(failure)})
    _leave(0)
    return 0


def _say(message: Mapping[str, Any]) -> None:
    os.write(1, json.dumps(message).encode("ascii") + b"\n")


def _end_with_the_program() -> None:
    sys.stdin.buffer.read()
    _leave(0)


def _leave(code: int) -> None:
    """At once: drivers that hang while they are put away must not keep the process."""
    os._exit(code)
