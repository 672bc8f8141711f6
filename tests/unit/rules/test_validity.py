"""Validity of ID cards: dates, 长期 and the span that belongs to the age."""

from __future__ import annotations

from datetime import date

import pytest

from kaihu_desktop.core.rules.validity import (
    LONG_TERM,
    expected_until,
    format_date,
    parse_date,
    validity_warning,
)


@pytest.mark.parametrize(
    "text",
    ["2020-01-31", "2020.1.31", "2020.01.31", "2020/1/31", "2020年1月31日", "20200131", " ２０２０.01.31 "],
)
def test_dates_as_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2020, 1, 31)


@pytest.mark.parametrize("text", ["", "2020", "2020-02-30", "2020-13-01", "2020-01", "长", "二〇二〇"])
def test_other_texts_are_no_dates(text: str) -> None:
    assert parse_date(text) is None


def test_long_term_is_the_last_day_of_2099() -> None:
    assert parse_date("长期") == LONG_TERM == date(2099, 12, 31)
    assert (format_date(LONG_TERM), format_date(date(2020, 1, 31))) == ("长期", "2020-01-31")


@pytest.mark.parametrize(
    ("age", "until"),
    [
        (15, date(2025, 6, 1)),
        (16, date(2030, 6, 1)),
        (25, date(2030, 6, 1)),
        (26, date(2040, 6, 1)),
        (45, date(2040, 6, 1)),
        (46, LONG_TERM),
    ],
)
def test_span_by_age_at_issue(age: int, until: date) -> None:
    assert expected_until(date(2020 - age, 6, 1), date(2020, 6, 1)) == until
    assert validity_warning(date(2020 - age, 6, 1), date(2020, 6, 1), until) is None


def test_day_before_birthday_still_has_the_younger_span() -> None:
    assert expected_until(date(1974, 6, 2), date(2020, 6, 1)) == date(2040, 6, 1)


def test_leap_day_ends_a_day_earlier_or_later_without_warning() -> None:
    for until in (date(2030, 2, 28), date(2030, 3, 1)):
        assert validity_warning(date(2000, 1, 1), date(2020, 2, 29), until) is None


def test_other_span_warns_with_the_expected_end() -> None:
    warning = validity_warning(date(1995, 8, 13), date(2015, 1, 1), date(2025, 12, 31))
    assert warning is not None
    assert "2025-01-01" in warning
