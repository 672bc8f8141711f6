"""How hard a password is to guess: more characters and more kinds of them help, patterns don't."""

from __future__ import annotations

import pytest

from kaihu_desktop.core.rules.password_strength import Strength, strength, strength_bits
from kaihu_desktop.core.secret import Secret


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", Strength.WEAK),
        ("123456", Strength.WEAK),
        ("111111", Strength.WEAK),
        ("86420", Strength.WEAK),
        ("839274", Strength.FAIR),
        ("60284917", Strength.GOOD),
        ("Kaihu-2026", Strength.STRONG),
        ("aaaaaaaaaaaa", Strength.WEAK),
        ("证书的密码", Strength.GOOD),
    ],
)
def test_the_level_of_a_password(text: str, level: Strength) -> None:
    assert strength(Secret(text)) is level


def test_a_character_that_continues_a_run_adds_nothing() -> None:
    assert strength_bits("83") == strength_bits("8333")
    assert strength_bits("1234567") < strength_bits("836")
