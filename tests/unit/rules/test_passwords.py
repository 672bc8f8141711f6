"""Certificate passwords: form by the company's rule, and the trivial ones refused."""

from __future__ import annotations

from datetime import date

import pytest

from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.rules.passwords import password_problem
from kaihu_desktop.core.secret import Secret

BIRTH = date(1995, 8, 13)
PHONE = "13800138624"
LETTERS = PasswordRule("letters_digits", 8, 16)


@pytest.mark.parametrize("text", ["839274", "4071958", "60284917"])
def test_good_digit_passwords(text: str) -> None:
    assert password_problem(Secret(text), birth=BIRTH, phone=PHONE) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "数字"),
        ("83927", "6 至 8 位"),
        ("839274061", "6 至 8 位"),
        ("83927a", "数字"),
        ("８３９２７４", "数字"),
        ("123456", "猜到"),
        ("876543", "猜到"),
        ("111111", "猜到"),
        ("121212", "猜到"),
        ("123123", "猜到"),
        ("12341234", "猜到"),
        ("520520", "猜到"),
        ("19950813", "生日"),
        ("950813", "生日"),
        ("1995813", "生日"),
        ("08131995", "生日"),
        ("138624", "手机号"),
        ("0138624", "手机号"),
    ],
)
def test_refused_digit_passwords(text: str, words: str) -> None:
    problem = password_problem(Secret(text), birth=BIRTH, phone=PHONE)
    assert problem is not None
    assert words in problem


def test_masked_phone_tells_too_little() -> None:
    assert password_problem(Secret("138624"), phone="138****8624") is None


@pytest.mark.parametrize(
    ("text", "good"), [("k9mw4tzq", True), ("kmwtzqab", False), ("83927406", False), ("k9mw", False)]
)
def test_company_may_ask_for_letters_and_digits(text: str, good: bool) -> None:
    assert (password_problem(Secret(text), LETTERS) is None) is good
