"""The reader with the real networks, on specimens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from kaihu_desktop.bootstrap import bins, model_folder
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.bank_bin import CardType
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.reader import CardReader
from kaihu_desktop.sandbox.specimens.cards import (
    SpecimenBankCard,
    SpecimenPerson,
    render_bank_card,
    render_id_emblem,
    render_id_portrait,
)
from kaihu_desktop.sandbox.specimens.people import DEBIT_BINS, make_bank_card, make_person

PERSON = SpecimenPerson(
    name="古丽娜尔·吐尔逊",
    sex="女",
    ethnicity="维吾尔",
    birth=date(1949, 12, 31),
    address="新疆乌鲁木齐市天山区示范西路28号3号楼2单元1201室",
    id_number="11010519491231002X",
    authority="乌鲁木齐市公安局天山区分局",
    valid_from=date(2012, 3, 5),
    valid_until=None,
)


@pytest.fixture(scope="module")
def reader() -> CardReader:
    return CardReader(OnnxEngine(model_folder()), bins())


def values(reader: CardReader, kind: str, card: np.ndarray) -> dict[str, str]:
    return {name: field.value for name, field in reader.read(kind, card).fields.items()}


def small_and_noisy(card: np.ndarray, width: int = 560) -> np.ndarray:
    """As a webcam sees it: few pixels, a little blur, noise and JPEG."""
    small = cv2.resize(card, (width, width * 63 // 100), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(1).normal(0, 4, small.shape)
    noisy = np.clip(cv2.GaussianBlur(small, (0, 0), 0.7) + noise, 0, 255).astype(np.uint8)
    jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return cv2.resize(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), (1000, 630), interpolation=cv2.INTER_CUBIC)


def test_portrait_side_with_long_name_and_x(reader: CardReader) -> None:
    card = small_and_noisy(render_id_portrait(PERSON, 4))
    assert values(reader, "id-portrait", card) == {
        "name": PERSON.name,
        "sex": "女",
        "ethnicity": "维吾尔",
        "birth": "1949-12-31",
        "address": PERSON.address,
        "id_number": PERSON.id_number,
    }


def test_emblem_side_of_a_card_without_end(reader: CardReader) -> None:
    card = small_and_noisy(render_id_emblem(PERSON, 4))
    assert values(reader, "id-emblem", card) == {
        "authority": PERSON.authority,
        "valid_from": "2012-03-05",
        "valid_until": "2099-12-31",
    }


@pytest.mark.parametrize("name", ["仝翀", "欧阳昱旻", "赟颢"])
def test_rare_characters(reader: CardReader, name: str) -> None:
    card = render_id_portrait(replace(PERSON, name=name), 1)
    assert values(reader, "id-portrait", card)["name"] == name


@pytest.mark.parametrize("style", ["embossed", "printed"])
@pytest.mark.parametrize("seed", [0, 3])
def test_bank_card(reader: CardReader, style: str, seed: int) -> None:
    card = replace(make_bank_card(seed), style=style)
    assert values(reader, "bank-card", small_and_noisy(render_bank_card(card, seed))) == {
        "number": card.number,
        "bank": card.bank,
        "card_type": "借记卡",
    }


def test_credit_card_is_known_as_one(reader: CardReader) -> None:
    card = SpecimenBankCard("示范银行", "4033610000000006", "ZHANG YANGBEN")
    fields = values(reader, "bank-card", render_bank_card(card, 5))
    assert (fields["bank"], fields["card_type"]) == ("中国农业银行", "信用卡")


@pytest.mark.parametrize(
    ("kind", "card", "code"),
    [
        ("id-portrait", render_id_emblem(PERSON), "OCR-SIDE"),
        ("id-emblem", render_id_portrait(PERSON), "OCR-SIDE"),
        ("id-portrait", render_id_emblem(PERSON)[::-1, ::-1], "OCR-SIDE"),
        ("id-emblem", render_id_portrait(PERSON)[::-1, ::-1], "OCR-SIDE"),
        ("id-portrait", render_bank_card(make_bank_card(0)), "OCR-FAILED"),
        ("id-portrait", np.full((630, 1000, 3), 200, np.uint8), "OCR-FAILED"),
        ("id-emblem", np.full((630, 1000, 3), 200, np.uint8), "OCR-FAILED"),
        ("bank-card", np.full((630, 1000, 3), 200, np.uint8), "OCR-BANK-CARD"),
        ("bank-card", np.zeros((1, 1, 3), np.uint8), "OCR-BANK-CARD"),
    ],
)
def test_other_pictures_are_told(reader: CardReader, kind: str, card: np.ndarray, code: str) -> None:
    with pytest.raises(Failure) as failure:
        reader.read(kind, card)
    assert failure.value.code == code


def test_boxes_lie_where_the_text_is(reader: CardReader) -> None:
    fields = reader.read("id-portrait", render_id_portrait(PERSON, 0)).fields
    for name, (x, y) in {"name": (300, 110), "address": (350, 360), "id_number": (600, 555)}.items():
        box = fields[name].box
        assert box is not None
        assert box[0] < x < box[0] + box[2]
        assert box[1] < y < box[1] + box[3]


def test_several_threads_share_a_reader(reader: CardReader) -> None:
    people = [make_person(seed) for seed in range(4)]
    cards = [render_id_portrait(person, seed) for seed, person in enumerate(people)]
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda card: values(reader, "id-portrait", card)["id_number"], cards))
    assert read == [person.id_number for person in people]


def test_missing_and_damaged_models_are_told(tmp_path: Path) -> None:
    card = render_id_portrait(PERSON)
    for content in (None, b"", b"no network"):
        if content is not None:
            for name in ("det", "rec"):
                (tmp_path / f"PP-OCRv6_{name}_small.onnx").write_bytes(content)
        with pytest.raises(Failure) as failure:
            CardReader(OnnxEngine(tmp_path), bins()).read("id-portrait", card)
        assert failure.value.code == "OCR-ENGINE"


def test_bin_table_knows_the_specimens() -> None:
    table = bins()
    assert len(table) == 1698
    for bank, prefix, length in DEBIT_BINS:
        row = table.lookup(prefix.ljust(length, "0"))
        assert row is not None
        assert (row.bank_name, row.card_type) == (bank, CardType.DEBIT)
