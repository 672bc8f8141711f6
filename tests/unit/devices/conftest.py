"""A camera that the test switches, and a PC without sound cards."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.unit.devices.mjpeg_server import MjpegServer


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    """A camera that is switched on."""
    with MjpegServer() as running:
        yield running


@pytest.fixture
def no_sound_cards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PC without any."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
