"""The lanes: which Python each wants, where its venv is, which lock it uses, which tests are its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from installers.dev.console import ROOT, on_windows

LOCKS = ROOT / "installers" / "locks"


@dataclass(frozen=True)
class Lane:
    """One way to run the same source tree.

    pythons: accepted versions (major, minor), best first.
    venv: folder of its virtual environment.
    lock: requirements with hashes for this operating system.
    tests: folder of the tests that `dev.py test` runs on it.
    """

    name: str
    pythons: tuple[tuple[int, int], ...]
    venv: Path
    lock: Path
    tests: str = "tests"

    @property
    def python(self) -> Path:
        """The interpreter inside the venv."""
        return self.scripts / ("python.exe" if on_windows() else "python")

    @property
    def scripts(self) -> Path:
        """The folder of launchers inside the venv."""
        return self.venv / ("Scripts" if on_windows() else "bin")


MODERN = Lane("modern", ((3, 11), (3, 12), (3, 13)), ROOT / ".venv", LOCKS / "modern.txt")
WIN7 = Lane(
    "win7",
    ((3, 8),),
    ROOT / ".venv-win7",
    LOCKS / ("win7-windows.txt" if on_windows() else "win7-linux.txt"),
)
# The modern lane with the second OCR engine. That one brings opencv-contrib-python, whose `cv2` takes the
# place of opencv-python-headless here: two wheels that own the same folder must never meet.
PADDLE = Lane("paddle", MODERN.pythons, ROOT / ".venv-paddle", LOCKS / "paddle.txt", "tests/paddle")


def lane_environment(lane: Lane) -> dict[str, str]:
    """The environment in which the product and its tests run on `lane`."""
    env = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "QT_API", "PYTEST_QT_API"):
        env.pop(name, None)
    env["VIRTUAL_ENV"] = str(lane.venv)
    env["PATH"] = str(lane.scripts) + os.pathsep + env.get("PATH", "")
    # The sandbox is a process of its own, and always on the modern lane.
    env["KAIHU_SANDBOX_PYTHON"] = str(MODERN.python)
    return env
