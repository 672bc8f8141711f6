"""What the composition root chooses by the settings and by what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaihu_desktop import bootstrap


@pytest.mark.skipif("paddleocr" in bootstrap.ocr_engines(), reason="the optional engine is installed here")
@pytest.mark.parametrize("engine", ["paddleocr", "onnx", "", "unheard-of"])
def test_the_default_engine_reads_where_the_chosen_one_is_not_installed(
    own_settings: None, tmp_path: Path, engine: str
) -> None:
    bootstrap.settings().remember(ocr_engine=engine)
    assert bootstrap.ocr_engines() == ("onnx",)
    bootstrap.card_reader().prepare()
    assert not (tmp_path / "data").exists()
