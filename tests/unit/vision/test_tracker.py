"""Following a card through a live picture: moved, turned, covered, gone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.vision.geometry import overlap
from kaihu_desktop.vision.tracker import CardTracker


@pytest.fixture(params=["id-portrait", "bank-card"])
def still(photo, request):
    """A frame of 1280×720 and the card's corners in it."""
    picture, corners = photo(request.param, "easy", 41)
    return cv2.resize(picture, (1280, 720), interpolation=cv2.INTER_AREA), corners * (2 / 3)


def _moved(frame, corners, shift=(0, 0), turn=0.0, grow=1.0, lean=0.0):
    """The frame as another camera position would see it, and where the corners went."""
    matrix = np.vstack([cv2.getRotationMatrix2D((640, 360), turn, grow), [0, 0, 1]])
    matrix[:2, 2] += shift
    matrix[2, 0] = lean / 1280
    seen = cv2.warpPerspective(frame, matrix, (1280, 720), borderMode=cv2.BORDER_REFLECT)
    return seen, cv2.perspectiveTransform(corners[None].astype(np.float64), matrix)[0].astype(np.float32)


def _noisy(frame, seed):
    noise = np.random.default_rng(seed).normal(0, 3, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


def test_corners_are_carried_along_over_many_frames(still):
    frame, corners = still
    tracker = CardTracker()
    tracker.start(frame, corners)
    for step in range(1, 25):
        manner = {"shift": (3.0 * step, -1.5 * step), "turn": 0.3 * step, "grow": 1 + step * 0.004}
        seen, truth = _moved(frame, corners, lean=step * 0.001, **manner)
        followed = tracker.follow(_noisy(seen, step))
        assert followed is not None and followed.dtype == np.float32
        assert overlap(truth, followed) > 0.98


def test_a_jerk_is_followed_or_the_loss_is_told(still):
    frame, corners = still
    tracker = CardTracker()
    tracker.start(frame, corners)
    seen, truth = _moved(frame, corners, (60, 25))
    followed = tracker.follow(seen)
    assert followed is None or overlap(truth, followed) > 0.98


def test_a_finger_on_the_card_does_no_harm(still):
    frame, corners = still
    tracker = CardTracker()
    tracker.start(frame, corners)
    seen, truth = _moved(frame, corners, (5, 3))
    middle = truth.mean(axis=0)
    cv2.line(
        seen,
        np.rint(middle).astype(int).tolist(),
        np.rint(truth[2:].mean(axis=0)).astype(int).tolist(),
        (120, 150, 200),
        40,
    )
    followed = tracker.follow(seen)
    assert followed is not None and overlap(truth, followed) > 0.97


@pytest.mark.parametrize("level", [0, 200])
def test_a_card_that_is_gone_is_lost_until_the_next_start(still, level):
    frame, corners = still
    tracker = CardTracker()
    tracker.start(frame, corners)
    assert tracker.follow(np.full_like(frame, level)) is None
    assert tracker.follow(frame) is None
    tracker.start(frame, corners)
    assert tracker.follow(frame) is not None


def test_another_picture_is_not_the_card(still):
    frame, corners = still
    tracker = CardTracker()
    tracker.start(frame, corners)
    noise = np.random.default_rng(5).integers(0, 255, frame.shape).astype(np.uint8)
    assert tracker.follow(noise) is None


def test_nothing_to_hold_on_to():
    blank = np.full((720, 1280, 3), 128, np.uint8)
    tracker = CardTracker()
    assert tracker.follow(blank) is None
    tracker.start(blank, np.array([[100, 100], [900, 100], [900, 600], [100, 600]], np.float32))
    assert tracker.follow(blank) is None


def test_a_frame_of_another_size_is_a_loss(still):
    frame, corners = still
    tracker = CardTracker()
    tracker.start(frame, corners)
    assert tracker.follow(frame[:480, :640]) is None
