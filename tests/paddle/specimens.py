"""Made-up cards as a webcam sees them, and what is printed on them, by the reader's names."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from benchmarks.card_reader_cards import Sample, emblem_truth, portrait_truth
from kaihu_desktop.sandbox.specimens.cards import render_bank_card, render_id_emblem, render_id_portrait
from kaihu_desktop.sandbox.specimens.people import make_bank_card, make_person


def portrait(seed: int) -> Sample:
    person = make_person(seed)
    return Sample("id-portrait", _seen(render_id_portrait(person, seed), seed), portrait_truth(person))


def emblem(seed: int) -> Sample:
    person = make_person(seed)
    return Sample("id-emblem", _seen(render_id_emblem(person, seed), seed), emblem_truth(person))


def bank_card(seed: int) -> Sample:
    card = make_bank_card(seed)
    return Sample(
        "bank-card", _seen(render_bank_card(card, seed), seed), {"number": card.number, "bank": card.bank}
    )


def _seen(card: Any, seed: int) -> Any:
    """The card 400 to 700 pixels wide, a little blurred and noisy, then enlarged as the client does."""
    chance = np.random.default_rng(seed)
    width = int(chance.integers(400, 700))
    small = cv2.resize(card, (width, width * 63 // 100), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), chance.uniform(0.3, 0.8)).astype(np.float32)
    noisy = np.clip(blurred + chance.normal(0, 4, small.shape), 0, 255).astype(np.uint8)
    return cv2.resize(noisy, (1000, 630), interpolation=cv2.INTER_CUBIC)
