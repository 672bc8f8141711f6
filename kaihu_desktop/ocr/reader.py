"""Reads the fields of an upright card picture with whichever engine it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.bank_bin import BinTable
from kaihu_desktop.ocr.bank_card import read_bank_card
from kaihu_desktop.ocr.divisions import NO_DIVISIONS, Divisions
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.glyphs import NO_GLYPHS, Glyphs
from kaihu_desktop.ocr.id_emblem import read_emblem
from kaihu_desktop.ocr.id_portrait import read_portrait
from kaihu_desktop.ocr.layout import Field
from kaihu_desktop.ocr.words import NO_WORDS, Words

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Image

ReadSide = Callable[[Any], Dict[str, Field]]


@dataclass(frozen=True)
class Reading:
    """The fields read from one card, by name; a field that wasn't found has an empty value."""

    fields: Mapping[str, Field]


class CardReader:
    """Reads cards; `core.ports.CardReader` for the rooms above. May be called from several threads."""

    def __init__(
        self,
        engine: OcrEngine,
        bins: BinTable,
        divisions: Divisions = NO_DIVISIONS,
        words: Words = NO_WORDS,
        glyphs: Glyphs = NO_GLYPHS,
    ) -> None:
        self._engine, self._bins, self._glyphs = engine, bins, glyphs
        self._sides: dict[str, ReadSide] = {
            "id-portrait": lambda card: read_portrait(engine, card, divisions, words, glyphs),
            "id-emblem": lambda card: read_emblem(engine, card, divisions),
        }

    def prepare(self) -> None:
        """Load the networks, once. Raises Failure OCR-ENGINE."""
        self._engine.prepare()
        self._glyphs.prepare()

    def read(self, kind: str, card_image: Image) -> Reading:
        """The fields of an upright, rectified card (BGR uint8, about 1.585 times as wide as high).

        kind: id-portrait, id-emblem or bank-card.
        Raises Failure OCR-FAILED, OCR-SIDE, OCR-BANK-CARD or OCR-ENGINE.
        """
        if kind == "bank-card":
            return Reading(read_bank_card(self._engine, card_image, self._bins))
        return Reading(self._read_id_card(self._sides[kind], card_image))

    def _read_id_card(self, read_side: ReadSide, card: Image) -> dict[str, Field]:
        """The fields of one side; the other side is told also when it was turned upside down as this one."""
        try:
            return read_side(card)
        except Failure as failure:
            if failure.code == "OCR-FAILED":
                read_side(np.ascontiguousarray(card[::-1, ::-1]))
            raise
