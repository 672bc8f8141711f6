"""Asks the CA whether a certificate has been revoked (OCSP, RFC 6960); believes only its signed answer."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from kaihu_desktop.certificates.identity import UNPARSABLE, validity_state
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState, RevocationCheck, RevocationStatus

NONCE_BYTES = 16
#: How far the PC's clock and the CA's may be apart. Clocks of home PCs are wrong by hours and days; that the
#: answer isn't an old one is what the nonce proves, and the times only tell how old the CA's knowledge is.
CLOCK_TOLERANCE = timedelta(days=3)
#: How long an answer holds that doesn't say when the next one comes.
LONGEST_AGE = timedelta(days=1)
STRONG_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
UNKNOWN = RevocationCheck(RevocationStatus.UNKNOWN, "CERT-STATUS")

#: What a malformed or forged answer makes the library raise.
UNBELIEVABLE = (*UNPARSABLE, InvalidSignature, x509.ExtensionNotFound)


def ask_revocation(
    certificate: x509.Certificate,
    issuers: Iterable[x509.Certificate],
    ask: Callable[[bytes], bytes],
    moment: datetime,
) -> RevocationCheck:
    """What the CA answers about `certificate`.

    issuers: candidates for the certificate's issuer. ask: sends the DER request and returns the DER answer.
    moment: now, aware.
    """
    issuer = next((candidate for candidate in issuers if _issued(candidate, certificate)), None)
    if issuer is None:
        return UNKNOWN
    nonce = secrets.token_bytes(NONCE_BYTES)
    try:
        answer = ask(build_request(certificate, issuer, nonce))
    except Failure as failure:
        return RevocationCheck(RevocationStatus.UNKNOWN, failure.code)
    return read_answer(answer, certificate, issuer, nonce, moment)


def build_request(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """The DER request. SHA-1 only names the issuer here, as RFC 5019 wants it."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


def read_answer(
    answer: bytes, certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes, moment: datetime
) -> RevocationCheck:
    """What a DER answer says; UNKNOWN unless it is signed for `issuer`, answers `nonce`, and is fresh.

    An answer that a certificate is revoked needs no freshness: time doesn't undo it, nor does a wrong clock.
    """
    try:
        response = ocsp.load_der_ocsp_response(answer)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return UNKNOWN
        if response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != nonce:
            return UNKNOWN
        if not _is_signed_for(response, issuer, moment):
            return UNKNOWN
        single = next((one for one in response.responses if _is_about(one, certificate, issuer)), None)
        return UNKNOWN if single is None else _told(single, moment)
    except UNBELIEVABLE:
        return UNKNOWN


def _told(single: Any, moment: datetime) -> RevocationCheck:
    checked_at = _time(single, "this_update")
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        revoked_at = _time(single, "revocation_time")
        return RevocationCheck(RevocationStatus.REVOKED, "CERT-REVOKED", checked_at, revoked_at)
    if single.certificate_status is not ocsp.OCSPCertStatus.GOOD or checked_at is None:
        return UNKNOWN
    until = _time(single, "next_update") or checked_at + LONGEST_AGE
    if not checked_at - CLOCK_TOLERANCE <= moment <= until + CLOCK_TOLERANCE:
        return UNKNOWN
    return RevocationCheck(RevocationStatus.GOOD, None, checked_at)


def _is_about(single: Any, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    algorithm = single.hash_algorithm
    return bool(
        single.serial_number == certificate.serial_number
        and single.issuer_name_hash == _digest(issuer.subject.public_bytes(), algorithm)
        and single.issuer_key_hash == _digest(_key_bits(issuer), algorithm)
    )


def _is_signed_for(response: ocsp.OCSPResponse, issuer: x509.Certificate, moment: datetime) -> bool:
    """Signed by the issuer, or by a responder whom it has certified for that (RFC 6960, 4.2.2.2)."""
    algorithm = response.signature_hash_algorithm
    if algorithm is None or algorithm.name not in STRONG_DIGESTS:
        return False
    responders = [one for one in response.certificates if _is_delegated(one, issuer, moment)]
    return any(_verifies(response, candidate, algorithm) for candidate in [issuer, *responders])


def _is_delegated(responder: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> bool:
    if not _issued(issuer, responder) or validity_state(responder, moment) is not CertificateState.USABLE:
        return False
    try:
        usages = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usages


def _verifies(response: ocsp.OCSPResponse, responder: x509.Certificate, algorithm: Any) -> bool:
    key = responder.public_key()
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, PKCS1v15(), algorithm)
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except UNBELIEVABLE:
        return False
    return True


def _digest(data: bytes, algorithm: Any) -> bytes:
    digest = Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _key_bits(issuer: x509.Certificate) -> bytes:
    """The issuer's public key without its algorithm, which is what OCSP hashes."""
    public_key = issuer.public_key()
    if isinstance(public_key, EllipticCurvePublicKey):
        return public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(public_key, RSAPublicKey):
        return public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    raise UnsupportedAlgorithm("issuer's key")


def _time(single: Any, name: str) -> datetime | None:
    """A time of the answer, aware; cryptography before 43 knows only naive ones in UTC."""
    if hasattr(single, f"{name}_utc"):
        aware: datetime | None = getattr(single, f"{name}_utc")
        return aware
    naive: datetime | None = getattr(single, name)
    return naive.replace(tzinfo=timezone.utc) if naive else None
