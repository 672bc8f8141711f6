"""Garbage is collected on the UI thread only, and as before when the window is gone."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject

from kaihu_desktop.ui import garbage
from tests.ui.conftest import LONG


class Ring:
    """Refers to itself, so that only a search finds it."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_of_any_thread_is_collected_on_the_ui_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "EVERY_MS", 10)
    owner, places = QObject(), []
    gc.enable()  # as at the start of the program
    garbage.GarbageCollector(owner)
    assert not gc.isenabled()

    def litter() -> None:
        for _ in range(100):
            weakref.finalize(Ring(), lambda: places.append(threading.current_thread()))
        kept: list[Any] = [[] for _ in range(100_000)]  # an automatic search would run here
        kept.clear()

    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    assert places == []
    made = [[] for _ in range(2000)]  # type: list[list[int]]
    qtbot.waitUntil(lambda: len(places) == 100, timeout=LONG)
    assert set(places) == {threading.main_thread()}
    assert len(made) == 2000
    owner.deleteLater()
    qtbot.waitUntil(gc.isenabled, timeout=LONG)
    gc.disable()  # as for all tests
