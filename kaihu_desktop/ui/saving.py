"""Writes documents where a person wants them: whole or not at all, and never over another file unasked."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.private_files import write_private
from kaihu_desktop.ui.file_names import file_name

#: Characters of a name; three bytes each, with the temporary file's decoration, make a name of Linux.
LONGEST = 70


def document_name(text: str) -> str:
    """A PDF's file name that shows `text`."""
    return f"{file_name(text, '协议')[:LONGEST].strip('. ')}.pdf"


def write_document(path: Path, data: bytes) -> None:
    """Write a file that the person has named, in place of one of that name. Raises PC-DISK."""
    try:
        write_private(path, data)
    except OSError:
        raise Failure("PC-DISK") from None


def add_document(folder: Path, name: str, data: bytes) -> bool:
    """Add a file to a folder, with a number in its name where that is taken. Raises PC-DISK.

    Returns False when the folder has the very same file already; then nothing is written.
    """
    try:
        for number in count(1):
            path = folder / (name if number == 1 else _numbered(name, number))
            if _is(path, data):
                return False
            if _add(path, data):
                return True
    except OSError:
        raise Failure("PC-DISK") from None
    raise AssertionError  # numbers have no end


def _numbered(name: str, number: int) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem} ({number}){dot}{suffix}"


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _add(path: Path, data: bytes) -> bool:
    """Whether the name was free. It is taken by an empty file, which the whole one then replaces."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    try:
        write_private(path, data)
    except BaseException:
        path.unlink()
        raise
    return True
