"""The helper processes that this program has, told by the system."""

from __future__ import annotations

import os
from pathlib import Path


def helpers() -> list[int]:
    """Their process ids (Linux only)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"\0device\0" in (stat.parent / "cmdline").read_bytes():
                found.append(int(stat.parent.name))
        except (OSError, ValueError):
            continue  # it has just ended
    return found
