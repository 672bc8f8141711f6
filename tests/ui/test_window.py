"""The whole window: what it does with an error that nobody expected."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from qtpy.QtWidgets import QApplication, QLabel

from kaihu_desktop.settings import load_settings
from kaihu_desktop.ui.application import Window
from tests.ui.readiness_world import ports


def test_an_error_in_a_slot_is_told_and_logged_without_its_message(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # given back after the test
    window = Window(ports(load_settings({"KAIHU_HOME": str(tmp_path)})))
    window.open()
    number = "410101199508130033"
    try:
        {}[number]
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    window.shell.close()
    assert window.shell.error_panel.findChild(QLabel, "shell.error.code").text() == "代码 PC-INTERNAL"
    assert "KeyError" in caplog.text
    assert number not in caplog.text
