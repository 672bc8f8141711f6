"""Fields from lines: labels, places, cross-checks and marks for review."""

from __future__ import annotations

from typing import Callable

import numpy as np
import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.bank_bin import BinTable
from kaihu_desktop.ocr.bank_card import read_bank_card
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.id_emblem import read_emblem
from kaihu_desktop.ocr.id_portrait import read_portrait
from tests.unit.ocr.scripted import ScriptedEngine, line

CARD = np.zeros((630, 1000, 3), np.uint8)
BINS = BinTable.from_rows(
    [("622202", "19", "DC", "AAA", "样例银行"), ("622230", "16", "CC", "AAA", "样例银行")]
)

PORTRAIT = {
    "name": line("姓名 张样本", 70, 90),
    "sex": line("性别男民族汉", 70, 168),
    "birth": line("出生1995年8月13日", 70, 242, size=25),
    "address": line("住址 河南省郑州市金水区示范", 70, 318),
    "address 2": line("路１号", 172, 368),
    "number label": line("公民身份号码", 70, 536),
    "number": line("410101199508130033", 330, 534, size=29),
}


def portrait(**changed: TextLine | None) -> ScriptedEngine:
    lines = {**PORTRAIT, **{name.replace("_", " "): value for name, value in changed.items()}}
    return ScriptedEngine([value for value in lines.values() if value is not None])


def values(fields: dict) -> dict:
    return {name: field.value for name, field in fields.items()}


def test_portrait_side() -> None:
    fields = read_portrait(portrait(), CARD)
    assert values(fields) == {
        "name": "张样本",
        "sex": "男",
        "ethnicity": "汉",
        "birth": "1995-08-13",
        "address": "河南省郑州市金水区示范路1号",
        "id_number": "410101199508130033",
    }
    assert not any(field.needs_review for field in fields.values())
    x, y, width, height = fields["name"].box
    assert (x, y, width, height) == (172, 90, 102, 34)


def test_labels_that_were_not_found_leave_the_places() -> None:
    bare = portrait(
        name=line("张样本", 180, 90),
        sex=line("男民族汉", 180, 168),
        birth=line("1995年8月13日", 180, 242, size=25),
        address=line("河南省郑州市金水区示范", 180, 318),
        number_label=None,
    )
    assert values(read_portrait(bare, CARD)) == values(read_portrait(portrait(), CARD))


def test_misread_labels_are_cut_off_by_their_place() -> None:
    misread = portrait(
        name=line("妊各", 66, 90),
        name_value=line("张样本", 180, 92),
        address=line("佳吐", 66, 318),
        address_value=line("河南省郑州市金水区示范", 180, 317),
    )
    fields = read_portrait(misread, CARD)
    assert (fields["name"].value, fields["address"].value) == ("张样本", "河南省郑州市金水区示范路1号")


def test_text_in_the_photograph_is_ignored() -> None:
    fields = read_portrait(portrait(photograph=line("样本", 740, 320)), CARD)
    assert fields["address"].value == "河南省郑州市金水区示范路1号"


def test_a_row_that_reaches_into_the_photograph_is_kept_whole() -> None:
    address = line("河南省郑州市金水区示范路", 180, 318, size=40)
    fields = read_portrait(portrait(address=address, photograph=line("样本", 740, 320)), CARD)
    assert fields["address"].value == "河南省郑州市金水区示范路路1号"


def test_the_end_of_a_label_that_is_read_twice_is_no_part_of_the_value() -> None:
    fields = read_portrait(portrait(name=line("姓名", 70, 90), again=line("名 张样本", 110, 90)), CARD)
    assert fields["name"].value == "张样本"


def test_number_prevails_over_print_and_marks_the_difference() -> None:
    fields = read_portrait(portrait(sex=line("性别女民族汉", 70, 168)), CARD)
    assert (fields["sex"].value, fields["sex"].needs_review) == ("男", True)
    assert (fields["birth"].value, fields["birth"].needs_review) == ("1995-08-13", False)


def test_wrong_number_is_kept_and_marked_and_print_tells_sex_and_birth() -> None:
    fields = read_portrait(portrait(number=line("410101199508130034", 330, 534, size=29)), CARD)
    assert (fields["id_number"].value, fields["id_number"].needs_review) == ("410101199508130034", True)
    assert (fields["sex"].value, fields["sex"].needs_review) == ("男", True)
    assert (fields["birth"].value, fields["birth"].needs_review) == ("1995-08-13", True)


def test_single_misread_digit_is_repaired_and_marked() -> None:
    wrong = "410101199508130083"
    lines = [value for name, value in PORTRAIT.items() if name != "number"]
    rivals = {16: (("3", 0.3),)}
    again = TextLine(
        tuple(Character(c, 0.65, i / 18, rivals.get(i, ())) for i, c in enumerate(wrong)),
        np.zeros((4, 2), np.float32),
    )
    engine = ScriptedEngine([*lines, line(wrong, 330, 534, size=29)], again)
    field = read_portrait(engine, CARD)["id_number"]
    assert (field.value, field.needs_review) == ("410101199508130033", True)


def test_misread_group_becomes_the_likeliest_of_the_56() -> None:
    label = line("性别男民族", 70, 168)
    value = line("汊", 368, 168)
    character = Character("汊", 0.5, 0.5, (("没", 0.2), ("汉", 0.15), ("汶", 0.1)))
    field = read_portrait(portrait(sex=label, group=TextLine((character,), value.box)), CARD)["ethnicity"]
    assert (field.value, field.confidence, field.needs_review) == ("汉", 0.15, True)


