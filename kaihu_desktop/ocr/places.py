"""Chooses between look-alikes in the divisions that an address or the name of an office begins with.

What was read stays unless one place is clearly likelier, and stays also where no place is near: a division
of former times isn't in the list.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable, Iterator, Sequence

from kaihu_desktop.ocr.divisions import NOTHING, Divisions, Reader, Step
from kaihu_desktop.ocr.engine import Character

# Natural logarithms of probabilities.
FREE = 4.0  # what a character of a known name explains more than one of free text
LEAD = 3.0  # of a place over the next likely one, and over what was read
SAME_COUNTY, SAME_PROVINCE = 8.0, 1.5  # for the place of the ID number: most people are still there
STRAY = 6.0  # cost of a first character that belongs to the background
NEAR = 3.0  # most that a changed character counts where only a warning is wanted
CERTAIN = 0.999  # probability of a character of which no warning is given
KEPT = 8  # likeliest names of a level that are followed further
OFFICE, BRANCH = "公安局", "分局"


@dataclass(frozen=True)
class Settled:
    """text: with the likeliest place. changed: it isn't what was read. near: it is almost a place.

    known: how many characters at its beginning are names of places.
    """

    text: str
    changed: bool
    near: bool
    known: int = 0


def settle_address(characters: Sequence[Character], divisions: Divisions, number: str = "") -> Settled:
    """The address that was read. number: the ID number, empty when it isn't known."""
    return _settle(characters, [(0, _address_places(Reader(characters), divisions))], number)


def settle_office(characters: Sequence[Character], divisions: Divisions) -> Settled:
    """The office that was read; its first character may be one too many."""
    starts = (0, 1) if len(characters) > 1 else (0,)
    return _settle(characters, [(at, _offices(Reader(characters[at:]), divisions)) for at in starts], "")


def _settle(
    characters: Sequence[Character], found: Iterable[tuple[int, Iterable[Step]]], number: str
) -> Settled:
    read = "".join(character.text for character in characters)
    likely, cautious = {read: 0.0}, {read: 0.0}
    known: dict[str, int] = {}
    for skipped, steps in found:
        for step in steps:
            text = step.text + read[skipped + len(step.text) :]
            worth = FREE * len(step.text) + step.odds + _prior(step.code, number) - STRAY * skipped
            known[text] = max(known.get(text, 0), len(step.text))
            likely[text] = max(likely.get(text, -math.inf), worth - step.cost)
            if text != read and step.sure < CERTAIN and not skipped:
                worth -= min(step.cost, NEAR)
            elif text != read:
                continue
            cautious[text] = max(cautious.get(text, -math.inf), worth)
    first, second = _two_best(likely)
    if first != read and likely[first] - second > LEAD:
        return Settled(first, True, False, known[first])
    nearest, _ = _two_best(cautious)
    return Settled(read, False, nearest != read, known.get(read, 0))


def _two_best(worths: dict[str, float]) -> tuple[str, float]:
    """The text of most worth, and the worth of the next."""
    ranked = sorted(worths, key=lambda text: -worths[text])
    return ranked[0], worths[ranked[1]] if len(ranked) > 1 else -math.inf


def _prior(code: str, number: str) -> float:
    if code and number.startswith(code) and len(code) > 2:
        return SAME_COUNTY
    return SAME_PROVINCE if code and number[:2] == code[:2] else 0.0


def _address_places(reader: Reader, divisions: Divisions) -> Iterator[Step]:
    """Province, prefecture and county; each may be left out, as in 新疆库尔勒市 or 山东省临沭县."""
    provinces = _likeliest(reader.names(divisions.provinces, 0))
    yield from provinces
    for before in (*provinces, NOTHING):
        cities = _likeliest(
            before.then(city) for city in reader.names(divisions.cities, len(before.text), before.code)
        )
        yield from cities
        for parent in (before, *cities):
            yield from _likeliest(
                parent.then(county)
                for county in reader.names(divisions.counties, len(parent.text), parent.code)
            )


def _likeliest(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.cost - FREE * len(step.text))[:KEPT]


def _offices(reader: Reader, divisions: Divisions) -> Iterator[Step]:
    """临沭县公安局, 信阳市公安局, 信阳市公安局浉河分局, and the names of places before other offices."""
    for place in _likeliest(_address_places(reader, divisions)):
        yield place
        office = reader.word(OFFICE, len(place.text))
        if office is None:
            continue
        main = place.then(office)
        yield main
        for stem in reader.names(divisions.stems, len(main.text), place.code):
            branch = reader.word(BRANCH, len(main.text) + len(stem.text))
            if branch is not None:
                yield main.then(stem).then(branch)
