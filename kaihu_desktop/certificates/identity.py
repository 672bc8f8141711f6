"""Reads from an X.509 certificate whose it is and when it is valid."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.rules.id_number import mask_id_number

#: What the library raises for a certificate that is damaged or strange inside; not all are ValueErrors.
UNPARSABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the DER certificate, 64 lower-case hexadecimal digits."""
    return certificate.fingerprint(SHA256()).hex()


def key_id(public_key: Any) -> str:
    """SHA-256 over a public key (DER SubjectPublicKeyInfo), 64 lower-case hexadecimal digits."""
    data = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(data).hexdigest()


def subject_name(certificate: x509.Certificate) -> str:
    """The subject's common name (2.5.4.3): the person's name. Empty if there is none."""
    return _attribute(certificate.subject, NameOID.COMMON_NAME)


def subject_id_number(certificate: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """The subject's serialNumber attribute (2.5.4.5): the person's ID number. Empty if there is none."""
    return _attribute(certificate.subject, NameOID.SERIAL_NUMBER).strip().upper()


def validity_state(certificate: x509.Certificate, now: datetime) -> CertificateState:
    """Usable, expired or not yet valid at the aware datetime `now`."""
    if now < certificate.not_valid_before_utc:
        return CertificateState.NOT_YET_VALID
    if now > certificate.not_valid_after_utc:
        return CertificateState.EXPIRED
    return CertificateState.USABLE


def describe(certificate: x509.Certificate, state: CertificateState) -> CertificateInfo:
    """The facts of `certificate`, with the state that the caller found."""
    issuer = certificate.issuer
    return CertificateInfo(
        id=fingerprint(certificate),
        subject_name=subject_name(certificate),
        subject_id_number_masked=mask_id_number(subject_id_number(certificate)),
        serial=f"{certificate.serial_number:x}",
        issuer=_attribute(issuer, NameOID.COMMON_NAME) or _attribute(issuer, NameOID.ORGANIZATION_NAME),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        state=state,
        used_for=_used_for(certificate),
        key=_key(certificate),
    )


def _used_for(certificate: x509.Certificate) -> str:
    """What its key usage (RFC 5280, 4.2.1.3) allows, in Chinese; without that extension, anything."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, *UNPARSABLE):
        return "不限"
    uses = (
        ("签署电子协议", usage.digital_signature or usage.content_commitment),
        ("加密", usage.key_encipherment or usage.data_encipherment),
        ("签发证书", usage.key_cert_sign),
    )
    return "、".join(text for text, allowed in uses if allowed) or "未注明"


def _key(certificate: x509.Certificate) -> str:
    """Kind and length of its key, such as ``RSA 2048 位``; empty for a kind that isn't known."""
    try:
        key = certificate.public_key()
    except UNPARSABLE:
        return ""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size} 位"
    return f"EC {key.key_size} 位" if isinstance(key, ec.EllipticCurvePublicKey) else ""


def load_pem_bundle(pem: bytes) -> list[x509.Certificate]:
    """Every certificate of a PEM bundle; also a single DER certificate. Raises CERT-FORMAT."""
    if not pem.strip():
        return []
    try:
        if pem.lstrip().startswith(b"-----") or b"-----BEGIN CERTIFICATE" in pem:
            return x509.load_pem_x509_certificates(pem)
        return [x509.load_der_x509_certificate(pem)]
    except UNPARSABLE as error:
        raise Failure("CERT-FORMAT", "这不是有效的根证书文件") from error


def aware(timestamp: float) -> datetime:
    """Seconds since 1970 as an aware datetime (UTC)."""
    return datetime.fromtimestamp(timestamp, timezone.utc)


def _attribute(name: x509.Name, oid: ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""
