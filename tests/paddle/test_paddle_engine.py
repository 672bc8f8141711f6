"""The second engine through the protocol of engines, and through the one parser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

import numpy as np
import pytest

from benchmarks.card_reader_cards import Sample
from kaihu_desktop.bootstrap import bins, model_folder
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr.engine import OcrEngine, TextLine
from kaihu_desktop.ocr.layout import Row, rows_of
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.paddle_engine import PaddleEngine
from kaihu_desktop.ocr.reader import CardReader
from tests.paddle.specimens import bank_card, emblem, portrait

pytestmark = pytest.mark.paddle
DIGITS = "0123456789X"


@pytest.mark.parametrize("make", [portrait, emblem, bank_card])
@pytest.mark.parametrize("seed", [3, 7])
def test_reads_each_kind_of_card_through_the_one_parser(
    paddle: PaddleEngine, make: Callable[[int], Sample], seed: int
) -> None:
    kind, card, truth = make(seed)
    read = CardReader(paddle, bins()).read(kind, card).fields
    assert {name: read[name].value for name in truth} == truth
    assert all(0 < read[name].confidence <= 1 for name in truth)


def test_sees_characters_where_the_default_engine_sees_them(paddle: PaddleEngine, onnx: OnnxEngine) -> None:
    card = portrait(7).card
    mine, default = (_number_row(engine, card) for engine in (paddle, onnx))
    assert mine.text == default.text
    pitch = (default.characters[-1].x - default.characters[0].x) / (len(default.text) - 1)
    for one, other in zip(mine.characters, default.characters):
        assert abs(one.x - other.x) < pitch / 2
        assert abs(one.y - other.y) < pitch / 2


def _number_row(engine: OcrEngine, card: np.ndarray) -> Row:
    row = next(row for row in rows_of(engine.read(card)) if row.text.startswith("公民身份号码"))
    return row.part(len("公民身份号码"))


def test_lines_come_from_top_to_bottom_with_their_score(paddle: PaddleEngine) -> None:
    lines = paddle.read(portrait(3).card)
    middles = [line.box[:, 1].mean() for line in lines]
    assert middles == sorted(middles)
    assert all(line.box.shape == (4, 2) and line.box.dtype == np.float32 for line in lines)
    assert all(0 < line.confidence <= 1 for line in lines)
    assert all(_in_order(line) for line in lines)


def _in_order(line: TextLine) -> bool:
    places = [character.position for character in line.characters]
    return places == sorted(places) and all(0 <= place <= 1 for place in places)


def test_reads_a_single_line_with_digits_alone(paddle: PaddleEngine) -> None:
    _, card, truth = portrait(7)
    zone = card[520:590, 300:900]
    line = paddle.read_line(zone, DIGITS)
    assert line.text == truth["id_number"]
    assert _in_order(line)
    assert line.box[2].tolist() == [600, 70]


def test_characters_outside_the_alphabet_are_left_out(paddle: PaddleEngine) -> None:
    lines = paddle.read(portrait(7).card, DIGITS)
    assert {character.text for line in lines for character in line.characters} <= set(DIGITS)
    assert portrait(7).truth["id_number"] in [line.text for line in lines]


def test_finds_nothing_on_an_empty_picture(paddle: PaddleEngine) -> None:
    assert paddle.read(np.full((630, 1000, 3), 200, np.uint8)) == []


def test_several_threads_may_read_at_once(paddle: PaddleEngine) -> None:
    card, truth = bank_card(3).card, bank_card(3).truth
    reader = CardReader(paddle, bins())
    with ThreadPoolExecutor(3) as pool:
        numbers = list(pool.map(lambda _: reader.read("bank-card", card).fields["number"].value, range(3)))
    assert numbers == [truth["number"]] * 3


def test_says_that_its_models_are_missing(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="OCR-ENGINE"):
        PaddleEngine(tmp_path, tmp_path / "cache").prepare()


def test_says_that_its_folder_cannot_be_written(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_bytes(b"")
    with pytest.raises(Failure, match="OCR-ENGINE"):
        PaddleEngine(model_folder(), occupied / "cache").prepare()
