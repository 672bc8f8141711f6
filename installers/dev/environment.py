"""Makes a lane's virtual environment from its lock, and knows when it is still the right one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Sequence

from installers.dev.console import ROOT, SetupError, must, on_windows, say
from installers.dev.debian import ensure_packages
from installers.dev.interpreters import find_python
from installers.dev.lanes import Lane

_LAUNCHER = """#!{python}
import sys
from kaihu_desktop.__main__ import main
sys.exit(main())
"""
_LAUNCHER_CMD = '@"%~dp0python.exe" -m kaihu_desktop %*\r\n'


def ensure_venv(lane: Lane) -> None:
    """Make or renew the venv of `lane`; does nothing when its stamp says that it is current."""
    stamp = lane.venv / "kaihu-setup.txt"
    wanted = _stamp(lane)
    if lane.python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    python = find_python(lane.pythons)
    if python is None:
        raise SetupError(_no_python(lane))
    _create(lane, python)
    say(f"Installing the packages of {lane.lock.relative_to(ROOT).as_posix()}, each checked by its hash …")
    must(pip(lane, "install", "--no-deps", "--require-hashes", "-r", str(lane.lock)), "Installing packages")
    must(pip(lane, "check"), "Checking that the packages fit together")
    _link_source_tree(lane)
    stamp.write_text(wanted, encoding="utf-8")


def pip(lane: Lane, command: str, *arguments: str) -> Sequence[str]:
    """A quiet pip of `lane`; index, proxy and certificates are those of the user's pip configuration."""
    return [str(lane.python), "-m", "pip", command, "-q", "--disable-pip-version-check", *arguments]


def _stamp(lane: Lane) -> str:
    """What the venv depends on: the lock, the place of this tree, the accepted versions of Python."""
    lock = hashlib.sha256(lane.lock.read_bytes()).hexdigest()
    return f"lock {lock}\ntree {ROOT}\npythons {lane.pythons}\n"


def _create(lane: Lane, python: str) -> None:
    say(f"Making {lane.venv.name} with {python}")
    if lane.venv.exists():
        shutil.rmtree(str(lane.venv))
    if not _has_ensurepip(python):
        # Debian keeps it apart: python3.11 comes without, python3.11-venv brings it.
        ensure_packages([Path(os.path.realpath(python)).name + "-venv"])
    if not _has_headers(python):  # PyAudio is compiled, where it has no wheel
        ensure_packages([Path(os.path.realpath(python)).name + "-dev"])
    must([python, "-m", "venv", str(lane.venv)], "Making the virtual environment")


def _has_ensurepip(python: str) -> bool:
    probe = [python, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _has_headers(python: str) -> bool:
    probe = "import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_config_h_filename()))"
    return subprocess.run([python, "-c", probe], check=False).returncode == 0


def _link_source_tree(lane: Lane) -> None:
    """Let the venv see this source tree, and give it the `kaihu-desktop` command."""
    where = [str(lane.python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(where, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8").strip())
    (site / "kaihu_desktop.pth").write_text(str(ROOT) + "\n", encoding="utf-8")
    if on_windows():
        (lane.scripts / "kaihu-desktop.cmd").write_bytes(_LAUNCHER_CMD.encode("ascii"))
        return
    launcher = lane.scripts / "kaihu-desktop"
    launcher.write_text(_LAUNCHER.format(python=lane.python), encoding="utf-8")
    launcher.chmod(0o755)


def _no_python(lane: Lane) -> str:
    versions = ", ".join("{}.{}".format(*version) for version in lane.pythons)
    here = "{}.{}".format(*sys.version_info[:2])
    return (
        f"The {lane.name} lane needs Python {versions}; none is installed (dev.py runs on {here}).\n"
        "Looked on the PATH and in the folders of pyenv, asdf and uv. Install one, for example with\n"
        f"  pyenv install {versions.split(',')[0]}\nor, on Windows, from python.org."
    )
