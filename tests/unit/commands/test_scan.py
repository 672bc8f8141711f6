"""``scan``: one JSON object a line, one bad file never stops the others."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kaihu_desktop.commands import scan
from kaihu_desktop.sandbox.specimens.cards import (
    render_bank_card,
    render_id_emblem,
    render_id_portrait,
    render_signature_sheet,
)
from kaihu_desktop.sandbox.specimens.people import make_bank_card, make_person
from kaihu_desktop.sandbox.specimens.photograph import photograph

PERSON, CARD = make_person(1), make_bank_card(1)
KEYS = ["file", "kind", "corners", "accepted", "orientation", "quality", "advice", "fields", "ms", "error"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Chinese name, as users have them, and a photograph of each kind."""
    folder = tmp_path_factory.mktemp("照片")
    for name, card, seed in (
        ("人像面", render_id_portrait(PERSON, 1), 1),
        ("国徽面", render_id_emblem(PERSON, 1), 2),
        ("银行卡", render_bank_card(CARD, 1), 3),
    ):
        picture, _ = photograph(card, seed=seed, condition="easy")
        save(folder / f"{name}.jpg", picture)
    save(folder / "签名.png", render_signature_sheet(PERSON.name))
    (folder / "空.jpg").write_bytes(b"")
    (folder / "断.jpg").write_bytes((folder / "人像面.jpg").read_bytes()[:2000])
    return folder


def save(path: Path, picture: np.ndarray) -> None:
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]]]:
    parser = argparse.ArgumentParser()
    scan.add_parser(parser.add_subparsers())
    args = parser.parse_args(["scan", *map(str, arguments)])
    code = args.run(args)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def texts(document: dict[str, Any]) -> dict[str, Any]:
    return {name: field["value"] for name, field in document["fields"].items()}


def test_portrait_side(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (document,) = run(capsys, "--kind", "id-portrait", photos / "人像面.jpg")
    assert code == 0
    assert list(document) == KEYS
    assert texts(document) == {
        "name": PERSON.name,
        "sex": PERSON.sex,
        "ethnicity": PERSON.ethnicity,
        "birth": PERSON.birth.isoformat(),
        "address": PERSON.address,
        "id_number": PERSON.id_number,
    }
    assert document["accepted"] is True
    assert document["orientation"] in (0, 90, 180, 270)
    assert np.shape(document["corners"]) == (4, 2)
    assert all(document["ms"][stage] > 0 for stage in ("decode", "find", "ocr"))


def test_emblem_side_and_bank_card(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, (emblem,) = run(capsys, "--kind", "id-emblem", photos / "国徽面.jpg")
    assert texts(emblem)["authority"] == PERSON.authority
    _, (card,) = run(capsys, "--kind", "bank-card", photos / "银行卡.jpg")
    assert texts(card) == {"number": CARD.number, "bank": CARD.bank, "card_type": "借记卡"}


def test_bad_files_are_told_one_by_one(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("空.jpg", "断.jpg", "没有.jpg", "国徽面.jpg", "人像面.jpg")
    code, documents = run(capsys, "--kind", "id-portrait", *(photos / name for name in names))
    codes = [document["error"] and document["error"]["code"] for document in documents]
    assert codes == ["PIC-EMPTY", "PIC-DAMAGED", "PIC-UNREADABLE", "OCR-SIDE", None]
    assert code == 1
    assert all(list(document) == KEYS for document in documents)
    assert documents[3]["corners"] is not None  # what was found before the error stays


def test_without_ocr_nothing_is_read(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (document,) = run(capsys, "--kind", "id-portrait", "--no-ocr", photos / "人像面.jpg")
    assert code == 0
    assert (document["fields"], document["ms"]["ocr"]) == ({}, None)
    assert document["corners"] is not None


def test_crops_are_saved_under_names_of_their_own(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(str(photos / "人像面.jpg"), str(other))
    out = tmp_path / "裁剪" / "结果"
    arguments = ("--no-ocr", "--out", out, photos / "人像面.jpg", other / "人像面.jpg")
    assert run(capsys, "--kind", "id-portrait", *arguments)[0] == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "人像面-2-id-portrait.png",
        "人像面-id-portrait.png",
    ]
    crop = cv2.imdecode(np.fromfile(str(out / "人像面-id-portrait.png"), np.uint8), cv2.IMREAD_COLOR)
    assert crop.shape == (630, 1000, 3)


def test_signature_is_cleaned(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (document,) = run(capsys, "--kind", "signature", "--out", tmp_path, photos / "签名.png")
    assert (code, document["corners"], document["fields"]) == (0, None, {})
    assert (tmp_path / "签名-signature.png").is_file()


def test_folder_that_cannot_be_written_is_told(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    arguments = ("--no-ocr", "--out", tmp_path / "file" / "out", photos / "人像面.jpg")
    code, (document,) = run(capsys, "--kind", "id-portrait", *arguments)
    assert (code, document["error"]["code"]) == (1, "PC-DISK")
