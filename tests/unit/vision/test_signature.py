"""Signatures on photographed paper become dark ink on white, whole; nothing and too much are told apart."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.signature import measure
from kaihu_desktop.sandbox.specimens.photograph import photograph_sheet
from kaihu_desktop.sandbox.specimens.signed_sheets import MANNERS, signed_sheet
from kaihu_desktop.vision.capture import ADVICE_BLANK, ADVICE_SEVERAL, process_capture
from kaihu_desktop.vision.signature import NONE, ONE, SEVERAL, read_signature

NAMES = [manner for manner, how in MANNERS.items() if how.writing == "name"]


def sheet(ink=(90, 40, 30), thick=14):
    paper = np.full((1000, 1414, 3), (246, 250, 250), np.uint8)
    if ink is not None:
        strokes = [
            [[400, 380], [700, 340], [980, 400]],
            [[560, 300], [540, 480], [420, 640]],
            [[600, 480], [900, 640]],
        ]
        for stroke in strokes:
            cv2.polylines(paper, [np.array(stroke)], False, ink, thick, cv2.LINE_AA)
    return paper


@pytest.mark.parametrize("manner", NAMES)
def test_no_stroke_is_eaten_and_nothing_is_added(manner):
    figures = measure(5, manner)
    assert figures["said"] == 1
    assert figures["recall"] > 0.9 and figures["lost"] < 0.1 and figures["precision"] > 0.9


@pytest.mark.parametrize("ink", [(90, 40, 30), (30, 30, 30), (40, 40, 190)], ids=["blue", "black", "red"])
def test_ink_stays_and_paper_goes(ink):
    found = read_signature(photograph_sheet(sheet(ink), seed=1))
    assert found.contents == ONE
    cleaned = found.image
    assert cleaned.dtype == np.uint8 and cleaned.ndim == 3
    border = np.concatenate(
        [cleaned[:3].ravel(), cleaned[-3:].ravel(), cleaned[:, :3].ravel(), cleaned[:, -3:].ravel()]
    )
    assert border.min() == 255
    assert np.median(cleaned) == 255 and cleaned.min() < 60
    assert 0.01 < (cleaned < 128).mean() < 0.3
    assert 1.2 < cleaned.shape[1] / cleaned.shape[0] < 2.4  # cropped to the strokes


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("manner", ["blank", "blank, lined"])
def test_an_empty_sheet_is_blank(manner, seed):
    found = read_signature(signed_sheet(seed, manner)[0])
    assert (found.contents, found.image) == (NONE, None)


@pytest.mark.parametrize("seed", range(3))
def test_a_name_beside_text_is_several_things(seed):
    assert read_signature(signed_sheet(seed, "with text")[0]).contents == SEVERAL


def test_a_name_written_downwards_is_one_thing():
    paper = np.full((1400, 1000, 3), 250, np.uint8)
    for top in (200, 560, 920):
        for start, end in (((420, 0), (620, 20)), ((520, -40), (500, 220)), ((500, 90), (640, 200))):
            cv2.line(paper, (start[0], top + start[1]), (end[0], top + end[1]), (40, 30, 30), 9, cv2.LINE_AA)
    assert read_signature(paper).contents == ONE


def test_what_was_cleaned_or_drawn_on_the_screen_stays_as_it_is():
    cleaned = read_signature(photograph_sheet(sheet(), seed=1)).image
    again = read_signature(cleaned)
    assert again.contents == ONE
    height, width = cleaned.shape[:2]
    assert (
        abs(again.image.shape[0] - height) < 0.1 * height and abs(again.image.shape[1] - width) < 0.1 * width
    )


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_uniform_picture_is_blank(level):
    assert read_signature(np.full((300, 600, 3), level, np.uint8)).contents == NONE


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (60, 80)])
def test_a_tiny_picture_is_blank_too(shape):
    assert read_signature(np.full((*shape, 3), 200, np.uint8)).contents == NONE


def test_a_capture_is_accepted_when_there_is_a_signature_alone():
    capture = process_capture(photograph_sheet(sheet(), seed=2), "signature")
    assert capture.accepted and capture.corners is None and capture.card.shape[0] < 1080
    empty = photograph_sheet(sheet(None), seed=2)
    blank = process_capture(empty, "signature")
    assert not blank.accepted and blank.advice == ADVICE_BLANK
    assert np.array_equal(blank.card, empty)
    several = process_capture(signed_sheet(1, "with text")[0], "signature")
    assert not several.accepted and several.advice == ADVICE_SEVERAL
