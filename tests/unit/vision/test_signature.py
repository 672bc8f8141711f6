"""Signatures on photographed paper become dark ink on white."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.sandbox.specimens.photograph import photograph_sheet
from kaihu_desktop.vision.capture import ADVICE_BLANK, process_capture
from kaihu_desktop.vision.signature import clean_signature, is_blank


def sheet(ink=(90, 40, 30)):
    paper = np.full((1000, 1414, 3), (246, 250, 250), np.uint8)
    if ink is not None:
        strokes = [
            [[400, 380], [700, 340], [980, 400]],
            [[560, 300], [540, 480], [420, 640]],
            [[600, 480], [900, 640]],
        ]
        for stroke in strokes:
            cv2.polylines(paper, [np.array(stroke)], False, ink, 14, cv2.LINE_AA)
    return paper


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ink", [(90, 40, 30), (30, 30, 30)], ids=["blue", "black"])
def test_ink_stays_and_paper_goes(seed, ink):
    cleaned = clean_signature(photograph_sheet(sheet(ink), seed=seed))
    assert cleaned.dtype == np.uint8 and cleaned.ndim == 3
    border = np.concatenate([cleaned[:3].ravel(), cleaned[-3:].ravel(), cleaned[:, :3].ravel()])
    assert border.min() == 255
    assert np.median(cleaned) == 255 and cleaned.min() < 60
    assert 0.01 < (cleaned < 128).mean() < 0.3
    assert 1.2 < cleaned.shape[1] / cleaned.shape[0] < 2.4  # cropped to the strokes


@pytest.mark.parametrize("seed", range(4))
def test_an_empty_sheet_is_blank(seed):
    photo = photograph_sheet(sheet(None), seed=seed)
    assert is_blank(photo)
    assert clean_signature(photo).min() == 255


def test_cleaning_twice_keeps_the_signature():
    cleaned = clean_signature(photograph_sheet(sheet(), seed=1))
    assert not is_blank(cleaned)
    assert not is_blank(clean_signature(cleaned))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_uniform_picture_is_blank(level):
    assert is_blank(np.full((300, 600, 3), level, np.uint8))


def test_a_signature_capture_is_accepted_when_there_is_ink():
    capture = process_capture(photograph_sheet(sheet(), seed=2), "signature")
    assert capture.accepted and capture.corners is None and capture.card.shape[0] < 1080
    empty = photograph_sheet(sheet(None), seed=2)
    blank = process_capture(empty, "signature")
    assert not blank.accepted and blank.advice == ADVICE_BLANK
    assert np.array_equal(blank.card, empty)
