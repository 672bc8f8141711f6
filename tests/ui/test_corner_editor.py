"""The corner editor by mouse and by keyboard: drag, rotate, reset, undo, the small card beside it."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.widgets.corner_editor import CornerEditor, whole_picture
from tests.ui.conftest import Hands

CORNERS = np.array([[200, 150], [1000, 160], [1010, 650], [190, 640]], np.float32)


@pytest.fixture
def editor(hands: Hands, show: Callable[[Page], Page]) -> CornerEditor:
    """An editor over a picture of 1280×800 whose card is bright."""
    image = np.full((800, 1280, 3), 40, np.uint8)
    image[150:650, 195:1005] = 220
    page, made = Page("look", "裁剪"), CornerEditor("look.corners")
    page.body.addWidget(made)
    show(page)
    hands.focused("look.page")  # where the window puts it
    made.edit(image, CORNERS)
    hands.focused("look.corners.canvas")
    return made


def same(one: Any, other: Any) -> bool:
    """Whether corners are the same."""
    return bool(np.allclose(one, other, atol=0.01))


def test_arrow_keys_move_the_chosen_corner(hands: Hands, editor: CornerEditor) -> None:
    canvas, press = editor.canvas, hands.qtbot.keyClick
    press(canvas, Qt.Key.Key_Left)
    press(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert same(canvas.corners[0], (199, 140))
    for number in (1, 2, 3):
        press(canvas, Qt.Key.Key_Tab)
        press(canvas, Qt.Key.Key_Right)
        assert same(canvas.corners[number], CORNERS[number] + (1, 0))
    press(canvas, Qt.Key.Key_Tab)
    assert not canvas.hasFocus()


def test_enter_uses_the_corners(hands: Hands, editor: CornerEditor) -> None:
    with hands.qtbot.waitSignal(editor.done) as told:
        hands.qtbot.keyClick(editor.canvas, Qt.Key.Key_Return)
    assert same(told.args[1], CORNERS)


def test_drag_undo_and_reset(hands: Hands, editor: CornerEditor) -> None:
    canvas = editor.canvas
    for number in (2, 0):
        handle = canvas.on_screen(number).toPoint()
        hands.drag(canvas, handle, handle + QPoint(-20, -10), handle + QPoint(-30, -20))
    assert (canvas.corners[2] < CORNERS[2]).all()
    hands.click("look.corners.undo")
    assert same(canvas.corners[0], CORNERS[0])
    assert (canvas.corners[2] < CORNERS[2]).all()
    hands.click("look.corners.reset")
    assert same(canvas.corners, CORNERS)
    hands.click("look.corners.undo")  # also the reset
    assert (canvas.corners[2] < CORNERS[2]).all()
    hands.click("look.corners.undo")
    assert same(canvas.corners, CORNERS)
    assert not hands.see("look.corners.undo").isEnabled()


def test_crossed_corners_are_not_taken(hands: Hands, editor: CornerEditor) -> None:
    canvas = editor.canvas
    handle, beyond = canvas.on_screen(0).toPoint(), canvas.on_screen(2).toPoint() + QPoint(20, 20)
    hands.drag(canvas, handle, beyond)
    assert same(canvas.corners, CORNERS)


def test_four_quarter_turns_lead_back(hands: Hands, editor: CornerEditor) -> None:
    canvas = editor.canvas
    sizes = []
    for _ in range(4):
        hands.click("look.corners.turn")
        sizes.append(canvas.image.shape[:2])
        inside = canvas.image[round(float(canvas.corners[:, 1].mean())), 600 if len(sizes) % 2 == 0 else 400]
        assert int(inside[0]) == 220  # the corners have gone with the card
    assert sizes == [(1280, 800), (800, 1280)] * 2
    assert same(canvas.corners, CORNERS)


def test_card_is_shown_as_it_would_be_cut_out(hands: Hands, editor: CornerEditor) -> None:
    before = hands.see("look.corners.preview").grab().toImage()
    assert before.pixelColor(before.width() // 2, before.height() // 2).red() == 220
    left = QPoint(before.width() // 20, before.height() // 2)
    assert before.pixelColor(left).red() == 220
    handle = editor.canvas.on_screen(0).toPoint()
    hands.drag(editor.canvas, handle, handle - QPoint(60, 0))
    after = hands.see("look.corners.preview").grab().toImage()
    assert after.pixelColor(left).red() < 220


def test_whole_picture_where_no_corners_are_known(hands: Hands, editor: CornerEditor) -> None:
    image = np.zeros((400, 600, 3), np.uint8)
    editor.edit(image, None, "重新拍摄")
    assert same(editor.canvas.corners, whole_picture(image))
    assert hands.text("look.corners.cancel") == "重新拍摄"
    with hands.qtbot.waitSignal(editor.cancelled):
        hands.click("look.corners.cancel")
