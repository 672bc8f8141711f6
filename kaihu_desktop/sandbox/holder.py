"""Judges a certificate: chain, identity, validity, revocation."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.issuing import is_revoked
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Customer


def fault_of(db: Session, sandbox: Sandbox, customer: Customer, certificate: x509.Certificate) -> str | None:
    """The code of what is wrong with `certificate` as the customer's own, None when nothing is."""
    now = sandbox.clock.now()
    if not sandbox.authority.issued(certificate):
        return "CERT-UNTRUSTED"
    if _subject(certificate) != (customer.name, customer.id_number):
        return "CERT-OTHER-PERSON"
    if now < certificate.not_valid_before_utc:
        return "CERT-NOT-YET"
    if now > certificate.not_valid_after_utc:
        return "CERT-EXPIRED"
    if is_revoked(db, certificate):
        return "CERT-REVOKED"
    return None


def _subject(certificate: x509.Certificate) -> tuple[str, str]:
    def value(kind: x509.ObjectIdentifier) -> str:
        found = certificate.subject.get_attributes_for_oid(kind)
        return str(found[0].value) if len(found) == 1 else ""

    return value(NameOID.COMMON_NAME), value(NameOID.SERIAL_NUMBER)
