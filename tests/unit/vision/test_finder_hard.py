"""Cards that hardly differ from what is around them: faintly tinted ones on print, white ones in a shadow."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.vision.edges import tints
from kaihu_desktop.vision.finder import find_card
from kaihu_desktop.vision.geometry import overlap
from kaihu_desktop.vision.refine import leave_shadow

FLAT = np.array([[0, 0], [1000, 0], [1000, 630], [0, 630]], np.float32)
LYING = np.array([[500, 260], [1240, 300], [1215, 765], [475, 725]], np.float32)


def laid(table, face, corners, shadow=0.0):
    """The table (uint8) with a round-cornered card on it and the card's soft shadow around it; uint8."""
    size = table.shape[1::-1]
    matrix = cv2.getPerspectiveTransform(FLAT, corners)
    mask = np.zeros((630, 1000), np.float32)
    for points in ([37, 0, 963, 630], [0, 37, 1000, 593]):
        cv2.rectangle(mask, points[:2], points[2:], 1, -1)
    for centre in ((37, 37), (963, 37), (963, 593), (37, 593)):
        cv2.circle(mask, centre, 37, 1, -1)
    mask = cv2.warpPerspective(mask, matrix, size)[:, :, None]
    shade = 1 - shadow * cv2.GaussianBlur(cv2.dilate(mask, np.ones((15, 15))), (0, 0), 6)[:, :, None]
    seen = cv2.warpPerspective(face, matrix, size)
    return np.rint(table * shade * (1 - mask) + seen * mask).astype(np.uint8)


def coarse_print():
    paper = np.full((1080, 1920, 3), 238, np.uint8)
    chance = np.random.default_rng(6)
    for y in range(10, 1060, 40):
        for x in range(20, 1880, 64):
            cv2.rectangle(paper, (x, y), (x + int(chance.integers(30, 56)), y + 17), (60, 60, 60), -1)
    return paper


@pytest.mark.parametrize("blur", [1.0, 4.0])
def test_a_faint_tint_is_enough_on_coarse_print(card, blur):
    face = np.clip(card("id-emblem") * np.array([0.99, 0.95, 0.9]), 0, 255).astype(np.uint8)
    picture = cv2.GaussianBlur(laid(coarse_print(), face, LYING, 0.2), (0, 0), blur)
    found = find_card(picture)
    assert found.corners is not None and overlap(LYING, found.corners) > 0.97


def test_a_faint_tint_is_enough_for_the_preview(card):
    face = np.clip(card("id-emblem") * np.array([0.99, 0.95, 0.9]), 0, 255).astype(np.uint8)
    picture = cv2.GaussianBlur(laid(coarse_print(), face, LYING, 0.2), (0, 0), 1.5)
    found = find_card(cv2.resize(picture, (1280, 720), interpolation=cv2.INTER_AREA), preview=True)
    assert found.accepted and overlap(LYING * np.float32(2 / 3), found.corners) > 0.97


@pytest.mark.parametrize("finger", [(1230, 560), (480, 500)])
def test_a_tinted_card_on_print_is_vouched_for_in_spite_of_a_finger(card, finger):
    face = cv2.resize(card("id-emblem"), (1000, 630)) * np.array([0.99, 0.95, 0.9])
    picture = laid(coarse_print(), np.clip(face, 0, 255).astype(np.uint8), LYING, 0.2)
    cv2.ellipse(picture, finger, (115, 110), 20, 0, 360, (110, 140, 190), -1)
    found = find_card(cv2.GaussianBlur(picture, (0, 0), 1.5))
    assert found.accepted and overlap(LYING, found.corners) > 0.98


def test_noise_and_print_beside_a_card_in_the_dark_are_no_sides_that_go_on(card):
    face = cv2.resize(card("id-portrait"), (1000, 630))
    picture = cv2.GaussianBlur(laid(coarse_print(), face, LYING, 0.2), (0, 0), 1.0) * 0.3
    picture = picture + 6 * np.random.default_rng(5).standard_normal(picture.shape)
    found = find_card(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    assert found.accepted and overlap(LYING, found.corners) > 0.98


def test_a_page_of_print_is_not_a_card():
    assert not find_card(coarse_print()).accepted


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("colour", [(60, 160, 140), (200, 150, 120), (40, 30, 30), (250, 250, 250)])
def test_a_blank_thing_of_a_cards_shape_is_none(colour, preview):
    light = np.linspace(0.7, 1.0, 1000)[:, None]
    table, face = np.full((1080, 1920, 3), 120.0), np.full((630, 1000, 3), colour) * light
    picture = laid(table, face, LYING, 0.2)
    picture = np.clip(picture + np.random.default_rng(4).normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
    assert not find_card(picture, preview).accepted


def test_the_card_is_found_beside_a_larger_blank_thing(card):
    blank = np.full((630, 1000, 3), (60, 160, 140), np.uint8)
    table = laid(np.full((1080, 1920, 3), 215, np.uint8), blank, LYING - np.float32([420, 180]))
    corners = (LYING + np.float32([600, 180])) * np.float32(0.8) + np.float32([350, 200])
    found = find_card(laid(table, card("id-emblem"), corners))
    assert found.accepted and overlap(corners, found.corners) > 0.97


def test_light_shadow_and_black_print_have_no_tint():
    grey = np.linspace(20, 240, 400).astype(np.uint8)
    shaded = np.repeat(np.repeat(grey[None, :, None], 300, axis=0), 3, axis=2)
    shaded[100:140] = shaded[100:140] // 4
    assert np.abs(tints(shaded, 1.0).astype(int) - 128).max() <= 1
    shaded[180:260, 300:, 0] -= 12
    assert np.abs(tints(shaded, 1.0)[220, 380].astype(int) - 128).max() > 15


def test_a_white_card_is_cut_out_without_its_shadow(card):
    table = np.full((1080, 1920, 3), 240, np.uint8)
    picture = cv2.GaussianBlur(laid(table, card("id-portrait"), LYING, 0.3), (0, 0), 0.8)
    found = find_card(picture)
    assert found.accepted and overlap(LYING, found.corners) > 0.985


def test_a_tinted_card_is_cut_out_without_a_shadow_that_is_broader_than_its_own_step(card):
    table = np.full((1080, 1920, 3), 226, np.uint8)
    face = np.clip(card("id-portrait") * np.array([1, 0.94, 0.9]), 0, 255).astype(np.uint8)
    picture = cv2.GaussianBlur(laid(table, face, LYING, 0.1), (0, 0), 0.8)
    found = find_card(picture)
    assert found.accepted and overlap(LYING, found.corners) > 0.985


def test_the_shadow_is_left_by_its_groove_and_no_frame_is_taken_for_one(card):
    rim = (LYING - LYING.mean(axis=0)) * np.float32(1.025) + LYING.mean(axis=0)
    table = np.full((1080, 1920, 3), 240, np.uint8)
    shadowed = cv2.GaussianBlur(laid(table, card("id-portrait"), LYING, 0.3), (0, 0), 0.8)
    quads, groove = leave_shadow(shadowed, rim)
    assert groove and overlap(LYING, quads[0]) > overlap(LYING, rim) + 0.02
    framed = card("id-portrait")
    cv2.rectangle(framed, (22, 22), (978, 608), (90, 60, 50), 4)
    _, groove = leave_shadow(cv2.GaussianBlur(laid(table // 2, framed, LYING), (0, 0), 0.8), LYING)
    assert not groove
