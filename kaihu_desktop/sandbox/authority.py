"""The sandbox's certification authority: root, issuing CA, customers' certificates and their revocation."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.clock import BEIJING
from kaihu_desktop.sandbox.seed import CertificateKind, SeedCustomer
from kaihu_desktop.sandbox.tables import IssuedCertificate

ORGANISATION = "样例电子认证服务"
CA_LIFE = (datetime.datetime(2015, 1, 1, tzinfo=BEIJING), datetime.datetime(2055, 1, 1, tzinfo=BEIJING))
LIVES: dict[CertificateKind, tuple[datetime.datetime, datetime.datetime]] = {
    "valid": (datetime.datetime(2018, 1, 1, tzinfo=BEIJING), datetime.datetime(2045, 1, 1, tzinfo=BEIJING)),
    "revoked": (datetime.datetime(2018, 1, 1, tzinfo=BEIJING), datetime.datetime(2045, 1, 1, tzinfo=BEIJING)),
    "expired": (datetime.datetime(2018, 1, 1, tzinfo=BEIJING), datetime.datetime(2021, 1, 1, tzinfo=BEIJING)),
    "not_yet": (datetime.datetime(2045, 1, 1, tzinfo=BEIJING), datetime.datetime(2050, 1, 1, tzinfo=BEIJING)),
}


@dataclass(frozen=True)
class Authority:
    """Root and issuing CA with the issuing key."""

    root: x509.Certificate
    issuing: x509.Certificate
    key: rsa.RSAPrivateKey

    def anchors_pem(self) -> bytes:
        """Root, then issuing CA, as PEM."""
        return b"".join(cert.public_bytes(serialization.Encoding.PEM) for cert in (self.root, self.issuing))

    def issue(self, name: str, id_number: str, kind: CertificateKind, password: str) -> IssuedCertificate:
        """A fresh key and certificate of a person, with the backup file (AES-256 PKCS#12)."""
        key = rsa.generate_private_key(65537, 2048)
        subject = _name((NameOID.COMMON_NAME, name), (NameOID.SERIAL_NUMBER, id_number))
        builder = _builder(subject, self.issuing.subject, key.public_key(), LIVES[kind])
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_documents=True), critical=True)
        certificate = _sign(builder, self.key)
        backup = pkcs12.serialize_key_and_certificates(
            name.encode(),
            key,
            certificate,
            [self.issuing, self.root],
            serialization.BestAvailableEncryption(password.encode()),
        )
        return IssuedCertificate(
            serial=f"{certificate.serial_number:x}",
            id_number=id_number,
            pem=certificate.public_bytes(serialization.Encoding.PEM),
            pkcs12=backup,
            revoked_at=LIVES[kind][0] if kind == "revoked" else None,
        )

    def issued(self, certificate: x509.Certificate) -> bool:
        """Whether the issuing CA signed `certificate`."""
        try:
            certificate.verify_directly_issued_by(self.issuing)
        except Exception:
            return False
        return True


def open_authority(folder: Path) -> Authority:
    """Reads the CA of `folder`, or makes one there; its key is readable by the owner only."""
    file = folder / "authority.pem"
    if not file.exists():
        _create(file)
    blocks = file.read_bytes()
    key = serialization.load_pem_private_key(blocks, password=None)
    root, issuing = x509.load_pem_x509_certificates(blocks)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{file} holds no RSA key")
    return Authority(root, issuing, key)


def certificate_of(db: Session, authority: Authority, customer: SeedCustomer) -> IssuedCertificate:
    """The certificate of a seeded customer, issued when first asked for."""
    found = db.query(IssuedCertificate).filter_by(id_number=customer.person.id_number).one_or_none()
    if found is None:
        person = customer.person
        found = authority.issue(person.name, person.id_number, customer.certificate, customer.password)
        db.add(found)
        db.flush()
    return found


def is_revoked(db: Session, certificate: x509.Certificate) -> bool:
    """Whether the CA has revoked `certificate`."""
    issued = db.get(IssuedCertificate, f"{certificate.serial_number:x}")
    return issued is not None and issued.revoked_at is not None


def _create(file: Path) -> None:
    root_key, issuing_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root_name = _name((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, "样例根证书"))
    issuing_name = _name(
        (NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, "样例期货开户云 CA")
    )
    root = _sign(_ca_builder(root_name, root_name, root_key.public_key(), 1), root_key)
    issuing = _sign(_ca_builder(issuing_name, root_name, issuing_key.public_key(), 0), root_key)
    blocks = [
        issuing_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        root.public_bytes(serialization.Encoding.PEM),
        issuing.public_bytes(serialization.Encoding.PEM),
    ]
    temporary = file.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(b"".join(blocks))
    temporary.replace(file)


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")
    return x509.Name([country, *(x509.NameAttribute(kind, text) for kind, text in parts)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, life: Iterable[datetime.datetime]
) -> x509.CertificateBuilder:
    start, end = life
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), start, end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _ca_builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, depth: int
) -> x509.CertificateBuilder:
    builder = _builder(subject, issuer, key, CA_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
    return builder.add_extension(_key_usage(signs_documents=False), critical=True)


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


def _sign(builder: x509.CertificateBuilder, key: rsa.RSAPrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())
