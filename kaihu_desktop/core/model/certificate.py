"""Digital certificates as the business sees them: facts, states, verdicts, and the contract of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Callable, ContextManager, Iterable, Protocol, Sequence

from kaihu_desktop.core.secret import Secret

#: A certificate's backup file larger than this isn't one (bytes).
MAX_BACKUP_BYTES = 1_000_000


class CertificateState(Enum):
    """Whether a stored certificate can sign now; the order is that of preference."""

    USABLE = "usable"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"  # known only by asking the CA; the store's list never says it
    OTHER_DEVICE = "other_device"  # bound to a device secret that is no longer in the keyring
    DAMAGED = "damaged"


#: The Chinese word for each state, and the failure that says what to do about it.
STATE_TEXTS = {
    CertificateState.USABLE: "可用",
    CertificateState.NOT_YET_VALID: "未生效",
    CertificateState.EXPIRED: "已过期",
    CertificateState.REVOKED: "已吊销",
    CertificateState.OTHER_DEVICE: "不属于本机",
    CertificateState.DAMAGED: "已损坏",
}
STATE_FAILURES = {
    CertificateState.NOT_YET_VALID: "CERT-NOT-YET",
    CertificateState.EXPIRED: "CERT-EXPIRED",
    CertificateState.REVOKED: "CERT-REVOKED",
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
    not_before, not_after: aware datetimes; None when nothing can be read: a damaged file, or one of another
    device, which then has neither name nor number either (what the disk holds names nobody).
    used_for: what its key usage allows, in Chinese. key: kind and length, such as ``RSA 2048 位``.
    """

    id: str
    subject_name: str = field(repr=False)
    subject_id_number_masked: str
    serial: str
    issuer: str
    not_before: datetime | None
    not_after: datetime | None
    state: CertificateState
    used_for: str = ""
    key: str = ""

    @property
    def person(self) -> tuple[str, str]:
        """What is shown of whose it is, by which people are told apart where no ID number is at hand."""
        return self.subject_name, self.subject_id_number_masked


class ExportProfile(Enum):
    """How a backup file is encrypted."""

    MODERN = "modern"  # PBES2, AES-256-CBC, SHA-256
    WINDOWS_7 = "windows_7"  # 3DES and SHA-1, as Windows before 10 version 1709 reads it: weaker, label it


@dataclass(frozen=True)
class Imported:
    """A certificate taken in from a backup file.

    legacy: the file's encryption is weak today (3DES, RC2 …) or missing; that of the store's copy isn't.
    """

    info: CertificateInfo
    legacy: bool


@dataclass(frozen=True)
class PendingCertificate:
    """A key pair that was made on this PC and whose certificate isn't installed yet.

    id: 64 hexadecimal digits. created_at: aware. request_pem: the PKCS#10 request with its proof of
    possession, the same each time. renews: id of the certificate that it shall follow, None if none.
    """

    id: str
    created_at: datetime
    request_pem: str = field(repr=False)
    key_bits: int
    renews: str | None = None


