"""The checks of `dev.py test`: style, types, imports between rooms, then the tests themselves."""

from __future__ import annotations

import subprocess
from typing import Sequence

from installers.dev.console import ROOT, run, say
from installers.dev.lanes import MODERN, Lane, lane_environment
from installers.dev.session import cores, private_sessions, side_by_side

STATIC: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("ruff", "check", "--quiet", ".")),
    ("ruff format", ("ruff", "format", "--quiet", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import-linter", ("lint-imports", "--no-cache")),
)


def test(lane: Lane, pytest_arguments: Sequence[str]) -> int:
    """Run the checks that `lane` has; returns 0 when every one of them passed.

    pytest comes last, so that its closing line is the last when all is well. It has a worker on each core.
    """
    failed = static_checks() if lane is MODERN else []
    with private_sessions(lane_environment(lane), cores()) as sessions:
        pytest = [str(lane.python), "-m", "pytest", "-o", f"testpaths={lane.tests}"]
        if run([*pytest, *side_by_side(sessions), *pytest_arguments], sessions[0]) != 0:
            failed.append("pytest")
    if failed:
        say(f"dev.py test ({lane.name} lane): FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def static_checks() -> list[str]:
    """Names of the static checks that failed, their output printed."""
    failed = []
    for name, command in STATIC:
        tool = [str(MODERN.scripts / command[0]), *command[1:]]
        done = subprocess.run(
            tool,
            cwd=str(ROOT),
            env=lane_environment(MODERN),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        say(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode != 0:
            say(done.stdout.decode("utf-8", "replace"))
            failed.append(name)
    return failed
