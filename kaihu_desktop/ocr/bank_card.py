"""Reads the number of a bank card; bank and type come from its BIN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterable, Sequence

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.bank_bin import BinTable, luhn_valid
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.layout import MISSING, SURE, Field, Row, rows_of

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

DIGITS = "0123456789 "
NUMBER_ZONE = (0.38, 0.74)  # shares of the height between which most cards carry the number
LEGIBLE = 0.3  # less likely "digits" are letters or ornaments read with an alphabet of digits
SHORTEST, LONGEST = 15, 19  # digits of the cards in the BIN table


def read_bank_card(engine: OcrEngine, card: Image, bins: BinTable) -> dict[str, Field]:
    """number, bank and card_type of an upright card; bank and type are empty for an unknown BIN.

    A number is kept as it was read: Luhn and BIN only mark it for review. Raises Failure OCR-BANK-CARD when
    there is no number.
    """
    height = card.shape[0]
    top, bottom = (round(share * height) for share in NUMBER_ZONE)
    found = _best(rows_of(engine.read(card[top:bottom], DIGITS), (0, top)), bins)
    if found is None or not _fits(found, bins):
        whole = _best(rows_of(engine.read(card)), bins)
        found = whole if whole is not None and (found is None or _fits(whole, bins)) else found
    if found is None:
        raise Failure("OCR-BANK-CARD")
    row = bins.lookup(found.text)
    doubtful = found.confidence < SURE or row is None or not luhn_valid(found.text)
    number = Field(found.text, found.confidence, found.box(), doubtful)
    if row is None:
        return {"number": number, "bank": MISSING, "card_type": MISSING}
    bank, card_type = (
        Field(value, found.confidence, None, doubtful) for value in (row.bank_name, row.card_type.title)
    )
    return {"number": number, "bank": bank, "card_type": card_type}


def _fits(row: Row, bins: BinTable) -> bool:
    return bins.lookup(row.text) is not None and luhn_valid(row.text)


def _best(rows: Sequence[Row], bins: BinTable) -> Row | None:
    """The candidate with a known BIN, then a right Luhn digit, then the surest."""
    candidates = list(_candidates(rows))
    if not candidates:
        return None
    return max(
        candidates, key=lambda row: (bins.lookup(row.text) is not None, luhn_valid(row.text), row.confidence)
    )


def _candidates(rows: Sequence[Row]) -> Iterable[Row]:
    """Runs of 15 to 19 digits."""
    for row in rows:
        legible = Row(one for one in row.characters if one.character.probability > LEGIBLE)
        for match in re.finditer("[0-9]+", legible.text):
            if SHORTEST <= match.end() - match.start() <= LONGEST:
                yield legible.part(match.start(), match.end())
