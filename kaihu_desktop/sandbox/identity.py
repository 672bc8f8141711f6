"""Rules on 18-digit identity numbers (GB 11643-1999) that the server applies."""

from __future__ import annotations

import datetime

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
LONG_TERM = "2099-12-31"  # 长期


def birth_of(id_number: str) -> datetime.date | None:
    """The birth date of a valid number, None when the number isn't valid."""
    body, check = id_number[:17], id_number[17:]
    if len(id_number) != 18 or not (body.isascii() and body.isdigit()):
        return None
    weighted = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    if CHECK_CHARACTERS[weighted % 11] != check:
        return None
    try:
        return datetime.date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return None


def sex_of(id_number: str) -> str:
    """男 when the 17th digit is odd."""
    return "男" if int(id_number[16]) % 2 else "女"


def age_on(birth: datetime.date, day: datetime.date) -> int:
    """Full years; who was born on 29 February is a year older from 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
