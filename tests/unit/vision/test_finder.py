"""Finding cards in photographs of every condition; the large numbers are in benchmarks/card_finder.py."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.sandbox.specimens.backgrounds import paint_background
from kaihu_desktop.sandbox.specimens.photograph import CONDITIONS, photograph_table
from kaihu_desktop.vision.finder import find_card
from kaihu_desktop.vision.geometry import overlap

KINDS = ("id-portrait", "id-emblem", "bank-card")


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
@pytest.mark.parametrize("seed", [41, 42])
def test_the_card_is_found_or_doubt_is_told(photo, condition, seed):
    picture, truth = photo(KINDS[seed % 3], condition, seed)
    found = find_card(picture)
    if found.accepted:
        assert found.corners.shape == (4, 2) and found.corners.dtype == np.float32
        assert overlap(truth, found.corners) > 0.95
        assert found.score > 0.8


def test_most_photographs_are_accepted(photo):
    finds = [find_card(photo("id-portrait", condition, 42)[0]) for condition in sorted(CONDITIONS)]
    assert sum(found.accepted for found in finds) >= len(finds) - 1


def test_easy_photographs_are_found_to_the_pixel(photo):
    picture, truth = photo("id-emblem", "easy", 44)
    found = find_card(picture)
    assert found.accepted
    distance = np.linalg.norm(truth[:, None] - found.corners[None], axis=2).min(axis=1)
    assert distance.max() < 2


def test_corners_go_clockwise_from_the_top_left(photo):
    picture, _ = photo("bank-card", "easy", 45)
    corners = find_card(picture).corners
    x, y = corners.T
    assert 2 * cv2.contourArea(corners, True) > 0  # clockwise with y pointing down
    assert (x + y).argmin() == 0


@pytest.mark.parametrize("condition", ["easy", "perspective"])
def test_preview_finds_it_too(photo, condition):
    picture, truth = photo("id-portrait", condition, 46)
    found = find_card(cv2.resize(picture, (1280, 720), interpolation=cv2.INTER_AREA), preview=True)
    assert found.corners is not None
    assert overlap(truth * (2 / 3), found.corners) > 0.95


def test_a_large_picture_gives_corners_in_its_own_pixels(photo):
    picture, truth = photo("id-portrait", "easy", 47)
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    found = find_card(large)
    assert found.accepted and overlap((truth + 0.5) * 2 - 0.5, found.corners) > 0.97


@pytest.mark.parametrize("kind", ["plain", "wood", "cloth", "tiles", "keyboard", "papers"])
def test_an_empty_table_is_not_a_card(kind):
    table = paint_background(kind, (1920, 1080), np.random.default_rng(7))
    assert not find_card(np.clip(table, 0, 255).astype(np.uint8)).accepted


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("filling", [0, 255])
def test_a_scan_with_round_corners_is_a_card_from_border_to_border(card, kind, filling):
    scan = np.full((630, 1000, 3), filling, np.uint8)
    mask = np.zeros((630, 1000), np.uint8)
    radius = 37
    cv2.rectangle(mask, (radius, 0), (999 - radius, 629), 255, -1)
    cv2.rectangle(mask, (0, radius), (999, 629 - radius), 255, -1)
    for x in (radius, 999 - radius):
        for y in (radius, 629 - radius):
            cv2.circle(mask, (x, y), radius, 255, -1)
    scan[mask > 0] = card(kind)[mask > 0]
    found = find_card(scan)
    assert found.corners is not None
    assert overlap(np.float32([[0, 0], [1000, 0], [1000, 630], [0, 630]]) - 0.5, found.corners) > 0.99
    assert found.accepted


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_cropped_to_its_print_is_never_cropped_further(card, kind):
    found = find_card(card(kind))
    assert not found.accepted


def test_a_card_on_printed_paper(card):
    paper = np.full((1080, 1920, 3), 236, np.uint8)
    chance = np.random.default_rng(6)
    for y in range(20, 1060, 34):
        for x in range(20, 1880, 60):
            cv2.rectangle(paper, (x, y), (x + int(chance.integers(20, 52)), y + 12), (70, 70, 70), -1)
    corners = np.array([[500, 260], [1240, 300], [1215, 765], [475, 725]], np.float32)
    flat = np.array([[0, 0], [1000, 0], [1000, 630], [0, 630]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    mask = cv2.warpPerspective(np.full((630, 1000), 255, np.uint8), matrix, (1920, 1080))
    light = np.clip(card("id-emblem").astype(np.int16) - 24, 0, 255).astype(np.uint8)
    paper[mask > 127] = cv2.warpPerspective(light, matrix, (1920, 1080))[mask > 127]
    found = find_card(paper)
    assert found.corners is not None and overlap(corners, found.corners) > 0.97


@pytest.mark.parametrize("seed", range(8))
def test_a_table_without_a_card_is_refused(seed):
    assert not find_card(photograph_table(seed=seed)).accepted


@pytest.mark.parametrize("shape", [(1, 1, 3), (8, 300, 3), (300, 8, 3), (480, 640, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_in_nothing(shape, level):
    found = find_card(np.full(shape, level, np.uint8))
    assert found.corners is None and not found.accepted and found.score == 0


def test_noise_is_not_a_card():
    noise = np.random.default_rng(3).integers(0, 256, (720, 1280, 3)).astype(np.uint8)
    assert not find_card(noise).accepted
