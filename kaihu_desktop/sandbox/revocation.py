"""Tells which certificates are revoked: the CRL (RFC 5280) and the OCSP responder (RFC 6960)."""

from __future__ import annotations

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from sqlalchemy import select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import IssuedCertificate

FRESH = datetime.timedelta(hours=1)  # how long what is said here holds


def crl(db: Session, sandbox: Sandbox) -> bytes:
    """The issuing CA's list of revoked certificates, DER."""
    authority, now = sandbox.authority, sandbox.clock.now()
    builder = x509.CertificateRevocationListBuilder(authority.issuing.subject, now, now + FRESH)
    for record in db.scalars(select(IssuedCertificate).where(IssuedCertificate.revoked_at.is_not(None))):
        assert record.revoked_at is not None  # noqa: S101 - narrows the type for the checker
        entry = x509.RevokedCertificateBuilder(int(record.serial, 16), record.revoked_at)
        if record.superseded:
            entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    key_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(key_identifier, critical=False)
    builder = builder.add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def answer(db: Session, sandbox: Sandbox, query: bytes) -> bytes:
    """The OCSPResponse (DER) to `query` about one certificate of the issuing CA, with the query's nonce."""
    try:
        request = ocsp.load_der_ocsp_request(query)
        nonces = [part.value for part in request.extensions if isinstance(part.value, x509.OCSPNonce)]
        of_this_ca = _names_issuer(request, sandbox.authority.issuing)
    except Exception:  # whatever is no query, or asks about several, makes the parser stumble in many ways
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not of_this_ca:
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    builder = _status(db, sandbox, request).responder_id(
        ocsp.OCSPResponderEncoding.HASH, sandbox.authority.issuing
    )
    for nonce in nonces:
        builder = builder.add_extension(nonce, critical=False)
    response = builder.sign(sandbox.authority.key, hashes.SHA256())
    return response.public_bytes(serialization.Encoding.DER)


def _status(db: Session, sandbox: Sandbox, request: ocsp.OCSPRequest) -> ocsp.OCSPResponseBuilder:
    record = db.get(IssuedCertificate, f"{request.serial_number:x}")
    revoked_at = record.revoked_at if record else None
    status = ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD
    now = sandbox.clock.now()
    return ocsp.OCSPResponseBuilder().add_response_by_hash(
        request.issuer_name_hash,
        request.issuer_key_hash,
        request.serial_number,
        request.hash_algorithm,
        status if record else ocsp.OCSPCertStatus.UNKNOWN,
        now,
        now + FRESH,
        revoked_at,
        x509.ReasonFlags.superseded if record and record.superseded else None,
    )


def _names_issuer(request: ocsp.OCSPRequest, issuer: x509.Certificate) -> bool:
    name = hashes.Hash(request.hash_algorithm)
    name.update(issuer.subject.public_bytes())
    key = hashes.Hash(request.hash_algorithm)
    key.update(_key_bits(issuer))
    return (name.finalize(), key.finalize()) == (request.issuer_name_hash, request.issuer_key_hash)


def _key_bits(certificate: x509.Certificate) -> bytes:
    """What issuerKeyHash is the hash of: the bits of the public key without their ASN.1 wrapping."""
    pkcs1 = serialization.PublicFormat.PKCS1
    return certificate.public_key().public_bytes(serialization.Encoding.DER, pkcs1)


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    response = ocsp.OCSPResponseBuilder.build_unsuccessful(status)
    return response.public_bytes(serialization.Encoding.DER)
