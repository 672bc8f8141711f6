"""Keys and requests (PKCS#10) as a client makes them."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID


def key_number(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same key for the same number and size all through a run: making one takes its time."""
    return _made(number, bits)


@functools.lru_cache(maxsize=None)
def _made(_number: int, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Request:
    """A request for a certificate and its key."""

    key: rsa.RSAPrivateKey
    csr: x509.CertificateSigningRequest

    @classmethod
    def of(cls, key: rsa.RSAPrivateKey, name: str, id_number: str, *more: x509.NameAttribute) -> Request:
        """A request by `key` whose subject is C=CN, the name and the number, and `more`."""
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, id_number),
            *more,
        ]
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
        return cls(key, builder.sign(key, SHA256()))

    @property
    def pem(self) -> str:
        """The request as PEM."""
        return self.csr.public_bytes(Encoding.PEM).decode()

    @property
    def body(self) -> dict[str, str]:
        """What is sent to apply."""
        return {"request": self.pem}

    def signed_by(self, old: rsa.RSAPrivateKey) -> bytes:
        """The signature of an older key over this request."""
        return old.sign(self.csr.public_bytes(Encoding.DER), padding.PKCS1v15(), SHA256())

    def is_key_of(self, certificate: x509.Certificate) -> bool:
        """Whether `certificate` is for this key."""
        return public_bytes(certificate.public_key()) == public_bytes(self.key.public_key())


def public_bytes(key: object) -> bytes:
    """A public key as DER."""
    found: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return found


def certificate_in(pem: str) -> x509.Certificate:
    """The certificate in a PEM text."""
    return x509.load_pem_x509_certificate(pem.encode())


def verify_issue(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """Raises InvalidSignature unless `issuer` signed `certificate`."""
    key = issuer.public_key()
    assert isinstance(key, rsa.RSAPublicKey) and certificate.signature_hash_algorithm is not None
    key.verify(
        certificate.signature,
        certificate.tbs_certificate_bytes,
        padding.PKCS1v15(),
        certificate.signature_hash_algorithm,
    )
