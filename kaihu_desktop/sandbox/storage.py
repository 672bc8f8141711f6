"""The bytes of uploads: files in the data folder, whose length is the offset."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Upload

PICTURE_FORMATS = ("JPEG", "PNG", "BMP", "GIF")


def file_of(sandbox: Sandbox, upload: Upload) -> Path:
    """Where the bytes of `upload` lie."""
    return sandbox.uploads / upload.id


def offset_of(sandbox: Sandbox, upload: Upload) -> int:
    """How many bytes have arrived."""
    path = file_of(sandbox, upload)
    if upload.complete:
        return upload.size
    return path.stat().st_size if path.exists() else 0


def content_of(sandbox: Sandbox, upload: Upload) -> bytes:
    """The bytes received so far."""
    path = file_of(sandbox, upload)
    return path.read_bytes() if path.exists() else b""


def keep(sandbox: Sandbox, upload: Upload, content: bytes) -> None:
    """Stores a whole file and completes its record."""
    file_of(sandbox, upload).write_bytes(content)
    upload.size, upload.sha256 = len(content), hashlib.sha256(content).hexdigest()
    upload.complete = True


def verify(sandbox: Sandbox, upload: Upload) -> bool:
    """Whether all bytes are the announced ones; a wrong file is thrown away."""
    digest = hashlib.sha256(content_of(sandbox, upload)).hexdigest()
    upload.complete = digest == upload.sha256
    if not upload.complete:
        file_of(sandbox, upload).unlink()
    return upload.complete


def erase(db: Session, sandbox: Sandbox, upload: Upload) -> None:
    """Removes file and record."""
    file_of(sandbox, upload).unlink(missing_ok=True)
    db.delete(upload)


def is_picture(content: bytes) -> bool:
    """Whether `content` is a whole picture of an accepted format."""
    try:
        with Image.open(io.BytesIO(content), formats=PICTURE_FORMATS) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
