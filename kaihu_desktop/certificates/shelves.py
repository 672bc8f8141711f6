"""Where certificates are kept: a folder of this person's account, or memory when the PC has no keyring."""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import ContextManager, Iterator, Protocol

from kaihu_desktop.certificates.attempts import Attempts
from kaihu_desktop.certificates.identity import fingerprint
from kaihu_desktop.certificates.records import (
    PublicPart,
    Record,
    decode_attempts,
    decode_public,
    encode_attempts,
    encode_public,
)
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES
from kaihu_desktop.private_files import TEMPORARY_SUFFIX, locked, sync_folder, write_private

LOCK_FILE = "store.lock"
MAX_FILE_BYTES = 2 * MAX_BACKUP_BYTES


class Shelf(Protocol):
    """Keeps records by certificate id. All methods raise CERT-STORE when the disk refuses."""

    persistent: bool

    def exclusive(self) -> ContextManager[None]:
        """Hold the shelf against every other process and thread; needed around every change."""
        ...

    def ids(self) -> list[str]: ...

    def read(self, certificate_id: str) -> Record:
        """Raises CERT-NOT-FOUND, CERT-DAMAGED."""
        ...

    def write(self, record: Record) -> None: ...

    def delete(self, certificate_id: str) -> None: ...

    def attempts(self, certificate_id: str) -> Attempts: ...

    def set_attempts(self, certificate_id: str, attempts: Attempts) -> None: ...


class FolderShelf:
    """Two files for each certificate: ``<id>.json``, public, and ``<id>-<salt>.p12``, the key.

    The public file names the key file and is replaced last: that replacement is the one instant at which a
    change happens. A key file that no public file names is left of a change that was cut off, and is swept
    away. Wrong tries are counted in ``<id>.tries``.
    """

    persistent = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._folder / LOCK_FILE):
                yield
        except OSError as error:
            raise Failure("CERT-STORE") from error

    def ids(self) -> list[str]:
        try:
            stems = [path.stem for path in self._folder.iterdir() if path.suffix == ".json"]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Failure("CERT-STORE") from error
        return sorted(stem for stem in stems if re.fullmatch("[0-9a-f]{64}", stem))

    def read(self, certificate_id: str) -> Record:
        part = self._public(certificate_id)
        key = self._key(part)
        if key is None:  # perhaps another process has just replaced both files
            part = self._public(certificate_id)
            key = self._key(part)
        return Record(part.certificate, part.chain, part.binding, key)

    def write(self, record: Record) -> None:
        if record.pkcs12 is None:
            raise ValueError("a record without its key")
        key_file = f"{record.id}-{record.binding.salt[:4].hex()}.p12"
        digest = hashlib.sha256(record.pkcs12).hexdigest()
        part = PublicPart(record.certificate, record.chain, record.binding, key_file, digest)
        write_private(self._folder / key_file, record.pkcs12)
        write_private(self._path(record.id, ".json"), encode_public(part))
        self._sweep()

    def delete(self, certificate_id: str) -> None:
        try:
            self._path(certificate_id, ".json").unlink()
        except FileNotFoundError:
            raise Failure("CERT-NOT-FOUND") from None
        self._sweep()
        sync_folder(self._folder)

    def attempts(self, certificate_id: str) -> Attempts:
        try:
            return decode_attempts(_read(self._path(certificate_id, ".tries")))
        except FileNotFoundError:
            return Attempts()

    def set_attempts(self, certificate_id: str, attempts: Attempts) -> None:
        write_private(self._path(certificate_id, ".tries"), encode_attempts(attempts))

    def _path(self, certificate_id: str, suffix: str) -> Path:
        if not re.fullmatch("[0-9a-f]{64}", certificate_id):
            raise Failure("CERT-NOT-FOUND")
        return self._folder / f"{certificate_id}{suffix}"

    def _public(self, certificate_id: str) -> PublicPart:
        try:
            part = decode_public(_read(self._path(certificate_id, ".json")))
        except FileNotFoundError:
            raise Failure("CERT-NOT-FOUND") from None
        except OSError as error:
            raise Failure("CERT-DAMAGED") from error
        if fingerprint(part.certificate) != certificate_id:
            raise Failure("CERT-DAMAGED")
        return part

    def _key(self, part: PublicPart) -> bytes | None:
        try:
            data = _read(self._folder / part.key_file)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == part.key_sha256 else None

    def _sweep(self) -> None:
        """Remove what changes that were cut off have left. A damaged public file keeps its key files."""
        known = self.ids()
        for path in self._folder.iterdir():
            owner = path.stem.partition("-")[0]
            orphan = path.suffix in (".p12", ".tries") and owner not in known
            replaced = path.suffix == ".p12" and not orphan and self._names_another(owner, path.name)
            if path.suffix == TEMPORARY_SUFFIX or orphan or replaced:
                _remove(path)

    def _names_another(self, certificate_id: str, key_file: str) -> bool:
        try:
            return self._public(certificate_id).key_file != key_file
        except Failure:
            return False


class MemoryShelf:
    """Certificates that are gone when the program ends; nothing touches the disk."""

    persistent = False

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._attempts: dict[str, Attempts] = {}
        self._lock = threading.Lock()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self._lock:
            yield

    def ids(self) -> list[str]:
        return sorted(self._records)

    def read(self, certificate_id: str) -> Record:
        try:
            return self._records[certificate_id]
        except KeyError:
            raise Failure("CERT-NOT-FOUND") from None

    def write(self, record: Record) -> None:
        self._records[record.id] = record

    def delete(self, certificate_id: str) -> None:
        self.read(certificate_id)
        del self._records[certificate_id]
        self._attempts.pop(certificate_id, None)

    def attempts(self, certificate_id: str) -> Attempts:
        return self._attempts.get(certificate_id, Attempts())

    def set_attempts(self, certificate_id: str, attempts: Attempts) -> None:
        self._attempts[certificate_id] = attempts


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_FILE_BYTES)


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # somebody reads it just now (Windows): the next sweep takes it
        pass
