"""Resolves the dependencies of pyproject.toml and peers.in into the lock files, with a hash for each file."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from installers.dev.console import ROOT, SetupError, must, on_windows, say
from installers.dev.interpreters import find_python
from installers.dev.lanes import LOCKS, MODERN

PROJECT = ROOT / "pyproject.toml"

# file, what it is resolved from, options for `uv pip compile`. The modern lock holds for every system and
# every accepted Python; the win7 lane is one Python on two systems: its old packages can't be resolved for
# newer ones at the same time. The paddle lane leaves out our OpenCV, as paddleocr insists on another.
TARGETS: tuple[tuple[str, Path, tuple[str, ...]], ...] = (
    ("modern.txt", PROJECT, ("--extra=sandbox", "--extra=test", "--universal", "--python-version=3.11")),
    (
        "win7-linux.txt",
        PROJECT,
        ("--extra=test", "--python-platform=x86_64-manylinux_2_28", "--python-version=3.8"),
    ),
    (
        "win7-windows.txt",
        PROJECT,
        ("--extra=test", "--python-platform=x86_64-pc-windows-msvc", "--python-version=3.8"),
    ),
    (
        "paddle.txt",
        PROJECT,
        (
            "--extra=paddle",
            "--extra=test",
            "--universal",
            "--python-version=3.11",
            f"--excludes={LOCKS / 'paddle-excludes.txt'}",
        ),
    ),
    ("peers.txt", LOCKS / "peers.in", ("--no-deps", "--universal", "--python-version=3.11")),
)


def lock() -> None:
    """Write every lock anew with the newest versions that pyproject.toml allows."""
    python = find_python(MODERN.pythons)
    if python is None:
        raise SetupError("Making the locks needs Python 3.11 or newer.")
    with tempfile.TemporaryDirectory() as folder:
        say("Fetching uv into a throwaway environment …")
        must([python, "-m", "venv", folder], "Making a throwaway environment")
        inside = str(Path(folder) / ("Scripts/python.exe" if on_windows() else "bin/python"))
        must([inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv"], "Installing uv")
        env = _like_pip(inside)
        for name, source, options in TARGETS:
            say(f"Resolving {name} …")
            compiling = [
                inside,
                "-m",
                "uv",
                "pip",
                "compile",
                str(source),
                "-q",
                "--generate-hashes",
                "--upgrade",
            ]
            compiling += ["--no-header", "--no-annotate", *options, "-o", str(LOCKS / name)]
            must(compiling, f"Resolving {name}", env)


def _like_pip(python: str) -> dict[str, str]:
    """The environment that makes uv ask the same package index as the user's pip."""
    env = dict(os.environ)
    listing = subprocess.run([python, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, check=True)
    for line in listing.stdout.decode("utf-8").splitlines():
        option, _, value = line.partition("=")
        if option.endswith(".index-url"):
            env["UV_DEFAULT_INDEX"] = value.strip("'")
    return env
