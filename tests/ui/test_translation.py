"""Qt's own texts are Chinese on both lanes."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QTranslator
from qtpy.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel, QLineEdit

from kaihu_desktop.ui.translation import speak_chinese


@pytest.fixture
def _chinese(qapp: QApplication):
    speak_chinese(qapp)
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()


def test_menu_of_a_text_field(qtbot, _chinese):
    field = QLineEdit("6217")
    qtbot.addWidget(field)
    menu = field.createStandardContextMenu()
    qtbot.addWidget(menu)
    texts = [action.text().split("\t")[0] for action in menu.actions() if not action.isSeparator()]
    assert texts == ["撤消(&U)", "重做(&R)", "剪切(&T)", "复制(&C)", "粘贴(&P)", "删除", "全选"]


def test_qt_own_file_dialogue_and_buttons(qtbot, _chinese):
    dialogue = QFileDialog()
    qtbot.addWidget(dialogue)
    dialogue.setOption(QFileDialog.Option.DontUseNativeDialog)
    assert "文件类型：" in {label.text() for label in dialogue.findChildren(QLabel)}
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(buttons)
    assert {button.text() for button in buttons.buttons()} == {"保存", "取消"}
