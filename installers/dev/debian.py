"""Installs missing Debian packages where we may, else says which are missing and how to get them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Sequence

from installers.dev.console import ROOT, SetupError, say

APT_LIST = ROOT / "installers" / "linux" / "apt-packages.txt"


def ensure_apt_list() -> None:
    """Install what `APT_LIST` names and this machine lacks; on other systems say what is needed."""
    wanted = [line for line in APT_LIST.read_text(encoding="utf-8").split("\n") if line and line[0] != "#"]
    ensure_packages(wanted)


def ensure_packages(wanted: Sequence[str]) -> None:
    """Install the `wanted` packages that are missing. Raises `SetupError` when it can't."""
    if not sys.platform.startswith("linux"):
        return
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        say(
            "This is not Debian or Ubuntu: please see that the like of these is installed: "
            + " ".join(wanted)
        )
        return
    present = _present()
    missing = [name for name in wanted if name not in present]
    if missing:
        _install(missing)


def _present() -> set[str]:
    """Names of installed packages and of what they provide (libglib2.0-0t64 provides libglib2.0-0)."""
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}|${Package}, ${Provides}\n"],
        stdout=subprocess.PIPE,
        check=True,
    )
    names: set[str] = set()
    for line in listing.stdout.decode("utf-8").splitlines():
        status, _, provided = line.partition("|")
        if status == "installed":
            names.update(item.split("(")[0].strip() for item in provided.split(","))
    return names


def _install(missing: Sequence[str]) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    prefix = _rights()
    if prefix is None:
        raise SetupError(
            "These packages are missing, and installing them needs root:\n  "
            + " ".join(missing)
            + "\nPlease run, then start again:\n  sudo apt-get update && sudo "
            + " ".join(command)
        )
    say(f"Installing {len(missing)} Debian packages: {' '.join(missing)}")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    # A machine with package lists needs no update; one without, or with stale ones, fails here at once.
    if _silent([*quiet, *command])[0] == 0:
        return
    say("The package lists are old or missing: updating them first")
    for step in (["apt-get", "update"], command):
        code, output = _silent([*quiet, *step])
        if code != 0:
            raise SetupError(f"{' '.join(step)} failed:\n{output}")


def _rights() -> list[str] | None:
    """The prefix that makes a command run as root: nothing, `sudo -n`, or None when neither works."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _silent(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n"]
    return None


def _silent(command: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of `command`, hundreds of lines that matter only when it fails."""
    done = subprocess.run(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")
