"""Copies of this process to which something happens just before they touch the disk."""

from __future__ import annotations

import os
import signal
import sys
import traceback

import pytest

TOUCHES = {"open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.scandir"}
SOUND, MET, BROKEN = 0, 2, 1

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def survives(change, step):
    """Run `change` in a copy of this process that is killed at its `step`-th touch of the disk, if any."""
    child = os.fork()
    if child == 0:
        _at_touch(step, lambda: os.kill(os.getpid(), signal.SIGKILL))
        try:
            change()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def meets(read, change, step, times=1):
    """Run `read` in a copy of this process; whether it came to its `step`-th touch of the disk.

    Before that touch, and before the next `times` - 1, `change` happens. What `read` raises fails the test.
    """
    met = []

    def happen():
        met.append(step)
        change()

    child = os.fork()
    if child == 0:
        _at_touch(step, happen, times)
        result = BROKEN
        try:
            read()
            result = MET if met else SOUND
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(result)
    result = os.WEXITSTATUS(os.waitpid(child, 0)[1])
    assert result != BROKEN, f"at touch {step}"
    return result == MET


def _at_touch(step, action, times=1):
    """For a process that ends soon: this can't be undone."""
    touches, acting = 0, False

    def hook(event, arguments):
        nonlocal touches, acting
        if event in TOUCHES and not acting:
            touches += 1
            if step <= touches < step + times:
                acting = True
                action()
                acting = False

    sys.addaudithook(hook)
