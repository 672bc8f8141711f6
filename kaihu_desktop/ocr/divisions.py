"""Names of provinces, prefectures and counties (GB/T 2260), and where look-alikes of them may be written."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator, Sequence

from kaihu_desktop.ocr.engine import Character

# Natural logarithms of probabilities.
ABSENT = math.log(1e-6)  # of a character that isn't among the rivals of the one that was read
MOST_COST = 20.0  # of a name, more than one absent character
# Of 浉 and other rare characters networks know nothing: where few names are possible, a single doubtful
# character costs a name no more than LONE.
LONE = 6.0
DOUBTFUL = 0.9  # probability of a character below which it may be such a one
FEW = 40  # names in one division

_SHORT_PROVINCES = {"15": "内蒙古", "45": "广西", "54": "西藏", "64": "宁夏", "65": "新疆"}
_MUNICIPALITIES = ("11", "12", "31", "50")
_SHORTEST_STEM = 2


@dataclass(frozen=True)
class Name:
    """A name as it is printed. code: that of the division without trailing pairs of zeros."""

    code: str
    text: str


@dataclass(frozen=True)
class Step:
    """Names put together. odds: logarithm of the share of one choice among all; ≤ 0.

    cost: how much less likely its characters are than those that were read.
    sure: the highest probability of a character that it would change.
    """

    text: str
    code: str
    odds: float
    cost: float
    sure: float

    def then(self, other: Step) -> Step:
        """This and `other` behind it."""
        return Step(
            self.text + other.text,
            other.code or self.code,
            self.odds + other.odds,
            self.cost + other.cost,
            max(self.sure, other.sure),
        )


NOTHING = Step("", "", 0.0, 0.0, 0.0)


class Divisions:
    """The names, ready to be looked up. rows: six-digit codes and names."""

    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        names = [Name(_significant(code), name) for code, name in rows]
        provinces = [name for name in names if len(name.code) == 2]
        short = [Name(code, text) for code, text in _SHORT_PROVINCES.items() if provinces]
        cities = [name for name in names if len(name.code) == 4]
        counties = [name for name in names if len(name.code) == 6]
        self.provinces = _Index([*provinces, *short])
        self.cities = _Index([*cities, *(name for name in provinces if name.code in _MUNICIPALITIES)])
        self.counties = _Index(counties)
        #: How counties are called in the names of branch offices, as in 信阳市公安局浉河分局.
        self.stems = _Index([Name(name.code, name.text[:-1]) for name in counties if _has_stem(name.text)])


class Reader:
    """What may be written where characters were read."""

    def __init__(self, characters: Sequence[Character]) -> None:
        self._read = characters
        self.options = [_options(character) for character in characters]
        self._found: dict[tuple[int, int], list[tuple[str, Step]]] = {}

    def names(self, index: _Index, start: int, within: str = "") -> Iterator[Step]:
        """The names below the division `within` that may be written from `start` on."""
        count = index.count(within)
        odds = -math.log(max(1, count))
        for code, step in self._anywhere(index, start):
            if code.startswith(within):
                lone = count <= FEW and step.sure < DOUBTFUL and self._differs_once(step.text, start)
                cost = min(step.cost, LONE) if lone else step.cost
                yield Step(step.text, code, odds, cost, step.sure)

    def _differs_once(self, text: str, start: int) -> bool:
        """Whether one character of at least three isn't the one that was read."""
        read = self._read[start : start + len(text)]
        return len(text) > 2 and sum(one.text != wanted for one, wanted in zip(read, text)) == 1

    def _anywhere(self, index: _Index, start: int) -> list[tuple[str, Step]]:
        """Those of the whole country, with their codes."""
        known = self._found.get((id(index), start))
        if known is None:
            near = (
                (name.code, self.word(name.text, start))
                for name in index.near(self.options[start : start + 2])
            )
            known = [(code, step) for code, step in near if step is not None]
            self._found[id(index), start] = known
        return known

    def word(self, text: str, start: int) -> Step | None:
        """`text` from `start` on, when it can be written there."""
        if start + len(text) > len(self.options):
            return None
        cost, sure = 0.0, 0.0
        for place, wanted in enumerate(text, start):
            loss = self.options[place].get(wanted)
            read = self._read[place]
            if loss is None:
                loss = math.log(max(read.probability, 1e-6)) - ABSENT
            cost += loss
            if cost > MOST_COST:
                return None
            if wanted != read.text:
                sure = max(sure, read.probability)
        return Step(text, "", 0.0, cost, sure)


class _Index:
    """Names by their first and by their second character; at most one of the two may be absent."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._by_character: tuple[dict[str, list[Name]], ...] = (defaultdict(list), defaultdict(list))
        self._counts: dict[str, int] = defaultdict(int)
        for name in names:
            for place in (0, 1):
                self._by_character[place][name.text[place]].append(name)
            for length in (0, 2, 4):
                self._counts[name.code[:length]] += 1

    def count(self, within: str) -> int:
        """How many names there are below a division."""
        return self._counts.get(within, 0)

    def near(self, options: Sequence[dict[str, float]]) -> list[Name]:
        """The names that share one of the first two characters with what may be written there."""
        found = [
            name
            for place, wanted in enumerate(options)
            for text in wanted
            for name in self._by_character[place].get(text, ())
        ]
        return list(dict.fromkeys(found))


#: Where none are known, places stay as they were read.
NO_DIVISIONS = Divisions()


def load_divisions(path: Path) -> Divisions:
    """The names in a CSV file with a heading: code, name."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return Divisions((code, name) for code, name in rows)


def _significant(code: str) -> str:
    """A code without the pairs of zeros at its end."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def _has_stem(name: str) -> bool:
    return name[-1] in "区县市旗" and len(name) > _SHORTEST_STEM


def _options(read: Character) -> dict[str, float]:
    """What may be written in the place of a character, and how much less likely that is."""
    log = math.log(max(read.probability, 1e-6))
    options = {text: log - math.log(max(probability, 1e-6)) for text, probability in read.rivals}
    return {**options, read.text: 0.0}
