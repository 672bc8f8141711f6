"""Reads the name of the portrait side from its rows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Sequence

from kaihu_desktop.core.rules.names import (
    HAN,
    HAN_CHARACTER,
    SEPARATOR,
    SEPARATOR_LOOKALIKES,
    normalise_name,
    valid_name,
)
from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.layout import MISSING, Field, Placed, Row, box_around
from kaihu_desktop.ocr.surnames import DOUBLE_SURNAMES, SURNAMES
from kaihu_desktop.ocr.transliterated import is_transliterated, likeliest_name
from kaihu_desktop.ocr.words import NO_WORDS, Words

LONGEST_UNPARTED = 5  # characters of a name; longer ones have “·” between their parts, a faint dot
LEAST_SURNAME = 0.005  # probability of a look-alike that is taken for the surname …
SURE_SURNAME = 0.98  # … unless what was read is as sure: not all surnames are listed
LEAST_INSTEAD = 0.5  # probability of a character instead of what can't be in names, in that of the latter
FLATTEST = 0.65  # heights of the first row: what is flatter was not printed with it
FULL = 1.0  # heights of the line: a last row that ends as near to the end of the one above is full

_NAME_PART = re.compile(f"[{HAN}{SEPARATOR}{re.escape(SEPARATOR_LOOKALIKES)}-]")


def read_name(
    rows: Sequence[Row], ethnicity: str, askew: bool, sure: float, words: Words = NO_WORDS
) -> Field:
    """The name. askew: its rows don't begin below each other. sure: see `layout.sureness_for`."""
    legal = [_legal(row) for row in rows]
    strange = any(row.text != kept.text for row, kept in zip(rows, legal))
    rows = [row for row in legal if row]
    if not rows:
        return MISSING
    level = [row for row in rows if row.characters[0].half > FLATTEST * rows[0].characters[0].half]
    strange, rows = strange or len(level) < len(rows), level
    surname, confidence = _surname(*(one.character for one in rows[0].characters[:2]))
    rows = _parted([rows[0], *(_with_dot(row, rows[0]) for row in rows[1:])], ethnicity)
    read = [one.character for row in rows for one in row.characters]
    name = normalise_name(surname + "".join(one.text for one in read[1:]))
    if is_transliterated(name, ethnicity):
        likely = likeliest_name(read)
    else:
        likely = surname + "".join(words.likeliest_given(one) for one in read[1:])
    strange, name = strange or likely != name, likely
    confidence = min(confidence, *(row.confidence for row in rows))
    box = box_around([placed for row in rows for placed in row.characters])
    doubtful = confidence < sure or askew or any(row.torn for row in rows) or not valid_name(name)
    doubtful = doubtful or strange or _may_go_on(rows)
    doubtful = doubtful or (len(name) > LONGEST_UNPARTED and SEPARATOR not in name)
    return Field(name, confidence, box, doubtful)


def _legal(row: Row) -> Row:
    """The row without what can't stand in a name; what may be a character instead becomes that."""
    kept = (replace(one, character=_as_han(one.character)) for one in row.characters)
    return Row(one for one in kept if _NAME_PART.match(one.character.text))


def _as_han(read: Character) -> Character:
    if _NAME_PART.match(read.text) or not read.rivals:
        return read
    text, probability = read.rivals[0]
    likely = HAN_CHARACTER.fullmatch(text) and probability > LEAST_INSTEAD * read.probability
    return Character(text, probability, read.position, read.rivals[1:]) if likely else read


def _with_dot(row: Row, first: Row) -> Row:
    """A row that begins one character further right than the first has lost a faint dot there."""
    one, *more = row.characters
    step = more[0].x - one.x if more else 2 * one.half
    if not 0.5 < (one.x - first.characters[0].x) / step < 1.5:
        return row
    dot = Character(SEPARATOR, 0.0, 0.0)
    return Row((Placed(dot, one.x - step, one.y, one.half), *row.characters))


def _parted(rows: Sequence[Row], ethnicity: str) -> Sequence[Row]:
    """Two rows of a name in parts that show no dot have lost it where it leaves no gap: between them."""
    text = "".join(row.text for row in rows)
    seen = any(not HAN_CHARACTER.fullmatch(one) for one in text) or any(row.torn for row in rows)
    if len(rows) != 2 or seen or not is_transliterated(text, ethnicity):
        return rows
    last = rows[0].characters[-1]
    dot = Character(SEPARATOR, 0.0, 0.0)
    return Row((*rows[0].characters, Placed(dot, last.x + 2 * last.half, last.y, last.half))), rows[1]


def _may_go_on(rows: Sequence[Row]) -> bool:
    """Whether the last of several rows is as long as the one above, so that one more may have been missed."""
    if len(rows) == 1:
        return False
    above, last = (row.characters[-1] for row in rows[-2:])
    return last.x > above.x - FULL * 2 * above.half


def _surname(first: Character, second: Character | None = None) -> tuple[str, float]:
    """A first character that isn't a family name becomes the likeliest look-alike that is one.

    A surely read one stays, as doubtful as if it had been changed.
    """

    def is_known(text: str) -> bool:
        return text in SURNAMES or (second is not None and text + second.text in DOUBLE_SURNAMES)

    if is_known(first.text):
        return first.text, first.probability
    known = (rival for rival in first.rivals if is_known(rival[0]) and rival[1] > LEAST_SURNAME)
    text, probability = next(known, (first.text, first.probability))
    return first.text if first.probability >= SURE_SURNAME else text, probability
