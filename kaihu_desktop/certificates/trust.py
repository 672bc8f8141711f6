"""Judges a certificate's chain against trust anchors, offline."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Iterable, NamedTuple, Sequence

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)


class Verdict(NamedTuple):
    """trusted: None when there were no anchors; code: the failure that describes the problem."""

    trusted: bool | None
    code: str | None


#: First match wins.
PROBLEMS = (
    (ExpiredError, "CERT-EXPIRED"),
    (NotYetValidError, "CERT-NOT-YET"),
    (RevokedError, "CERT-REVOKED"),
    (PathValidationError, "CERT-UNTRUSTED"),
    (PathBuildingError, "CERT-UNTRUSTED"),
)


def verify_certificate(
    certificate: x509.Certificate,
    chain: Iterable[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    moment: datetime,
) -> Verdict:
    """Whether `certificate` was trustworthy at the aware datetime `moment`."""
    if not anchors:
        return Verdict(None, None)
    validator: Any = CertificateValidator(
        to_asn1(certificate),
        intermediate_certs=[to_asn1(issuer) for issuer in chain],
        validation_context=validation_context(anchors, moment),
    )
    try:
        asyncio.run(validator.async_validate_usage(set()))
    except (PathValidationError, PathBuildingError) as error:
        return Verdict(False, next(code for kind, code in PROBLEMS if isinstance(error, kind)))
    return Verdict(True, None)


def validation_context(anchors: Iterable[x509.Certificate], moment: datetime) -> ValidationContext:
    """Trust in `anchors` alone, at `moment`, without any network."""
    return ValidationContext(
        trust_roots=[to_asn1(anchor) for anchor in anchors],
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def to_asn1(certificate: x509.Certificate) -> Any:
    """The certificate as pyHanko knows it (asn1crypto)."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
