"""Where a command finds a display: this machine's, or a private one with its own keyring."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Iterator

from installers.linux.headless_session import headless_session


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
