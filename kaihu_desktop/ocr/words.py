"""Tells look-alikes in addresses and names apart by the words of the language.

An address is made of words (麒麟路, 翡翠苑) and of numbers before units (3栋2单元); a name hardly ever has a
character that isn't a standard one, or that is rarer in names than in other texts.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import AbstractSet, Iterable, Sequence

from kaihu_desktop.core.rules.names import HAN_CHARACTER
from kaihu_desktop.ocr.engine import Character

# Natural logarithms of probabilities.
WORD = 4.0  # of two characters that are a word, of a unit after a digit, and of what places are called
ODD = 3.0  # of a usual character over one that isn't standard, or is rare in names
STAYS = 1.0  # of what was read
CERTAIN = 0.995  # probability of a character that no word changes
LEAST = 1e-3  # probability of a look-alike that may be meant
_UNITS = frozenset("号栋幢座楼层单室组弄巷村社队区户附之-")
_PLACES = frozenset("路街道巷弄里村乡镇屯庄区县市旗园苑庭附")
_is_han = HAN_CHARACTER.fullmatch


class Words:
    """What is known of the language.

    standard: the characters of the 通用规范汉字表. unnamed: those that are rarer in names than in texts.
    pairs: words of two characters.
    """

    def __init__(
        self, standard: Iterable[str] = (), unnamed: Iterable[str] = (), pairs: Iterable[str] = ()
    ) -> None:
        self._standard, self._unnamed, self._pairs = frozenset(standard), frozenset(unnamed), frozenset(pairs)

    def likeliest_address(self, read: Sequence[Character], before: str = "") -> str:
        """The likeliest text of as many characters, in the order of what was read (Viterbi's algorithm).

        before: the character in front of it, empty for none.
        """
        ways = {before: (0.0, "")}
        for character in read:
            options = self._options(character, frozenset())
            ways = {text: self._best(ways, text, worth) for text, worth in options.items()}
        return max(ways.values())[1]

    def likeliest_given(self, read: Character) -> str:
        """The likeliest character of a given name; each stands for itself."""
        options = self._options(read, self._unnamed)
        return max(options, key=lambda text: options[text])

    def _best(self, ways: dict[str, tuple[float, str]], text: str, worth: float) -> tuple[float, str]:
        """The best way that goes on with `text`, and its worth. ways: the best to each last character."""
        return max(
            (before + worth + self._pair(last, text), way + text) for last, (before, way) in ways.items()
        )

    def _pair(self, last: str, text: str) -> float:
        usual = last + text in self._pairs or text in (_UNITS if last.isdigit() else _PLACES)
        return WORD if usual else 0.0

    def _options(self, read: Character, odd: AbstractSet[str]) -> dict[str, float]:
        """What may be written in the place of a character, with its likelihood."""
        # Villages are called by characters that aren't standard, too: only names speak against what was read.
        against = self._oddness(read.text, odd) if odd else 0.0
        stays = {read.text: math.log(max(read.probability, LEAST)) + STAYS - against}
        if read.probability >= CERTAIN or not self._standard:
            return stays
        likely = {
            text: math.log(probability) - self._oddness(text, odd)
            for text, probability in read.rivals
            if probability > LEAST and (_is_han(text) or text in _UNITS)
        }
        return {**likely, **stays}

    def _oddness(self, text: str, odd: AbstractSet[str]) -> float:
        return ODD if text in odd or (_is_han(text) and text not in self._standard) else 0.0


#: Where none are known, texts stay as they were read.
NO_WORDS = Words()


def load_words(path: Path) -> Words:
    """From a file of lines: the standard characters, those that are rare in names, then each first character
    of words followed by their second characters.
    """
    standard, unnamed, *rows = path.read_text(encoding="utf-8").split("\n")
    return Words(standard, unnamed, (row[0] + second for row in rows for second in row[1:]))
