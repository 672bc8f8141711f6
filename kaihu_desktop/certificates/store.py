"""The certificates of this person's account: kept, opened with a password that counts, and used."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterable, Iterator

from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates.applying import Applying
from kaihu_desktop.certificates.attempts import Clock, system_clock
from kaihu_desktop.certificates.binding import DEFAULT_COST, ScryptCost
from kaihu_desktop.certificates.identity import aware, fingerprint, load_pem_bundle, subject_id_number
from kaihu_desktop.certificates.opened import OpenedKey
from kaihu_desktop.certificates.records import Record
from kaihu_desktop.certificates.revocation import ask_revocation
from kaihu_desktop.certificates.shelves import FolderShelf, MemoryShelf
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import (
    STATE_FAILURES,
    CertificateInfo,
    CertificateState,
    CertificateStore,
    CertificateVerification,
    ExportProfile,
    Imported,
    RevocationCheck,
)
from kaihu_desktop.core.secret import Secret

PREFERENCE = list(CertificateState)


def open_store(folder: Path, device_secret: Secret | None) -> CertificateStore:
    """The store in `folder`; one in memory when the PC has no keyring that would hold a device secret."""
    if device_secret is None:
        return MemoryCertificateStore()
    return FileCertificateStore(folder, device_secret)


class _Store(Applying):
    """What both stores do alike; see `CertificateStore` for the contract."""

    @property
    def persistent(self) -> bool:
        return self._shelf.persistent

    def list(self) -> tuple[CertificateInfo, ...]:
        return _sorted(filter(None, map(self._info, self._shelf.ids())))

    def find(self, id_number: str) -> tuple[CertificateInfo, ...]:
        wanted = id_number.strip().upper()
        records = (self._readable(certificate_id) for certificate_id in self._shelf.ids())
        owned = (record for record in records if record and subject_id_number(record.certificate) == wanted)
        return _sorted(self._describe(record) for record in owned)

    def import_pkcs12(
        self, data: bytes, file_password: Secret, store_password: Secret, replace: bool = False
    ) -> Imported:
        if not store_password:
            raise Failure("CERT-WEAK-PASSWORD")
        credential = pkcs12.load(data, file_password)
        binding, passphrase = self._bind(store_password)
        try:
            with self._shelf.exclusive():
                existing = self._readable(fingerprint(credential.certificate))
                if existing and existing.pkcs12 is not None and not replace:
                    raise Failure("CERT-EXISTS")
                record = self._keep(credential, binding, passphrase)
                self._sweep_requests()
        finally:
            passphrase.wipe()
        return Imported(self._describe(record), pkcs12.is_legacy(data))

    def export(
        self,
        certificate_id: str,
        password: Secret,
        export_password: Secret,
        profile: ExportProfile = ExportProfile.MODERN,
    ) -> bytes:
        if not export_password:
            raise Failure("CERT-WEAK-PASSWORD")
        exported = pkcs12.save(self._unlock_alone(certificate_id, password), export_password, profile)
        pkcs12.load(exported, export_password)  # a backup that can't be read must not be believed in
        return exported

    def change_password(self, certificate_id: str, password: Secret, new_password: Secret) -> None:
        binding, passphrase = self._bind(new_password)
        try:
            with self._shelf.exclusive():
                credential = self._unlock(certificate_id, password)
                self._keep(credential, binding, passphrase)
                self._sweep_requests()
                self._change_renewals(certificate_id, password, new_password)
        finally:
            passphrase.wipe()

    def delete(self, certificate_id: str) -> None:
        with self._shelf.exclusive():
            self._forget_requests_of(certificate_id, self._readable(certificate_id))
            self._shelf.delete(certificate_id)

    @contextmanager
    def open(self, certificate_id: str, password: Secret) -> Iterator[OpenedKey]:
        # Nothing here may name the key: an exception's traceback keeps this frame alive.
        opened = OpenedKey(self._unlock_alone(certificate_id, password), self._clock)
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
        timestamp: Callable[[bytes], bytes] | None = None,
    ) -> tuple[bytes, ...]:
        originals = tuple(documents)
        signed = []
        with self.open(certificate_id, password) as opened:
            for original in originals:
                signed.append(opened.sign_pdf(original, reason, timestamp=timestamp))
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

    def check_revocation(
        self, certificate_id: str, trust_anchors: bytes, ask: Callable[[bytes], bytes]
    ) -> RevocationCheck:
        record = self._shelf.read(certificate_id)
        issuers = (*record.chain, *load_pem_bundle(trust_anchors))
        return ask_revocation(record.certificate, issuers, ask, aware(self._clock().wall))

    def _unlock_alone(self, certificate_id: str, password: Secret) -> pkcs12.Credential:
        with self._shelf.exclusive():
            return self._unlock(certificate_id, password)

    def _info(self, certificate_id: str) -> CertificateInfo | None:
        try:
            return self._describe(self._shelf.read(certificate_id))
        except Failure as failure:
            if failure.code == "CERT-NOT-FOUND":  # another process has just deleted it
                return None
            other = failure.code == STATE_FAILURES[CertificateState.OTHER_DEVICE]
            state = CertificateState.OTHER_DEVICE if other else CertificateState.DAMAGED
            return CertificateInfo(certificate_id, "", "", "", "", None, None, state)

    def _readable(self, certificate_id: str) -> Record | None:
        """The record, None if it is damaged, of another device or gone: one bad file hides no other."""
        try:
            return self._shelf.read(certificate_id)
        except Failure:
            return None


class FileCertificateStore(_Store):
    """Certificates in a folder, bound to this PC by `device_secret`."""

    def __init__(
        self,
        folder: Path,
        device_secret: Secret,
        cost: ScryptCost = DEFAULT_COST,
        clock: Clock = system_clock,
    ) -> None:
        super().__init__(FolderShelf(folder, device_secret), device_secret, cost, clock)


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
