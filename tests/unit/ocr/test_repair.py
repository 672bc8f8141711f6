"""Repair of a single misread digit of an ID number."""

from __future__ import annotations

from datetime import date

import pytest

from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.repair import repair_id_number

NUMBER = "410101199508130033"


def read(text: str, rivals: dict[int, tuple[tuple[str, float], ...]]) -> list[Character]:
    return [Character(c, 0.6 if i in rivals else 0.99, 0.0, rivals.get(i, ())) for i, c in enumerate(text)]


def test_only_fitting_rival_repairs() -> None:
    characters = read("410101199508130083", {16: (("3", 0.3), ("9", 0.05))})
    assert repair_id_number(characters) == NUMBER


def test_two_rivals_of_like_probability_repair_nothing() -> None:
    # Another place has a rival that satisfies the check digit as well.
    text = "410101199508130083"
    other = {16: (("3", 0.3),), 5: tuple((str(d), 0.29) for d in range(10) if d != 1)}
    assert repair_id_number(read(text, other)) is None


def test_far_likelier_rival_wins() -> None:
    text = "410101199508130083"
    other = {16: (("3", 0.3),), 5: tuple((str(d), 0.001) for d in range(10) if d != 1)}
    assert repair_id_number(read(text, other)) == NUMBER


@pytest.mark.parametrize(("birth", "sex"), [(date(1995, 8, 12), None), (None, "女")])
def test_printed_birth_and_sex_must_agree(birth: date | None, sex: str | None) -> None:
    characters = read("410101199508130083", {16: (("3", 0.3),)})
    assert repair_id_number(characters, birth, sex) is None


def test_missing_digit_is_never_invented() -> None:
    assert repair_id_number(read(NUMBER[:-1], {3: (("4", 0.4),)})) is None
