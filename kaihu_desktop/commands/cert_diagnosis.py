"""``cert diagnose``: every question about a certificate, also those that the company answers to anybody."""

from __future__ import annotations

import argparse
from typing import Any

from kaihu_desktop.commands import cert_files, cert_texts, cert_windows
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_checks import (
    Answer,
    Check,
    CompanyWord,
    check_certificate,
    company_word,
)
from kaihu_desktop.core.flow.certificate_diagnosis import in_windows_only
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore

#: Exit codes: all is well; a problem was found; nothing was found, but not everything could be judged.
OK, FAILED, NOT_JUDGED = 0, 1, 3


def diagnose(
    args: argparse.Namespace, store: CertificateStore, infos: tuple[CertificateInfo, ...]
) -> tuple[dict[str, Any], int]:
    """The document and the exit code for these certificates. Raises CERT-NONE when there is none.

    All: what Windows has and the store hasn't is told, too.
    """
    from kaihu_desktop.bootstrap import windows_certificates

    elsewhere = () if args.id else in_windows_only(windows_certificates(), infos)
    if not infos and not elsewhere:
        raise Failure("CERT-NONE")
    word = _company_word(args)
    documents, answers = [], set()
    for info in infos:
        checks = [one for one in check_certificate(store, info, None, word) if one.id != "person"]
        answers |= {one.answer for one in checks}
        documents.append(
            {
                "certificate": cert_texts.certificate_document(info),
                "checks": [_document(check) for check in checks],
            }
        )
    bad = not infos or Answer.BAD in answers
    code = FAILED if bad else NOT_JUDGED if Answer.UNKNOWN in answers else OK
    return {"diagnoses": documents, "windows": [cert_windows.document(one) for one in elsewhere]}, code


def _document(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "title": check.title,
        "answer": check.answer.value,
        "code": check.code,
        "text": check.text,
        "remedy": check.remedy,
    }


def _company_word(args: argparse.Namespace) -> CompanyWord | None:
    """Of the company that was chosen last, when it can be reached; else the root certificates at hand."""
    from kaihu_desktop.backend.client import RestBackend
    from kaihu_desktop.bootstrap import settings

    at_hand = cert_files.anchors(args.trust)
    known = settings()
    if not known.backend_url:
        return CompanyWord(at_hand, None) if at_hand else None
    backend = RestBackend(known.backend_url)
    if at_hand:
        return CompanyWord(at_hand, backend.certificate_status)
    return company_word(backend, known.company_code)
