"""Validity of ID cards: dates as written on the card, 长期, and the span that belongs to the age.

Spans: 居民身份证法 第五条 (under 16 five years, 16 to 25 ten, 26 to 45 twenty, from 46 长期). The company's
forms write 长期 as 2099-12-31 (manual of 修改基本资料, 身份证有效期修改).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

LONG_TERM = date(2099, 12, 31)
LONG_TERM_TEXT = "长期"
# Youngest age at issue, years of validity (None: 长期).
SPANS: tuple[tuple[int, int | None], ...] = ((46, None), (26, 20), (16, 10), (0, 5))

_DATE = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")


def parse_date(text: str) -> date | None:
    """A date as people and cards write it, None for anything else.

    ``2020-01-31``, ``2020.1.31``, ``2020年1月31日``, ``20200131`` or ``长期``.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if plain == LONG_TERM_TEXT:
        return LONG_TERM
    match = _DATE.fullmatch(plain)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def format_date(day: date) -> str:
    """``2020-01-31``, or 长期 for 2099-12-31."""
    return LONG_TERM_TEXT if day == LONG_TERM else day.isoformat()


def expected_until(birth: date, valid_from: date) -> date:
    """The last day of a card issued on `valid_from` to a person born on `birth`."""
    age = valid_from.year - birth.year - ((valid_from.month, valid_from.day) < (birth.month, birth.day))
    years = next(years for youngest, years in SPANS if age >= youngest)
    return LONG_TERM if years is None else _years_later(valid_from, years)


def validity_warning(birth: date, valid_from: date, valid_until: date) -> str | None:
    """A Chinese sentence when the span isn't the one that belongs to the age at issue; it never refuses.

    A day more or less is no mismatch (29 February, and cards that end the day before).
    """
    expected = expected_until(birth, valid_from)
    if abs((valid_until - expected).days) <= 1:
        return None
    return (
        f"有效期 {format_date(valid_from)} 至 {format_date(valid_until)} 的年限与常见年限不同，"
        f"按签发时的年龄应到 {format_date(expected)}，请再看一眼"
    )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
