"""Finds which rows of the portrait side belong to which field: by their labels and form, else by their place.

Long names take two rows and addresses up to four; cards of autonomous regions carry rows of another script
between them, of which nothing is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Sequence

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.ocr.layout import Placed, Row

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

LABELS_END = 0.155  # share of the card's width left of which only labels stand
TEXT_END = 0.63  # share of the width right of which the photograph begins …
PHOTO_BOTTOM = 0.78  # … down to this share of the height
NEXT_STEP = 1.25  # heights of a line, at most from a character to the next of the same text
ROW_TOLERANCE = 0.055  # of the height, for rows whose label wasn't read
NAME_Y, SEX_Y, BIRTH_Y, NUMBER_Y = 0.17, 0.29, 0.41, 0.87  # where rows stand, as shares of the height
APART = 0.03  # of the height: rows of one field are nearer to each other than to those of other fields

ID_NUMBER = re.compile(r"[0-9]{16,18}[0-9Xx]")
_LABELS = re.compile("姓名|性别|民族|出生|住址|公民|身份号码")
_NUMBER_LABEL = re.compile("公?民?身?份?号?码?")
_EMBLEM_SIDE = re.compile("居民身份证|中华人民|签发机关|有效期限")
_FORMS = (
    ("birth", "^出生|^.生[0-9]{4}|[0-9]{4}年|[0-9]月[0-9]{1,2}日", BIRTH_Y),
    ("sex", "性别|民族|^.?别?[男女].?族", SEX_Y),
    ("name", "^姓.|^.名", NAME_Y),
)
_NAME_LABEL, _ADDRESS_LABEL = "姓名", "住址"


@dataclass(frozen=True)
class PortraitRows:
    """The rows of each field, without the labels of name and address; None or empty when not found."""

    name: tuple[Row, ...]
    sex: Row | None
    birth: Row | None
    address: tuple[Row, ...]
    number: Row | None


def portrait_rows(rows: Sequence[Row], card: Image) -> PortraitRows:
    """Tell the rows apart. Raises Failure OCR-SIDE for the other side, OCR-FAILED for other pictures."""
    height = card.shape[0]
    rows = outside_photograph(rows, card)
    number = _number_row(rows)
    # What is left of the number's label may stand on a row of its own, just below the address.
    free = [row for row in rows if row is not number and not _is_number_label(row.text)]
    named: dict[str, Row | None] = {}
    for key, form, y in _FORMS:
        named[key] = found = _named(free, form, y * height, ROW_TOLERANCE * height)
        if found is not None:
            free.remove(found)
    sex_y, birth_y, number_y = (
        row.y if row else y * height
        for row, y in ((named["sex"], SEX_Y), (named["birth"], BIRTH_Y), (number, NUMBER_Y))
    )
    first = named["name"]
    name = [first] if first else []
    if first:
        name += [row for row in free if first.y < row.y < sex_y - APART * height]
    address = [row for row in free if birth_y + APART * height < row.y < number_y - APART * height]
    return PortraitRows(
        _values(name, _NAME_LABEL, card),
        named["sex"],
        named["birth"],
        _values(address, _ADDRESS_LABEL, card),
        number,
    )


def _is_number_label(text: str) -> bool:
    """Whether a text is the label of the number or its end; a single 号 is the end of an address."""
    return len(text) > 1 and _NUMBER_LABEL.fullmatch(text) is not None


def outside_photograph(rows: Sequence[Row], card: Image) -> list[Row]:
    """The rows without what seems to be written in the photograph; a row may reach a little way into it."""
    kept = (_beside_photograph(row, *card.shape[:2]) for row in rows)
    return [row for row in kept if row]


def _beside_photograph(row: Row, height: int, width: int) -> Row:
    kept: list[Placed] = []
    for one in row.characters:
        goes_on = bool(kept) and one.x - kept[-1].x < NEXT_STEP * 2 * one.half
        if one.x < TEXT_END * width or one.y > PHOTO_BOTTOM * height or goes_on:
            kept.append(one)
    return Row(kept)


def _number_row(rows: Sequence[Row]) -> Row | None:
    """The lowest row with an ID number; raises when the rows aren't those of a portrait side."""
    found = next((row for row in reversed(rows) if ID_NUMBER.search(row.text)), None)
    if found is None and any(_EMBLEM_SIDE.search(row.text) for row in rows):
        raise Failure("OCR-SIDE")
    match = ID_NUMBER.search(found.text) if found else None
    if not (match and parse_id_number(match.group())) and not any(_LABELS.search(row.text) for row in rows):
        raise Failure("OCR-FAILED")
    return found


def _named(rows: Sequence[Row], form: str, y: float, tolerance: float) -> Row | None:
    found = next((row for row in rows if re.search(form, row.text)), None)
    near = [row for row in rows if abs(row.y - y) < tolerance]
    return found or min(near, key=lambda row: abs(row.y - y), default=None)


def _values(rows: Sequence[Row], label: str, card: Image) -> tuple[Row, ...]:
    """The rows without their label, and without what stands above the row that carries it."""
    labelled = next((number for number, row in enumerate(rows) if label in row.text), 0)
    values = (_without_label(row, label, card) for row in rows[labelled:])
    return tuple(value for value in values if value)


def _without_label(row: Row, label: str, card: Image) -> Row:
    """What stands after the label when that was read in full, else right of the labels' column."""
    end = row.text.find(label) + len(label)
    if end >= len(label) and row.characters[end - 1].x < 2 * LABELS_END * card.shape[1]:
        last = row.characters[end - 1]  # its end may have been read again with what follows
        return Row(one for one in row.characters[end:] if one.x > last.x + last.half)
    return Row(one for one in row.characters if one.x > LABELS_END * card.shape[1])
