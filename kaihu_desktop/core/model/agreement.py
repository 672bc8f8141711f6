"""An agreement that the company asks the applicant to read and sign."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """One PDF; `sha256` (hex) of its content, `min_seconds` the least reading time (0: none)."""

    id: str
    title: str
    pages: int
    sha256: str
    min_seconds: int
