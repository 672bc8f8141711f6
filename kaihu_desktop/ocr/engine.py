"""What a text recognition engine gives: lines of characters with their places and rivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:  # aliases for annotations only: Python 3.8 can't subscript these types
    Image = np.ndarray[Any, np.dtype[np.uint8]]
    Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Character:
    """One recognised character.

    text: a single character.
    probability: 0 to 1.
    position: where its centre stands along the line, 0 (left end) to 1 (right end).
    rivals: other characters and their probabilities at this place, most likely first.
    """

    text: str
    probability: float
    position: float
    rivals: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class TextLine:
    """One line of text. box: 4×2 float32, corners TL, TR, BR, BL as (x, y) in pixels of the image read."""

    characters: tuple[Character, ...]
    box: Floats

    @property
    def text(self) -> str:
        """The characters in reading order."""
        return "".join(character.text for character in self.characters)

    @property
    def confidence(self) -> float:
        """The mean probability of the characters, 0 when there are none."""
        if not self.characters:
            return 0.0
        return sum(character.probability for character in self.characters) / len(self.characters)


class OcrEngine(Protocol):
    """Finds and reads text in BGR uint8 images. Each method raises Failure OCR-ENGINE when not installed."""

    def prepare(self) -> None:
        """Load what the first reading would load, once."""
        ...

    def read(self, image: Image, alphabet: str = "") -> list[TextLine]:
        """All lines of an upright image, from top to bottom. alphabet: only these characters may be read."""
        ...

    def read_line(self, image: Image, alphabet: str = "") -> TextLine:
        """An image that holds exactly one line."""
        ...
