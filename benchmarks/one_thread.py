"""Makes a benchmark compute on one thread, so that its CPU times are those of one core."""

from __future__ import annotations

import os
import sys

import cv2

_ONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def one_thread(module: str) -> None:
    """Start `module` again where numpy's libraries were loaded for more threads: they look only once."""
    if any(os.environ.get(name) != count for name, count in _ONE.items()):
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **_ONE})  # noqa: S606 - this very program
    cv2.setNumThreads(1)
