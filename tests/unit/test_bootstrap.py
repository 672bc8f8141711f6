"""What the composition root chooses by the settings and by what is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from kaihu_desktop import bootstrap
from kaihu_desktop.settings import HOME_VARIABLE


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings of their own, in the test's folder."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    bootstrap.settings.cache_clear()
    yield
    bootstrap.settings.cache_clear()


@pytest.mark.skipif("paddleocr" in bootstrap.ocr_engines(), reason="the optional engine is installed here")
@pytest.mark.parametrize("engine", ["paddleocr", "onnx", "", "unheard-of"])
def test_the_default_engine_reads_where_the_chosen_one_is_not_installed(
    own_settings: None, tmp_path: Path, engine: str
) -> None:
    bootstrap.settings().remember(ocr_engine=engine)
    assert bootstrap.ocr_engines() == ("onnx",)
    bootstrap.card_reader().prepare()
    assert not (tmp_path / "data").exists()
