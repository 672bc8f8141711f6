"""Makes up persons, bank cards and looks that are less common: long and rare names, old and foreign print.

What `people` makes is plain on purpose, for demonstrations; this is for finding out what can't be read.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from kaihu_desktop.sandbox.specimens.bank_cards import EMBOSSED, PRINTED, STACKED, UPRIGHT, SpecimenBankCard
from kaihu_desktop.sandbox.specimens.cards import SpecimenPerson
from kaihu_desktop.sandbox.specimens.pen import Look
from kaihu_desktop.sandbox.specimens.people import LATIN_NAMES, luhn_digit, make_id_number, make_person
from kaihu_desktop.sandbox.specimens.people import REGIONS as COMMON_REGIONS
from kaihu_desktop.sandbox.specimens.varied_words import (
    ESTATES,
    GIVEN,
    MINORITY_GROUPS,
    MINORITY_PARTS,
    OTHER_GROUPS,
    OTHER_NAMES,
    RARE_GIVEN,
    RARE_SURNAMES,
    RARE_TOWNS,
    RARE_VILLAGES,
    REGIONS,
    ROADS,
    SURNAMES,
    TOWNS,
    VILLAGES,
)

SANS_FIRST = (0, 0, 0, 1, 1, 1, 2, 2, 3, 4)  # cards are printed in sans-serif faces; 3 and 4 have serifs
RARE = 0.08  # share of given names and of villages that have a character which few have seen


def varied_person(seed: int) -> SpecimenPerson:
    """A made-up adult, often with a rare or long name or a long address."""
    chance = random.Random(f"varied person {seed}")
    plain = make_person(seed)
    region, county, authority = chance.choice((*COMMON_REGIONS, *REGIONS))
    ethnicity, name = _name(chance)
    order = chance.randrange(1, 500) * 2 - (1 if plain.sex == "男" else 0)
    return replace(
        plain,
        name=name,
        ethnicity=ethnicity,
        address=county + _address(chance),
        id_number=make_id_number(region, plain.birth, order),
        authority=authority,
    )


def varied_look(seed: int, second_script: bool = False) -> Look:
    """A way of printing: face, size, spacing and places of the texts, wear, a second script now and then."""
    chance = random.Random(f"look {seed}")
    down = chance.randint
    return Look(
        face="any",
        variant=chance.choice(SANS_FIRST),
        digits_variant=chance.randrange(6),
        scale=chance.uniform(0.9, 1.08),
        spacing=chance.choice((0, 0, 1.5, 3)),
        rows=(down(-8, 4), down(-8, 8), down(-8, 8), down(-8, 8), down(-8, 8)),
        columns=chance.choice((9, 10, 11, 11, 12)),
        name_columns=chance.choice((7, 9, 99)),
        fade=chance.choice((0, 0, chance.uniform(0, 0.3))),
        second_script=second_script or chance.random() < 0.08,
    )


def varied_bank_card(seed: int, bins: Sequence[tuple[str, int, str]]) -> SpecimenBankCard:
    """A card of one of the `bins` (prefix, length, bank), with a valid Luhn digit, in one of many makes."""
    chance = random.Random(f"varied card {seed}")
    prefix, length, bank = chance.choice(bins)
    body = prefix + "".join(chance.choice("0123456789") for _ in range(length - len(prefix) - 1))
    return SpecimenBankCard(
        bank,
        body + luhn_digit(body),
        chance.choice(LATIN_NAMES),
        chance.choice((EMBOSSED, EMBOSSED, EMBOSSED, PRINTED, PRINTED, PRINTED, STACKED, UPRIGHT)),
        grouped=chance.random() < 0.75,
        height=chance.uniform(0.46, 0.54),
        size=chance.randint(44, 60),
        worn=chance.choice((0, 0, chance.uniform(0, 0.8))),
    )


def _name(chance: random.Random) -> tuple[str, str]:
    kind = chance.random()
    if kind < 0.08:
        parts = chance.sample(MINORITY_PARTS, chance.choice((2, 2, 3)))
        return chance.choice(MINORITY_GROUPS), "·".join(parts)
    if kind < 0.12:
        return chance.choice(OTHER_NAMES)
    surname = chance.choice(RARE_SURNAMES) if kind < 0.16 else chance.choice(SURNAMES)
    given = chance.sample(GIVEN, chance.choice((1, 2, 2, 2)))
    if chance.random() < RARE:
        given[chance.randrange(len(given))] = chance.choice(RARE_GIVEN)
    return chance.choice(OTHER_GROUPS) if chance.random() < 0.35 else "汉", surname + "".join(given)


def _address(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.35:
        towns, villages = (RARE_TOWNS, RARE_VILLAGES) if chance.random() < RARE else (TOWNS, VILLAGES)
        village = f"{chance.choice(towns)}{chance.choice('镇乡')}{chance.choice(villages)}村"
        return village + chance.choice((f"{chance.randint(1, 14)}组", "")) + f"{chance.randint(1, 300)}号"
    street = chance.choice(("路", "街", "大道", "东路", "南街"))
    road = f"{chance.choice(ROADS)}{street}{chance.randint(1, 999)}号"
    if kind < 0.55:
        return road
    if kind < 0.65:
        return road.replace("号", f"-{chance.randint(1, 40)}号")
    if kind < 0.75:
        return road + f"附{chance.randint(1, 30)}号"
    door = f"{chance.randint(1, 38)}栋{chance.randint(1, 6)}单元"
    door += f"{chance.randint(1, 30)}{chance.randint(1, 4):02d}"
    if kind < 0.85:
        return f"{road}{chance.choice(ESTATES)}{chance.choice('ABCD')}区{door}室"
    return road + chance.choice(ESTATES) + door + chance.choice(("室", "号", "室", ""))
