"""Where certificates are kept: a folder of this person's account, or memory when the PC has no keyring."""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, ContextManager, Iterator, Protocol

from kaihu_desktop.certificates.attempts import Attempts
from kaihu_desktop.certificates.records import (
    KEY_FILE,
    PublicPart,
    Record,
    Request,
    decode_attempts,
    decode_public,
    decode_request,
    encode_attempts,
    encode_public,
    encode_request,
)
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.private_files import (
    TEMPORARY_SUFFIX,
    locked,
    make_private_folder,
    patiently,
    sync_folder,
    write_private,
)

LOCK_FILE = "store.lock"
COUNT_FILE = r"[0-9a-f]{64}\.tries"
TEMPORARY_FILE = rf"\.[0-9a-f]{{64}}.+\{TEMPORARY_SUFFIX}"
ID_LENGTH = 64
MAX_FILE_BYTES = 2 * MAX_BACKUP_BYTES


#: Whether a key, as it was read back from where it was written, can be opened.
Opens = Callable[[bytes], bool]


class Shelf(Protocol):
    """Keeps records by certificate id, and requests by theirs.

    Inside `exclusive`, which raises CERT-BUSY when another process doesn't finish, all methods raise
    CERT-STORE when the disk refuses.
    """

    persistent: bool

    def exclusive(self) -> ContextManager[None]:
        """Hold the shelf against every other process and thread; needed around every change."""
        ...

    def ids(self) -> list[str]: ...

    def read(self, certificate_id: str) -> Record:
        """Raises CERT-NOT-FOUND, CERT-DAMAGED, CERT-OTHER-PC."""
        ...

    def write(self, record: Record, opens: Opens) -> None:
        """Put `record` in place of what has its id. After CERT-STORE the old one is there as it was."""
        ...

    def delete(self, certificate_id: str) -> None: ...

    def requests(self) -> list[Request]:
        """Those that can be read."""
        ...

    def write_request(self, request: Request, opens: Opens) -> None: ...

    def delete_request(self, request_id: str) -> None: ...

    def attempts(self, certificate_id: str) -> Attempts: ...

    def set_attempts(self, certificate_id: str, attempts: Attempts) -> None: ...


