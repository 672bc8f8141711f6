"""The signed copies that the company keeps: fetched whole, judged, and saved. For a worker's thread."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Sequence

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import SignedAgreement
from kaihu_desktop.core.model.certificate import PdfVerification
from kaihu_desktop.core.ports import Backend, Progress, SignatureCheck
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.saving import add_document, document_name, write_document

#: What was fetched is held up to this size (bytes), so that a retry on a slow line goes on where it was.
HELD = 64 * 1024 * 1024


class SignedCopies:
    """Every method blocks."""

    def __init__(self, backend: Backend, company_code: str, check: SignatureCheck) -> None:
        self._backend, self._company_code, self._check = backend, company_code, check
        self._held: dict[str, bytes] = {}
        self._trust_anchors = b""

    def all(self) -> tuple[SignedAgreement, ...]:
        """What there is, the newest first."""
        return self._backend.signed_agreements()

    def content(self, agreement: SignedAgreement, progress: Progress) -> bytes:
        """The PDF, exactly the one that was listed. Raises SIGN-DOCUMENT."""
        held = self._held.get(agreement.sha256)
        if held is not None:
            return held
        ids = agreement.application_id, agreement.agreement_id
        data = self._backend.signed_agreement_content(*ids, progress)
        if hashlib.sha256(data).hexdigest() != agreement.sha256:
            raise Failure("SIGN-DOCUMENT")
        if sum(len(one) for one in self._held.values()) + len(data) <= HELD:
            self._held[agreement.sha256] = data
        return data

    def check(self, document: bytes) -> PdfVerification:
        """The verdict on a PDF, by the company's trust anchors; without them when they can't be had."""
        try:
            self._trust_anchors = self._trust_anchors or self._backend.trust_anchors(self._company_code)
        except Failure:
            pass  # the verdict says that the issuer isn't judged, and can be asked for again
        return self._check(document, self._trust_anchors)

    def save(self, agreement: SignedAgreement, path: Path, progress: Progress) -> None:
        """Write one where the person said. Raises PC-DISK."""
        write_document(path, self.content(agreement, progress))

    def save_all(
        self, agreements: Sequence[SignedAgreement], folder: Path, progress: Progress, saved: list[bool]
    ) -> None:
        """Add all to a folder, none over another file.

        saved: gets for each that is there whether it was written now; False when it was there before.
        """
        total = sum(agreement.size for agreement in agreements)
        before = 0
        for agreement in agreements:
            start = before
            data = self.content(agreement, lambda done, _, start=start: progress(start + done, total))
            saved.append(add_document(folder, name_of(agreement), data))
            before += agreement.size
            progress(before, total)

    def forget(self) -> None:
        """Hold nothing any more: the person leaves."""
        self._held.clear()


def name_of(agreement: SignedAgreement) -> str:
    """A file's name that says when and for what it was signed: 2026-03-05 修改结算账户 客户须知.pdf."""
    day = f"{agreement.signed_at.astimezone(BEIJING):%Y-%m-%d}"
    return document_name(f"{day} {agreement.business_title} {agreement.title}")
