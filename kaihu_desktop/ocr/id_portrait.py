"""Reads the portrait side (人像面) of the second-generation ID card by its labels and their places."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Sequence

from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS, normalise_ethnic_group
from kaihu_desktop.core.rules.id_number import IdNumber, parse_id_number
from kaihu_desktop.core.rules.validity import parse_date
from kaihu_desktop.ocr.again import read_again, read_level
from kaihu_desktop.ocr.closer import likeliest_word, look_closer
from kaihu_desktop.ocr.divisions import NO_DIVISIONS, Divisions
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.glyphs import NO_GLYPHS, Glyphs
from kaihu_desktop.ocr.id_name import read_name
from kaihu_desktop.ocr.id_rows import ID_NUMBER, outside_photograph, portrait_rows
from kaihu_desktop.ocr.layout import (
    MISSING,
    SURE,
    Field,
    Row,
    box_around,
    cut,
    likelihood,
    rows_of,
    sureness_for,
    written,
)
from kaihu_desktop.ocr.places import settle_address
from kaihu_desktop.ocr.repair import repair_id_number
from kaihu_desktop.ocr.words import NO_WORDS, Words

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

ID_DIGITS = "0123456789X"
ETHNICITY_BEGINS = 0.35  # share of the width right of which the group stands on the row of the sex
ETHNICITY_X = 0.386  # share of the width where the middle of the group's first character stands
# Probability below which characters are looked at closer, and the weight of what that tells. Of addresses the
# engine knows more: what is written before and behind.
CERTAIN_NAME, NAME_WEIGHT = 0.9995, 1.5
CERTAIN_ADDRESS, ADDRESS_WEIGHT = 0.98, 0.8
ASKEW = 0.75  # heights of the line: rows that begin further apart have lost a character

_BIRTH = re.compile(r"([0-9]{4})年?([0-9]{1,2})月([0-9]{1,2})日?")


def read_portrait(
    engine: OcrEngine,
    card: Image,
    divisions: Divisions = NO_DIVISIONS,
    words: Words = NO_WORDS,
    glyphs: Glyphs = NO_GLYPHS,
) -> dict[str, Field]:
    """name, sex, ethnicity, birth (ISO 8601), address and id_number of the portrait side.

    divisions: the names that addresses begin with. words, glyphs: they tell look-alikes in names and
    addresses apart.
    Sex and birth come from the ID number when it is valid, else from their own places.
    Raises Failure OCR-SIDE for the other side, OCR-FAILED when it isn't this card.
    """
    rows = rows_of(written(engine.read(card)))
    found, sure = portrait_rows(rows, card), sureness_for(outside_photograph(rows, card))
    printed_birth, printed_sex = _printed_birth(found.birth), _printed_sex(found.sex)
    number_field, number = _id_number(engine, card, found.number, printed_birth, printed_sex)
    askew = _askew((*found.name, *found.address))
    level = [read_level(engine, card, row, found.name[0]) for row in found.name]
    again = [read_again(engine, card, row) for row in level]
    name = [look_closer(card, row, glyphs, CERTAIN_NAME, NAME_WEIGHT) for row in again]
    address = [look_closer(card, row, glyphs, CERTAIN_ADDRESS, ADDRESS_WEIGHT) for row in found.address]
    ethnicity = _ethnicity(found.sex, card, glyphs)
    return {
        "name": read_name(name, ethnicity.value, askew, sure, words),
        "sex": _from_number(found.sex, printed_sex, number.sex if number else None, number_field),
        "ethnicity": ethnicity,
        "birth": _from_number(
            found.birth,
            printed_birth.isoformat() if printed_birth else None,
            number.birth.isoformat() if number else None,
            number_field,
        ),
        "address": _address(address, askew, sure, divisions, number_field.value, words),
        "id_number": number_field,
    }


def _askew(rows: Sequence[Row]) -> bool:
    """Whether the rows of name and address, which are printed flush left, don't begin below each other."""
    starts = [row.characters[0].x for row in rows]
    least = min((row.characters[0].half for row in rows), default=0.0)
    return len(starts) > 1 and max(starts) - min(starts) > ASKEW * 2 * least


def _printed_sex(row: Row | None) -> str | None:
    match = re.search("[男女]", row.text) if row else None
    return match.group() if match else None


def _printed_birth(row: Row | None) -> date | None:
    match = _BIRTH.search(row.text) if row else None
    return parse_date("-".join(match.groups())) if match else None


def _from_number(row: Row | None, printed: str | None, numbered: str | None, number_field: Field) -> Field:
    """A value that both the card and its ID number tell; the number with its check digit prevails."""
    value = numbered or printed
    if value is None:
        return MISSING
    if numbered is None:
        confidence = row.confidence if row else 0.0
        return Field(value, confidence, row.box() if row else None, True)
    disagrees = printed is not None and printed != numbered
    return Field(
        value, number_field.confidence, row.box() if row else None, number_field.needs_review or disagrees
    )


def _ethnicity(row: Row | None, card: Image, glyphs: Glyphs) -> Field:
    """One of the 56 groups; a misread one becomes the likeliest group among the rivals of its characters.

    When there is none, it becomes the one that looks most like the print.
    """
    match = re.search("民族|族", row.text) if row else None
    if row is None:
        return MISSING
    right = Row(one for one in row.characters if one.x > ETHNICITY_BEGINS * card.shape[1])
    value = row.part(match.end()) if match else right
    group = normalise_ethnic_group(value.text) if value else None
    if group is not None:
        return Field(group, value.confidence, value.box(), value.confidence < SURE)
    likely, group = max((likelihood(value, group), group) for group in ETHNIC_GROUPS)
    if not likely:
        group = likeliest_word(card, ETHNICITY_X * card.shape[1], row.y, ETHNIC_GROUPS, glyphs)
    return Field(group, likely, value.box() if value else None, True) if group else MISSING


def _address(
    rows: Sequence[Row], askew: bool, sure: float, divisions: Divisions, number: str, words: Words
) -> Field:
    if not rows:
        return MISSING
    confidence = min(row.confidence for row in rows)
    placed = [one for row in rows for one in row.characters]
    read = [one.character for one in placed]
    place = settle_address(read, divisions, number)
    known = place.text[: place.known]
    text = known + words.likeliest_address(read[place.known :], known[-1:])
    # An address ends in 号, 室, 组 … : one that ends in a number has probably lost its last character.
    doubtful = confidence < sure or askew or any(row.torn for row in rows) or text[-1].isdigit()
    changed = text != "".join(one.text for one in read)
    return Field(text, confidence, box_around(placed), doubtful or changed or place.near)


def _id_number(
    engine: OcrEngine, card: Image, row: Row | None, birth: date | None, sex: str | None
) -> tuple[Field, IdNumber | None]:
    """The number, read again with digits alone when it isn't valid, then repaired when that is unique."""
    match = ID_NUMBER.search(row.text) if row else None
    if row is None or match is None:
        return MISSING, None
    value = row.part(match.start(), match.end())
    box = value.box()
    number = parse_id_number(value.text)
    if number is not None:
        return Field(number.number, value.confidence, box, value.confidence < SURE), number
    again = engine.read_line(cut(card, box), ID_DIGITS)
    number = parse_id_number(again.text)
    if number is not None:
        return Field(number.number, again.confidence, box, False), number
    repaired = parse_id_number(repair_id_number(again.characters, birth, sex) or "")
    text = repaired.number if repaired else value.text.upper()
    return Field(text, min(again.confidence, SURE), box, True), repaired
