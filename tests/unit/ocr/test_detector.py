"""Boxes from the probability map of the detection network."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.ocr.detector import cut_line, find_boxes, prepare, scale_for


def map_with_bar(angle: float, probability: float = 0.9) -> np.ndarray:
    """A map of 256×384 with one bar of 120×12 pixels in its middle."""
    bar = cv2.boxPoints(((192.0, 128.0), (120.0, 12.0), angle)).round().astype(np.int32)
    return cv2.fillPoly(np.zeros((256, 384), np.float32), [bar], probability)


@pytest.mark.parametrize("angle", [0, 8, -8])
def test_bar_becomes_a_larger_box_in_picture_pixels(angle: float) -> None:
    (box,) = find_boxes(map_with_bar(angle), 0.5)
    top_left, top_right, _, bottom_left = box
    assert np.allclose(box.mean(axis=0), (384, 256), atol=3)
    assert np.linalg.norm(top_right - top_left) == pytest.approx(2 * 136, abs=8)
    assert np.linalg.norm(bottom_left - top_left) == pytest.approx(2 * 28, abs=8)
    slope = np.degrees(np.arctan2(*(top_right - top_left)[::-1]))
    assert slope == pytest.approx(angle, abs=1)


def test_faint_and_tiny_regions_are_no_text() -> None:
    assert find_boxes(map_with_bar(0, 0.5), 1.0) == []
    speck = np.zeros((256, 384), np.float32)
    speck[100:102, 100:102] = 1
    assert find_boxes(speck, 1.0) == []


def test_boxes_come_from_top_to_bottom() -> None:
    probability = np.zeros((256, 384), np.float32)
    for y in (200, 20, 110):
        probability[y : y + 10, 50:150] = 0.9
    heights = [box[:, 1].mean() for box in find_boxes(probability, 1.0)]
    assert heights == sorted(heights)
    assert len(heights) == 3


@pytest.mark.parametrize(("width", "height"), [(1000, 630), (640, 403), (30, 20), (2000, 100)])
def test_input_has_sides_of_multiples_of_32(width: int, height: int) -> None:
    image = np.full((height, width, 3), 128, np.uint8)
    batch = prepare(image, 640)
    assert batch.dtype == np.float32
    assert batch.shape[2] % 32 == batch.shape[3] % 32 == 0
    assert max(batch.shape[2:]) <= 640
    assert scale_for(image, 640) <= 1


def test_line_is_cut_upright() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    box = cv2.boxPoints(((100.0, 100.0), (120.0, 20.0), 30.0))
    cv2.fillPoly(image, [box.round().astype(np.int32)], (255, 255, 255))
    ordered = box[[1, 2, 3, 0]]  # TL, TR, BR, BL
    line = cut_line(image, ordered.astype(np.float32))
    assert line.shape[:2] == (20, 120)
    assert line.mean() > 235
