"""Lets pyHanko's libraries judge certificates of persons whose names have rare characters."""

from __future__ import annotations

import unicodedata
from typing import Any

from asn1crypto import x509

_prepare = x509.NameTypeAndValue._ldap_string_prep


def _prepare_any(self: Any, string: str) -> str:
    """The string prepared for comparison (RFC 4518); one that the tables don't know only normalised.

    asn1crypto's tables are those of Unicode 3.2, of 2002: for names like 张𬎆 or 鿏 it raises ValueError, so
    that no chain could be built and a good signature was called untrusted.
    """
    try:
        prepared: str = _prepare(self, string)
    except ValueError:
        return unicodedata.normalize("NFKC", string).casefold()
    return prepared


x509.NameTypeAndValue._ldap_string_prep = _prepare_any
