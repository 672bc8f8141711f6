"""Chinese for the texts that Qt brings itself: file dialogues, and the menus of text fields."""

from __future__ import annotations

from qtpy.QtCore import QTranslator
from qtpy.QtWidgets import QApplication

from kaihu_desktop.resources import resource


def speak_chinese(application: QApplication) -> None:
    """Let Qt's own texts be Chinese on every system; see ``resources/SOURCES.md``."""
    translator = QTranslator(application)
    if not translator.load(str(resource("qtbase_zh_CN.qm"))):
        raise FileNotFoundError("qtbase_zh_CN.qm")
    application.installTranslator(translator)
