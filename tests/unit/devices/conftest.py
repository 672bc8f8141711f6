"""Sound cards that aren't there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Iterator

import pytest

from tests.unit.devices.pulse import SoundCards


@pytest.fixture
def sound_cards(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCards]:
    """A PC with a speaker and a microphone, both silent."""
    with tempfile.TemporaryDirectory() as folder:  # a short path: a socket's name has 107 letters
        cards = SoundCards(Path(folder) / "pulse")
        for name, value in cards.environment.items():
            monkeypatch.setenv(name, value)
        yield cards
        cards.close()


@pytest.fixture
def no_sound_cards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PC without any."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