class FolderShelf:
    """Two files for each certificate: ``<id>.json``, whose it is, and ``<id>-<digest>.p12``, the key.

    The first names the key file and is replaced last: that replacement is the one instant at which a
    change happens. A key file that nothing names is left of a change that was cut off, and is swept away.
    Wrong tries are counted in ``<id>.tries``. A request is one file, ``<id>.request``.
    """

    persistent = True

    def __init__(self, folder: Path, device_secret: Secret) -> None:
        self._folder = folder
        self._device_secret = device_secret

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        try:
            make_private_folder(self._folder)
            with locked(self._folder / LOCK_FILE):
                yield
        except TimeoutError as error:
            raise Failure("CERT-BUSY") from error
        except OSError as error:
            raise Failure("CERT-STORE") from error

    def ids(self) -> list[str]:
        return self._stems(".json")

    def read(self, certificate_id: str) -> Record:
        part = self._public(certificate_id)
        key = self._key(part)
        while key is None:  # perhaps another process has just replaced both files
            seen, part = part, self._public(certificate_id)
            if part == seen:
                break
            key = self._key(part)
        return Record(part.certificate, part.chain, part.binding, key)

    def write(self, record: Record, opens: Opens) -> None:
        if record.pkcs12 is None:
            raise ValueError("a record without its key")
        digest = hashlib.sha256(record.pkcs12).hexdigest()
        key_file = f"{record.id}-{digest[:8]}.p12"
        part = PublicPart(record.certificate, record.chain, record.binding, key_file, digest)
        try:
            write_private(self._folder / key_file, record.pkcs12)
            if not opens(_read(self._folder / key_file)):
                raise Failure("CERT-STORE")
            self._replace(
                self._path(record.id, ".json"),
                encode_public(part, self._device_secret),
                lambda: self._holds(record),
            )
        finally:
            self._sweep()

    def delete(self, certificate_id: str) -> None:
        try:
            patiently(self._path(certificate_id, ".json").unlink)
        except FileNotFoundError:
            raise Failure("CERT-NOT-FOUND") from None
        self._sweep()
        sync_folder(self._folder)

    def requests(self) -> list[Request]:
        return [request for request in map(self._request, self._stems(".request")) if request]

    def write_request(self, request: Request, opens: Opens) -> None:
        def reads_back() -> bool:
            written = self._request(request.id)
            return written is not None and opens(written.key)

        path = self._path(request.id, ".request")
        self._replace(path, encode_request(request, self._device_secret), reads_back)

    def delete_request(self, request_id: str) -> None:
        try:
            patiently(self._path(request_id, ".request").unlink)
        except FileNotFoundError:
            return
        self._sweep()
        sync_folder(self._folder)

    def attempts(self, certificate_id: str) -> Attempts:
        try:
            return decode_attempts(_read(self._path(certificate_id, ".tries")))
        except FileNotFoundError:
            return Attempts()

    def set_attempts(self, certificate_id: str, attempts: Attempts) -> None:
        write_private(self._path(certificate_id, ".tries"), encode_attempts(attempts))

    def _stems(self, suffix: str) -> list[str]:
        try:
            stems = [path.stem for path in self._folder.iterdir() if path.suffix == suffix]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Failure("CERT-STORE") from error
        return sorted(stem for stem in stems if re.fullmatch("[0-9a-f]{64}", stem))

    def _path(self, certificate_id: str, suffix: str) -> Path:
        if not re.fullmatch("[0-9a-f]{64}", certificate_id):
            raise Failure("CERT-NOT-FOUND")
        return self._folder / f"{certificate_id}{suffix}"

    def _public(self, certificate_id: str) -> PublicPart:
        try:
            data = _read(self._path(certificate_id, ".json"))
        except FileNotFoundError:
            raise Failure("CERT-NOT-FOUND") from None
        except OSError as error:
            raise Failure("CERT-DAMAGED") from error
        return decode_public(data, self._device_secret, certificate_id)

    def _request(self, request_id: str) -> Request | None:
        try:
            return decode_request(_read(self._path(request_id, ".request")), self._device_secret, request_id)
        except (Failure, OSError):  # damaged, of another device, or just done with by another process
            return None

    def _holds(self, record: Record) -> bool:
        try:
            return self.read(record.id) == record
        except Failure:
            return False

    def _key(self, part: PublicPart) -> bytes | None:
        try:
            data = _read(self._folder / part.key_file)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == part.key_sha256 else None

    def _replace(self, path: Path, data: bytes, reads_back: Callable[[], bool]) -> None:
        """Replace `path`; what was there comes back if the new one can't be made sure of."""
        old = _read(path) if path.exists() else None
        try:
            write_private(path, data)
            if not reads_back():
                raise Failure("CERT-STORE")
        except BaseException:
            if old is not None:
                write_private(path, old)
            elif path.exists():
                patiently(path.unlink)
            raise

    def _sweep(self) -> None:
        """Remove what changes that were cut off have left. A file that can't be read keeps its key files.

        Only files of our own names go: a person's backup may lie here, too.
        """
        certificates = self.ids()
        counted = {*certificates, *self._stems(".request")}
        for path in self._folder.iterdir():
            owner = path.name[:ID_LENGTH]
            uncounted = re.fullmatch(COUNT_FILE, path.name) and owner not in counted
            unnamed = re.fullmatch(KEY_FILE, path.name) and (
                owner not in certificates or self._names_another(owner, path.name)
            )
            if re.fullmatch(TEMPORARY_FILE, path.name) or uncounted or unnamed:
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
        self._requests: dict[str, Request] = {}
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

    def write(self, record: Record, opens: Opens) -> None:
        if record.pkcs12 is None or not opens(record.pkcs12):
            raise Failure("CERT-STORE")
        self._records[record.id] = record

    def delete(self, certificate_id: str) -> None:
        self.read(certificate_id)
        del self._records[certificate_id]
        self._attempts.pop(certificate_id, None)

    def requests(self) -> list[Request]:
        return list(self._requests.values())

    def write_request(self, request: Request, opens: Opens) -> None:
        if not opens(request.key):
            raise Failure("CERT-STORE")
        self._requests[request.id] = request

    def delete_request(self, request_id: str) -> None:
        self._requests.pop(request_id, None)
        self._attempts.pop(request_id, None)

    def attempts(self, certificate_id: str) -> Attempts:
        return self._attempts.get(certificate_id, Attempts())

    def set_attempts(self, certificate_id: str, attempts: Attempts) -> None:
        self._attempts[certificate_id] = attempts


def _read(path: Path) -> bytes:
    with patiently(lambda: open(path, "rb")) as file:
        return file.read(MAX_FILE_BYTES)


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # somebody reads it just now (Windows): the next sweep takes it
        pass
