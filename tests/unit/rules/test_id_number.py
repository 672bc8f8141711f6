"""The ID number of GB 11643: check character, birth, sex, age on the Beijing calendar, mask."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaihu_desktop.core.rules.id_number import (
    beijing_today,
    check_character,
    id_number_problem,
    mask_id_number,
    parse_id_number,
    region_warning,
    validate_id_number,
)

MANUALS_NUMBER = "410101199508130033"  # printed in the manual


def test_number_of_the_manual_says_who_it_is() -> None:
    number = parse_id_number(MANUALS_NUMBER)
    assert number is not None
    assert (number.birth, number.sex, number.province) == (date(1995, 8, 13), "男", "河南省")


@pytest.mark.parametrize("text", ["11010519491231002X", "11010519491231002x", " 110105 19491231 002Ｘ"])
def test_x_is_accepted_however_it_is_typed(text: str) -> None:
    number = parse_id_number(text)
    assert number is not None
    assert (number.number, number.sex) == ("11010519491231002X", "女")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "现在是 0 位"),
        ("41010119950813003", "现在是 17 位"),
        ("4101011995081300333", "现在是 19 位"),
        ("X10101199508130033", "只能是数字"),
        ("410101199502300033", "出生日期"),
        ("410101189908130033", "出生日期"),
        ("410101209908130033", "出生日期"),
        ("410101199508130034", "校验不通过"),
        ("410101199508130303", "校验不通过"),
    ],
)
def test_problem_names_what_is_wrong(text: str, words: str) -> None:
    problem = id_number_problem(text)
    assert problem is not None
    assert words in problem
    assert parse_id_number(text) is None


@given(st.integers(0, 16), st.integers(1, 9))
def test_each_single_wrong_digit_is_noticed(place: int, offset: int) -> None:
    wrong = str((int(MANUALS_NUMBER[place]) + offset) % 10)
    assert not validate_id_number(MANUALS_NUMBER[:place] + wrong + MANUALS_NUMBER[place + 1 :])


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text: str) -> None:
    assert validate_id_number(text) == (id_number_problem(text) is None)
    assert len(mask_id_number(text)) >= 0


def test_unknown_region_warns_and_is_accepted() -> None:
    body = "99010119950813003"
    number = parse_id_number(body + check_character(body))
    assert number is not None
    assert region_warning(number) is not None
    known = parse_id_number(MANUALS_NUMBER)
    assert known is not None
    assert region_warning(known) is None


def test_day_is_that_of_beijing() -> None:
    assert beijing_today(datetime(2026, 8, 12, 16, 0, tzinfo=timezone.utc)) == date(2026, 8, 13)
    assert beijing_today(datetime(2026, 8, 12, 15, 59, tzinfo=timezone.utc)) == date(2026, 8, 12)


@pytest.mark.parametrize(("text", "mask"), [(MANUALS_NUMBER, "410101********0033"), ("4101011", "*******")])
def test_mask_hides_the_birth_date(text: str, mask: str) -> None:
    assert mask_id_number(text) == mask


def test_an_id_number_tells_nothing_in_a_log() -> None:
    number = parse_id_number("410101199508130033")
    assert number is not None
    assert "1995" not in repr(number)
