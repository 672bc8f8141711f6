"""Look-alikes that are told apart by their drawn shapes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS
from kaihu_desktop.ocr.engine import Character, TextLine
from kaihu_desktop.ocr.layout import Row, rows_of
from kaihu_desktop.ocr.shapes import compare_shapes, likeliest_word
from kaihu_desktop.sandbox.specimens.fonts import find_font

SIZE = 34  # pixels of a character
needs_a_face = pytest.mark.skipif(not hasattr(cv2, "FontFace"), reason="OpenCV before 5 has no face")


def printed(text: str, variant: int = 1) -> np.ndarray:
    """A softened row of print at (100, 50) in another face than that which shapes are drawn with."""
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


@needs_a_face
@pytest.mark.parametrize(
    ("name", "read", "at"),
    [("吴明燕", "蒸", 2), ("顾晶顺", "品", 1), ("阎宏伟", "间", 0), ("李民壁", "璧", 2)],
)
def test_the_shape_that_fits_wins_and_stays_as_doubtful_as_it_was(name: str, read: str, at: int) -> None:
    doubted = row(name[:at] + read + name[at + 1 :], at, 0.9, (name[at], 0.05), ("国", 0.01))
    compared = compare_shapes(printed(name), doubted)
    assert compared.text == name
    assert compared.confidence == pytest.approx(0.05)


@needs_a_face
def test_what_was_read_right_stays_and_gets_no_surer() -> None:
    compared = compare_shapes(printed("顾晶顺"), row("顾晶顺", 1, 0.5, ("品", 0.4)))
    assert compared.text == "顾晶顺"
    assert compared.confidence == pytest.approx(0.5)
    (rival,) = compared.characters[1].character.rivals
    assert rival[1] < 0.1


@needs_a_face
def test_shapes_say_more_on_a_clear_picture() -> None:
    card, doubted = printed("顾晶顺"), row("顾晶顺", 1, 0.5, ("昌", 0.4))
    (rival,) = compare_shapes(card, doubted).characters[1].character.rivals
    (clear_rival,) = compare_shapes(card, doubted, clear=True).characters[1].character.rivals
    assert clear_rival[1] < rival[1]


def test_a_shape_alone_decides_nothing() -> None:
    compared = compare_shapes(printed("顾晶顺"), row("顾品顺", 1, 0.98, ("晶", 0.0005)))
    assert compared.text == "顾品顺"


def test_sure_rows_stay_as_they_are() -> None:
    """In another face 风 may look more like 凤 than 凤 does: the network was sure enough, and right."""
    sure = row("顾品顺", 1, 0.94, ("晶", 0.05))
    assert compare_shapes(printed("顾晶顺"), sure) is sure


@pytest.mark.parametrize("read", ["7", "\U0002c0a9"])  # no Han character, and one that the face lacks
def test_what_can_not_be_drawn_is_not_compared(read: str) -> None:
    doubted = row(f"顾{read}顺", 1, 0.5, ("晶", 0.4))
    assert compare_shapes(printed("顾晶顺"), doubted) is doubted


@needs_a_face
def test_a_rival_that_can_not_be_drawn_falls_away() -> None:
    compared = compare_shapes(printed("顾晶顺"), row("顾晶顺", 1, 0.5, ("\U0002c0a9", 0.4)))
    assert compared.text == "顾晶顺"


def test_a_character_without_rivals_stays() -> None:
    lone = row("顾晶顺", 1, 0.5)
    assert compare_shapes(printed("顾晶顺"), lone) is lone


@needs_a_face
def test_a_row_at_the_edge_of_the_picture() -> None:
    card = printed("顾晶顺")[52:, 102:]
    shifted = Row(
        one.__class__(one.character, one.x - 102, one.y - 52, one.half)
        for one in row("顾品顺", 1, 0.6, ("晶", 0.3)).characters
    )
    assert compare_shapes(np.ascontiguousarray(card), shifted).text == "顾晶顺"


def with_group(text: str) -> np.ndarray:
    """A card 1000 pixels wide with a softened word whose first character has its middle at (386, 185)."""
    card = Image.new("RGB", (1000, 630), (235, 240, 238))
    font = find_font("regular", 30, text, 1)
    ImageDraw.Draw(card).text((386, 185), text[0], fill=(30, 30, 30), font=font, anchor="mm")
    for number, one in enumerate(text[1:], 1):
        ImageDraw.Draw(card).text((386 + 33 * number, 185), one, fill=(30, 30, 30), font=font, anchor="mm")
    return cv2.GaussianBlur(np.asarray(card), (0, 0), 2.5)


@needs_a_face
@pytest.mark.parametrize("group", ["畲", "回", "佤", "朝鲜", "独龙"])
def test_a_word_is_known_by_its_shape(group: str) -> None:
    assert likeliest_word(with_group(group), 390, 183, ETHNIC_GROUPS) == group


def test_where_nothing_is_printed_no_word_is_found() -> None:
    assert likeliest_word(np.full((630, 1000, 3), 235, np.uint8), 386, 185, ETHNIC_GROUPS) == ""
