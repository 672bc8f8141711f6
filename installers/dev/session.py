"""Where a command finds a display: this machine's, or private ones, each with its own keyring."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Iterator, Sequence

from installers.linux.headless_session import headless_session

# Each has a display, a keyring, a sandbox and the OCR models: about 1 GB.
MOST_WORKERS = 8


def has_display() -> bool:
    """Whether a window can be shown to a person here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def private_session(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """On Linux `env` with a private display and keyring; elsewhere `env` as it is."""
    if not sys.platform.startswith("linux"):
        yield env
        return
    with headless_session(env) as inside:
        yield inside


def cores() -> int:
    """How many cores this process may use, at most `MOST_WORKERS`."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST_WORKERS)


@contextlib.contextmanager
def private_sessions(env: dict[str, str], number: int) -> Iterator[list[dict[str, str]]]:
    """`number` sessions that share nothing: each with its display and focus, its bus, keyring and sound."""
    with contextlib.ExitStack() as started:
        yield [started.enter_context(private_session(env)) for _ in range(number)]


def side_by_side(sessions: Sequence[dict[str, str]]) -> list[str]:
    """Options by which pytest, started in the first of `sessions`, has a worker in each; none for one.

    Each worker gets a run of the tests in their order, and when it is done, of what another hasn't come to.
    """
    if len(sessions) == 1:
        return []
    first = sessions[0]
    differences = [
        [f"env:{name}={value}" for name, value in sorted(env.items()) if first.get(name) != value]
        for env in sessions
    ]
    return ["--dist=worksteal", *("--tx=" + "//".join(["popen", *one]) for one in differences)]
