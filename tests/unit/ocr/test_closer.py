"""Characters that are told apart by looking at them one by one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from kaihu_desktop.bootstrap import resource
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS
from kaihu_desktop.ocr.closer import likeliest_word, look_closer
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.glyphs import NO_GLYPHS, SIDE, Glyphs
from kaihu_desktop.ocr.layout import Row, rows_of
from kaihu_desktop.sandbox.specimens.fonts import find_font

SIZE = 34  # pixels of a character


@pytest.fixture(scope="module")
def glyphs() -> Glyphs:
    return Glyphs(resource("glyphs.onnx"))


def printed(text: str, variant: int = 1) -> np.ndarray:
    """A softened row of print at (100, 50)."""
    card = Image.new("RGB", (400, 150), (235, 240, 238))
    font = find_font("regular", SIZE, text, variant)
    ImageDraw.Draw(card).text((100, 50), text, fill=(30, 30, 30), font=font)
    return cv2.GaussianBlur(np.asarray(card), (0, 0), 2)


def row(text: str, at: int, probability: float, *rivals: tuple[str, float]) -> Row:
    """What was read there, one character of it doubtful."""
    places = ((i + 0.5) / len(text) for i in range(len(text)))
    characters = [Character(one, 0.999, place) for one, place in zip(text, places)]
    characters[at] = Character(text[at], probability, characters[at].position, rivals)
    left, right, top, bottom = 100, 100 + SIZE * len(text), 50, 50 + 1.2 * SIZE
    box = np.array(((left, top), (right, top), (right, bottom), (left, bottom)), np.float32)
    (found,) = rows_of([TextLine(tuple(characters), box)])
    return found


@pytest.mark.parametrize(
    ("name", "read", "at"),
    [("吴明燕", "蒸", 2), ("顾晶顺", "品", 1), ("阎宏伟", "间", 0), ("李民壁", "璧", 2), ("易震", "霞", 1)],
)
@pytest.mark.parametrize("variant", [0, 1])
def test_what_it_looks_like_wins_and_is_doubtful(
    glyphs: Glyphs, name: str, read: str, at: int, variant: int
) -> None:
    doubted = row(name[:at] + read + name[at + 1 :], at, 0.9, (name[at], 0.05), ("国", 0.01))
    compared = look_closer(printed(name, variant), doubted, glyphs, 0.95, 1.5)
    assert compared.text == name
    assert compared.confidence <= 0.5


@pytest.mark.parametrize(
    ("name", "read", "at"), [("曲秋绲", "继", 2), ("禤宏琦", "福", 0), ("庄闿", "园", 1)]
)
def test_a_rare_character_of_which_the_engine_does_not_think(
    glyphs: Glyphs, name: str, read: str, at: int
) -> None:
    doubted = row(name[:at] + read + name[at + 1 :], at, 0.6)
    compared = look_closer(printed(name), doubted, glyphs, 0.95, 1.5)
    assert compared.text == name
    assert compared.confidence <= 0.5
    assert read in dict(compared.characters[at].character.rivals)


def test_what_was_read_right_stays_and_gets_no_surer(glyphs: Glyphs) -> None:
    compared = look_closer(printed("顾晶顺"), row("顾晶顺", 1, 0.5, ("品", 0.4)), glyphs, 0.95, 1.5)
    assert compared.text == "顾晶顺"
    assert compared.confidence == pytest.approx(0.5)
    assert compared.characters[1].character.rivals[0][1] < 0.1


def test_sure_characters_are_not_looked_at(glyphs: Glyphs) -> None:
    sure = row("顾品顺", 1, 0.94, ("晶", 0.05))
    assert look_closer(printed("顾晶顺"), sure, glyphs, 0.93, 1.5) is sure


@pytest.mark.parametrize("read", ["7", "\U0002f81a"])  # no Han character, and one that isn't known
def test_what_is_not_known_stays(glyphs: Glyphs, read: str) -> None:
    doubted = row(f"顾{read}顺", 1, 0.5, ("晶", 0.4))
    assert look_closer(printed("顾晶顺"), doubted, glyphs, 0.95, 1.5) is doubted


def test_a_rival_that_is_not_known_falls_away(glyphs: Glyphs) -> None:
    compared = look_closer(printed("顾晶顺"), row("顾晶顺", 1, 0.5, ("7", 0.4)), glyphs, 0.95, 1.5)
    assert compared.text == "顾晶顺"


def test_without_the_network_rows_stay_as_they_are() -> None:
    doubted = row("顾品顺", 1, 0.5, ("晶", 0.4))
    assert look_closer(printed("顾晶顺"), doubted, NO_GLYPHS, 0.95, 1.5) is doubted
    assert likeliest_word(printed("佤"), 117, 70, ETHNIC_GROUPS, NO_GLYPHS) == ""


@pytest.mark.parametrize("content", [None, b"", b"not a network"])
def test_a_network_that_can_not_be_loaded_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "glyphs.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failure) as told:
        Glyphs(path).prepare()
    assert told.value.code == "OCR-ENGINE"


def test_a_row_at_the_edge_of_the_picture(glyphs: Glyphs) -> None:
    card = printed("顾晶顺")[52:, 102:]
    shifted = Row(
        one.__class__(one.character, one.x - 102, one.y - 52, one.half)
        for one in row("顾品顺", 1, 0.6, ("晶", 0.3)).characters
    )
    assert look_closer(np.ascontiguousarray(card), shifted, glyphs, 0.95, 1.5).text == "顾晶顺"


def test_an_empty_window_is_any_character(glyphs: Glyphs) -> None:
    likelihoods = glyphs.likelihoods(np.full((2, SIDE, SIDE), 235, np.uint8))
    assert likelihoods.shape == (2, len(glyphs.characters))
    assert np.isfinite(likelihoods).all()
    assert np.exp(likelihoods).sum(1) == pytest.approx([1, 1], abs=0.01)


def with_group(text: str) -> np.ndarray:
    """A card 1000 pixels wide with a softened word whose first character has its middle at (386, 185)."""
    card = Image.new("RGB", (1000, 630), (235, 240, 238))
    font = find_font("regular", 30, text, 1)
    for number, one in enumerate(text):
        ImageDraw.Draw(card).text((386 + 33 * number, 185), one, fill=(30, 30, 30), font=font, anchor="mm")
    return cv2.GaussianBlur(np.asarray(card), (0, 0), 2.5)


@pytest.mark.parametrize("group", ["畲", "回", "佤", "朝鲜", "独龙"])
def test_a_word_is_known_by_its_characters(glyphs: Glyphs, group: str) -> None:
    assert likeliest_word(with_group(group), 390, 183, ETHNIC_GROUPS, glyphs) == group


def test_where_nothing_is_printed_no_word_is_found(glyphs: Glyphs) -> None:
    blank = np.full((630, 1000, 3), 235, np.uint8)
    assert likeliest_word(blank, 386, 185, ETHNIC_GROUPS, glyphs) == ""
