"""Made-up persons and cards: the same for a seed, with valid digits, drawn in full."""

from __future__ import annotations

import numpy as np
import pytest

from kaihu_desktop.core.rules.bank_bin import luhn_valid
from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.core.rules.names import valid_name
from kaihu_desktop.core.rules.validity import LONG_TERM, validity_warning
from kaihu_desktop.sandbox.specimens.cards import (
    render_bank_card,
    render_id_emblem,
    render_id_portrait,
    render_signature_sheet,
)
from kaihu_desktop.sandbox.specimens.people import make_bank_card, make_person


@pytest.mark.parametrize("seed", range(60))
def test_person_obeys_the_rules(seed: int) -> None:
    person = make_person(seed)
    number = parse_id_number(person.id_number)
    assert number is not None
    assert (number.birth, number.sex) == (person.birth, person.sex)
    assert 18 <= 2026 - number.birth.year <= 80
    assert valid_name(person.name)
    assert person.ethnicity in ETHNIC_GROUPS
    assert validity_warning(person.birth, person.valid_from, person.valid_until or LONG_TERM) is None
    assert luhn_valid(make_bank_card(seed).number)


def test_seed_decides() -> None:
    assert make_person(5) == make_person(5) != make_person(6)
    assert make_bank_card(5, "招商银行") == make_bank_card(5, "招商银行")
    assert make_bank_card(5, "招商银行").bank == "招商银行"
    assert np.array_equal(render_id_portrait(make_person(5), 5), render_id_portrait(make_person(5), 5))


def test_pictures_have_the_shape_of_cards_and_sheets() -> None:
    person = make_person(1)
    for card in (render_id_portrait(person), render_id_emblem(person), render_bank_card(make_bank_card(1))):
        assert (card.shape, card.dtype) == ((630, 1000, 3), np.uint8)
    sheet = render_signature_sheet("欧阳样本")
    assert (sheet.shape, sheet.dtype) == ((1000, 1414, 3), np.uint8)
    assert 0.005 < (sheet < 120).mean() < 0.2
