"""Finds an installed Python of a wanted version, on the PATH and where version managers keep theirs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Sequence, Tuple

from installers.dev.console import on_windows

Version = Tuple[int, int]


def find_python(versions: Sequence[Version]) -> str | None:
    """Path of a working interpreter of one of `versions` (best first), or None."""
    for version in versions:
        for candidate in _candidates(version):
            executable = _executable_of(candidate, version)
            if executable:
                return executable
    return None


def _candidates(version: Version) -> Iterator[str]:
    if sys.version_info[:2] == version:
        # Not sys.executable when dev.py runs inside a venv: a venv on a venv breaks with it.
        yield getattr(sys, "_base_executable", "") or sys.executable
    name = "python{}.{}".format(*version)
    found = shutil.which(name)
    if found:
        yield found
    for folder in _version_folders():
        for home in sorted(folder.glob("*{}.{}*".format(*version)), reverse=True):
            yield str(home / "python.exe" if on_windows() else home / "bin" / name)
    if on_windows():
        yield from _windows_candidates(version)


def _version_folders() -> Iterator[Path]:
    """Folders that hold one Python per subfolder: pyenv's, asdf's and uv's."""
    home = Path.home()
    roots = [
        home / ".pyenv",
        *(Path(p).parent for p in os.environ.get("PATH", "").split(os.pathsep) if _shims(p)),
    ]
    if os.environ.get("PYENV_ROOT"):
        roots.insert(0, Path(os.environ["PYENV_ROOT"]))
    for root in roots:
        yield root / "versions"
    yield home / ".asdf" / "installs" / "python"
    yield home / ".local" / "share" / "uv" / "python"


def _shims(entry: str) -> bool:
    return Path(entry).name == "shims"


def _windows_candidates(version: Version) -> Iterator[str]:
    """What the `py` launcher and python.org's per-user installer offer."""
    local = os.environ.get("LOCALAPPDATA")
    if local:
        yield str(Path(local) / "Programs" / "Python" / "Python{}{}".format(*version) / "python.exe")
    launcher = shutil.which("py")
    if launcher:
        asked = _output([launcher, "-{}.{}".format(*version), "-c", "import sys; print(sys.executable)"])
        if asked:
            yield asked


def _executable_of(python: str, version: Version) -> str:
    """The real path behind `python` (a shim, say) if it works and has `version`, else empty."""
    return _output([python, "-c", f"import sys; sys.version_info[:2] == {version} and print(sys.executable)"])


def _output(command: Sequence[str]) -> str:
    """Standard output of `command`, empty when it can't start or fails (such as a shim without a version)."""
    try:
        done = subprocess.run(list(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
