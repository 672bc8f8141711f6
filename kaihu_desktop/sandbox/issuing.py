"""Issues certificates: for seeded customers with a backup file, on application, and for renewal."""

from __future__ import annotations

import datetime
import hashlib
from typing import Literal, TypeAlias, get_args

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from sqlalchemy import select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.authority import Authority, Life, make_authority, subject_of
from kaihu_desktop.sandbox.clock import BEIJING
from kaihu_desktop.sandbox.companies import find_company
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.seed import SEED, CertificateKind, SeedCustomer
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Customer, IssuedCertificate

#: What the CA does with the next application or renewal of a customer.
NextCertificate = Literal[
    "valid", "other_name", "other_number", "other_key", "expired", "not_yet", "untrusted", "refused"
]
NEXT_CERTIFICATES: tuple[NextCertificate, ...] = get_args(NextCertificate)

#: A PC may use a certificate at once though the sandbox's clock was moved over a Sunday.
BACKDATED = datetime.timedelta(days=3)
YEARS = datetime.timedelta(days=3 * 365)
EXPIRING = datetime.timedelta(days=20)
_LONG = (datetime.datetime(2018, 1, 1, tzinfo=BEIJING), datetime.datetime(2045, 1, 1, tzinfo=BEIJING))
_PAST = (_LONG[0], datetime.datetime(2021, 1, 1, tzinfo=BEIJING))
_FUTURE = (_LONG[1], datetime.datetime(2050, 1, 1, tzinfo=BEIJING))
SEED_LIVES: dict[CertificateKind, Life] = {
    "valid": _LONG,
    "revoked": _LONG,
    "expired": _PAST,
    "not_yet": _FUTURE,
}
Issue: TypeAlias = tuple[x509.Certificate, list[x509.Certificate]]
_PEM = serialization.Encoding.PEM
_DER = serialization.Encoding.DER


def certificate_of(db: Session, sandbox: Sandbox, customer: SeedCustomer) -> IssuedCertificate:
    """The certificate of a seeded customer, issued when first asked for.

    Where it is there to expire soon, another one is issued when the clock is outside its last days.
    """
    person, now = customer.person, sandbox.clock.now()
    chosen = select(IssuedCertificate).where(
        IssuedCertificate.id_number == person.id_number, IssuedCertificate.pkcs12.is_not(None)
    )
    expiring = customer.certificate == "expiring"
    for found in db.scalars(chosen.order_by(IssuedCertificate.issued_at.desc())):
        if not expiring or now < _end(found) <= now + EXPIRING:
            return found
    life = (now - YEARS, now + EXPIRING) if expiring else SEED_LIVES[customer.certificate]
    issued = seeded(sandbox.authority, person.name, person.id_number, life, customer.password)
    issued.issued_at = now
    issued.revoked_at = life[0] if customer.certificate == "revoked" else None
    db.add(issued)
    db.flush()
    return issued


