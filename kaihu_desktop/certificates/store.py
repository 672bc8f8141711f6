"""The certificates of this person's account: kept, opened with a password that counts, and used."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterable, Iterator

from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates.attempts import TRIES, Attempts, Clock, system_clock
from kaihu_desktop.certificates.binding import DEFAULT_COST, Binding, ScryptCost
from kaihu_desktop.certificates.identity import (
    aware,
    describe,
    fingerprint,
    subject_id_number,
    validity_state,
)
from kaihu_desktop.certificates.opened import OpenedKey
from kaihu_desktop.certificates.records import Record
from kaihu_desktop.certificates.shelves import FolderShelf, MemoryShelf, Shelf
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import (
    STATE_FAILURES,
    CertificateInfo,
    CertificateState,
    CertificateStore,
    CertificateVerification,
)
from kaihu_desktop.core.secret import Secret

PREFERENCE = list(CertificateState)


def open_store(folder: Path, device_secret: Secret | None) -> CertificateStore:
    """The store in `folder`; one in memory when the PC has no keyring that would hold a device secret."""
    if device_secret is None:
        return MemoryCertificateStore()
    return FileCertificateStore(folder, device_secret)


class _Store:
    """What both stores do alike; see `CertificateStore` for the contract."""

    def __init__(self, shelf: Shelf, device_secret: Secret, cost: ScryptCost, clock: Clock) -> None:
        self._shelf = shelf
        self._device_secret = device_secret
        self._cost = cost
        self._clock = clock

    @property
    def persistent(self) -> bool:
        return self._shelf.persistent

    def list(self) -> tuple[CertificateInfo, ...]:
        return _sorted(self._info(certificate_id) for certificate_id in self._shelf.ids())

    def find(self, id_number: str) -> tuple[CertificateInfo, ...]:
        wanted = id_number.strip().upper()
        records = (self._readable(certificate_id) for certificate_id in self._shelf.ids())
        owned = (record for record in records if record and subject_id_number(record.certificate) == wanted)
        return _sorted(self._describe(record) for record in owned)

    def import_pkcs12(self, data: bytes, file_password: Secret, store_password: Secret) -> CertificateInfo:
        if not store_password:
            raise Failure("CERT-WEAK-PASSWORD")
        credential = pkcs12.load(data, file_password)
        certificate_id = fingerprint(credential.certificate)
        binding = Binding.new(self._device_secret, self._cost)
        passphrase = binding.passphrase(store_password, self._device_secret)
        written = pkcs12.save(credential, passphrase, pkcs12.STORE_ROUNDS)
        with self._shelf.exclusive():
            existing = self._readable(certificate_id)
            if existing and self._is_openable(existing):
                raise Failure("CERT-EXISTS")
            self._shelf.write(Record(credential.certificate, credential.chain, binding, written))
            record = self._shelf.read(certificate_id)
            if not _reads_back(record, passphrase):
                self._shelf.delete(certificate_id)
                raise Failure("CERT-STORE")
            self._shelf.set_attempts(certificate_id, Attempts())
        passphrase.wipe()
        return self._describe(record)

    def export(self, certificate_id: str, password: Secret, export_password: Secret) -> bytes:
        if not export_password:
            raise Failure("CERT-WEAK-PASSWORD")
        exported = pkcs12.save(self._unlock(certificate_id, password), export_password)
        pkcs12.load(exported, export_password)  # a backup that can't be read must not be believed in
        return exported

    def delete(self, certificate_id: str) -> None:
        with self._shelf.exclusive():
            self._shelf.delete(certificate_id)

    @contextmanager
    def open(self, certificate_id: str, password: Secret) -> Iterator[OpenedKey]:
        opened = OpenedKey(self._unlock(certificate_id, password), self._clock)
        try:
            yield opened
        finally:
            opened.close()

    def sign_pdf(
        self,
        certificate_id: str,
        password: Secret,
        documents: Iterable[bytes],
        progress: Callable[[int, int], None] | None = None,
        reason: str = "",
    ) -> tuple[bytes, ...]:
        originals = tuple(documents)
        signed = []
        with self.open(certificate_id, password) as opened:
            for original in originals:
                signed.append(opened.sign_pdf(original, reason))
                if progress:
                    progress(len(signed), len(originals))
        return tuple(signed)

    def certificate_pem(self, certificate_id: str) -> str:
        certificate = self._shelf.read(certificate_id).certificate
        return certificate.public_bytes(Encoding.PEM).decode("ascii")

    def verify(self, certificate_id: str, trust_anchors: bytes) -> CertificateVerification:
        from kaihu_desktop.certificates.trust import judge  # with half of pyHanko

        record = self._shelf.read(certificate_id)
        moment = aware(self._clock().wall)
        return judge(record.certificate, record.chain, trust_anchors, moment, self._describe(record).state)

    def _unlock(self, certificate_id: str, password: Secret) -> pkcs12.Credential:
        """The credential, if the password is right.

        The try is counted before it is made: ending the program while it is judged saves nobody a try.
        """
        with self._shelf.exclusive():
            record = self._shelf.read(certificate_id)
            if not self._is_openable(record) or record.pkcs12 is None:
                raise Failure(STATE_FAILURES[self._describe(record).state])
            before = self._shelf.attempts(certificate_id).at(self._clock())
            if before.wait:
                self._shelf.set_attempts(certificate_id, before)
                raise Failure("CERT-LOCKED", wait=before.wait)
            after = before.failed(self._clock())
            self._shelf.set_attempts(certificate_id, after)
            passphrase = record.binding.passphrase(password, self._device_secret)
            try:
                credential = pkcs12.load(record.pkcs12, passphrase)
            except Failure:
                raise _wrong_password(after) from None
            finally:
                passphrase.wipe()
            self._shelf.set_attempts(certificate_id, Attempts())
        return credential

    def _info(self, certificate_id: str) -> CertificateInfo:
        record = self._readable(certificate_id)
        if record is None:
            return CertificateInfo(certificate_id, "", "", "", "", None, None, CertificateState.DAMAGED)
        return self._describe(record)

    def _readable(self, certificate_id: str) -> Record | None:
        """The record, None if it is damaged or has just been deleted: one bad file hides no other."""
        try:
            return self._shelf.read(certificate_id)
        except Failure:
            return None

    def _is_openable(self, record: Record) -> bool:
        return record.pkcs12 is not None and record.binding.belongs_to(self._device_secret)

    def _describe(self, record: Record) -> CertificateInfo:
        state = validity_state(record.certificate, aware(self._clock().wall))
        if record.pkcs12 is None:
            state = CertificateState.DAMAGED
        elif not record.binding.belongs_to(self._device_secret):
            state = CertificateState.OTHER_DEVICE
        return describe(record.certificate, state)


class FileCertificateStore(_Store):
    """Certificates in a folder, bound to this PC by `device_secret`."""

    def __init__(
        self,
        folder: Path,
        device_secret: Secret,
        cost: ScryptCost = DEFAULT_COST,
        clock: Clock = system_clock,
    ) -> None:
        super().__init__(FolderShelf(folder), device_secret, cost, clock)


class MemoryCertificateStore(_Store):
    """Certificates that are gone when the program ends, for a PC without a keyring and for the kiosk."""

    def __init__(self, cost: ScryptCost = DEFAULT_COST, clock: Clock = system_clock) -> None:
        super().__init__(MemoryShelf(), Secret(secrets.token_bytes(32)), cost, clock)


def _sorted(infos: Iterable[CertificateInfo]) -> tuple[CertificateInfo, ...]:
    """The best first: by state, then the one that is valid longest."""
    latest_first = sorted(
        infos, key=lambda info: info.not_after.timestamp() if info.not_after else 0, reverse=True
    )
    return tuple(sorted(latest_first, key=lambda info: PREFERENCE.index(info.state)))


def _reads_back(record: Record, passphrase: Secret) -> bool:
    try:
        return pkcs12.load(record.pkcs12 or b"", passphrase).certificate == record.certificate
    except Failure:
        return False


def _wrong_password(attempts: Attempts) -> Failure:
    if attempts.failures % TRIES == 0:
        return Failure("CERT-LOCKED", wait=attempts.wait)
    return Failure("CERT-PASSWORD", remaining=attempts.remaining, wait=attempts.wait or None)
