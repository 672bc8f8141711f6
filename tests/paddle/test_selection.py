"""The settings name the engine that reads; it changes at the next reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaihu_desktop import bootstrap
from tests.paddle.specimens import bank_card

pytestmark = pytest.mark.paddle


def test_each_reading_is_done_by_the_engine_that_is_chosen_then(own_settings: None, tmp_path: Path) -> None:
    files_of_paddle = tmp_path / "data" / "paddleocr"
    _, card, truth = bank_card(3)
    assert bootstrap.ocr_engines() == ("onnx", "paddleocr")
    for engine, used in (("onnx", False), ("paddleocr", True)):
        bootstrap.settings().remember(ocr_engine=engine)
        read = bootstrap.card_reader().read("bank-card", card).fields
        assert read["number"].value == truth["number"]
        assert files_of_paddle.exists() is used
