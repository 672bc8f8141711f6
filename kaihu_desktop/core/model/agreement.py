"""An agreement that the company asks the applicant to read and sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Agreement:
    """One PDF; `sha256` (hex) of its content, `min_seconds` the least reading time (0: none)."""

    id: str
    title: str
    pages: int
    sha256: str
    min_seconds: int


@dataclass(frozen=True)
class SignedAgreement:
    """The signed copy of an agreement that the company keeps for the person (协议下载).

    business: key of the business under which it was signed, `business_title` its name. signed_at: aware.
    size, sha256 (hex): of the signed PDF.
    """

    application_id: str
    agreement_id: str
    business: str
    business_title: str
    title: str
    signed_at: datetime
    pages: int
    size: int
    sha256: str
