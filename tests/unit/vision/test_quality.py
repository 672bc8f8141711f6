"""Judging pictures: each fault raises its flag, a good picture none, advice names what matters first."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.vision.quality import ADVICE_GOOD, ADVICE_NOT_FOUND, CHECKS, advice, judge

FLAGS = [flag for flag, _ in CHECKS]


@pytest.mark.parametrize("kind", ["id-portrait", "id-emblem", "bank-card"])
@pytest.mark.parametrize("seed", [60, 61])
def test_a_good_picture_has_no_flags(photo, kind, seed):
    quality = judge(*photo(kind, "easy", seed))
    assert quality.flags == () and quality.good
    assert advice(quality) == ADVICE_GOOD


def blurred(picture, corners, millimetres):
    return cv2.GaussianBlur(picture, (0, 0), millimetres * np.linalg.norm(corners[1] - corners[0]) / 85.6)


@pytest.mark.parametrize("kind", ["id-portrait", "id-emblem", "bank-card"])
@pytest.mark.parametrize("seed", [62, 63])
def test_blur(photo, kind, seed):
    picture, corners = photo(kind, "easy", seed)
    quality = judge(blurred(picture, corners, 0.35), corners)
    assert quality.flags[0] == "blur" and "模糊" in advice(quality)


@pytest.mark.parametrize("turned", [False, True])
def test_blur_in_one_direction(photo, turned):
    picture, corners = photo("id-portrait", "easy", 63)
    length = round(1.5 * np.linalg.norm(corners[1] - corners[0]) / 85.6)
    assert "blur" in judge(cv2.blur(picture, (1, length) if turned else (length, 1)), corners).flags


@pytest.mark.parametrize("seed", [62, 63, 64])
def test_darkness(photo, seed):
    assert "dark" in judge(*photo("id-portrait", "dark_noisy", seed)).flags


def test_darkness_does_not_pass_for_blur(photo):
    assert "blur" not in judge(*photo("id-portrait", "dark_noisy", 65)).flags


def test_glare(photo):
    picture, corners = photo("id-portrait", "easy", 60)
    centre = corners.mean(axis=0).astype(int).tolist()
    assert "glare" not in judge(picture, corners).flags
    cv2.circle(picture, centre, int(np.linalg.norm(corners[1] - corners[0]) / 8), (255, 255, 255), -1)
    quality = judge(picture, corners)
    assert "glare" in quality.flags and "反光" in advice(quality)


def test_too_far(photo):
    picture, corners = photo("id-portrait", "easy", 61)
    away = cv2.copyMakeBorder(picture, 1500, 1500, 2600, 2600, cv2.BORDER_REPLICATE)
    small = cv2.resize(away, (1920, 1101), interpolation=cv2.INTER_AREA)
    quality = judge(small, (corners + np.array([2600, 1500])) * (1920 / away.shape[1]))
    assert "too_far" in quality.flags and advice(quality) == "再靠近一点"


def test_cut_off(photo):
    picture, corners = photo("id-portrait", "easy", 61)
    left = int(corners[:, 0].min() + 30)
    quality = judge(np.ascontiguousarray(picture[:, left:]), corners - (left, 0))
    assert quality.flags[0] == "cut_off"


def test_a_background_of_the_same_colour(card):
    picture = np.full((1080, 1920, 3), (236, 240, 236), np.uint8)
    picture[200:830, 400:1400] = card("id-portrait")
    corners = np.array([[400, 200], [1400, 200], [1400, 830], [400, 830]], np.float32)
    assert "low_contrast" in judge(picture, corners).flags


@pytest.mark.parametrize("turns", range(4))
def test_the_first_corner_does_not_matter(photo, turns):
    picture, corners = photo("bank-card", "perspective", 66)
    assert judge(picture, np.roll(corners, turns, axis=0)).flags == judge(picture, corners).flags


@pytest.mark.parametrize("kind", ["id-portrait", "bank-card"])
def test_blur_is_told_though_no_card_was_found(photo, kind):
    picture, corners = photo(kind, "easy", 62)
    assert "blur" not in judge(picture, None).flags
    quality = judge(blurred(picture, corners, 0.6), None)
    assert not quality.found and "blur" in quality.flags


def test_an_empty_table_is_not_called_blurred():
    table = np.full((720, 1280, 3), 180, np.uint8) + np.random.default_rng(3).integers(0, 9, (720, 1280, 1))
    assert judge(cv2.GaussianBlur(table.astype(np.uint8), (0, 0), 3), None).flags == ()


def test_without_card_and_structure_only_the_light_is_judged():
    assert advice(judge(np.full((480, 640, 3), 180, np.uint8), None)) == ADVICE_NOT_FOUND
    dark = judge(np.full((480, 640, 3), 20, np.uint8), None)
    assert dark.flags == ("dark",) and "光线" in advice(dark) and not dark.good
