"""Reads the portrait side (人像面) of the second-generation ID card by its labels and their places."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Sequence

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS, normalise_ethnic_group
from kaihu_desktop.core.rules.id_number import IdNumber, parse_id_number
from kaihu_desktop.core.rules.names import normalise_name, valid_name
from kaihu_desktop.core.rules.validity import parse_date
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.layout import MISSING, SURE, Field, Row, box_around, cut, rows_of
from kaihu_desktop.ocr.repair import repair_id_number

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

ID_DIGITS = "0123456789X"
LABELS_END = 0.155  # share of the card's width left of which only labels stand
ETHNICITY_BEGINS = 0.35  # share of the width right of which the group stands on the row of the sex
TEXT_END = 0.63  # share of the width right of which the photograph begins …
PHOTO_BOTTOM = 0.78  # … down to this share of the height
ROW_TOLERANCE = 0.055  # of the height, for rows whose label wasn't read
NAME_Y, SEX_Y, BIRTH_Y = 0.17, 0.29, 0.41  # where the rows stand on a card, as shares of the height

_ID_NUMBER = re.compile(r"[0-9]{16,18}[0-9Xx]")
_LABELS = re.compile("姓名|性别|民族|出生|住址|公民|身份号码")
_BIRTH = re.compile(r"([0-9]{4})年?([0-9]{1,2})月([0-9]{1,2})日?")
_EMBLEM_SIDE = re.compile("居民身份证|中华人民|签发机关|有效期限")


def read_portrait(engine: OcrEngine, card: Image) -> dict[str, Field]:
    """name, sex, ethnicity, birth (ISO 8601), address and id_number of the portrait side.

    Sex and birth come from the ID number when it is valid, else from their own places.
    Raises Failure OCR-SIDE for the other side, OCR-FAILED when it isn't this card.
    """
    rows = _outside_photograph(rows_of(engine.read(card)), card)
    number_row = _number_row(rows)
    named = _named_rows(rows, number_row, card)
    printed_birth, printed_sex = _printed_birth(named["birth"]), _printed_sex(named["sex"])
    number_field, number = _id_number(engine, card, number_row, printed_birth, printed_sex)
    return {
        "name": _name(named["name"], card),
        "sex": _from_number(named["sex"], printed_sex, number.sex if number else None, number_field),
        "ethnicity": _ethnicity(named["sex"], card),
        "birth": _from_number(
            named["birth"],
            printed_birth.isoformat() if printed_birth else None,
            number.birth.isoformat() if number else None,
            number_field,
        ),
        "address": _address(_address_rows(rows, named, number_row, card), card),
        "id_number": number_field,
    }


def _outside_photograph(rows: Sequence[Row], card: Image) -> list[Row]:
    height, width = card.shape[:2]
    kept = (
        Row(one for one in row.characters if one.x < TEXT_END * width or one.y > PHOTO_BOTTOM * height)
        for row in rows
    )
    return [row for row in kept if row]


def _number_row(rows: Sequence[Row]) -> Row | None:
    """The lowest row with an ID number; raises when the rows aren't those of a portrait side."""
    found = next((row for row in reversed(rows) if _ID_NUMBER.search(row.text)), None)
    if found is None and any(_EMBLEM_SIDE.search(row.text) for row in rows):
        raise Failure("OCR-SIDE")
    match = _ID_NUMBER.search(found.text) if found else None
    if not (match and parse_id_number(match.group())) and not any(_LABELS.search(row.text) for row in rows):
        raise Failure("OCR-FAILED")
    return found


def _named_rows(rows: Sequence[Row], number_row: Row | None, card: Image) -> dict[str, Row | None]:
    """The rows of name, sex and birth: by their labels and form, else by their place."""
    height = card.shape[0]
    free = [row for row in rows if row is not number_row]
    named: dict[str, Row | None] = {}
    for key, form, y in (
        ("birth", "^出生|^.生[0-9]{4}|[0-9]{4}年|[0-9]月[0-9]{1,2}日", BIRTH_Y),
        ("sex", "性别|民族|^.?别?[男女].?族", SEX_Y),
        ("name", "^姓.|^.名", NAME_Y),
    ):
        found = next((row for row in free if re.search(form, row.text)), None)
        if found is None:
            near = [row for row in free if abs(row.y / height - y) < ROW_TOLERANCE]
            found = min(near, key=lambda row: abs(row.y / height - y), default=None)
        if found is not None:
            free.remove(found)
        named[key] = found
    return named


def _without_label(row: Row, label: str, card: Image) -> Row:
    """The row's value: after its label when that was read in full, else right of the labels' column."""
    if row.text.startswith(label):
        return row.part(len(label))
    return Row(one for one in row.characters if one.x > LABELS_END * card.shape[1])


def _name(row: Row | None, card: Image) -> Field:
    value = _without_label(row, "姓名", card) if row else None
    if not value:
        return MISSING
    name = normalise_name(value.text)
    doubtful = value.confidence < SURE or not valid_name(name)
    return Field(name, value.confidence, value.box(), doubtful)


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


def _ethnicity(row: Row | None, card: Image) -> Field:
    """One of the 56 groups; a misread one becomes the likeliest group among the rivals of its characters."""
    match = re.search("民族|族", row.text) if row else None
    if row is None:
        return MISSING
    right = Row(one for one in row.characters if one.x > ETHNICITY_BEGINS * card.shape[1])
    value = row.part(match.end()) if match else right
    if not value:
        return MISSING
    group = normalise_ethnic_group(value.text)
    if group is not None:
        return Field(group, value.confidence, value.box(), value.confidence < SURE)
    likelihood, group = max((_likelihood(value, group), group) for group in ETHNIC_GROUPS)
    return Field(group, likelihood, value.box(), True) if likelihood > 0 else MISSING


def _likelihood(value: Row, text: str) -> float:
    """The probability of the least sure character if `text` was written there; 0 when it can't be."""
    if len(text) != len(value.text):
        return 0.0
    return min(
        dict(((one.character.text, one.character.probability), *one.character.rivals)).get(wanted, 0.0)
        for one, wanted in zip(value.characters, text)
    )


def _address_rows(
    rows: Sequence[Row], named: dict[str, Row | None], number_row: Row | None, card: Image
) -> list[Row]:
    """The rows between birth and ID number."""
    height = card.shape[0]
    birth = named["birth"]
    top = birth.y if birth else BIRTH_Y * height
    bottom = number_row.y if number_row else 0.8 * height
    taken = [row for row in (*named.values(), number_row) if row is not None]
    margin = 0.03 * height
    return [row for row in rows if row not in taken and top + margin < row.y < bottom - margin]


def _address(rows: Sequence[Row], card: Image) -> Field:
    values = [_without_label(row, "住址", card) if number == 0 else row for number, row in enumerate(rows)]
    values = [value for value in values if value]
    if not values:
        return MISSING
    confidence = min(value.confidence for value in values)
    box = box_around([placed for value in values for placed in value.characters])
    text = "".join(value.text for value in values)
    # An address ends in 号, 室, 组 … : one that ends in a number has probably lost its last character.
    return Field(text, confidence, box, confidence < SURE or text[-1].isdigit())


def _id_number(
    engine: OcrEngine, card: Image, row: Row | None, birth: date | None, sex: str | None
) -> tuple[Field, IdNumber | None]:
    """The number, read again with digits alone when it isn't valid, then repaired when that is unique."""
    match = _ID_NUMBER.search(row.text) if row else None
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
