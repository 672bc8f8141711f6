"""Names written for their sounds, and names that go on where nothing was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.id_name import read_name
from kaihu_desktop.ocr.layout import SURE, Row, rows_of
from kaihu_desktop.ocr.transliterated import is_transliterated, likeliest_name
from tests.unit.ocr.scripted import line


def read(text: str, doubts: dict[int, str]) -> list[Character]:
    """Sure characters but for `doubts`: the rivals of those, by place."""
    return [
        Character(c, 0.5, 0.0, tuple((rival, 0.02) for rival in doubts[at]))
        if at in doubts
        else Character(c, 0.999, 0.0)
        for at, c in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("text", "doubts", "printed"),
    [
        ("昌买尔·阿不都", {0: "吕吾"}, "吾买尔·阿不都"),
        ("古丽·热依本", {5: "木太"}, "古丽·热依木"),
        ("古丽-热依本", {5: "木太"}, "古丽·热依木"),
        ("扎酉顿珠", {1: "西"}, "扎西顿珠"),
        ("吾买尔·阿不都", {0: "昌乌", 5: "木"}, "吾买尔·阿不都"),  # what was read is usual too
        ("昌买尔·阿不都", {}, "昌买尔·阿不都"),  # nothing speaks for another
    ],
)
def test_look_alikes(text: str, doubts: dict[int, str], printed: str) -> None:
    assert likeliest_name(read(text, doubts)) == printed


def test_which_names() -> None:
    assert is_transliterated("古丽·热依木", "汉")
    assert is_transliterated("扎西顿珠", "藏")
    assert not is_transliterated("欧阳昌本", "汉")
    assert not is_transliterated("李昌本", "藏")


def name_rows(*texts: str) -> list[Row]:
    return rows_of([line(text, 180, 60 + 40 * at) for at, text in enumerate(texts)])


def test_full_last_row_may_have_lost_the_next() -> None:
    full = read_name(name_rows("吾买尔·阿不都", "热依木·木合塔"), "维吾尔", askew=False, sure=SURE)
    assert (full.value, full.needs_review) == ("吾买尔·阿不都热依木·木合塔", True)
    ended = read_name(name_rows("吾买尔·阿不都", "热依木"), "维吾尔", askew=False, sure=SURE)
    assert not ended.needs_review


def test_changed_name_is_marked() -> None:
    (row,) = name_rows("古丽·热依本")
    last = row.characters[-1]
    doubt = Character("本", 0.95, last.character.position, (("木", 0.04),))
    field = read_name(
        [Row((*row.characters[:-1], type(last)(doubt, last.x, last.y, last.half)))], "维吾尔", False, SURE
    )
    assert (field.value, field.needs_review) == ("古丽·热依木", True)


def test_row_that_begins_further_right_has_lost_its_dot() -> None:
    rows = rows_of([line("帕提古丽·阿依努尔", 180, 60), line("吾买尔", 214, 100)])
    field = read_name(rows, "维吾尔", askew=True, sure=SURE)
    assert (field.value, field.needs_review) == ("帕提古丽·阿依努尔·吾买尔", True)


@pytest.mark.parametrize(
    ("rows", "ethnicity", "name", "marked"),
    [
        (("阿不都热依木", "古丽娜尔"), "维吾尔", "阿不都热依木·古丽娜尔", True),
        (("阿不都·热依木", "古丽娜尔"), "维吾尔", "阿不都·热依木古丽娜尔", False),  # it was seen elsewhere
        (("买买提·哈力木", "别克"), "哈萨克", "买买提·哈力木别克", False),  # one part, though both are known
        (("欧阳昌木", "古丽"), "汉", "欧阳昌木古丽", True),  # too long for a name without parts
    ],
)
def test_dot_at_the_end_of_the_first_row_leaves_no_gap(
    rows: tuple[str, str], ethnicity: str, name: str, marked: bool
) -> None:
    field = read_name(name_rows(*rows), ethnicity, askew=False, sure=SURE)
    assert (field.value, field.needs_review) == (name, marked)


def test_flat_marks_below_a_name_are_no_second_row() -> None:
    rows = rows_of([line("景秀", 180, 80, size=40), line("一一", 287, 139, size=20)])
    field = read_name(rows, "汉", askew=False, sure=SURE)
    assert (field.value, field.needs_review) == ("景秀", True)


def test_first_character_that_is_no_surname_becomes_the_likeliest_one() -> None:
    (row,) = name_rows("间钰珍")
    first = row.characters[0]
    doubt = Character("间", 0.93, first.character.position, (("阎", 0.05),))
    changed = Row((replace(first, character=doubt), *row.characters[1:]))
    field = read_name([changed], "汉", askew=False, sure=SURE)
    assert (field.value, field.needs_review) == ("阎钰珍", True)


def test_first_character_that_was_surely_read_stays_though_it_is_no_known_surname() -> None:
    (row,) = name_rows("侴国平")
    first = row.characters[0]
    read = Character("侴", 0.985, first.character.position, (("荀", 0.01),))
    field = read_name([Row((replace(first, character=read), *row.characters[1:]))], "汉", False, SURE)
    assert (field.value, field.needs_review) == ("侴国平", True)


@pytest.mark.parametrize(
    ("name", "rival"), [("牟秀璐", "单"), ("阳天凤", "汤"), ("尉迟敏", "慰"), ("上官敏", "卜")]
)
def test_less_common_family_names_stay(name: str, rival: str) -> None:
    (row,) = name_rows(name)
    first = row.characters[0]
    read = replace(first.character, probability=0.5, rivals=((rival, 0.3),))
    field = read_name([Row((replace(first, character=read), *row.characters[1:]))], "汉", False, SURE)
    assert field.value == name


@pytest.mark.parametrize(
    ("rival", "probability", "name"), [("禤", 0.4, "禤林"), ("禤", 0.1, "林"), ("丶", 0.0, "林")]
)
def test_what_cannot_stand_in_a_name_becomes_its_likely_rival(
    rival: str, probability: float, name: str
) -> None:
    (row,) = name_rows("フ林")
    first = row.characters[0]
    read = replace(first.character, probability=0.5, rivals=((rival, probability),) if probability else ())
    field = read_name([Row((replace(first, character=read), *row.characters[1:]))], "汉", False, SURE)
    assert (field.value, field.needs_review) == (name, True)
