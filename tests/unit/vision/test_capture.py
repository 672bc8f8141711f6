"""The whole way from a photograph to an upright card, and the steps on it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.sandbox.specimens.photograph import Condition, photograph_as, photograph_table
from kaihu_desktop.vision.capture import ADVICE_DOUBTFUL, process_capture, process_with_corners
from kaihu_desktop.vision.far import shows_far_card
from kaihu_desktop.vision.orientation import UNKNOWN, kind_of, upright
from kaihu_desktop.vision.rectify import rectify

KINDS = ("id-portrait", "id-emblem", "bank-card")


def alike(first, second):
    """Correlation of two pictures of the same card, 1 when they are equal up to light."""
    a, b = (
        cv2.resize(cv2.cvtColor(p, cv2.COLOR_BGR2GRAY), (200, 126)).astype(float) for p in (first, second)
    )
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("condition", ["easy", "perspective"])
@pytest.mark.parametrize("seed", [50, 51])
def test_a_capture_is_cut_out_upright(photo, card, kind, condition, seed):
    picture, truth = photo(kind, condition, seed)
    capture = process_capture(picture, kind)
    assert capture.accepted
    assert capture.card.shape == (630, 1000, 3)
    assert np.abs(capture.corners - truth).max() < 6
    assert alike(capture.card, card(kind)) > 0.85
    assert (capture.width, capture.height) == (1920, 1080)


@pytest.mark.parametrize("turns", range(4))
def test_orientation_tells_how_the_card_lies(photo, turns):
    picture, _ = photo("id-emblem", "easy", 52)
    turned = np.ascontiguousarray(np.rot90(picture, -turns))  # clockwise
    capture = process_capture(turned, "id-emblem")
    assert capture.accepted and capture.orientation == 90 * turns


@pytest.mark.parametrize("kind", KINDS)
def test_corners_set_by_hand_in_any_order(photo, card, kind):
    picture, truth = photo(kind, "clutter", 53)
    capture = process_with_corners(picture, truth[[2, 0, 3, 1]], kind)
    assert capture.accepted and np.abs(capture.corners - truth).max() < 0.01
    assert alike(capture.card, card(kind)) > 0.85


def test_a_card_too_far_away_to_be_found_is_told(card):
    far_away = Condition(tables=("clutter",), fill=(0.1, 0.14))
    picture, _ = photograph_as(card("id-portrait"), far_away, np.random.default_rng(5), (1280, 720))
    capture = process_capture(picture, "id-portrait")
    assert not capture.accepted and capture.corners is None
    assert capture.quality.flags[0] == "too_far" and capture.advice == "再靠近一点"


@pytest.mark.parametrize("seed", [782, 790])
def test_a_key_is_no_card_far_away(seed):
    assert not shows_far_card(photograph_table(seed=seed))


def test_in_doubt_the_picture_stays_whole():
    picture = np.full((720, 1280, 3), 120, np.uint8)
    picture[200:500, 100:1200] = 160  # no card's proportions
    capture = process_capture(picture, "id-portrait")
    assert not capture.accepted
    assert np.array_equal(capture.card, picture)
    assert capture.corners is None or capture.advice == ADVICE_DOUBTFUL


def test_in_doubt_a_grey_thing_is_not_called_a_copy(card):
    picture = np.full((720, 1280, 3), (70, 60, 50), np.uint8)
    printed = cv2.cvtColor(card("bank-card"), cv2.COLOR_BGR2GRAY)
    grey = cv2.resize(printed, (600, 420), interpolation=cv2.INTER_AREA)  # no card's proportions
    picture[150:570, 300:900] = grey[..., None]
    turn = cv2.getRotationMatrix2D((640, 360), -3, 1)
    picture = cv2.warpAffine(picture, turn, (1280, 720), borderMode=cv2.BORDER_REPLICATE)
    capture = process_capture(cv2.GaussianBlur(picture, (0, 0), 0.8), "bank-card")
    assert capture.advice == ADVICE_DOUBTFUL
    assert "copy" not in capture.quality.flags


@pytest.mark.parametrize("shape", [(200, 600, 3), (300, 350, 3), (1, 1, 3)])
def test_a_tiny_picture_is_refused(shape):
    with pytest.raises(Failure) as failure:
        process_capture(np.zeros(shape, np.uint8), "bank-card")
    assert failure.value.code == "PIC-TOO-SMALL"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("half_turn", [False, True])
def test_upright(card, kind, half_turn):
    shown = card(kind)[::-1, ::-1] if half_turn else card(kind)
    assert upright(np.ascontiguousarray(shown), kind) == (180 if half_turn else 0)


@pytest.mark.parametrize("half_turn", [False, True])
def test_upright_though_a_lamp_hides_the_photograph(card, half_turn):
    lit = card("id-portrait")
    cv2.ellipse(lit, (775, 330), (170, 240), 0, 0, 360, (255, 255, 255), -1)
    shown = lit[::-1, ::-1] if half_turn else lit
    assert upright(np.ascontiguousarray(shown), "id-portrait") == (180 if half_turn else 0)


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.parametrize("bright", [slice(0, 500), slice(500, 1000)])
@pytest.mark.parametrize("half_turn", [False, True])
def test_upright_though_light_burns_the_paper_around_the_print_out(card, kind, bright, half_turn):
    lit = card(kind).astype(np.float32)
    lit[:, bright] *= 1.1
    lit = np.clip(lit, 0, 255).astype(np.uint8)
    shown = lit[::-1, ::-1] if half_turn else lit
    assert upright(np.ascontiguousarray(shown), kind) == (180 if half_turn else 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("half_turn", [False, True])
def test_the_card_is_recognised_either_way_up(card, kind, half_turn):
    shown = card(kind)[::-1, ::-1] if half_turn else card(kind)
    assert kind_of(np.ascontiguousarray(shown)) == kind


@pytest.mark.parametrize("place", [(165, 155), (870, 540), (830, 470), (130, 90)])
@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_finger_makes_no_other_card_of_the_wanted_one(card, kind, place):
    held = card(kind)
    cv2.circle(held, place, 100, (80, 120, 200), -1)
    assert kind_of(held, kind) in (kind, UNKNOWN)


@pytest.mark.parametrize("kind, lamp", [("id-portrait", (720, 300)), ("id-emblem", (120, 180))])
@pytest.mark.parametrize("half_turn", [False, True])
def test_the_card_is_recognised_by_what_a_lamp_leaves_of_its_sign(card, kind, lamp, half_turn):
    lit = card(kind)
    cv2.ellipse(lit, lamp, (60, 130), 0, 0, 360, (255, 255, 255), -1)
    shown = np.ascontiguousarray(lit[::-1, ::-1] if half_turn else lit)
    assert [kind_of(shown, wanted) for wanted in KINDS] == [kind] * 3


def test_a_blank_card_is_not_recognised():
    assert kind_of(np.full((630, 1000, 3), 230, np.uint8)) == UNKNOWN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", KINDS)
def test_another_card_than_the_wanted_one_is_told(photo, kind, wanted):
    capture = process_capture(photo(kind, "easy", 50)[0], wanted)
    assert ("other_side" in capture.quality.flags) == (kind != wanted)
    assert kind == wanted or capture.advice.startswith("这是")


@pytest.mark.modern
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("half_turn", [False, True])
def test_specimens_with_real_print_are_turned_upright(seed, half_turn):
    from kaihu_desktop.sandbox.specimens import cards, people

    person, bank_card = people.make_person(seed), people.make_bank_card(seed)
    drawn = (
        cards.render_id_portrait(person, seed),
        cards.render_id_emblem(person, seed),
        cards.render_bank_card(bank_card, seed),
    )
    for kind, flat in zip(KINDS, drawn):
        shown = np.ascontiguousarray(flat[::-1, ::-1]) if half_turn else flat
        assert upright(shown, kind) == (180 if half_turn else 0)
        assert kind_of(shown) == kind


@pytest.mark.parametrize("size", [(1000, 630), (428, 270)])
def test_rectify_undoes_a_photograph(photo, card, size):
    picture, truth = photo("id-portrait", "perspective", 54)
    flat = rectify(picture, truth, size)
    assert flat.shape == (size[1], size[0], 3)
    assert alike(flat, card("id-portrait")) > 0.9


def test_rectify_shows_a_margin():
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[100:200, 100:260] = 255
    corners = np.array([[99.5, 99.5], [259.5, 99.5], [259.5, 199.5], [99.5, 199.5]], np.float32)
    flat = rectify(picture, corners, (200, 140), margin=0.125)
    assert flat[5, 5].max() == 0 and flat[70, 100].min() == 255
    assert (flat[70, :, 0] > 127).sum() == 160
