"""The whole window: what it does with an error that nobody expected."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from qtpy.QtWidgets import QApplication, QLabel

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.bootstrap import bins, card_reader, ocr_engines
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.settings import load_settings
from kaihu_desktop.ui.application import Window
from kaihu_desktop.ui.navigator import Ports
from tests.ui.readiness_world import ScriptedAudio, ScriptedReadiness


def test_an_error_in_a_slot_is_told_and_logged_without_its_message(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # given back after the test
    window = Window(
        Ports(
            backend=RestBackend(""),
            settings=load_settings({"KAIHU_HOME": str(tmp_path)}),
            cameras=cameras(),
            certificates=MemoryCertificateStore,
            journal=MemoryJournal,
            card_reader=card_reader,
            bins=bins,
            readiness=ScriptedReadiness(),
            audio=ScriptedAudio,
            ocr_engines=ocr_engines,
        )
    )
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
