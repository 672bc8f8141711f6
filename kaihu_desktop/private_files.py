"""Files for one user only: written whole or not at all, and locked against other processes."""

from __future__ import annotations

import os
import secrets
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, TypeVar

Result = TypeVar("Result")

TEMPORARY_SUFFIX = ".tmp"
LOCK_PATIENCE = 20.0  # seconds; a holder is busy for the time of a scrypt or two
LOCK_POLL = 0.02  # seconds
SHARING_TRIES = 20
SHARING_PAUSE = 0.05  # seconds


def write_private(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, readable by its owner only; a crash leaves the old file or the new one.

    Raises OSError.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: os.replace(temporary, path))
    except BaseException:
        patiently(temporary.unlink)
        raise
    sync_folder(path.parent)


def make_private_folder(folder: Path) -> None:
    """Make `folder`, and what is missing above it, for its owner only; it survives a power cut.

    Raises OSError.
    """
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
        sync_folder(one.parent)


def patiently(touch: Callable[[], Result]) -> Result:
    """Read, replace or remove a file, again and again for a second while Windows refuses.

    There a file that somebody reads at this moment can be neither replaced nor removed, and one that is
    being removed can't be read; elsewhere nobody is in the way.
    """
    for _ in range(SHARING_TRIES if sys.platform == "win32" else 0):
        try:
            return touch()
        except PermissionError:
            time.sleep(SHARING_PAUSE)
    return touch()


def sync_folder(folder: Path) -> None:
    """Make renames and removals in `folder` survive a power cut. Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` against every other process and thread; the system frees it if we die.

    Raises TimeoutError (an OSError) when another holder doesn't finish.
    """
    with open(path, "ab", opener=_private) as file:
        deadline = time.monotonic() + LOCK_PATIENCE
        while not _try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise TimeoutError("lock held by another process")
            time.sleep(LOCK_POLL)
        try:
            yield
        finally:
            _unlock(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