def test_group_like_none_of_the_56_stays_empty() -> None:
    field = read_portrait(portrait(sex=line("性别男民族口", 70, 168)), CARD)["ethnicity"]
    assert (field.value, field.needs_review) == ("", True)


def test_group_is_found_by_its_place_when_its_label_was_misread() -> None:
    lines = {"sex": line("性别男民娱", 70, 168), "group": line("壮", 368, 168)}
    assert read_portrait(portrait(**lines), CARD)["ethnicity"].value == "壮"


def test_unsure_character_marks_the_field() -> None:
    field = read_portrait(portrait(name=line("姓名张样本", 70, 90, probability=0.7)), CARD)["name"]
    assert (field.value, field.needs_review) == ("张样本", True)


def test_address_that_ends_in_a_digit_has_probably_lost_something() -> None:
    field = read_portrait(portrait(address_2=line("路２８", 172, 368)), CARD)["address"]
    assert (field.value, field.needs_review) == ("河南省郑州市金水区示范路28", True)


EMBLEM = (
    line("中华人民共和国", 310, 92, size=70),
    line("居民身份证", 310, 190, size=100),
    line("签发机关郑州市公安局金水分局", 210, 448),
)


@pytest.mark.parametrize(
    ("text", "start", "until", "marked"),
    [
        ("有效期限2015.01.01-2035.01.01", "2015-01-01", "2035-01-01", False),
        ("有效期限2015.01.01-长期", "2015-01-01", "2099-12-31", False),
        ("有效期限20150101一20350101", "2015-01-01", "2035-01-01", False),
        ("有效期期2015.01.01-2035.01.01", "2015-01-01", "2035-01-01", False),
        ("标效期理2015.01.01-长", "2015-01-01", "2099-12-31", True),
        ("2015.01.01.2035.01.01", "2015-01-01", "2035-01-01", False),
        ("有效期限2015.01.01-2033.01.01", "2015-01-01", "2033-01-01", True),
    ],
)
def test_emblem_side(text: str, start: str, until: str, marked: bool) -> None:
    fields = read_emblem(ScriptedEngine([*EMBLEM, line(text, 210, 526)]), CARD)
    assert values(fields) == {"authority": "郑州市公安局金水分局", "valid_from": start, "valid_until": until}
    assert fields["valid_until"].needs_review is marked


def test_authority_is_found_by_its_place_when_its_label_was_misread() -> None:
    lines = (line("预发构关", 210, 448), line("郑州市公安局金水分局", 390, 448))
    assert read_emblem(ScriptedEngine(lines), CARD)["authority"].value == "郑州市公安局金水分局"


def test_impossible_dates_are_left_empty() -> None:
    fields = read_emblem(ScriptedEngine([*EMBLEM, line("有效期限2015.13.01-2035.01.01", 210, 526)]), CARD)
    assert (fields["valid_from"].value, fields["valid_from"].needs_review) == ("", True)


@pytest.mark.parametrize(
    ("read", "lines", "code"),
    [
        (read_portrait, EMBLEM, "OCR-SIDE"),
        (read_emblem, tuple(PORTRAIT.values()), "OCR-SIDE"),
        (read_portrait, (), "OCR-FAILED"),
        (read_emblem, (), "OCR-FAILED"),
        (read_portrait, (line("借记卡", 700, 60), line("6222020000000000000", 60, 330)), "OCR-FAILED"),
    ],
)
def test_other_side_and_other_things_are_told(read: Callable, lines: tuple[TextLine, ...], code: str) -> None:
    with pytest.raises(Failure) as failure:
        read(ScriptedEngine(lines), CARD)
    assert failure.value.code == code


@pytest.mark.parametrize(
    ("lines", "number", "bank", "card_type", "marked"),
    [
        (("6222 0200 0000 0000 001",), "6222020000000000001", "样例银行", "借记卡", True),
        (("6222 0200 0000 0000 000",), "6222020000000000000", "样例银行", "借记卡", False),
        (("6222 3000 0000 0003",), "6222300000000003", "样例银行", "信用卡", False),
        (("4539 1488 0343 6467",), "4539148803436467", "", "", True),
    ],
)
def test_bank_card(lines: tuple[str, ...], number: str, bank: str, card_type: str, marked: bool) -> None:
    engine = ScriptedEngine([line(text, 60, 330, size=38) for text in lines])
    fields = read_bank_card(engine, CARD, BINS)
    assert values(fields) == {"number": number, "bank": bank, "card_type": card_type}
    assert fields["number"].needs_review is marked


def test_groups_found_apart_are_joined() -> None:
    parts = (
        line("6222", 60, 330),
        line("0200", 260, 333),
        line("0000", 460, 328),
        line("0000 000", 660, 331),
    )
    assert read_bank_card(ScriptedEngine(parts), CARD, BINS)["number"].value == "6222020000000000000"


def test_card_without_a_number_is_typed_by_hand() -> None:
    with pytest.raises(Failure) as failure:
        read_bank_card(ScriptedEngine([line("VALID THRU 08/36", 60, 330)]), CARD, BINS)
    assert failure.value.code == "OCR-BANK-CARD"
