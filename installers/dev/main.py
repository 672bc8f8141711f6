"""The commands of dev.py."""

from __future__ import annotations

import argparse
import sys
from typing import Sequence

from installers.dev.checks import test
from installers.dev.console import ROOT, SetupError, run, say
from installers.dev.debian import ensure_apt_list
from installers.dev.environment import ensure_venv
from installers.dev.interpreters import find_python
from installers.dev.lanes import MODERN, PADDLE, WIN7, Lane, lane_environment
from installers.dev.locks import lock
from installers.dev.models import ensure_models
from installers.dev.session import has_display, private_session

LANES = {lane.name: lane for lane in (MODERN, WIN7, PADDLE)}
TOUR = ROOT / "tour-output"


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    options, rest = _parser().parse_known_args(arguments)
    lane = LANES[options.lane]
    try:
        if options.command == "lock":
            lock()
            return 0
        if options.command == "lanes":
            _say_lanes()
            return 0
        set_up(lane)
        if options.command == "run":
            return _run(lane, rest)
        if options.command == "test":
            return test(lane, rest)
        say(f"Ready: {lane.name} lane in {lane.venv.name}")
        return 0
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def set_up(lane: Lane) -> None:
    """Bring this machine to where `lane` runs; quick when it already does."""
    ensure_apt_list()
    ensure_venv(lane)
    ensure_venv(MODERN)  # the other lane's sandbox runs on it
    ensure_models()


def _say_lanes() -> None:
    for lane in LANES.values():
        say(f"{lane.name}: {find_python(lane.pythons) or 'no Python for it here'}")


def _run(lane: Lane, rest: list[str]) -> int:
    """Start the demonstration: in a window, or as a self-driving tour where there is no display."""
    demo = [str(lane.python), "-m", "kaihu_desktop", "demo", *rest]
    if has_display():
        return run(demo, lane_environment(lane))
    if "--tour" not in rest:
        demo += ["--tour", str(TOUR)]
    say("No display here: the self-driving tour runs on a private one.")
    with private_session(lane_environment(lane)) as env:
        code = run(demo, env)
    say(f"Screenshots of the tour: {demo[demo.index('--tour') + 1]}")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Set up, run and test kaihu-desktop from this source tree.",
        epilog="What dev.py doesn't know itself goes on to the demonstration (run) or to pytest (test).",
    )
    parser.add_argument(
        "command",
        choices=("setup", "run", "test", "lock", "lanes"),
        help="setup: packages, .venv, OCR models; run: setup, then the demonstration; "
        "test: setup, then every check; "
        "lock: resolve the dependencies anew; lanes: which lanes have a Python here",
    )
    parser.add_argument("--lane", choices=sorted(LANES), default=MODERN.name, help="default: modern")
    return parser
