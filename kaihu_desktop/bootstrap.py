"""The composition root: the only module that sees every room and joins them."""

from __future__ import annotations

import logging
import sys
from functools import lru_cache
from pathlib import Path

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import CardReader, CertificateStore, Journal
from kaihu_desktop.core.rules.bank_bin import BinTable
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import Settings, load_settings

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """What is remembered on this PC."""
    return load_settings()


def model_folder() -> Path:
    """Where the OCR models are: beside a packaged program, else where `dev.py setup` put them."""
    frozen_root = getattr(sys, "_MEIPASS", None)
    if frozen_root:
        return Path(frozen_root) / "models"
    # ONNX Runtime for Python 3.8 (Windows 7) reads the same weights marked as an older IR version.
    name = "models" if sys.version_info >= (3, 9) else "models-ir8"
    return Path(__file__).resolve().parent.parent / ".cache" / name
