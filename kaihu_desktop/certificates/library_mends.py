"""Mends two things that pyHanko's libraries can't do: names with rare characters, unusual time zones."""

from __future__ import annotations

import unicodedata
from datetime import datetime, tzinfo
from typing import Any

import tzlocal
from asn1crypto import x509

_prepare = x509.NameTypeAndValue._ldap_string_prep


def _prepare_any(self: Any, string: str) -> str:
    """The string prepared for comparison (RFC 4518); one that the tables don't know only normalised.

    asn1crypto's tables are those of Unicode 3.2, of 2002: for names like 张𬎆 or 鿏 it raises ValueError, so
    that neither their chain nor their signature could be judged.
    """
    try:
        prepared: str = _prepare(self, string)
    except ValueError:
        return unicodedata.normalize("NFKC", string).casefold()
    return prepared


def _local_zone() -> tzinfo | None:
    """The PC's present offset from UTC, which is all that a time of signing needs.

    tzlocal raises where the zone has no name in the time-zone database, or where the database is missing.
    """
    return datetime.now().astimezone().tzinfo


x509.NameTypeAndValue._ldap_string_prep = _prepare_any
tzlocal.get_localzone = _local_zone  # type: ignore[assignment]
