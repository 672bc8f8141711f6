"""The style sheet: what has the focus keeps its size, or the page would jump under the mouse."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

BUTTONS = [(kind, scale) for kind in ("", "primary", "danger") for scale in ("", "small", "large")]


@pytest.mark.usefixtures("_look")
def test_the_focus_changes_no_size(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    inputs = [QLineEdit(), QComboBox(), QCheckBox("同意"), *(QPushButton("下一步") for _ in BUTTONS)]
    for button, (kind, scale) in zip(inputs[3:], BUTTONS):
        button.setProperty("kind", kind)
        button.setProperty("scale", scale)
    for one in inputs:
        column.addWidget(one)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    for one, other in zip(inputs, inputs[1:] + inputs[:1]):
        other.setFocus()
        before = one.sizeHint()
        one.setFocus()
        one.ensurePolished()
        assert one.hasFocus()
        assert one.sizeHint() == before, f"{one.property('kind')} {one.property('scale')}"
