"""Reads the number of a bank card; bank and type come from its BIN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator, Sequence

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.bank_bin import BinTable, luhn_valid
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.layout import MISSING, SURE, Field, Row, rows_of

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image
    from kaihu_desktop.ocr.layout import Box

    _Found = tuple[Row, Box]  # a number, and its place on the card

DIGITS = "0123456789 "
NUMBER_ZONE = (0.38, 0.74)  # shares of the height between which most cards carry the number
LEGIBLE = 0.3  # less likely "digits" are letters or ornaments read with an alphabet of digits
SHORTEST, LONGEST = 15, 19  # digits of the cards in the BIN table
GROUP = 4  # digits of a group; numbers that stand below each other are in groups
STACKED_STEP = 2.5  # heights of a row: from one group to that below it
# by which, counter-clockwise, a card of portrait format lies turned, and one whose way up doesn't show
QUARTERS = (1, 3, 2)


def read_bank_card(engine: OcrEngine, card: Image, bins: BinTable) -> dict[str, Field]:
    """number, bank and card_type of an upright card; bank and type are empty for an unknown BIN.

    A card of portrait format lies on its side; others may lie upside down. A number is kept as it was read:
    Luhn and BIN only mark it for review. Raises Failure OCR-BANK-CARD when there is no number.
    """
    found = _in_zone(engine, card, bins)
    if found is None or not _fits(found[0], bins):
        found = max((found, *_elsewhere(engine, card, bins)), key=lambda one: _rank(one, bins))
    if found is None:
        raise Failure("OCR-BANK-CARD")
    row, box = found
    bin_row = bins.lookup(row.text)
    doubtful = row.confidence < SURE or bin_row is None or not luhn_valid(row.text)
    number = Field(row.text, row.confidence, box, doubtful)
    if bin_row is None:
        return {"number": number, "bank": MISSING, "card_type": MISSING}
    bank, card_type = (
        Field(value, row.confidence, None, doubtful) for value in (bin_row.bank_name, bin_row.card_type.title)
    )
    return {"number": number, "bank": bank, "card_type": card_type}


def _in_zone(engine: OcrEngine, card: Image, bins: BinTable) -> _Found | None:
    top, bottom = (round(share * card.shape[0]) for share in NUMBER_ZONE)
    row = _best(rows_of(engine.read(card[top:bottom], DIGITS), (0, top)), bins)
    return (row, row.box()) if row else None


def _elsewhere(engine: OcrEngine, card: Image, bins: BinTable) -> Iterator[_Found]:
    """Numbers anywhere on the card, then on its left or right side or upside down, until one fits."""
    for quarter in (0, *QUARTERS):
        stood = np.ascontiguousarray(np.rot90(card, quarter))
        row = _best(rows_of(engine.read(stood, DIGITS if quarter else "")), bins)
        if row is None:
            continue
        yield row, _laid_back(row.box(), quarter, card)
        if _fits(row, bins):
            return


def _laid_back(box: Box, quarter: int, card: Image) -> Box:
    """A box of the card turned counter-clockwise by quarters, as (x, y, width, height) of the card itself."""
    x, y, width, height = box
    if quarter == 1:
        return card.shape[1] - y - height, x, height, width
    if quarter == 2:
        return card.shape[1] - x - width, card.shape[0] - y - height, width, height
    if quarter == 3:
        return y, card.shape[0] - x - width, height, width
    return box


def _rank(found: _Found | None, bins: BinTable) -> tuple[bool, bool, float]:
    """A known BIN counts most, then a right Luhn digit, then sureness."""
    if found is None:
        return False, False, 0.0
    return bins.lookup(found[0].text) is not None, luhn_valid(found[0].text), found[0].confidence


def _fits(row: Row, bins: BinTable) -> bool:
    return bins.lookup(row.text) is not None and luhn_valid(row.text)


def _best(rows: Sequence[Row], bins: BinTable) -> Row | None:
    candidates = ((row, row.box()) for row in _candidates(rows))
    best = max(candidates, key=lambda found: _rank(found, bins), default=None)
    return best[0] if best else None


def _candidates(rows: Sequence[Row]) -> Iterator[Row]:
    """Runs of 15 to 19 digits, in a row or in groups of four below each other."""
    legible = [Row(one for one in row.characters if one.character.probability > LEGIBLE) for row in rows]
    for row in legible:
        for match in re.finditer("[0-9]+", row.text):
            if SHORTEST <= match.end() - match.start() <= LONGEST:
                yield row.part(match.start(), match.end())
    for first in range(len(legible)):
        stack = list(_stack(legible[first:]))
        digits = [one for row in stack for one in row.characters]
        if SHORTEST <= len(digits) <= LONGEST:
            yield Row(digits, in_order=True)


def _stack(rows: Sequence[Row]) -> Iterator[Row]:
    """The groups of four that stand below each other from the first row on; a shorter one ends them."""
    above: Row | None = None
    for row in rows:
        if not re.fullmatch(f"[0-9]{{1,{GROUP}}}", row.text):
            return
        if above and row.y - above.y > STACKED_STEP * 2 * above.characters[0].half:
            return
        yield row
        if len(row.text) < GROUP:
            return
        above = row
