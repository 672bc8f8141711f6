"""Gives freed pictures back to the system, which glibc by itself keeps in more and more places."""

from __future__ import annotations

import ctypes
import sys

# parameters of glibc's mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE = 1 << 20  # bytes; a picture of the camera has 2.7 million
_ARENAS = 2


def give_back_freed_memory() -> None:
    """Let every large block come from the system and go back to it, and let threads share few heaps.

    glibc moves the size from which it does so up to 32 MB as large blocks are freed, and has a heap for each
    thread: the live picture's memory then rises by tens of megabytes. Other C libraries are left alone.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for parameter, value in (
            (_TRIM_THRESHOLD, _LARGE),
            (_MMAP_THRESHOLD, _LARGE),
            (_ARENA_MAX, _ARENAS),
        ):
            mallopt(parameter, value)
