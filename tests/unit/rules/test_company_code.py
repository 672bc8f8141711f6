"""The company's number in what people type, paste and scan."""

from __future__ import annotations

import pytest

from kaihu_desktop.core.rules.company_code import company_code_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8888", "8888"),
        (" ８８８８\n", "8888"),
        ("kaihu://company/8888", "8888"),
        ("KAIHU://company/ab12/", "ab12"),
        ("", None),
        ("8", None),
        ("88-88", None),
        ("https://company/8888", None),
        ("kaihu://company/8888?x=1", None),
        ("kaihu://person/8888", None),
        ("8" * 17, None),
    ],
)
def test_code_in_a_text(text: str, code: str | None) -> None:
    assert company_code_of(text) == code
