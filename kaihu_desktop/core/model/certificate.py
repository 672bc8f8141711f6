"""Digital certificates as the business sees them: facts, states, verdicts, and the contract of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Callable, ContextManager, Iterable, Protocol

from kaihu_desktop.core.secret import Secret

#: A certificate's backup file larger than this isn't one (bytes).
MAX_BACKUP_BYTES = 1_000_000


class CertificateState(Enum):
    """Whether a stored certificate can sign now; the order is that of preference."""

    USABLE = "usable"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OTHER_DEVICE = "other_device"  # bound to a device secret that is no longer in the keyring
    DAMAGED = "damaged"


#: The Chinese word for each state, and the failure that says what to do about it.
STATE_TEXTS = {
    CertificateState.USABLE: "可用",
    CertificateState.NOT_YET_VALID: "未生效",
    CertificateState.EXPIRED: "已过期",
    CertificateState.OTHER_DEVICE: "不属于本机",
    CertificateState.DAMAGED: "已损坏",
}
STATE_FAILURES = {
    CertificateState.NOT_YET_VALID: "CERT-NOT-YET",
    CertificateState.EXPIRED: "CERT-EXPIRED",
    CertificateState.OTHER_DEVICE: "CERT-OTHER-PC",
    CertificateState.DAMAGED: "CERT-DAMAGED",
}


@dataclass(frozen=True)
class CertificateInfo:
    """One certificate of the store, told without its password.

    id: SHA-256 fingerprint of the certificate, 64 lower-case hexadecimal digits.
    subject_name: the subject's common name, that is the person's name.
    subject_id_number_masked: the subject's serialNumber attribute (2.5.4.5), that is the ID number, masked.
    serial: serial number of the certificate in hexadecimal.
    not_before, not_after: aware datetimes; None only when the file is so damaged that nothing can be read.
    """

    id: str
    subject_name: str = field(repr=False)
    subject_id_number_masked: str
    serial: str
    issuer: str
    not_before: datetime | None
    not_after: datetime | None
    state: CertificateState


@dataclass(frozen=True)
class CertificateVerification:
    """Verdict on a certificate. code: the failure that describes the problem, None when all is well.

    trusted: None when no trust anchors were at hand to judge it.
    """

    info: CertificateInfo
    trusted: bool | None
    code: str | None


@dataclass(frozen=True)
class SignatureVerification:
    """Verdict on one signature of a PDF.

    intact: nothing that was signed has changed, and what was added since is permitted by the signature.
    trusted: the signer's chain ends at a trust anchor; None when there were no anchors to judge it.
    signed_at: the time that the signer's computer claimed, None if it claimed none.
    """

    intact: bool
    trusted: bool | None
    code: str | None
    signer_name: str = field(repr=False)
    signer_id_number_masked: str
    certificate_id: str
    issuer: str
    signed_at: datetime | None


@dataclass(frozen=True)
class PdfVerification:
    """Verdict on a PDF, from its signatures in the order in which they were made."""

    signatures: tuple[SignatureVerification, ...]

    @property
    def intact(self) -> bool:
        """Signed, and unchanged since."""
        return bool(self.signatures) and all(signature.intact for signature in self.signatures)

    @property
    def trusted(self) -> bool | None:
        """Every signer is trusted; None when there were no anchors to judge it."""
        if any(signature.trusted is None for signature in self.signatures):
            return None
        return bool(self.signatures) and all(signature.trusted for signature in self.signatures)

    @property
    def code(self) -> str | None:
        """The failure that describes the first problem, None when all is well."""
        if not self.signatures:
            return "SIGN-NONE"
        return next((signature.code for signature in self.signatures if signature.code), None)

    @property
    def signer_name(self) -> str:
        """Name of the last signer, empty if unsigned."""
        return self.signatures[-1].signer_name if self.signatures else ""

    @property
    def signed_at(self) -> datetime | None:
        """Claimed time of the last signature."""
        return self.signatures[-1].signed_at if self.signatures else None


@dataclass(frozen=True)
class IssuedCertificate:
    """What the CA answers to an application: the certificate and the CA certificates above it, each PEM."""

    certificate_pem: str = field(repr=False)
    chain_pems: tuple[str, ...]


class OpenedCertificate(Protocol):
    """A certificate whose password was right. The key can be used, not read."""

    @property
    def info(self) -> CertificateInfo: ...

    def sign_pdf(self, document: bytes, reason: str = "") -> bytes:
        """The PDF with a PAdES signature added. Raises SIGN-DOCUMENT."""
        ...


class CertificateStore(Protocol):
    """The certificates of this person's account on this PC. Blocking; raises `Failure` only.

    Every method that takes the certificate's password raises CERT-PASSWORD (with `remaining`), CERT-LOCKED
    (with `wait`), CERT-NOT-FOUND, CERT-DAMAGED, CERT-OTHER-PC or CERT-STORE. `trust_anchors` is a PEM bundle.
    """

    @property
    def persistent(self) -> bool:
        """False when the PC has no keyring: certificates are gone when the program ends."""
        ...

    def list(self) -> tuple[CertificateInfo, ...]:
        """All certificates, the best first; a damaged file is listed as such and hides no other."""
        ...

    def find(self, id_number: str) -> tuple[CertificateInfo, ...]:
        """The certificates of the person with this ID number, the best first."""
        ...

    def import_pkcs12(self, data: bytes, file_password: Secret, store_password: Secret) -> CertificateInfo:
        """Keep a .p12/.pfx file, read back before it is reported.

        Raises CERT-FORMAT, CERT-NO-KEY, CERT-PASSWORD, CERT-WEAK-PASSWORD, CERT-EXISTS, CERT-STORE.
        """
        ...

    def export(self, certificate_id: str, password: Secret, export_password: Secret) -> bytes:
        """A PKCS#12 file under a password of its own (PBES2, AES-256-CBC, SHA-256)."""
        ...

    def delete(self, certificate_id: str) -> None: ...

    def open(self, certificate_id: str, password: Secret) -> ContextManager[OpenedCertificate]: ...

    def sign_pdf(
        self,
        certificate_id: str,
        password: Secret,
        documents: Iterable[bytes],
        progress: Callable[[int, int], None] | None = None,
        reason: str = "",
    ) -> tuple[bytes, ...]:
        """All documents signed with one password entry.

        progress is called with (done, total) and may raise to cancel; then nothing is returned.
        Raises CERT-EXPIRED, CERT-NOT-YET, SIGN-DOCUMENT as well.
        """
        ...

    def certificate_pem(self, certificate_id: str) -> str: ...

    def verify(self, certificate_id: str, trust_anchors: bytes) -> CertificateVerification: ...
