"""Names with rare characters and separators; the 56 ethnic groups."""

from __future__ import annotations

import pytest

from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS, normalise_ethnic_group
from kaihu_desktop.core.rules.names import normalise_name, valid_name


@pytest.mark.parametrize(
    "name",
    [
        "张样本",
        "仝翀",
        "古丽娜尔·吐尔逊",
        "古丽娜尔•吐尔逊",
        "欧 阳 示 范",
        "𠮷𫍯",
        "〇一",
        "张" * 20,
        "䶮㛃",
    ],
)
def test_accepted_names(name: str) -> None:
    assert valid_name(name)


@pytest.mark.parametrize(
    "name", ["", "张", "张" * 21, "·张样", "张样·", "张··样", "Zhang", "张1", "张－样", "张\n"]
)
def test_refused_names(name: str) -> None:
    assert not valid_name(name)


def test_separator_has_one_form() -> None:
    assert normalise_name(" 古丽娜尔・吐尔逊") == "古丽娜尔·吐尔逊"


def test_all_groups_once() -> None:
    assert len(set(ETHNIC_GROUPS)) == len(ETHNIC_GROUPS) == 56


@pytest.mark.parametrize(
    ("text", "group"),
    [("汉", "汉"), ("汉族", "汉"), (" 维吾 尔 族", "维吾尔"), ("汊", None), ("族", None), ("", None)],
)
def test_group_is_one_of_the_56(text: str, group: str | None) -> None:
    assert normalise_ethnic_group(text) == group
