"""Places told from look-alikes, and what isn't a place left as it was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping

import numpy as np
import pytest

from kaihu_desktop.bootstrap import resource
from kaihu_desktop.ocr.divisions import Divisions, load_divisions
from kaihu_desktop.ocr.engine import Character
from kaihu_desktop.ocr.id_emblem import read_emblem
from kaihu_desktop.ocr.places import Settled, settle_address, settle_office
from tests.unit.ocr.scripted import ScriptedEngine, line


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions(resource("divisions.csv"))


def read(text: str, doubts: Mapping[int, tuple[float, str]]) -> list[Character]:
    """Sure characters but for `doubts`: by place, the probability and rivals of a tenth of it."""
    return [
        Character(c, doubts[at][0], 0.0, tuple((rival, doubts[at][0] / 10) for rival in doubts[at][1]))
        if at in doubts
        else Character(c, 0.9999, 0.0)
        for at, c in enumerate(text)
    ]


def told(settled: Settled) -> tuple[str, bool, bool]:
    return settled.text, settled.changed, settled.near


@pytest.mark.parametrize(
    ("text", "doubts", "printed"),
    [
        ("河南省那州市金水区三江镇", {3: (0.5, "邢郑")}, "河南省郑州市金水区三江镇"),
        ("江宁省精岩满族自治县东路", {0: (0.6, "辽"), 3: (0.5, "")}, "辽宁省岫岩满族自治县东路"),
        ("重庆市西阳土家族苗族自治县", {3: (0.9, "酉")}, "重庆市酉阳土家族苗族自治县"),
        ("新疆库尔靳市人民路1号", {4: (0.7, "勤勒")}, "新疆库尔勒市人民路1号"),
        ("哈尔宾市南岗区", {2: (0.7, "滨")}, "哈尔滨市南岗区"),
        ("河南省信阳市海河区瑶湖南街", {6: (0.2, "浦源")}, "河南省信阳市浉河区瑶湖南街"),
    ],
)
def test_look_alikes_of_places(divisions: Divisions, text: str, doubts: dict, printed: str) -> None:
    assert told(settle_address(read(text, doubts), divisions)) == (printed, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "河南省郑州市金水区那州路",
        "样例省某某市示范路1号",
        "陕西省彬县城关镇",
        "西藏昌都县城关镇",
        "人民路1号",
    ],
)
def test_what_was_read_without_doubt_stays(divisions: Divisions, text: str) -> None:
    assert told(settle_address(read(text, {}), divisions)) == (text, False, False)


def test_two_like_places_change_nothing(divisions: Divisions) -> None:
    # 山东省 has a 东阿县 and a 东平县.
    settled = settle_address(read("山东省东呵县", {4: (0.5, "阿平")}), divisions)
    assert told(settled) == ("山东省东呵县", False, True)


def test_the_number_breaks_ties(divisions: Divisions) -> None:
    settled = settle_address(read("山东省东呵县", {4: (0.5, "阿平")}), divisions, "371524199508130033")
    assert told(settled) == ("山东省东阿县", True, False)


def test_a_place_that_the_number_names_outweighs_a_rare_character_read_as_a_common_one(
    divisions: Divisions,
) -> None:
    rare = Character("始", 0.97, 0.0, (("眙", 0.002),))
    characters = [*read("江苏省盱", {}), rare, *read("县人民路1号", {})]
    assert settle_address(characters, divisions, "320830194909202304").text == "江苏省盱眙县人民路1号"


def test_says_where_the_place_ends(divisions: Divisions) -> None:
    assert settle_address(read("河南省郑州市金水区那州路", {}), divisions).known == 9
    assert settle_address(read("人民路1号", {}), divisions).known == 0


def test_the_number_alone_decides_nothing(divisions: Divisions) -> None:
    for text in ("河南省某某县", "山东省东平县"):
        assert settle_address(read(text, {}), divisions, "371524199508130033").text == text


@pytest.mark.parametrize(
    ("text", "doubts", "printed"),
    [
        ("信阳市公安局狮河分局", {6: (0.9, "浉")}, "信阳市公安局浉河分局"),
        ("临述县公安局", {1: (0.9, "沭")}, "临沭县公安局"),
        ("新灵石县公安局", {}, "灵石县公安局"),
        ("欢天津市公安局和平分局", {}, "天津市公安局和平分局"),
    ],
)
def test_offices(divisions: Divisions, text: str, doubts: dict, printed: str) -> None:
    assert told(settle_office(read(text, doubts), divisions)) == (printed, True, False)


def test_an_office_that_is_almost_one(divisions: Divisions) -> None:
    settled = settle_office(read("临述县公安局", {1: (0.99, "")}), divisions)
    assert told(settled) == ("临述县公安局", False, True)


@pytest.mark.parametrize("text", ["新安县公安局", "样例市公安局", "北京市公安局宣武分局", "郑州铁路公安局"])
def test_offices_that_stay(divisions: Divisions, text: str) -> None:
    assert told(settle_office(read(text, {}), divisions)) == (text, False, False)


def test_changed_office_is_marked(divisions: Divisions) -> None:
    plain = line("临述县公安局", 400, 480)
    doubt = replace(plain.characters[1], probability=0.95, rivals=(("沭", 0.04),))
    office = replace(plain, characters=(plain.characters[0], doubt, *plain.characters[2:]))
    lines = [line("签发机关", 250, 480), office, line("有效期限2015.08.13-2035.08.13", 250, 540, size=20)]
    field = read_emblem(ScriptedEngine(lines), np.zeros((630, 1000, 3), np.uint8), divisions)["authority"]
    assert (field.value, field.needs_review) == ("临沭县公安局", True)
