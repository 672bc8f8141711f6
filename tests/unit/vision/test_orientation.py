"""Which card it is, whatever a bank card's design and a person's clothes look like."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.vision.orientation import UNKNOWN, is_plainly_bank_card, kind_of

KINDS = ("id-portrait", "id-emblem", "bank-card")
INK = (40, 36, 34)
PALE = {
    "turquoise": (228, 232, 178),
    "mint": (206, 240, 204),
    "cream": (205, 232, 250),
    "pink": (222, 204, 248),
    "lilac": (246, 206, 222),
    "white": (246, 246, 246),
}
CLOTHES = {
    "dark red": (35, 30, 120),
    "red": (45, 35, 190),
    "orange": (40, 110, 225),
    "pink": (150, 130, 225),
    "violet": (150, 60, 120),
    "green": (60, 110, 40),
    "blue": (150, 80, 40),
    "brown": (45, 70, 110),
}
LIGHTS = {"daylight": (1.0, 1.0, 1.0), "warm": (0.72, 0.92, 1.0), "cool and dim": (0.6, 0.56, 0.52)}


def in_light(shown, light):
    return np.clip(shown * np.array(LIGHTS[light]), 0, 255).astype(np.uint8)


def bank_card_on(card, ground):
    """The bank card, printed dark, on a ground of one colour or a picture."""
    shown = card("bank-card")
    plain, print_ = (shown == (120, 70, 30)).all(axis=2), (shown == (235, 240, 240)).all(axis=2)
    shown[plain] = np.broadcast_to(ground, shown.shape)[plain]
    shown[print_] = INK
    return shown


def picture(seed):
    """A ground of many pale colours that run into each other."""
    colours = np.random.default_rng(seed).uniform(70, 250, (4, 6, 3)).astype(np.float32)
    return np.clip(cv2.resize(colours, (1000, 630), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("colour", PALE)
def test_a_pale_bank_card_of_any_colour_is_one(card, colour, light):
    shown = in_light(bank_card_on(card, PALE[colour]), light)
    assert [kind_of(shown, wanted) for wanted in KINDS] == ["bank-card"] * 3


@pytest.mark.parametrize("seed", range(12))
def test_a_bank_card_with_a_picture_is_one(card, seed):
    shown = bank_card_on(card, picture(seed))
    assert [kind_of(shown, wanted) for wanted in KINDS] == ["bank-card"] * 3


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("colour", PALE)
def test_a_pale_bank_card_without_a_chip_is_no_side_of_an_id_card(card, colour, light):
    shown = bank_card_on(card, PALE[colour])
    cv2.rectangle(shown, (84, 176), (210, 276), PALE[colour], -1)
    assert kind_of(in_light(shown, light), "bank-card") in ("bank-card", UNKNOWN)


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("colour", CLOTHES)
@pytest.mark.parametrize("half_turn", [False, True])
def test_clothes_of_any_colour_make_no_emblem(card, colour, light, half_turn):
    shown = card("id-portrait")
    cv2.ellipse(shown, (775, 465), (150, 175), 0, 180, 360, CLOTHES[colour], -1)
    shown = in_light(shown[::-1, ::-1] if half_turn else shown, light)
    assert [kind_of(shown, wanted) for wanted in KINDS] == ["id-portrait"] * 3


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("half_turn", [False, True])
def test_only_a_bank_card_is_plainly_one(card, kind, light, half_turn):
    shown = in_light(card(kind)[::-1, ::-1] if half_turn else card(kind), light)
    assert is_plainly_bank_card(shown) == (kind == "bank-card")
