"""A card that reaches over the picture's border is told even though it has no four corners."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.vision.cut_off import reaches_over_border
from kaihu_desktop.vision.quality import advice, judge

TABLE = (70, 60, 50)
RADIUS = 37  # of a card's corners, in pixels of 1000 to its length


def laid(thing, left, top, radius=RADIUS, length=0.7, table=TABLE, turned=3):
    """A card of 700×441 pixels with round corners, turned by some degrees, on a table of 1280×720."""
    turn = np.radians(turned)
    matrix = length * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = np.column_stack([matrix, (left, top)])
    size = {"dsize": (1280, 720), "flags": cv2.INTER_AREA}
    mask = cv2.erode(np.full(thing.shape[:2], 255, np.uint8), None)
    if radius:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    shares = cv2.warpAffine(mask, matrix, **size)[..., None] / 255
    picture = table + (cv2.warpAffine(thing, matrix, **size) - np.array(table)) * shares
    return cv2.GaussianBlur(picture.astype(np.uint8), (0, 0), 0.8)


@pytest.mark.parametrize(
    "place", [(-150, 150), (750, 100), (300, -120), (250, 420), (-180, -120), (800, 400)]
)
def test_a_card_over_the_border(card, place):
    picture = laid(card("id-portrait"), *place)
    assert reaches_over_border(picture)
    assert advice(judge(picture, None)).startswith("证件没有拍全")


def test_a_small_card_over_the_border(card):
    assert reaches_over_border(laid(card("id-emblem"), -120, 200, length=0.5))


@pytest.mark.parametrize("place", [(-150, 150), (750, 100), (300, -120), (250, 420)])
def test_a_card_over_the_border_that_lies_straight(card, place):
    assert reaches_over_border(laid(card("id-portrait"), *place, turned=0))


@pytest.mark.parametrize("beyond", [-4, -1, 0, 2, 6])
def test_a_side_along_the_border(card, beyond):
    picture = laid(card("bank-card"), -300, 720 - 756 + beyond, length=1.2, turned=0)
    assert reaches_over_border(picture)


def test_a_table_s_joint_at_the_corner_of_a_card_over_the_border(card):
    picture = laid(card("id-portrait"), 750, 100)
    corner = np.array([750, 100])
    cv2.line(picture, (corner - (0, 6)).tolist(), (corner - (5, 36)).tolist(), (40, 35, 30), 3)
    assert reaches_over_border(picture)


@pytest.mark.parametrize("place", [(-150, 150), (250, 420), (-180, -120)])
def test_a_card_over_the_border_of_a_table_with_a_grain(card, place):
    rows = cv2.GaussianBlur(np.random.default_rng(9).normal(0, 1, (720, 1)), (1, 21), 3)
    grain = np.clip(rows[..., None] * np.array([60, 65, 70]) + (95, 125, 160), 0, 255)
    table = np.broadcast_to(grain, (720, 1280, 3))
    assert reaches_over_border(laid(card("id-portrait"), *place, table=table))
    assert not reaches_over_border(table.astype(np.uint8))


@pytest.mark.parametrize("place", [(100, 80), (500, 200), (70, 30), (540, 200)])
def test_a_whole_card(card, place):
    assert not reaches_over_border(laid(card("id-portrait"), *place))


def test_a_sheet_of_paper_over_the_border():
    sheet = np.full((630, 1000, 3), 235, np.uint8)
    assert reaches_over_border(laid(sheet, 750, 100))
    assert not reaches_over_border(laid(sheet, 750, 100, radius=0))


def test_no_card():
    joints = np.full((720, 1280, 3), (150, 160, 170), np.uint8)
    joints[::180] = joints[:, ::200] = 60
    assert not reaches_over_border(joints)
    assert not reaches_over_border(np.full((720, 1280, 3), 90, np.uint8))


def test_a_joint_with_a_round_corner():
    table, joint, width = np.full((720, 1280, 3), (60, 80, 60), np.uint8), (10, 10, 10), 12
    cv2.line(table, (540, 400), (1300, 400), joint, width)
    cv2.line(table, (500, 440), (500, 800), joint, width)
    cv2.ellipse(table, (540, 440), (40, 40), 0, 180, 270, joint, width)
    assert not reaches_over_border(cv2.GaussianBlur(table, (0, 0), 0.8))


@pytest.mark.parametrize("width", [3, 6])
def test_a_card_over_the_border_beside_a_stripe_of_the_table(card, width):
    table = np.full((720, 1280, 3), (90, 110, 130), np.uint8)
    corner, turn = np.array([800, 400]), np.radians(-10)
    upward, leftward = np.array([np.sin(turn), -np.cos(turn)]), np.array([-np.cos(turn), -np.sin(turn)])
    for way, onward in ((upward, 600), (leftward, 18)):
        ends = np.round([corner - 300 * way, corner + onward * way]).astype(int).tolist()
        cv2.line(table, *ends, (60, 70, 90), width)
    assert reaches_over_border(laid(card("bank-card"), *corner, turned=-10, table=table))
    assert not reaches_over_border(table)
