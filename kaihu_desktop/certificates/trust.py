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

from kaihu_desktop.certificates import library_mends  # noqa: F401  before pyHanko is used
from kaihu_desktop.certificates.identity import describe, load_pem_bundle, validity_state
from kaihu_desktop.core.model.certificate import STATE_FAILURES, CertificateState, CertificateVerification


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
    try:
        validator: Any = CertificateValidator(
            to_asn1(certificate),
            intermediate_certs=[to_asn1(issuer) for issuer in chain],
            validation_context=validation_context(anchors, moment),
        )
        asyncio.run(validator.async_validate_usage(set()))
    except (PathValidationError, PathBuildingError) as error:
        return Verdict(False, next(code for kind, code in PROBLEMS if isinstance(error, kind)))
    except Exception:  # asn1crypto raises whatever a malformed name or extension makes it stumble over
        return Verdict(False, "CERT-UNTRUSTED")
    return Verdict(True, None)


def judge(
    certificate: x509.Certificate,
    chain: Iterable[x509.Certificate],
    trust_anchors: bytes,
    moment: datetime,
    state: CertificateState | None = None,
) -> CertificateVerification:
    """Validity and chain of `certificate` at `moment`.

    trust_anchors: PEM bundle, may be empty. state: what the caller knows of it beyond its validity.
    """
    info = describe(certificate, state or validity_state(certificate, moment))
    verdict = verify_certificate(certificate, chain, load_pem_bundle(trust_anchors), moment)
    return CertificateVerification(info, verdict.trusted, STATE_FAILURES.get(info.state) or verdict.code)


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
