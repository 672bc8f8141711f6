"""Personal names: 2 to 20 Han characters, rare ones included, with “·” between the parts of a name.

The separator is the 间隔号 of GB/T 15834-2011, U+00B7; the look-alikes that people and OCR write are turned
into it.
"""

from __future__ import annotations

import re

SEPARATOR = "·"
SEPARATOR_LOOKALIKES = "•‧・･．.∙⋅●。"
SHORTEST, LONGEST = 2, 20
# Unified ideographs, extensions A to I, compatibility ideographs and 〇.
HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ee5d\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
HAN_CHARACTER = re.compile(f"[{HAN}]")
_NAME = re.compile(f"[{HAN}]+(?:{SEPARATOR}[{HAN}]+)*")
_LOOKALIKE = re.compile(f"[{re.escape(SEPARATOR_LOOKALIKES)}]")


def normalise_name(text: str) -> str:
    """Without spaces, and with one kind of separator."""
    return _LOOKALIKE.sub(SEPARATOR, "".join(text.split()))


def valid_name(text: str) -> bool:
    """True for 2 to 20 characters, Han only, with “·” neither first nor last nor doubled."""
    name = normalise_name(text)
    return SHORTEST <= len(name) <= LONGEST and _NAME.fullmatch(name) is not None
