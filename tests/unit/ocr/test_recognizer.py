"""Decoding of the recognition network's output."""

from __future__ import annotations

import numpy as np
import pytest

from kaihu_desktop.ocr.recognizer import Decoder, prepare

DECODER = Decoder(["A", "B", "8", " "])
BLANK, A, B, EIGHT = 0, 1, 2, 3


def steps(*best: int, sure: float = 0.9) -> np.ndarray:
    """Probabilities of 5 classes whose best path is `best`."""
    rows = np.full((len(best), 5), (1 - sure) / 4, np.float32)
    rows[np.arange(len(best)), best] = sure
    return rows


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        ((BLANK, BLANK), ""),
        ((A, A, A), "A"),
        ((A, BLANK, A), "AA"),
        ((BLANK, A, B, B, BLANK, 4, EIGHT), "AB 8"),
    ],
)
def test_repeats_merge_and_blanks_vanish(path: tuple[int, ...], text: str) -> None:
    assert "".join(character.text for character in DECODER.decode(steps(*path))) == text


def test_positions_run_along_the_line() -> None:
    first, second = DECODER.decode(steps(A, A, BLANK, BLANK, BLANK, BLANK, BLANK, BLANK, BLANK, B))
    assert (first.position, second.position) == (pytest.approx(0.1), pytest.approx(0.95))


def test_alphabet_keeps_others_out_and_shows_doubt() -> None:
    rows = steps(B, BLANK, EIGHT)
    rows[0, EIGHT] = 0.06
    letters = DECODER.decode(rows, "8")
    assert [character.text for character in letters] == ["8", "8"]
    assert letters[0].probability == pytest.approx(0.06)
    assert letters[1].probability == pytest.approx(0.9)


def test_rivals_are_ranked_and_never_blank() -> None:
    rows = np.array([[0.3, 0.05, 0.4, 0.25, 0.0]], np.float32)
    (character,) = DECODER.decode(rows)
    assert character.text == "B"
    assert [rival[0] for rival in character.rivals] == ["8", "A"]


@pytest.mark.parametrize(("shape", "width"), [((24, 100, 3), 200), ((96, 100, 3), 50), ((50, 4, 3), 16)])
def test_input_keeps_the_proportions(shape: tuple[int, int, int], width: int) -> None:
    batch = prepare(np.full(shape, 255, np.uint8))
    assert batch.shape == (1, 3, 48, width)
    assert batch.max() == pytest.approx(1)
