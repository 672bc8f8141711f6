"""Lets people with rare characters in their names through asn1crypto, whose tables are those of Unicode 3.2.

Without it no chain and no signature of, say, 张𬎆 or 鿏 can be judged: comparing names raises ValueError.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from asn1crypto import x509

_prepare = x509.NameTypeAndValue._ldap_string_prep


def _prepare_any(self: Any, string: str) -> str:
    """The string prepared for comparison (RFC 4518); one that its tables don't know only normalised."""
    try:
        prepared: str = _prepare(self, string)
    except ValueError:
        return unicodedata.normalize("NFKC", string).casefold()
    return prepared


x509.NameTypeAndValue._ldap_string_prep = _prepare_any
