"""The pad takes mouse, pen and finger, draws smooth lines, and takes strokes back."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy import QT5
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtTest import QTest

from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.widgets.signature_pad import PICTURE_WIDTH, SignaturePad, Stroke


@pytest.fixture
def pad(show, hands):
    page = Page("test", "签名")
    made = SignaturePad("test.pad")
    page.body.addWidget(made)
    show(page)
    return hands.see("test.pad")


def wave(step):
    return QPoint(40 + 8 * step, 80 + round(30 * np.sin(step / 3)))


def test_what_the_mouse_writes_becomes_a_picture(pad, hands):
    told = []
    pad.changed.connect(lambda: told.append(True))
    assert pad.blank
    hands.drag(pad, *(wave(step) for step in range(40)))
    assert told and not pad.blank
    image = pad.image()
    assert image.shape[1] == PICTURE_WIDTH and image.shape[2] == 3 and image.flags.c_contiguous
    dark = image.min(axis=2) < 128
    assert 0.002 < dark.mean() < 0.1
    assert not dark[:10].any() and not dark[:, :10].any() and not dark[-10:].any() and not dark[:, -10:].any()


def test_undo_takes_a_stroke_and_gives_back_what_was_cleared(pad, hands, qtbot):
    for left in (40, 200):
        hands.drag(pad, *(QPoint(left + 4 * step, 60 + 3 * step) for step in range(30)))
    both = pad.image()
    pad.clear()
    assert pad.blank
    qtbot.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(pad.image(), both)
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    assert pad.blank
    pad.undo()
    assert pad.blank  # nothing more to give back


def test_a_click_is_a_dot_and_no_signature(pad, qtbot):
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    assert pad.blank
    assert (pad.image().min(axis=2) < 128).any()


def test_enter_asks_for_the_primary_action(pad, qtbot):
    with qtbot.waitSignal(pad.entered):
        qtbot.keyClick(pad, Qt.Key.Key_Return)


@pytest.mark.skipif(QT5, reason="PySide2 can't pretend a touch screen")
def test_a_finger_writes(pad):
    screen = QTest.createTouchDevice()
    QTest.touchEvent(pad, screen).press(0, wave(0), pad).commit()
    for step in range(1, 40):
        QTest.touchEvent(pad, screen).move(0, wave(step), pad).commit()
    QTest.touchEvent(pad, screen).release(0, wave(40), pad).commit()
    assert not pad.blank and pad.hasFocus()
    before = pad.image()
    QTest.mouseMove(pad, QPoint(10, 10))
    assert np.array_equal(pad.image(), before)


def drawn(pressure, step):
    stroke = Stroke()
    for number in range(20):
        stroke.extend(QPointF(step * number, 0), pressure)
    return stroke


def test_a_pen_that_presses_and_a_slow_mouse_write_thicker():
    assert drawn(0.9, 5).widths[-1] > 1.4 * drawn(0.2, 5).widths[-1]
    assert drawn(None, 3).widths[-1] > 1.4 * drawn(None, 50).widths[-1]


def test_a_trembling_hand_adds_no_points():
    assert len(drawn(0.5, 0.5).points) < 8
