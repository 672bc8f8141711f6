"""Reads one line of text: preparation for a CTC network and decoding of its output.

Graves et al., Connectionist Temporal Classification, ICML 2006: the best path, repeats merged, blanks
dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence, cast

import cv2
import numpy as np

from kaihu_desktop.ocr.engine import Character

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Floats, Image

HEIGHT = 48  # of the network's input
NARROWEST, WIDEST = 16, 1600  # of the network's input
BLANK = 0
RIVALS = 20  # names of places and persons are told from look-alikes that are far down
LEAST_RIVAL = 1e-6  # probabilities below it say nothing


def prepare(image: Image) -> Floats:
    """The network's input for a picture of one line, 1×3×48×W float32 at the picture's own width."""
    height, width = image.shape[:2]
    size = (int(min(WIDEST, max(NARROWEST, round(width * HEIGHT / height)))), HEIGHT)
    shrinks = height > HEIGHT
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    normal = (scaled.astype(np.float32) / 255 - 0.5) / 0.5
    return cast("Floats", np.ascontiguousarray(normal.transpose(2, 0, 1)[None]))


class Decoder:
    """Turns probabilities into characters. characters: those of the network, in order, without the blank."""

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = ("", *characters)

    def decode(self, probabilities: Floats, alphabet: str = "") -> tuple[Character, ...]:
        """The characters of the best path.

        probabilities: T×C, for steps along the line.
        alphabet: only these characters may be read; their probabilities stay as they were, so that
        text of another kind shows as doubtful.
        """
        allowed = self._allowed(alphabet)
        if allowed is not None:
            probabilities = probabilities[:, allowed]
        best = probabilities.argmax(axis=1)
        names = range(len(self._characters)) if allowed is None else allowed.tolist()
        found = []
        for start, end in _runs(best):
            step = start + int(probabilities[start:end, best[start]].argmax())
            position = (start + end) / 2 / len(best)
            found.append(self._character(probabilities[step], names, position))
        return tuple(found)

    def _allowed(self, alphabet: str) -> np.ndarray[tuple[int], np.dtype[np.intp]] | None:
        if not alphabet:
            return None
        wanted = set(alphabet)
        return np.array([0, *(i for i, name in enumerate(self._characters) if name in wanted)])

    def _character(self, row: Floats, names: Sequence[int], position: float) -> Character:
        count = min(RIVALS + 2, len(row))
        order = np.argpartition(row, -count)[-count:]
        order = order[np.argsort(-row[order])]
        ranked = [(self._characters[names[i]], float(row[i])) for i in order if i != BLANK]
        (text, probability), rivals = ranked[0], ranked[1:]
        likely = tuple(rival for rival in rivals[:RIVALS] if rival[1] > LEAST_RIVAL)
        return Character(text, probability, position, likely)


def _runs(best: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[tuple[int, int]]:
    """Half-open spans of equal steps that aren't blank."""
    edges = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    return [(start, end) for start, end in zip(edges, edges[1:]) if start < end and best[start] != BLANK]
