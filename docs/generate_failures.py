"""Writes docs/failures.md from the failure table: `python docs/generate_failures.py`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from kaihu_desktop.core.failure_table import FAILURE_TABLE

PAGE = Path(__file__).with_name("failures.md")

_HEAD = """# Failure codes

What the hotline hears when a customer reads out the small code at the end of a message. This page is made by
`docs/generate_failures.py` from `kaihu_desktop/core/failure_table.py`: change the table, not the page.

*Next* says what the client offers: **correct** something first, **retry** the same request as it is, or
**log in** again and come back to the same step.
"""
_NEXT = {"no": "correct", "same": "retry", "login": "log in"}


def page() -> str:
    """The whole page as Markdown, one table for each group of codes (the part before the first hyphen)."""
    parts = [_HEAD]
    for group, rows in groupby(FAILURE_TABLE, key=lambda row: row[0].split("-")[0]):
        parts.append(f"\n## {group}\n\n| code | what happened | what the customer can do | next |\n")
        parts.append("| --- | --- | --- | --- |\n")
        parts += [
            f"| `{code}` | {text} | {remedy} | {_NEXT[retry]} |\n" for code, text, remedy, retry in rows
        ]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
