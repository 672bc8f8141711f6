"""Reads the emblem side (国徽面) of the second-generation ID card: issuing authority and validity."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Match, Sequence

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.validity import LONG_TERM, parse_date
from kaihu_desktop.ocr.divisions import NO_DIVISIONS, Divisions
from kaihu_desktop.ocr.engine import Character, OcrEngine
from kaihu_desktop.ocr.layout import MISSING, SURE, Field, Row, likelihood, rows_of, sureness_for, written
from kaihu_desktop.ocr.places import OFFICE, settle_office
from kaihu_desktop.ocr.repair import YEARS, repair_validity, usual_span

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

VALUES_BEGIN = 0.36  # share of the width right of which no label stands
TEXT_ZONE = 0.62  # the texts stand below this share of the height

_PORTRAIT_SIDE = re.compile("公民身份|身份号码|性别|民族|[0-9]{17}[0-9Xx]")
_VALIDITY = re.compile(r"([0-9]{8})([0-9]{8}|长期?|.?期)")
_AUTHORITY_LABEL = re.compile("签发.关|签发机.|.{0,2}机关")
_OFFICE = re.compile("(公安局|分局|公安处|公安分处|派出所)$")


def read_emblem(engine: OcrEngine, card: Image, divisions: Divisions = NO_DIVISIONS) -> dict[str, Field]:
    """authority, valid_from and valid_until (ISO 8601, 长期 is 2099-12-31) of the emblem side.

    divisions: the names that offices begin with.

    Raises Failure OCR-SIDE for the other side, OCR-FAILED when it isn't this card.
    """
    top = round(card.shape[0] * TEXT_ZONE)
    fields, rows = _emblem_fields(rows_of(written(engine.read(card[top:])), (0, top)), card, divisions)
    if any(not field.value for field in fields.values()):
        fields, rows = _emblem_fields(rows_of(written(engine.read(card))), card, divisions)
    if any(_PORTRAIT_SIDE.search(row.text) for row in rows):
        raise Failure("OCR-SIDE")
    if not any(field.value for field in fields.values()):
        raise Failure("OCR-FAILED")
    return fields


def _emblem_fields(
    rows: Sequence[Row], card: Image, divisions: Divisions
) -> tuple[dict[str, Field], Sequence[Row]]:
    fields = dict.fromkeys(("authority", "valid_from", "valid_until"), MISSING)
    for row in rows:
        dates = _validity(row)
        if dates is not None:
            fields["valid_from"], fields["valid_until"] = dates
    for row in rows:
        match = _AUTHORITY_LABEL.search(row.text)
        right = Row(one for one in row.characters if one.x > VALUES_BEGIN * card.shape[1])
        value = row.part(match.end()) if match else right
        if (match or _OFFICE.search(row.text)) and value:
            fields["authority"] = _authority(value, sureness_for(rows), divisions)
            break
    return fields, rows


def _authority(value: Row, sure: float, divisions: Divisions) -> Field:
    """The office; the look-alikes of its last characters become what all offices end in, and are marked."""
    place = settle_office([one.character for one in value.characters], divisions)
    text, confidence = place.text, value.confidence
    named = _OFFICE.search(text) is not None
    likely = 0.0 if named else likelihood(value.part(-len(OFFICE)), OFFICE)
    if likely > 0:
        text, confidence = text[: -len(OFFICE)] + OFFICE, min(confidence, likely)
    doubtful = not named or confidence < sure or value.torn or place.changed or place.near
    return Field(text, confidence, value.box(), doubtful)


def _validity(row: Row) -> tuple[Field, Field] | None:
    """Both dates of a row such as 有效期限2015.08.13-2035.08.13, whose dots and hyphen are often misread."""
    kept = [one for one in row.characters if one.character.text in "0123456789长期"]
    text = "".join(one.character.text for one in kept)
    label = len(text) - len(text.lstrip("期"))  # what is left of it
    kept, text = kept[label:], text[label:]
    match = _VALIDITY.fullmatch(text)
    if match is None:
        return None
    parts = (Row(kept[:8]), Row(kept[8:]))
    start, until, repaired = _dates(match, [one.character for one in kept])
    if start is None or until is None or start.year not in YEARS or until.year not in YEARS:
        return None
    odd = repaired or not _usual(start, until)
    first, second = (
        Field(day.isoformat(), part.confidence, part.box(), odd or part.confidence < SURE)
        for day, part in zip((start, until), parts)
    )
    return first, second


def _dates(match: Match[str], read: Sequence[Character]) -> tuple[date | None, date | None, bool]:
    """Both dates, and whether a character was repaired."""
    start = parse_date(match.group(1))
    if not match.group(2).isdigit():
        return start, LONG_TERM, len(match.group(2)) < len("长期")
    until = parse_date(match.group(2))
    repaired = None if _usual(start, until) else repair_validity(read)
    return (start, until, False) if repaired is None else (*repaired, True)


def _usual(start: date | None, until: date | None) -> bool:
    """Whether a card may be valid from the one day to the other."""
    return start is not None and until is not None and (until == LONG_TERM or usual_span(start, until))
