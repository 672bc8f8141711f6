"""Repairs one misread digit of an ID number or a validity, and only when nothing else fits as well."""

from __future__ import annotations

import math
from datetime import date
from typing import Callable, Iterator, Sequence

from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.core.rules.validity import parse_date
from kaihu_desktop.ocr.engine import Character

LENGTH = 18
# How much likelier (natural logarithm) the best repair must be than the next best.
MARGIN = 3.0
SPANS = (5, 10, 20)  # years for which a card is valid, when it isn't for ever
YEARS = range(1900, 2100)  # of dates on cards


def repair_id_number(
    characters: Sequence[Character], birth: date | None = None, sex: str | None = None
) -> str | None:
    """The valid number that differs in one character from what was read; None when it isn't unique.

    characters: 18 of them, read with digits and X as the only alphabet, with their rivals.
    birth, sex: what is printed elsewhere on the card, where it was read; a repair must agree.
    """
    if len(characters) != LENGTH:
        return None

    def fits(text: str) -> bool:
        number = parse_id_number(text)
        return number is not None and birth in (None, number.birth) and sex in (None, number.sex)

    return _only(_repairs(characters, fits))


def repair_validity(characters: Sequence[Character]) -> tuple[date, date] | None:
    """The dates of a usual span that differ in one digit from what was read; None when they aren't unique.

    characters: the 16 digits of both dates, with their rivals.
    """

    def fits(text: str) -> bool:
        start, until = parse_date(text[:8]), parse_date(text[8:])
        return start is not None and until is not None and usual_span(start, until)

    text = _only(_repairs(characters, fits))
    start, until = (parse_date(text[:8]), parse_date(text[8:])) if text else (None, None)
    return (start, until) if start and until else None


def usual_span(start: date, until: date) -> bool:
    """Whether a card of 5, 10 or 20 years ends on the day of its beginning, or a day from it."""
    years = until.year - start.year
    day = start.replace(year=2000)  # a leap year, for 29 February
    return start.year in YEARS and years in SPANS and abs((until.replace(year=2000) - day).days) <= 1


def _repairs(characters: Sequence[Character], fits: Callable[[str], bool]) -> Iterator[tuple[float, str]]:
    """Texts that fit with one rival in the place of what was read, each with how much less likely it is."""
    text = "".join(character.text for character in characters)
    for place, character in enumerate(characters):
        for rival, probability in character.rivals:
            changed = text[:place] + rival + text[place + 1 :]
            if fits(changed):
                yield math.log(max(character.probability, 1e-9)) - math.log(probability), changed


def _only(repairs: Iterator[tuple[float, str]]) -> str | None:
    """The likeliest repair when it leads by the margin."""
    found = sorted(repairs)
    if not found or (len(found) > 1 and found[1][0] - found[0][0] < MARGIN):
        return None
    return found[0][1]
