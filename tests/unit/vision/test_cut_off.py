"""A card that reaches over the picture's border is told even though it has no four corners."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.vision.cut_off import reaches_over_border
from kaihu_desktop.vision.quality import advice, judge

TABLE = (70, 60, 50)


def laid(card, left, top):
    """A card of 700×441 pixels, turned by three degrees, on a plain table of 1280×720."""
    turn = np.radians(3)
    matrix = 0.7 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    picture = cv2.warpAffine(
        card, np.column_stack([matrix, (left, top)]), (1280, 720), flags=cv2.INTER_AREA, borderValue=TABLE
    )
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


@pytest.mark.parametrize(
    "place", [(-150, 150), (750, 100), (300, -120), (250, 420), (-180, -120), (800, 400)]
)
def test_a_card_over_the_border(card, place):
    picture = laid(card("id-portrait"), *place)
    assert reaches_over_border(picture)
    assert advice(judge(picture, None)).startswith("证件没有拍全")


@pytest.mark.parametrize("place", [(100, 80), (500, 200), (70, 30), (540, 200)])
def test_a_whole_card(card, place):
    assert not reaches_over_border(laid(card("id-portrait"), *place))


def test_no_card():
    joints = np.full((720, 1280, 3), (150, 160, 170), np.uint8)
    joints[::180] = joints[:, ::200] = 60
    assert not reaches_over_border(joints)
    assert not reaches_over_border(np.full((720, 1280, 3), 90, np.uint8))
