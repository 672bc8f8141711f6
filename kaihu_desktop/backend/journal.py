"""Unsent answers on this PC: encrypted, one atomic file for each step, gone after a week."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from pathlib import Path
from typing import Any, Callable

from cryptography.fernet import Fernet, InvalidToken

from kaihu_desktop.core.ports import Draft
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.private_files import TEMPORARY_SUFFIX, make_private_folder, patiently, write_private

logger = logging.getLogger(__name__)

LIFE = 7 * 24 * 3600  # seconds; SPEC section 4 asks for an expiry
STALE_TEMPORARY = 3600  # seconds; the rest of a program that was killed while writing
SUFFIX = ".draft"
FORMAT = 1  # of a record in a file; a draft of another format is dropped, not guessed at
_NAME_DIGITS = 32


class FileJournal:
    """Implements `core.ports.Journal` in a private folder. Threads and processes may share it.

    Names are keyed hashes: a folder listing tells neither the applications nor their steps. What can't be
    decrypted, is too old or belongs elsewhere is removed. A full disk costs the draft, never the business.

    key: 32 secret bytes of this user on this PC; without them the drafts are noise.
    """

    persistent = True

    def __init__(self, folder: Path, key: Secret, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._name_key = _derive(key, b"journal names")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(key, b"journal contents")))
        self._tidy()

    def load(self, application_id: str, step_id: str) -> Draft | None:
        """The draft of a step, None when there is none that can be used."""
        path = self._path(application_id, step_id)
        try:
            token = patiently(path.read_bytes)
        except FileNotFoundError:
            return None
        except OSError:
            logger.warning("PC-DISK draft not readable")
            return None
        record = self._open(token)
        if record is None or (record.get("application"), record.get("step")) != (application_id, step_id):
            _remove(path)
            return None
        draft: Draft = record["draft"]
        return draft

    def save(self, application_id: str, step_id: str, draft: Draft) -> bool:
        """Keep the draft of a step in place of the one before; False when the disk refused."""
        record = {"format": FORMAT, "application": application_id, "step": step_id, "draft": dict(draft)}
        contents = json.dumps(record, ensure_ascii=False).encode("utf-8")
        token = self._fernet.encrypt_at_time(contents, int(self._clock()))
        try:
            make_private_folder(self._folder)
            write_private(self._path(application_id, step_id), token)
        except OSError:
            logger.warning("PC-DISK draft not kept")
            return False
        return True

    def clear(self, application_id: str, step_id: str | None = None) -> None:
        """Forget the draft of one step, or of all steps of an application."""
        if step_id is not None:
            _remove(self._path(application_id, step_id))
            return
        for path in self._folder.glob(f"{self._hash(application_id)}-*{SUFFIX}"):
            _remove(path)

    def _path(self, application_id: str, step_id: str) -> Path:
        return self._folder / f"{self._hash(application_id)}-{self._hash(application_id, step_id)}{SUFFIX}"

    def _hash(self, *parts: str) -> str:
        message = json.dumps(parts).encode("utf-8")
        return hmac.new(self._name_key, message, hashlib.sha256).hexdigest()[:_NAME_DIGITS]

    def _open(self, token: bytes) -> dict[str, Any] | None:
        """The record in a file, None when it is damaged, foreign, of another format, or a week away from now.

        A clock that is put right may make a draft seem to come from the future; it is still good.
        """
        try:
            age = self._clock() - self._fernet.extract_timestamp(token)
            record = json.loads(self._fernet.decrypt(token)) if abs(age) <= LIFE else None
        except (InvalidToken, ValueError, RecursionError):
            return None
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            return None
        return record if isinstance(record.get("draft"), dict) else None

    def _tidy(self) -> None:
        for path in self._folder.glob("*"):
            try:
                if self._is_rubbish(path):
                    _remove(path)
            except OSError:
                logger.warning("PC-DISK draft not tidied")

    def _is_rubbish(self, path: Path) -> bool:
        if path.suffix == SUFFIX:
            return self._open(path.read_bytes()) is None
        is_rest = path.suffix == TEMPORARY_SUFFIX and SUFFIX in path.suffixes
        return is_rest and self._clock() - path.stat().st_mtime > STALE_TEMPORARY


class MemoryJournal:
    """Implements `core.ports.Journal` for a kiosk, or a PC without a keyring: gone with the program."""

    persistent = False

    def __init__(self) -> None:
        self._drafts: dict[tuple[str, str], str] = {}

    def load(self, application_id: str, step_id: str) -> Draft | None:
        """The draft of a step."""
        text = self._drafts.get((application_id, step_id))
        draft: Draft | None = None if text is None else json.loads(text)
        return draft

    def save(self, application_id: str, step_id: str, draft: Draft) -> bool:
        """Keep the draft of a step, as JSON, so that it comes back as it would from a file."""
        self._drafts[application_id, step_id] = json.dumps(dict(draft))
        return True

    def clear(self, application_id: str, step_id: str | None = None) -> None:
        """Forget the draft of one step, or of all steps of an application."""
        for key in list(self._drafts):
            if key[0] == application_id and step_id in (None, key[1]):
                del self._drafts[key]


def _derive(key: Secret, purpose: bytes) -> bytes:
    """32 bytes of key for one purpose. The key is random already, so one HMAC does."""
    return hmac.new(key.reveal(), purpose, hashlib.sha256).digest()


def _remove(path: Path) -> None:
    try:
        patiently(path.unlink)
    except FileNotFoundError:
        pass
    except OSError:
        logger.warning("PC-DISK draft not removed")
