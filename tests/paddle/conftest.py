"""One engine of each kind for all these tests: loading takes seconds."""

from __future__ import annotations

import pytest

from kaihu_desktop.bootstrap import model_folder
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.paddle_engine import PaddleEngine


@pytest.fixture(scope="session")
def paddle(tmp_path_factory: pytest.TempPathFactory) -> PaddleEngine:
    """The engine under test."""
    return PaddleEngine(model_folder(), tmp_path_factory.mktemp("paddle"))


@pytest.fixture(scope="session")
def onnx() -> OnnxEngine:
    """The default engine."""
    return OnnxEngine(model_folder())
