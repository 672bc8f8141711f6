"""The sandbox's certification authority: root, issuing CA and timestamp authority, and what they certify."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kaihu_desktop.sandbox.clock import BEIJING

ORGANISATION = "样例电子认证服务"
ISSUING_NAME = "样例期货开户云 CA"
Life: TypeAlias = tuple[datetime.datetime, datetime.datetime]
CA_LIFE: Life = (
    datetime.datetime(2015, 1, 1, tzinfo=BEIJING),
    datetime.datetime(2055, 1, 1, tzinfo=BEIJING),
)
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    """Root, issuing CA and timestamp authority; the root's key is thrown away after it has signed both."""

    root: x509.Certificate
    issuing: x509.Certificate
    key: rsa.RSAPrivateKey
    timestamping: x509.Certificate
    timestamping_key: rsa.RSAPrivateKey

    def anchors_pem(self) -> bytes:
        """Root, then issuing CA, as PEM."""
        return b"".join(certificate.public_bytes(_PEM) for certificate in (self.root, self.issuing))

    def certify(self, subject: x509.Name, key: rsa.RSAPublicKey, life: Life) -> x509.Certificate:
        """A person's certificate for signing documents."""
        builder = _builder(subject, self.issuing.subject, key, life)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_documents=True), critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def issued(self, certificate: x509.Certificate) -> bool:
        """Whether the issuing CA signed `certificate`."""
        try:
            certificate.verify_directly_issued_by(self.issuing)
        except Exception:
            return False
        return True


def open_authority(folder: Path) -> Authority:
    """Reads the CA of `folder`, or makes one there; its keys are readable by the owner only.

    Raises ValueError for a folder of a sandbox that is older than its timestamp authority.
    """
    file = folder / "authority.pem"
    if not file.exists():
        _keep(file, make_authority())
    keys = [
        serialization.load_pem_private_key(block + _KEY_END, password=None)
        for block in file.read_bytes().split(_KEY_END)[:-1]
    ]
    certificates = x509.load_pem_x509_certificates(file.read_bytes())
    if len(keys) != 2 or len(certificates) != 3:
        raise ValueError(f"{file} is of an older sandbox; choose an empty folder")
    key, timestamping_key = keys
    if not isinstance(key, rsa.RSAPrivateKey) or not isinstance(timestamping_key, rsa.RSAPrivateKey):
        raise ValueError(f"{file} holds other keys than RSA")
    root, issuing, timestamping = certificates
    return Authority(root, issuing, key, timestamping, timestamping_key)


def make_authority() -> Authority:
    """A CA with fresh keys; the names are always the same."""
    root_key, issuing_key, timestamping_key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    root_name = _organisation("样例根证书")
    root = _ca(root_name, root_name, root_key, root_key, depth=1)
    issuing = _ca(_organisation(ISSUING_NAME), root_name, issuing_key, root_key, depth=0)
    timestamping = _timestamping(root_name, timestamping_key, root_key)
    return Authority(root, issuing, issuing_key, timestamping, timestamping_key)


def subject_of(name: str, id_number: str) -> x509.Name:
    """The subject of a person's certificate: C, CN (name), serialNumber (ID number)."""
    return _name((NameOID.COMMON_NAME, name), (NameOID.SERIAL_NUMBER, id_number))


_KEY_END = b"-----END PRIVATE KEY-----\n"


def _keep(file: Path, authority: Authority) -> None:
    keys = [
        key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for key in (authority.key, authority.timestamping_key)
    ]
    blocks = [*keys, authority.anchors_pem(), authority.timestamping.public_bytes(_PEM)]
    temporary = file.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(b"".join(blocks))
    temporary.replace(file)


def _organisation(common_name: str) -> x509.Name:
    return _name((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, common_name))


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")
    return x509.Name([country, *(x509.NameAttribute(kind, text) for kind, text in parts)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, life: Life
) -> x509.CertificateBuilder:
    start, end = life
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), start, end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _ca(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey, depth: int
) -> x509.Certificate:
    builder = _builder(subject, issuer, key.public_key(), CA_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
    builder = builder.add_extension(_key_usage(signs_documents=False), critical=True)
    return builder.sign(signer, hashes.SHA256())


def _timestamping(issuer: x509.Name, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey) -> x509.Certificate:
    """A certificate for timestamps and nothing else (RFC 3161, section 2.3)."""
    builder = _builder(_organisation("样例时间戳服务"), issuer, key.public_key(), CA_LIFE)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    builder = builder.add_extension(purpose, critical=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_documents=True), critical=True)
    return builder.sign(signer, hashes.SHA256())


def _key_usage(signs_documents: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,  # nonRepudiation
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        encipher_only=False,
        decipher_only=False,
    )
