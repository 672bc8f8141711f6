"""拍照规范: the right photo and the mistakes, drawn, readable by keyboard and in a low window."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QImage, QPainter
from qtpy.QtWidgets import QLabel, QScrollArea

from kaihu_desktop.ui.widgets.photo_rules import MISTAKES, TITLES, Example, open_photo_rules
from kaihu_desktop.ui.widgets.photo_rules_scenes import GOOD, paint_scene

KINDS = list(TITLES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_one_and_each_mistake_are_told_and_shown(kind, shell, hands):
    overlay = open_photo_rules(shell.dialogs, kind)
    assert hands.text("dialog.title") == TITLES[kind]
    examples = {one.objectName().split(".")[-1]: one for one in overlay.findChildren(Example)}
    assert list(examples) == [GOOD, *(manner for manner, _, _ in MISTAKES[kind])]
    told = {one.text() for one in overlay.findChildren(QLabel)}
    for manner, title, remedy in MISTAKES[kind]:
        assert {title, remedy} <= told
        assert title in examples[manner].accessibleName()
        assert examples[manner].grab().toImage() != examples[GOOD].grab().toImage()


def drawn(kind, manner):
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_scene(painter, QRectF(0, 0, 320, 180), kind, manner)
    painter.end()
    return image


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_drawings_are_alike(kind, _look):
    manners = [GOOD, *(manner for manner, _, _ in MISTAKES[kind])]
    images = [drawn(kind, manner) for manner in manners]
    assert all(one != other for place, one in enumerate(images) for other in images[:place])


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_a_key_closes_it(key, shell, hands, qtbot):
    closed = []
    overlay = open_photo_rules(shell.dialogs, "bank-card", lambda: closed.append(True))
    hands.focused("dialog.rules")
    qtbot.keyClick(hands.see("dialog.rules"), key)
    assert closed == [True] and overlay.isHidden()


def test_the_button_closes_it(shell, hands):
    closed = []
    open_photo_rules(shell.dialogs, "signature", lambda: closed.append(True))
    hands.click("dialog.accept")
    assert closed == [True]


def test_in_a_low_window_the_keys_scroll_to_the_last_mistake(shell, hands, qtbot):
    shell.resize(768, 432)
    overlay = open_photo_rules(shell.dialogs, "id-portrait")
    area = hands.see("dialog.rules")
    assert isinstance(area, QScrollArea) and area.horizontalScrollBar().maximum() == 0
    last = overlay.findChildren(Example)[-1]
    hands.wait(lambda: area.verticalScrollBar().maximum() > 0)
    assert last.visibleRegion().isEmpty()
    for _ in range(20):
        qtbot.keyClick(area, Qt.Key.Key_PageDown)
    hands.wait(lambda: not last.visibleRegion().isEmpty())
    assert hands.see("dialog.accept").visibleRegion().boundingRect().height() > 30
