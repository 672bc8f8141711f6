"""Specimens for the tests of vision: plainly drawn cards and sheets, and photographs of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.sandbox.specimens.photograph import photograph

PAPER, INK = (236, 240, 236), (40, 36, 34)


def _text(card, left, top, width, height, ink=INK):
    """Strokes that look like a row of characters from afar."""
    for x in range(left, left + width, height):
        cv2.rectangle(card, (x + 2, top), (x + height - 6, top + height - 3), ink, 3)
        cv2.line(card, (x + 2, top + height // 2), (x + height - 6, top + height // 2), ink, 3)


def _id_portrait():
    card = np.full((630, 1000, 3), PAPER, np.uint8)
    cv2.circle(card, (775, 200), 80, (60, 60, 60), -1)
    cv2.ellipse(card, (775, 460), (140, 170), 0, 180, 360, (110, 90, 80), -1)
    for top, width in ((90, 240), (165, 300), (240, 400), (320, 480), (370, 300)):
        _text(card, 70, top, width, 36)
    _text(card, 330, 530, 600, 44)
    return card


def _id_emblem():
    card = np.full((630, 1000, 3), PAPER, np.uint8)
    cv2.circle(card, (165, 155), 90, (40, 42, 200), -1)
    _text(card, 310, 90, 600, 60)
    _text(card, 310, 190, 600, 90)
    _text(card, 210, 450, 380, 34)
    _text(card, 210, 525, 500, 34)
    return card


def _bank_card():
    card = np.full((630, 1000, 3), (120, 70, 30), np.uint8)
    cv2.rectangle(card, (84, 176), (210, 276), (104, 180, 212), -1)
    for y in (200, 225, 250):
        cv2.line(card, (84, y), (210, y), (50, 110, 140), 3)
    _text(card, 60, 52, 250, 48, (235, 240, 240))
    _text(card, 60, 335, 860, 52, (235, 240, 240))
    cv2.rectangle(card, (770, 500), (970, 590), (40, 30, 200), -1)
    return card


CARDS = {"id-portrait": _id_portrait, "id-emblem": _id_emblem, "bank-card": _bank_card}


@pytest.fixture(scope="session")
def card():
    """card(kind) → uint8 BGR 630×1000×3, upright."""
    drawn = {kind: draw() for kind, draw in CARDS.items()}
    return lambda kind: drawn[kind].copy()


@pytest.fixture(scope="session")
def photo(card):
    """photo(kind, condition, seed) → (picture, true corners), each taken once per session."""
    taken = {}

    def take(kind, condition, seed):
        key = (kind, condition, seed)
        if key not in taken:
            taken[key] = photograph(card(kind), seed=seed, condition=condition)
        picture, corners = taken[key]
        return picture.copy(), corners.copy()

    return take
