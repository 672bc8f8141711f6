"""Tells look-alikes in addresses and names apart by what is usual there.

An address is made of names of places (麒麟路, 翡翠苑) and of numbers before units (3栋2单元): what follows a
character in them is known, and how much likelier than elsewhere. Of given names it is known how much likelier
a character is in them than elsewhere: networks have learnt from texts of all kinds.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Iterable, Sequence

from kaihu_desktop.core.rules.names import HAN_CHARACTER
from kaihu_desktop.ocr.engine import Character

# Natural logarithms of probabilities.
NUMBERED = 4.0  # of a unit after a number, and of what numbers stand behind
UNSEEN = -4.0  # of a character that isn't known to follow another in places …
ANEW = -3.0  # … unless it begins many of them: a place is often named after several
ODD = 3.0  # of a usual character of a name over one that isn't standard
NAMES = 1.25  # weight of what is usual in names
STAYS = 1.0  # of what was read
CERTAIN = 0.995  # probability of a character that isn't changed
LEAST, LEAST_GIVEN = 1e-3, 1e-4  # probability of a look-alike that may be meant
#: What stands for the beginning of a word in the file of words.
START = "^"
#: The letter of odds of one there; the next is that of e, the next that of e², the one before that of 1/e.
UNCHANGED = "n"
_UNITS = frozenset("号栋幢座楼层单室组弄巷村社队区户附之-")
_WITH_NUMBERS = frozenset("路街道巷弄里村区园苑庭附")
_ENDS = frozenset("省市县区旗乡镇街道号栋幢座楼层室单元组弄附")
_is_han = HAN_CHARACTER.fullmatch


class Words:
    """What is known of the language.

    standard: the characters of the 通用规范汉字表. given: the odds of characters in given names. places: for
    each character, and for START, the odds of those that follow it in addresses; see `load_words`.
    """

    def __init__(self, standard: Iterable[str] = (), given: str = "", places: Iterable[str] = ()) -> None:
        self._standard, self._given = frozenset(standard), given
        self._places = {line[0]: line[1:] for line in places}

    def likeliest_address(self, read: Sequence[Character], before: str = "") -> str:
        """The likeliest text of as many characters, in the order of what was read (Viterbi's algorithm).

        before: the character in front of it, empty for none.
        """
        ways = {before: (0.0, "")}
        for character in read:
            options = self._options(character, LEAST)
            ways = {text: self._best(ways, text, worth) for text, worth in options.items()}
        return max(ways.values())[1]

    def likeliest_given(self, read: Character) -> str:
        """The likeliest character of a given name; each stands for itself."""
        options = self._options(read, LEAST_GIVEN)
        return max(options, key=lambda text: options[text] + NAMES * self._in_names(text))

    def _best(self, ways: dict[str, tuple[float, str]], text: str, worth: float) -> tuple[float, str]:
        """The best way that goes on with `text`, and its worth. ways: the best to each last character."""
        return max(
            (before + worth + self._pair(last, text), way + text) for last, (before, way) in ways.items()
        )

    def _pair(self, last: str, text: str) -> float:
        """The odds of `text` behind `last` in an address."""
        if last.isdigit() or not self._places:
            return NUMBERED if text in _UNITS else 0.0
        if text.isdigit():
            return NUMBERED if last in _WITH_NUMBERS else 0.0
        if not _is_han(text):
            return 0.0
        anew = self._follows(START, text)
        if last in _ENDS or not _is_han(last):
            return anew
        return max(self._follows(last, text), anew + ANEW)

    def _follows(self, last: str, text: str) -> float:
        return _odds(self._places.get(last, ""), text, UNSEEN)

    def _in_names(self, text: str) -> float:
        standard = not self._standard or text in self._standard or not _is_han(text)
        return _odds(self._given, text, 0.0) - (0.0 if standard else ODD)

    def _options(self, read: Character, least: float) -> dict[str, float]:
        """What may be written in the place of a character, with its likelihood."""
        stays = {read.text: math.log(max(read.probability, LEAST)) + STAYS}
        if read.probability >= CERTAIN or not self._standard:
            return stays
        likely = {
            text: math.log(probability)
            for text, probability in read.rivals
            if probability > least and (_is_han(text) or text in _UNITS)
        }
        return {**likely, **stays}


def _odds(line: str, text: str, unseen: float) -> float:
    """The logarithm of the odds of a character; `unseen` when it isn't there."""
    at = line.find(text)
    if at < 0:
        return unseen
    letter = next(one for one in reversed(line[:at]) if "a" <= one <= "z")
    return float(ord(letter) - ord(UNCHANGED))


#: Where none are known, texts stay as they were read.
NO_WORDS = Words()


def load_words(path: Path) -> Words:
    """From a file of lines: the standard characters; the odds of given names; then each character, or START,
    and the odds of what follows it in places. Odds are a letter, the characters it stands for, a letter …
    """
    standard, given, *places = path.read_text(encoding="utf-8").split("\n")
    return Words(standard, given, places)