class RevocationStatus(Enum):
    """What the CA says of a certificate. Unknown is not revoked, but must be said."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RevocationCheck:
    """The CA's answer (OCSP) about one certificate.

    code: CERT-REVOKED; for UNKNOWN CERT-STATUS (the CA doesn't know it, or its answer can't be believed) or
    the failure that kept the question from being answered (NET-…, SERVER-…); None when good.
    checked_at: the time that the answer speaks of, revoked_at: since when; both aware, None if there is none.
    """

    status: RevocationStatus
    code: str | None
    checked_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class CertificateVerification:
    """Verdict on a certificate. code: the failure that describes the problem, None when all is well.

    trusted: None when no trust anchors were at hand to judge it.
    """

    info: CertificateInfo
    trusted: bool | None
    code: str | None


@dataclass(frozen=True)
class Timestamp:
    """What a timestamp (RFC 3161) in a signature proves: that the signature existed at its time.

    time: aware. authority: name of the service that made it. intact: it is unchanged and of this signature.
    trusted: the service's chain ends at a trust anchor; None when there were no anchors to judge it.
    """

    time: datetime
    authority: str
    intact: bool
    trusted: bool | None


@dataclass(frozen=True)
class SignatureVerification:
    """Verdict on one signature of a PDF.

    intact: nothing that was signed has changed, and what was added since is permitted by the signature.
    trusted: the signer's chain ends at a trust anchor; None when there were no anchors to judge it.
    signed_at: the time that the signer's computer claimed, None if it claimed none.
    timestamp: None if the signature has none (PAdES B-B).
    """

    intact: bool
    trusted: bool | None
    code: str | None
    signer_name: str = field(repr=False)
    signer_id_number_masked: str
    certificate_id: str
    issuer: str
    signed_at: datetime | None
    timestamp: Timestamp | None = None

    @property
    def proven_at(self) -> datetime | None:
        """When it was signed at the latest, by a timestamp of a trusted service; None without one."""
        timestamp = self.timestamp
        return timestamp.time if timestamp and timestamp.intact and timestamp.trusted else None


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

    def sign_pdf(
        self, document: bytes, reason: str = "", timestamp: Callable[[bytes], bytes] | None = None
    ) -> bytes:
        """The PDF with a PAdES signature added: B-T when `timestamp` (DER query to DER answer) is given.

        Raises SIGN-DOCUMENT and what `timestamp` raises.
        """
        ...


class CertificateStore(Protocol):
    """The certificates of this person's account on this PC. Blocking; raises `Failure` only.

    Whatever changes something or takes a password raises CERT-BUSY while another program doesn't let go.
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

    def import_pkcs12(
        self, data: bytes, file_password: Secret, store_password: Secret, replace: bool = False
    ) -> Imported:
        """Keep a .p12/.pfx file, read back before it is reported.

        replace: instead of CERT-EXISTS let it take the place of the same certificate, whose password was
        forgotten; until the new file is in place and read, the old one stays. Raises CERT-FORMAT,
        CERT-NO-KEY, CERT-PASSWORD, CERT-WEAK-PASSWORD, CERT-EXISTS, CERT-STORE.
        """
        ...

    def export(
        self,
        certificate_id: str,
        password: Secret,
        export_password: Secret,
        profile: ExportProfile = ExportProfile.MODERN,
    ) -> bytes:
        """A PKCS#12 file under a password of its own. Raises CERT-WEAK-PASSWORD if that is empty."""
        ...

    def change_password(self, certificate_id: str, password: Secret, new_password: Secret) -> None:
        """From now on `new_password` opens it; until the new file is in place and read, the old one does.

        Raises CERT-WEAK-PASSWORD if it is empty.
        """
        ...

    def pending(self, id_number: str) -> PendingCertificate | None:
        """The person's application for a certificate that was begun on this PC and isn't finished."""
        ...

    def begin(
        self, name: str, id_number: str, key_bits: int, password: Secret, new: bool = False
    ) -> PendingCertificate:
        """Make a key pair (RSA) and keep it under `password` before anything is sent.

        An application that was begun already, for the same name and as long a key, is continued: the password
        must be the same, and wrong ones count. `new` (the password was forgotten) discards it first.
        Takes seconds. Raises CERT-WEAK-PASSWORD, CERT-REQUEST, CERT-STORE, CERT-PASSWORD, CERT-LOCKED.
        """
        ...

    def begin_renewal(
        self, certificate_id: str, password: Secret, key_bits: int
    ) -> tuple[PendingCertificate, bytes]:
        """A request for the certificate's successor, and the old key's signature over the request.

        A renewal that was begun already is continued. The signature is RSA PKCS#1 v1.5 or ECDSA with SHA-256
        over the DER request. The new certificate gets the same password; the old one stays.
        """
        ...

    def install(
        self,
        pending_id: str,
        password: Secret,
        certificate_pem: str,
        chain_pems: Sequence[str],
        trust_anchors: bytes,
    ) -> CertificateInfo:
        """Check the issued certificate against the request, keep it, and read it back before it is reported.

        The request is done with then; after any failure it is still there. Raises CERT-MISMATCH (not the key,
        name or ID number asked for), CERT-UNTRUSTED, CERT-EXPIRED, CERT-NOT-YET as well.
        """
        ...

    def discard(self, pending_id: str) -> None:
        """Forget a request and its key. One that isn't there is no error."""
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
        timestamp: Callable[[bytes], bytes] | None = None,
    ) -> tuple[bytes, ...]:
        """All documents signed with one password entry.

        progress is called with (done, total) and may raise to cancel; then nothing is returned.
        timestamp: asks a timestamp service (DER query to DER answer); what it raises ends the signing.
        Raises CERT-EXPIRED, CERT-NOT-YET, SIGN-DOCUMENT as well.
        """
        ...

    def certificate_pem(self, certificate_id: str) -> str: ...

    def verify(self, certificate_id: str, trust_anchors: bytes) -> CertificateVerification: ...

    def check_revocation(
        self, certificate_id: str, trust_anchors: bytes, ask: Callable[[bytes], bytes]
    ) -> RevocationCheck:
        """Ask the CA whether the certificate has been revoked.

        ask: sends the OCSP request (DER) and returns the answer (DER); a `Failure` of it is reported as the
        code of an unknown status, not raised. The answer must be signed for the issuer, and fresh.
        """
        ...
