"""The files that ``kaihu-desktop cert`` reads and writes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator, Sequence

from kaihu_desktop.core.failure import Failure


def read(path: Path) -> bytes:
    """The contents of a file. Raises PC-FILE."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure("PC-FILE") from error


def write_new(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, and read it back. Raises PC-DISK."""
    from kaihu_desktop.private_files import write_private

    try:
        write_private(path, data)
        if path.read_bytes() != data:
            raise Failure("PC-DISK")
    except OSError as error:
        raise Failure("PC-DISK") from error


def anchors(named: Sequence[Path]) -> bytes:
    """The root certificates of these files, else of the administrator; a PEM bundle, maybe empty."""
    return b"\n".join(read(path) for path in named or _system_anchors())


def _system_anchors() -> Iterator[Path]:
    """Root certificates that the administrator of this PC has put up for the program."""
    root = os.path.expandvars("%ProgramData%") if sys.platform == "win32" else "/etc"
    yield from sorted((Path(root) / "kaihu_desktop" / "trust").glob("*.pem"))
