"""The 期货公司编号 in what a person types, pastes or scans."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"kaihu://company/([A-Za-z0-9]{2,16})/?", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9]{2,16}")


def company_code_of(text: str) -> str | None:
    """The code in ``8888`` or ``kaihu://company/8888``; None when there is none.

    Full-width characters and blanks around it are forgiven.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    link = _LINK.fullmatch(plain)
    if link:
        return link.group(1)
    return plain if _CODE.fullmatch(plain) else None
