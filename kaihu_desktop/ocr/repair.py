"""Repairs one misread digit of an ID number, and only when nothing else fits as well."""

from __future__ import annotations

import math
from datetime import date
from typing import Sequence

from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.ocr.engine import Character

LENGTH = 18
# How much likelier (natural logarithm) the best repair must be than the next best.
MARGIN = 3.0


def repair_id_number(
    characters: Sequence[Character], birth: date | None = None, sex: str | None = None
) -> str | None:
    """The valid number that differs in one character from what was read; None when it isn't unique.

    characters: 18 of them, read with digits and X as the only alphabet, with their rivals.
    birth, sex: what is printed elsewhere on the card, where it was read; a repair must agree.
    """
    text = "".join(character.text for character in characters)
    if len(text) != LENGTH:
        return None
    found: list[tuple[float, str]] = []
    for place, character in enumerate(characters):
        for rival, probability in character.rivals:
            number = parse_id_number(text[:place] + rival + text[place + 1 :])
            if number is None or birth not in (None, number.birth) or sex not in (None, number.sex):
                continue
            cost = math.log(max(character.probability, 1e-9)) - math.log(probability)
            found.append((cost, number.number))
    found.sort()
    if not found or (len(found) > 1 and found[1][0] - found[0][0] < MARGIN):
        return None
    return found[0][1]
