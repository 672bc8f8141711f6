"""An engine that gives written-down lines: the parsers are tested without networks."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from kaihu_desktop.ocr.engine import Character, TextLine


def line(text: str, x: float, y: float, *, size: float = 34, probability: float = 0.99) -> TextLine:
    """A line of characters `size` pixels wide and high whose first character begins at (x, y)."""
    width = size * len(text)
    box = np.array(((x, y), (x + width, y), (x + width, y + size), (x, y + size)), np.float32)
    characters = (Character(c, probability, (i + 0.5) / len(text)) for i, c in enumerate(text))
    return TextLine(tuple(characters), box)


class ScriptedEngine:
    """Gives `lines` whatever the image; a second look at one line gives `again`."""

    def __init__(self, lines: Sequence[TextLine], again: TextLine | None = None) -> None:
        self._lines, self._again = lines, again

    def read(self, image: Any, alphabet: str = "") -> list[TextLine]:
        return list(self._lines)

    def read_line(self, image: Any, alphabet: str = "") -> TextLine:
        return self._again or TextLine((), np.zeros((4, 2), np.float32))
