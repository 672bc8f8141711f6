"""Verifies the signatures of a PDF offline: unchanged, by whom, trusted, and when."""

from __future__ import annotations

from datetime import datetime, timezone
from io import BytesIO
from typing import Any, Sequence

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints

from kaihu_desktop.certificates.identity import describe, load_pem_bundle, validity_state
from kaihu_desktop.certificates.trust import Verdict, validation_context, verify_certificate
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import STATE_FAILURES, PdfVerification, SignatureVerification

#: A person's certificate may carry either usage for signing.
KEY_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
WHOLE_REVISION = (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE)
UNREADABLE = SignatureVerification(False, False, "SIGN-DOCUMENT", "", "", "", "", None)


def verify_pdf(data: bytes, trust_anchors: bytes, now: datetime | None = None) -> PdfVerification:
    """The verdict on every signature of the PDF `data`. Raises SIGN-DOCUMENT if it is no readable PDF.

    trust_anchors: PEM bundle, may be empty. Chains are judged at the claimed time of signing, at the latest
    `now`: without a time-stamp nothing better is known offline. Revocation is the backend's to check.
    """
    anchors = load_pem_bundle(trust_anchors)
    moment = now or datetime.now(timezone.utc)
    try:
        embedded = list(PdfFileReader(BytesIO(data), strict=False).embedded_regular_signatures)
    except Exception as error:  # a broken PDF makes pyHanko stumble in many ways
        raise Failure("SIGN-DOCUMENT") from error
    return PdfVerification(tuple(_verify(signature, anchors, moment) for signature in embedded))


def _verify(embedded: Any, anchors: Sequence[x509.Certificate], now: datetime) -> SignatureVerification:
    try:
        claimed: datetime | None = embedded.self_reported_timestamp
        moment = min(claimed, now) if claimed else now
        certificate, *others = (
            x509.load_der_x509_certificate(found.dump())
            for found in (embedded.signer_cert, *embedded.other_embedded_certs)
        )
        intact = _is_intact(embedded, anchors, moment)
        verdict = _verdict(certificate, others, anchors, moment)
        info = describe(certificate, validity_state(certificate, moment))
    except Exception:  # a forged signature makes the parsers stumble in many ways
        return UNREADABLE
    return SignatureVerification(
        intact=intact,
        trusted=verdict.trusted,
        code=verdict.code if intact else "SIGN-DOCUMENT",
        signer_name=info.subject_name,
        signer_id_number_masked=info.subject_id_number_masked,
        certificate_id=info.id,
        issuer=info.issuer,
        signed_at=claimed,
    )


def _is_intact(embedded: Any, anchors: Sequence[x509.Certificate], moment: datetime) -> bool:
    """Whether the signature fits a whole revision of the file, and nothing was added that it forbids."""
    status = validate_pdf_signature(
        embedded, validation_context(anchors, moment), key_usage_settings=KEY_USAGE
    )
    return bool(status.intact and status.valid and status.docmdp_ok and status.coverage in WHOLE_REVISION)


def _verdict(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    moment: datetime,
) -> Verdict:
    verdict = verify_certificate(certificate, others, anchors, moment)
    return Verdict(verdict.trusted, STATE_FAILURES.get(validity_state(certificate, moment)) or verdict.code)
