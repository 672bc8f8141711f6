"""A key pair that waits for its certificate: made, kept encrypted, and compared with what the CA issued."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from kaihu_desktop.certificates.binding import Binding
from kaihu_desktop.certificates.identity import UNPARSABLE, key_id, validity_state
from kaihu_desktop.certificates.pkcs12 import SigningKey
from kaihu_desktop.certificates.records import Request
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import STATE_FAILURES, PendingCertificate
from kaihu_desktop.core.secret import Secret

PUBLIC_EXPONENT = 65537
MAX_SUBJECT_LENGTH = 64  # characters of a name, or of a number (X.520)


def subject_of(name: str, id_number: str) -> x509.Name:
    """The subject that the CA certifies: country, name, ID number. Raises CERT-REQUEST."""
    values = name.strip(), id_number.strip().upper()
    if not all(0 < len(value) <= MAX_SUBJECT_LENGTH for value in values):
        raise Failure("CERT-REQUEST")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, values[0]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, values[1]),
        ]
    )


def make_key(key_bits: int) -> SigningKey:
    """A new RSA key; takes up to some seconds."""
    return rsa.generate_private_key(PUBLIC_EXPONENT, key_bits)


def make_request(
    key: Any,
    subject: x509.Name,
    created_at: datetime,
    renews: str | None,
    binding: Binding,
    passphrase: Secret,
) -> Request:
    """The PKCS#10 request (RFC 2986; its signature is the proof of possession) with the encrypted key."""
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return Request(csr, created_at, renews, binding, encrypt_key(key, passphrase))


def encrypt_key(key: Any, passphrase: Secret) -> bytes:
    """PKCS#8 (RFC 5958) under PBES2 with AES-256-CBC, DER."""
    encrypted: bytes = key.private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.reveal())
    )
    return encrypted


def open_key(encrypted: bytes, passphrase: Secret) -> Any | None:
    """The key, None if the passphrase is another one."""
    try:
        return load_der_private_key(encrypted, passphrase.reveal())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def sign_request(old_key: SigningKey, request: Request) -> bytes:
    """The old key's signature over the DER request, SHA-256."""
    data = request.csr.public_bytes(Encoding.DER)
    if isinstance(old_key, EllipticCurvePrivateKey):
        return old_key.sign(data, ECDSA(SHA256()))
    return old_key.sign(data, PKCS1v15(), SHA256())


def describe_request(request: Request) -> PendingCertificate:
    """What others may know of a request."""
    pem = request.csr.public_bytes(Encoding.PEM).decode("ascii")
    return PendingCertificate(request.id, request.created_at, pem, key_bits(request), request.renews)


def key_bits(request: Request) -> int:
    """Length of the requested key."""
    public_key: Any = request.csr.public_key()
    size: int = public_key.key_size
    return size


def parse_issued(
    certificate_pem: str, chain_pems: Sequence[str]
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The CA's answer. Raises CERT-MISMATCH when it isn't one."""
    try:
        certificate, *chain = (
            x509.load_pem_x509_certificate(pem.encode("ascii")) for pem in (certificate_pem, *chain_pems)
        )
    except UNPARSABLE as error:
        raise Failure("CERT-MISMATCH") from error
    return certificate, tuple(chain)


def check_issued(
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
    request: Request,
    trust_anchors: bytes,
    moment: datetime,
) -> None:
    """Raises CERT-MISMATCH, CERT-NOT-YET, CERT-EXPIRED or CERT-UNTRUSTED unless it is what was asked for."""
    from kaihu_desktop.certificates.trust import judge  # with half of pyHanko

    try:
        same_key = key_id(certificate.public_key()) == request.id
        same_person = _person(certificate.subject) == _person(request.csr.subject)
        state = validity_state(certificate, moment)
    except UNPARSABLE as error:  # damaged inside, or a key of an unknown kind
        raise Failure("CERT-MISMATCH") from error
    if not (same_key and same_person):
        raise Failure("CERT-MISMATCH")
    verdict = judge(certificate, chain, trust_anchors, moment, state)
    if not verdict.trusted or verdict.code:
        raise Failure(STATE_FAILURES.get(state) or verdict.code or "CERT-UNTRUSTED")


def _person(subject: x509.Name) -> tuple[list[str], list[str]]:
    """All names and all numbers: a second one beside the right one is another person."""
    names = [str(attribute.value) for attribute in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    numbers = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return names, [str(attribute.value).strip().upper() for attribute in numbers]
