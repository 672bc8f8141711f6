"""Look-alikes told apart by what is usual in addresses and names."""

from __future__ import annotations

import pytest

from kaihu_desktop.bootstrap import resource
from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.words import NO_WORDS, Words, load_words


@pytest.fixture(scope="module")
def words() -> Words:
    return load_words(resource("words.txt"))


def read(text: str, rivals: dict[int, str], probability: float = 0.6) -> list[Character]:
    """Sure characters but for those at some places, which have a rival of a quarter of their probability."""
    return [
        Character(one, probability, 0.0, ((rivals[at], probability / 4),))
        if at in rivals
        else Character(one, 0.999, 0.0)
        for at, one in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("text", "rivals", "printed"),
    [
        ("麒麒路12号", {1: "麟"}, "麒麟路12号"),
        ("藝翠苑3栋", {0: "翡"}, "翡翠苑3栋"),
        ("学府路273母", {6: "号"}, "学府路273号"),
        ("红星多南坪村", {2: "乡"}, "红星乡南坪村"),
        ("吴蓉大通551号", {0: "芙", 3: "道"}, "芙蓉大道551号"),
        ("莘庄乡大堆村", {4: "垭"}, "莘庄乡大垭村"),
        ("楼版村126号", {1: "畈"}, "楼畈村126号"),
    ],
)
def test_words_and_units_of_addresses(words: Words, text: str, rivals: dict[int, str], printed: str) -> None:
    assert words.likeliest_address(read(text, rivals)) == printed


def test_what_follows_the_name_of_a_place_begins_anew(words: Words) -> None:
    assert words.likeliest_address(read("风山乡", {0: "凤"}), "县") == "凤山乡"


def test_the_character_in_front_counts(words: Words) -> None:
    assert words.likeliest_address(read("麒路", {0: "麟"}), "麒") == "麟路"


@pytest.mark.parametrize("text", ["曦城", "濠北大道432号", "圪垯村", ""])
def test_what_is_no_word_stays(words: Words, text: str) -> None:
    assert words.likeliest_address(read(text, {})) == text
    assert words.likeliest_address(read(text, dict.fromkeys(range(len(text)), "龘"))) == text


def test_sure_characters_stay(words: Words) -> None:
    assert words.likeliest_address(read("麒麒路", {1: "麟"}, probability=0.998)) == "麒麒路"


@pytest.mark.parametrize(
    ("read_as", "rival", "likeliest"),
    [
        ("题", "飏", "飏"),
        ("龔", "龚", "龚"),
        ("赟", "赞", "赟"),
        ("垚", "森", "垚"),
        ("芳", "劳", "芳"),
        ("风", "凤", "凤"),
    ],
)
def test_given_names(words: Words, read_as: str, rival: str, likeliest: str) -> None:
    (character,) = read(read_as, {0: rival})
    assert words.likeliest_given(character) == likeliest


def test_without_words_everything_stays() -> None:
    assert NO_WORDS.likeliest_address(read("麒麒路", {1: "麟"})) == "麒麒路"
    assert NO_WORDS.likeliest_given(read("题", {0: "飏"})[0]) == "题"


def test_village_called_by_a_character_that_is_not_standard_stays(words: Words) -> None:
    assert words.likeliest_address(read("上磡村", {1: "础"})) == "上磡村"
