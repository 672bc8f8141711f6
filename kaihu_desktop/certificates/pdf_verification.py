"""Verifies the signatures of a PDF offline: unchanged, by whom, trusted, and when."""

from __future__ import annotations

from datetime import datetime, timezone
from io import BytesIO
from typing import Any, Iterable, Iterator, Sequence

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    FormUpdatingRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
)
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints

from kaihu_desktop.certificates.identity import (
    describe,
    load_pem_bundle,
    subject_name,
    validity_state,
)
from kaihu_desktop.certificates.trust import Verdict, validation_context, verify_certificate
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import (
    STATE_FAILURES,
    PdfVerification,
    SignatureVerification,
    Timestamp,
)

#: A person's certificate may carry either usage for signing.
KEY_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
WHOLE_FILE = (SignatureCoverageLevel.ENTIRE_FILE,)
WHOLE_REVISION = (SignatureCoverageLevel.ENTIRE_REVISION, *WHOLE_FILE)
#: What may follow a signature: others. pyHanko by itself lets forms be filled in, too.
ADDITIONS = StandardDiffPolicy(
    DEFAULT_DIFF_POLICY.global_rules,
    FormUpdatingRule([SigFieldCreationRule(), SigFieldModificationRule()]),  # type: ignore[no-untyped-call]
)
UNREADABLE = SignatureVerification(False, False, "SIGN-DOCUMENT", "", "", "", "", None)


def verify_pdf(data: bytes, trust_anchors: bytes, now: datetime | None = None) -> PdfVerification:
    """The verdict on every signature of the PDF `data`. Raises SIGN-DOCUMENT if it is no readable PDF.

    trust_anchors: PEM bundle, may be empty. Chains are judged at the time of a trusted timestamp, else at the
    claimed time of signing, at the latest `now`: nothing better is known offline. Revocation is the backend's
    to check. A timestamp is judged at its own time, so that it outlives the certificate of its service.
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
        intact, timestamp = _integrity(embedded, anchors, now)
        proven = timestamp.time if timestamp and timestamp.intact and timestamp.trusted else None
        moment = proven or (min(claimed, now) if claimed else now)
        certificate, *others = _certificates(embedded.signer_cert, embedded.other_embedded_certs)
        verdict = _verdict(certificate, others, anchors, moment)
        info = describe(certificate, validity_state(certificate, moment))
    except Exception:  # a forged signature makes the parsers stumble in many ways
        return UNREADABLE
    return SignatureVerification(
        intact=intact,
        trusted=verdict.trusted,
        code=(verdict.code or _problem(timestamp)) if intact else "SIGN-DOCUMENT",
        signer_name=info.subject_name,
        signer_id_number_masked=info.subject_id_number_masked,
        certificate_id=info.id,
        issuer=info.issuer,
        signed_at=claimed,
        timestamp=timestamp,
    )


def _integrity(
    embedded: Any, anchors: Sequence[x509.Certificate], now: datetime
) -> tuple[bool, Timestamp | None]:
    """Whether the signature fits a whole revision of the file, and nothing but signatures was added.

    The last one must end the file. What follows it, if only as much as another program adds to keep it
    verifiable, is signed by nobody who is judged here, and how a file with two ends is read differs from
    reader to reader.
    """
    stamped = _stamped_at(embedded.signer_info) or now
    status = validate_pdf_signature(
        embedded,
        validation_context(anchors, now),
        validation_context(anchors, stamped),
        key_usage_settings=KEY_USAGE,
        diff_policy=ADDITIONS,
    )
    last = embedded is embedded.reader.embedded_regular_signatures[-1]
    covers = status.coverage in (WHOLE_FILE if last else WHOLE_REVISION) and _skips_only_itself(embedded)
    intact = status.intact and status.valid and status.docmdp_ok and covers
    stamp = status.timestamp_validity
    return bool(intact), None if stamp is None else _timestamp(stamp, anchors)


def _skips_only_itself(embedded: Any) -> bool:
    """Whether the gap in what is signed holds this very signature.

    pyHanko only adds lengths up: an old signature, repeated after changes with a longer value, would fit.
    """
    start, end, resumed, _ = embedded.byte_range
    gap = embedded.reader.stream.getvalue()[end:resumed]
    return start == 0 and bool(gap.lower() == b"<%s>" % embedded.pkcs7_content.hex().encode())


def _stamped_at(signer_info: Any) -> datetime | None:
    """The time that the signature's timestamp tells, not yet checked; None without one."""
    for attribute in signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]
            told: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
            return told
    return None


def _timestamp(status: Any, anchors: Sequence[x509.Certificate]) -> Timestamp:
    """What the token says; where this PC's clock says otherwise, the PC's is the wrong one."""
    (certificate,) = _certificates(status.signing_cert)
    return Timestamp(
        time=status.timestamp,
        authority=subject_name(certificate),
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted) if anchors else None,
    )


def _problem(timestamp: Timestamp | None) -> str | None:
    sound = timestamp is None or (timestamp.intact and timestamp.trusted is not False)
    return None if sound else "SIGN-TIME"


def _certificates(first: Any, others: Iterable[Any] = ()) -> Iterator[x509.Certificate]:
    return (x509.load_der_x509_certificate(found.dump()) for found in (first, *others))


def _verdict(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    moment: datetime,
) -> Verdict:
    verdict = verify_certificate(certificate, others, anchors, moment)
    return Verdict(verdict.trusted, STATE_FAILURES.get(validity_state(certificate, moment)) or verdict.code)
