"""The default engine must not fall behind the reference on the same cards."""

from __future__ import annotations

import pytest

from benchmarks.card_reader_cards import Sample
from kaihu_desktop.bootstrap import bins
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.paddle_engine import PaddleEngine
from kaihu_desktop.ocr.reader import CardReader
from tests.paddle.specimens import bank_card, emblem, portrait

pytestmark = pytest.mark.paddle

CARDS = tuple(make(seed) for make in (portrait, emblem, bank_card) for seed in range(100, 108))


def test_default_engine_reads_as_many_fields_right(paddle: PaddleEngine, onnx: OnnxEngine) -> None:
    assert _right(onnx) >= _right(paddle)


def _right(engine: OcrEngine) -> int:
    """How many fields of all cards are read exactly as they are printed."""
    reader = CardReader(engine, bins())
    return sum(_right_on(reader, specimen) for specimen in CARDS)


def _right_on(reader: CardReader, specimen: Sample) -> int:
    try:
        fields = reader.read(specimen.kind, specimen.card).fields
    except Failure:
        return 0
    return sum(fields[name].value == value for name, value in specimen.truth.items())
