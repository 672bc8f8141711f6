"""File names that every Windows accepts, made out of texts that come from elsewhere."""

from __future__ import annotations

import unicodedata

#: Characters that Windows forbids in a name (“Naming Files, Paths, and Namespaces” of its documentation).
FORBIDDEN = '<>:"/\\|?*'
#: Names of devices, with any extension (same source).
DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10)),
}
#: Categories of characters without a shape: controls, marks of the writing direction, halves of pairs.
UNSEEN = ("Cc", "Cf", "Cs")
#: Short enough for any folder: a whole path may have 259 characters.
LONGEST = 100


def file_name(text: str, otherwise: str) -> str:
    """A name, without extension, that shows `text`; `otherwise` where nothing of it is left.

    Characters without a shape go: some turn the direction of writing and hide the extension.
    """
    seen = "".join(one for one in text if unicodedata.category(one) not in UNSEEN)
    plain = "".join("_" if one in FORBIDDEN else one for one in seen)
    short = " ".join(plain.split())[:LONGEST].strip(". ")
    if short.partition(".")[0].rstrip().upper() in DEVICES:
        return f"_{short}"
    return short or otherwise
