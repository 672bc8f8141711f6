"""Copies are told from cards: black and white prints, and cards photographed off a screen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.sandbox.specimens.copies import Screen, photocopy, photograph_screen, plan_shot
from kaihu_desktop.sandbox.specimens.photograph import CONDITIONS, photograph_as
from kaihu_desktop.vision.copies import is_colourless, is_off_screen
from kaihu_desktop.vision.quality import advice, judge

KINDS = ("id-portrait", "id-emblem", "bank-card")
COARSE = Screen(dots=(500, 600), fill=(0.6, 0.65), tilt=(2, 6), blur=(0.4, 0.5))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warmth", [0.0, 0.3])
def test_a_photocopy(card, kind, warmth):
    copied = photocopy(card(kind), np.random.default_rng(5)) * np.array([1 - warmth, 1 - warmth / 3, 1])
    assert is_colourless(copied.astype(np.uint8))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("light", [0.35, 1.0])
def test_a_card_has_colours(card, kind, light):
    rng = np.random.default_rng(6)
    noisy = card(kind) * light + rng.normal(0, 4, card(kind).shape)
    assert not is_colourless(np.clip(noisy, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_photographed_screen(card, kind):
    chance = np.random.default_rng(7)
    shown, corners = photograph_as(card(kind), CONDITIONS["easy"], chance, (1280, 720))
    shot = plan_shot(corners, COARSE, chance, (1280, 720))
    picture = photograph_screen(shown, shot, COARSE, chance)
    assert shot.amplitude > 0.05
    assert is_off_screen(picture, shot.places)
    quality = judge(picture, shot.places, kind)
    assert "copy" in quality.flags and "原件" in advice(quality)


def test_a_photographed_screen_on_which_no_card_is_found(card, photo):
    chance = np.random.default_rng(7)
    shown, corners = photograph_as(card("id-emblem"), CONDITIONS["easy"], chance, (1280, 720))
    picture = photograph_screen(shown, plan_shot(corners, COARSE, chance, (1280, 720)), COARSE, chance)
    quality = judge(picture, None)
    assert "copy" in quality.flags and not quality.found
    assert "copy" not in judge(photo("id-emblem", "easy", 70)[0], None).flags


def test_a_card_of_one_strong_colour():
    flat = np.full((108, 171, 3), (60, 60, 170), np.uint8)
    cv2.putText(flat, "6217 0024", (10, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (75, 75, 190), 2)
    assert not is_colourless(flat)


@pytest.mark.parametrize("condition", ["easy", "perspective", "dark_noisy", "glare"])
def test_a_card_shows_no_raster(photo, condition):
    assert not is_off_screen(*photo("id-emblem", condition, 70))


def test_fine_print_is_no_raster(photo):
    picture, corners = photo("id-emblem", "easy", 71)
    y = np.arange(picture.shape[0])[:, None, None]
    lines = 1 - np.array([0.1, 0.2, 0.3]) * (np.cos(2 * np.pi * y / 6) > 0)  # of one ink
    inside = cv2.fillConvexPoly(np.zeros(picture.shape[:2]), np.round(corners).astype(np.int32), 1)[..., None]
    printed = np.where(inside > 0, picture * lines, picture)
    assert not is_off_screen(printed.astype(np.uint8), corners)


def test_a_fine_wave_without_colour_that_does_not_end_with_the_card(photo):
    picture, corners = photo("id-emblem", "easy", 71)
    y = np.arange(picture.shape[0])[:, None, None]
    rows = 1 - 0.06 * np.cos(2 * np.pi * y / 2.7)
    assert is_off_screen((picture * rows).astype(np.uint8), corners)


def test_such_a_wave_in_a_small_picture_beside_dark_surroundings(photo):
    picture, corners = photo("id-emblem", "easy", 71)
    scale = 460 / np.linalg.norm(corners[1] - corners[0])
    move = np.array([320, 240]) - corners.mean(axis=0) * scale
    onto = np.array([[scale, 0, move[0]], [0, scale, move[1]]])
    small = cv2.warpAffine(
        picture, onto, (640, 480), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
    ).astype(float)
    places = (corners * scale + move).astype(np.float32)
    small += np.random.default_rng(8).normal(0, 1.5, small.shape)
    rows = 1 - 0.06 * np.cos(2 * np.pi * np.arange(480)[:, None, None] / 2.7)
    rows = np.where(np.arange(640)[None, :, None] < places[:, 0].min(), 1, rows)
    assert is_off_screen(np.clip(small * rows, 0, 255).astype(np.uint8), places)
    assert not is_off_screen(np.clip(small, 0, 255).astype(np.uint8), places)


@pytest.mark.parametrize("period", [24, 50])
def test_moire_coarser_than_the_stripes(photo, period):
    picture, corners = photo("id-emblem", "easy", 71)
    y = np.arange(picture.shape[0])[:, None, None]
    bands = 1 - 0.1 * np.cos(2 * np.pi * (y / period + np.array([0, 1, 2]) / 3))
    assert is_off_screen((picture * bands).astype(np.uint8), corners)


def test_a_small_card_is_not_judged_by_its_raster():
    picture = np.zeros((100, 160, 3), np.uint8)
    corners = np.array([[10, 10], [150, 10], [150, 90], [10, 90]], np.float32)
    assert not is_off_screen(picture, corners)
    assert not is_colourless(cv2.cvtColor(np.full((63, 100), 255, np.uint8), cv2.COLOR_GRAY2BGR))
