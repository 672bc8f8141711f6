"""Plain lines about what set-up does, and the one exception that ends it with a sentence."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]


class SetupError(Exception):
    """Set-up can't go on; the text says what is missing and what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run `command` in the root of the tree with its output shown; returns its exit code.

    Ctrl+C reaches the command as well, which is given the time to end what it has started.
    """
    process = subprocess.Popen(list(command), cwd=str(ROOT), env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


def must(command: Sequence[str], what: str, env: Mapping[str, str] | None = None) -> None:
    """Run `command`; raise `SetupError` naming `what` when it fails."""
    code = run(command, env)
    if code != 0:
        raise SetupError(f"{what} failed (exit code {code}). The lines above say why.")


def on_windows() -> bool:
    """Whether this is Windows, where folders and launchers of a venv differ."""
    return os.name == "nt"