def seeded(authority: Authority, name: str, id_number: str, life: Life, password: str) -> IssuedCertificate:
    """A fresh key and certificate of a person, with the backup file (AES-256 PKCS#12)."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = authority.certify(subject_of(name, id_number), key.public_key(), life)
    record = _record(certificate, id_number, life[0])
    record.pkcs12 = pkcs12.serialize_key_and_certificates(
        name.encode(),
        key,
        certificate,
        [authority.issuing, authority.root],
        serialization.BestAvailableEncryption(password.encode()),
    )
    return record


def apply(
    db: Session, sandbox: Sandbox, customer: Customer, company_code: str, application_id: str, pem: str
) -> Issue:
    """The certificate that an application's request asks for. Raises CERT-REQUEST.

    The same key gets the same certificate; another one revokes what was issued in the application before.
    """
    request, key = _judge(customer, company_code, pem)
    found = _issued_to(db, sandbox, customer, key)
    if found is None:
        issue = _issue(db, sandbox, customer, request.subject, key, application_id)
    else:
        found.application_id = application_id
        issue = (x509.load_pem_x509_certificate(found.pem), _chain(sandbox.authority))
    _supersede(db, sandbox, application_id, issue[0])
    return issue


def renew(
    db: Session,
    sandbox: Sandbox,
    customer: Customer,
    company_code: str,
    pem: str,
    old: x509.Certificate,
    signature: bytes,
) -> Issue:
    """A new certificate in place of `old`, which stays valid. Raises CERT-REQUEST.

    signature: by the old key, over the DER of the request.
    """
    request, key = _judge(customer, company_code, pem)
    if not _signed_by(old, signature, request.public_bytes(_DER)):
        raise Problem("CERT-REQUEST", "续期申请没有用原证书的密钥签名", field="signature")
    if _digest(key) == _digest_of(old):
        raise Problem("CERT-REQUEST", "续期需要使用新的密钥", field="request")
    found = _issued_to(db, sandbox, customer, key)
    if found is None:
        return _issue(db, sandbox, customer, request.subject, key, None)
    return x509.load_pem_x509_certificate(found.pem), _chain(sandbox.authority)


def is_revoked(db: Session, certificate: x509.Certificate) -> bool:
    """Whether the CA has revoked `certificate`."""
    issued = db.get(IssuedCertificate, f"{certificate.serial_number:x}")
    return issued is not None and issued.revoked_at is not None


def _judge(
    customer: Customer, company_code: str, pem: str
) -> tuple[x509.CertificateSigningRequest, rsa.RSAPublicKey]:
    """The request and its key, when both are good."""
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        proven = request.is_signature_valid
        subject = {(part.oid, part.value) for part in request.subject}
        parts = len(list(request.subject))
    except Exception as error:  # whatever is no request makes the parser stumble in many ways
        raise Problem("CERT-REQUEST", "提交的内容不是有效的证书申请", field="request") from error
    if not proven:
        raise Problem("CERT-REQUEST", "证书申请没有证明持有私钥", field="request")
    wanted = find_company(company_code).certificate_profile.key_bits
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < wanted:
        raise Problem("CERT-REQUEST", f"密钥应为 RSA {wanted} 位或更长", field="request")
    expected = {(part.oid, part.value) for part in subject_of(customer.name, customer.id_number)}
    if subject != expected or parts != len(expected):
        raise Problem("CERT-REQUEST", "证书申请中的姓名或身份证号与登录人不一致", field="request")
    return request, key


def _issued_to(
    db: Session, sandbox: Sandbox, customer: Customer, key: rsa.RSAPublicKey
) -> IssuedCertificate | None:
    """What was well issued for this key and is good yet. Raises CERT-REQUEST for somebody else's key."""
    same_key = select(IssuedCertificate).where(IssuedCertificate.key_sha256 == _digest(key))
    found = list(db.scalars(same_key))
    if any(record.id_number != customer.id_number for record in found):
        raise Problem("CERT-REQUEST", "这个密钥已经属于另一张证书", field="request")
    now = sandbox.clock.now()
    good = (record for record in found if record.revoked_at is None and record.good and now <= _end(record))
    return next(good, None)


def _issue(
    db: Session,
    sandbox: Sandbox,
    customer: Customer,
    subject: x509.Name,
    key: rsa.RSAPublicKey,
    application_id: str | None,
) -> Issue:
    """A new certificate, as it was asked for or wrong in the way that the control API wants it once."""
    kind, customer.next_certificate = customer.next_certificate, "valid"
    if kind == "refused":
        raise Problem("CERT-REQUEST", "证书机构没有通过这次申请，请稍后重试或联系客服")
    now = sandbox.clock.now()
    life = (now - BACKDATED, now + YEARS)
    other = next(seed.person for seed in SEED if seed.person.id_number != customer.id_number)
    authority = make_authority() if kind == "untrusted" else sandbox.authority
    names = {
        "other_name": subject_of(other.name, customer.id_number),
        "other_number": subject_of(customer.name, other.id_number),
    }
    lives = {
        "expired": (now - YEARS, now - BACKDATED),
        "not_yet": (now + EXPIRING, now + YEARS),
    }
    if kind == "other_key":
        key = rsa.generate_private_key(65537, key.key_size).public_key()
    certificate = authority.certify(names.get(kind, subject), key, lives.get(kind, life))
    if kind != "untrusted":
        record = _record(certificate, customer.id_number, now)
        record.application_id, record.good = application_id, kind == "valid"
        db.add(record)
        db.flush()
    return certificate, _chain(authority)


def _supersede(db: Session, sandbox: Sandbox, application_id: str, kept: x509.Certificate) -> None:
    """Revokes what else was issued in the application: whoever asks again has lost it."""
    chosen = select(IssuedCertificate).where(
        IssuedCertificate.application_id == application_id,
        IssuedCertificate.serial != f"{kept.serial_number:x}",
        IssuedCertificate.revoked_at.is_(None),
    )
    for record in db.scalars(chosen):
        record.revoked_at, record.superseded = sandbox.clock.now(), True


def _record(certificate: x509.Certificate, id_number: str, issued_at: datetime.datetime) -> IssuedCertificate:
    return IssuedCertificate(
        serial=f"{certificate.serial_number:x}",
        id_number=id_number,
        pem=certificate.public_bytes(_PEM),
        key_sha256=_digest_of(certificate),
        issued_at=issued_at,
        good=True,
        superseded=False,
    )


def _chain(authority: Authority) -> list[x509.Certificate]:
    return [authority.issuing, authority.root]


def _end(record: IssuedCertificate) -> datetime.datetime:
    return x509.load_pem_x509_certificate(record.pem).not_valid_after_utc


def _digest(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(_DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _digest_of(certificate: x509.Certificate) -> str:
    der = certificate.public_key().public_bytes(_DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _signed_by(certificate: x509.Certificate, signature: bytes, content: bytes) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
