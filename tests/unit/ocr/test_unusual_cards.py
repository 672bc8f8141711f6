"""Less common cards: long names, other scripts, portrait formats, lost and misread characters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kaihu_desktop.bootstrap import bins, model_folder
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.id_emblem import read_emblem
from kaihu_desktop.ocr.id_portrait import read_portrait
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.reader import CardReader
from kaihu_desktop.sandbox.specimens.bank_cards import render_bank_card
from kaihu_desktop.sandbox.specimens.cards import render_id_portrait
from kaihu_desktop.sandbox.specimens.pen import Look
from kaihu_desktop.sandbox.specimens.people import make_bank_card, make_person
from tests.unit.ocr.scripted import ScriptedEngine, line

CARD = np.zeros((630, 1000, 3), np.uint8)


@pytest.fixture(scope="module")
def reader() -> CardReader:
    return CardReader(OnnxEngine(model_folder()), bins())


def portrait(*lines: TextLine) -> ScriptedEngine:
    others = (
        line("性别男民族维吾尔", 70, 178),
        line("出生1995年8月13日", 70, 242, size=25),
        line("住址 河南省郑州市金水区", 70, 318),
        line("410101199508130033", 330, 534, size=29),
    )
    return ScriptedEngine([*lines, *others])


def doubtful_line(
    text: str, x: float, y: float, rivals: dict[int, tuple[tuple[str, float], ...]]
) -> TextLine:
    """A line whose characters at some places have rivals and are doubtful."""
    plain = line(text, x, y)
    characters = tuple(
        Character(one.text, 0.5 if at in rivals else 0.99, one.position, rivals.get(at, ()))
        for at, one in enumerate(plain.characters)
    )
    return TextLine(characters, plain.box)


def test_name_on_two_lines() -> None:
    engine = portrait(line("姓名", 70, 92), line("阿卜杜热合曼·", 172, 84), line("吐尔逊", 172, 124))
    field = read_portrait(engine, CARD)["name"]
    assert (field.value, field.needs_review) == ("阿卜杜热合曼·吐尔逊", False)


def test_another_script_between_the_lines_is_left_out() -> None:
    scripts = [line("wee koM", 70, y, size=18) for y in (66, 296)]
    fields = read_portrait(portrait(*scripts, line("姓名 张样本", 70, 92)), CARD)
    assert (fields["name"].value, fields["address"].value) == ("张样本", "河南省郑州市金水区")


@pytest.mark.parametrize("name", ["阿卜杜热合曼吐尔逊", "张样本1"])
def test_name_without_its_dot_or_with_a_digit_is_doubted(name: str) -> None:
    field = read_portrait(portrait(line(f"姓名 {name}", 70, 92)), CARD)["name"]
    assert (field.value, field.needs_review) == (name.rstrip("1"), True)


def test_lost_character_leaves_a_gap_that_is_doubted() -> None:
    first, last = line("张", 172, 92), line("本", 172 + 2 * 34, 92)
    field = read_portrait(portrait(line("姓名", 70, 92), first, last), CARD)["name"]
    assert (field.value, field.needs_review) == ("张本", True)


def test_name_that_begins_further_right_than_the_address_is_doubted() -> None:
    field = read_portrait(portrait(line("姓名", 70, 92), line("样本", 206, 92)), CARD)["name"]
    assert (field.value, field.needs_review) == ("样本", True)


def test_doubtful_beginning_becomes_the_surname_like_it_and_is_marked() -> None:
    label = line("姓名", 70, 92)
    value = doubtful_line("装样本", 172, 92, {0: (("袋", 0.2), ("裴", 0.15))})
    field = read_portrait(portrait(label, value), CARD)["name"]
    assert (field.value, field.needs_review) == ("裴样本", True)


def emblem(*lines: TextLine) -> dict[str, Any]:
    return read_emblem(ScriptedEngine(lines), CARD)


def test_misread_end_of_an_office_is_mended_and_marked() -> None:
    authority = doubtful_line("签发机关怀集县公安廊", 210, 448, {9: (("局", 0.3),)})
    field = emblem(authority, line("有效期限2015.01.01-2035.01.01", 210, 526))["authority"]
    assert (field.value, field.needs_review) == ("怀集县公安局", True)


def test_misread_digit_of_the_validity_is_repaired_when_that_is_unique_and_marked() -> None:
    wrong = doubtful_line("有效期限2020.03.03-2040.01.03", 210, 526, {21: (("3", 0.3), ("7", 0.1))})
    fields = emblem(line("签发机关郑州市公安局", 210, 448), wrong)
    until = fields["valid_until"]
    assert (fields["valid_from"].value, until.value, until.needs_review) == ("2020-03-03", "2040-03-03", True)


def test_misread_century_of_the_validity_is_repaired_in_the_only_way_there_is() -> None:
    rivals = {4: (("2", 0.3),), 15: (("7", 0.3),)}  # 7019 to 7039 would be a usual span, too
    fields = emblem(doubtful_line("有效期限7019.01.28-2039.01.28", 210, 526, rivals))
    read = [(fields[name].value, fields[name].needs_review) for name in ("valid_from", "valid_until")]
    assert read == [("2019-01-28", True), ("2039-01-28", True)]


@pytest.mark.parametrize("text", ["有效期限7019.01.28-2039.01.28", "有效期限7019.01.28-长期"])
def test_dates_of_no_century_of_cards_are_left_empty(text: str) -> None:
    fields = emblem(line("签发机关郑州市公安局", 210, 448), line(text, 210, 526))
    assert [fields[name].value for name in ("valid_from", "valid_until")] == ["", ""]


def test_days_that_disagree_are_kept_and_marked_when_nothing_else_fits() -> None:
    until = emblem(line("有效期限2020.03.03-2040.01.03", 210, 526))["valid_until"]
    assert (until.value, until.needs_review) == ("2040-01-03", True)


@pytest.mark.parametrize("style", ["stacked", "upright"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bank_card_of_portrait_format(reader: CardReader, style: str, seed: int) -> None:
    card = replace(make_bank_card(seed), style=style)
    fields = reader.read("bank-card", render_bank_card(card, seed)).fields
    assert (fields["number"].value, fields["bank"].value) == (card.number, card.bank)
    x, y, width, height = fields["number"].box
    assert 0 <= x < x + width <= 1000
    assert 0 <= y < y + height <= 630


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bank_card_upside_down(reader: CardReader, seed: int) -> None:
    """Backs and designs without a chip don't show which way up they are."""
    card = replace(make_bank_card(seed), style="printed")
    picture = render_bank_card(card, seed)
    upright = reader.read("bank-card", picture).fields["number"]
    turned = reader.read("bank-card", np.ascontiguousarray(picture[::-1, ::-1])).fields["number"]
    assert turned.value == upright.value == card.number
    x, y, width, height = upright.box
    place = (1000 - x - width, 630 - y - height, width, height)
    assert np.abs(np.subtract(turned.box, place)).max() < height / 2


@pytest.mark.parametrize("style", ["embossed", "printed"])
def test_number_without_spaces_and_worn(reader: CardReader, style: str) -> None:
    card = replace(make_bank_card(3), style=style, grouped=False, worn=0.7)
    fields = reader.read("bank-card", render_bank_card(card, 3)).fields
    assert fields["number"].value == card.number


@pytest.mark.parametrize("variant", range(3))
def test_bilingual_card_with_a_long_name(reader: CardReader, variant: int) -> None:
    person = replace(make_person(1), name="阿卜杜热合曼·麦麦提吐尔逊·艾则孜", ethnicity="维吾尔")
    look = Look(face="any", variant=variant, name_columns=9, columns=9, second_script=True)
    fields = reader.read("id-portrait", render_id_portrait(person, 1, look)).fields
    assert {key: fields[key].value for key in ("name", "ethnicity", "address", "id_number")} == {
        "name": person.name,
        "ethnicity": person.ethnicity,
        "address": person.address,
        "id_number": person.id_number,
    }
