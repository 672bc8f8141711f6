"""Reads the file that a certificate is to be imported from."""

from __future__ import annotations

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES


def read_backup(path: str) -> bytes:
    """The contents of a backup file. Raises CERT-FORMAT when it can't be one."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BACKUP_BYTES + 1)
    except OSError:
        raise Failure("CERT-FORMAT", "无法读取这个文件，它可能正被其他程序占用") from None
    if not data or len(data) > MAX_BACKUP_BYTES:
        raise Failure("CERT-FORMAT")
    return data
