"""Waits for what another thread or process does, without a fixed time."""

from __future__ import annotations

import threading
import time
from typing import Callable, TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], limit: float = 20.0) -> T:
    """Ask until the condition holds, and return what it said; fail after `limit` seconds."""
    ended = time.monotonic() + limit
    tick = threading.Event()
    while time.monotonic() < ended:
        value = condition()
        if value:
            return value
        tick.wait(0.01)
    raise AssertionError("never happened")
