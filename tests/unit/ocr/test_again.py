"""Doubtful rows that are read a second time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kaihu_desktop.ocr.again import read_again, read_level
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.layout import Row, rows_of
from tests.unit.ocr.scripted import ScriptedEngine, line

CARD = np.zeros((630, 1000, 3), np.uint8)


def doubted(text: str, at: int, probability: float, *rivals: tuple[str, float]) -> TextLine:
    """A line whose character `at` has that probability and those rivals."""
    plain = line(text, 180, 90)
    characters = list(plain.characters)
    characters[at] = Character(text[at], probability, characters[at].position, rivals)
    return replace(plain, characters=tuple(characters))


def again(first: TextLine, second: TextLine) -> Row:
    (row,) = rows_of([first])
    return read_again(ScriptedEngine([], second), CARD, row)


def test_what_both_readings_hold_likely_wins() -> None:
    first = doubted("汪宏赛", 2, 0.5, ("骞", 0.4))
    row = again(first, doubted("汪宏骞", 2, 0.6, ("赛", 0.1)))
    assert row.text == "汪宏骞"
    assert row.confidence == 0.6 * 0.4 / (0.6 * 0.4) ** 0.5


def test_nothing_gets_surer() -> None:
    assert again(doubted("汪宏骞", 2, 0.5), line("汪宏骞", 180, 90)).confidence == 0.5


def test_sure_rows_are_not_read_again() -> None:
    assert again(doubted("汪宏骞", 2, 0.9), line("王本样", 180, 90)).text == "汪宏骞"


def test_reading_of_another_length_says_nothing() -> None:
    assert again(doubted("汪宏骞", 1, 0.5), line("汪骞", 180, 90)).text == "汪宏骞"


def test_faint_strays_at_the_ends_go_and_leave_their_doubt() -> None:
    for stray, at in (("二陈红", 0), ("陈红一", 2)):
        row = again(doubted(stray, at, 0.2), line("陈红", 180, 90))
        assert (row.text, row.confidence) == ("陈红", 0.2)
    assert again(doubted("二陈红", 0, 0.6), line("陈红", 180, 90)).text == "二陈红"


def test_single_character() -> None:
    assert again(doubted("陈", 0, 0.2), TextLine((), np.zeros((4, 2), np.float32))).text == "陈"


def test_mark_before_a_name_becomes_no_character() -> None:
    assert again(doubted("3何杰绍", 0, 0.4, ("名", 0.3)), line("名何杰绍", 180, 90)).text == "3何杰绍"


def test_row_that_was_found_with_ornaments_below_is_read_at_the_height_of_the_first() -> None:
    first, high = rows_of(
        [line("加娜提古丽·哈", 180, 80), line("力杰别", 180, 117, size=46, probability=0.5)]
    )
    level = read_level(ScriptedEngine([], line("力木别克", 0, 0)), CARD, high, first)
    assert (level.text, level.confidence) == ("力木别克", 0.5)
    assert (level.characters[0].x, level.y) == (180 + 17, 117 + 23)


def test_row_as_high_as_the_first_is_not_read_at_another_height() -> None:
    first, second = rows_of([line("加娜提古丽·哈", 180, 80), line("力木别克", 180, 117, size=36)])
    assert read_level(ScriptedEngine([], line("力杰别", 0, 0)), CARD, second, first) is second


def test_high_row_stays_when_nothing_is_read_at_the_height_of_the_first() -> None:
    first, high = rows_of([line("加娜提古丽·哈", 180, 80), line("力杰别", 180, 117, size=46)])
    assert read_level(ScriptedEngine([]), CARD, high, first) is high
