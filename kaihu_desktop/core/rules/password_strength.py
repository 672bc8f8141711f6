"""How hard a password is to guess, as an estimate that is shown while it is typed."""

from __future__ import annotations

import math
from enum import Enum

from kaihu_desktop.core.secret import Secret


class Strength(Enum):
    """From 1 (weak) to 4; `text` is the word that is shown."""

    WEAK = 1
    FAIR = 2
    GOOD = 3
    STRONG = 4

    @property
    def text(self) -> str:
        """The Chinese word."""
        return {1: "弱", 2: "一般", 3: "较强", 4: "强"}[self.value]


#: From how many bits on each level begins: six digits without a pattern have 19.9, eight have 26.6.
LEVELS = ((Strength.FAIR, 18.0), (Strength.GOOD, 25.0), (Strength.STRONG, 50.0))

#: How many characters a guesser has to try at each place, by the classes that occur.
DIGITS, LETTERS, OTHERS = 10, 26, 33


def strength(password: Secret) -> Strength:
    """The level of a password. A pattern counts for little, a word of a dictionary isn't noticed."""
    bits = strength_bits(password.reveal_text())
    reached = [level for level, least in LEVELS if bits >= least]
    return reached[-1] if reached else Strength.WEAK


def strength_bits(text: str) -> float:
    """Bits of a text: only characters count that don't continue a run (1234, 4321, 1111, 2468)."""
    pool = sum(
        size
        for size, occurs in (
            (DIGITS, any("0" <= character <= "9" for character in text)),
            (LETTERS, any("a" <= character <= "z" for character in text)),
            (LETTERS, any("A" <= character <= "Z" for character in text)),
            (OTHERS, any(not (character.isascii() and character.isalnum()) for character in text)),
        )
        if occurs
    )
    codes = [ord(character) for character in text]
    steps = [after - before for before, after in zip(codes, codes[1:])]
    continued = sum(
        step == 0 or (place > 0 and step == steps[place - 1] and abs(step) <= 2)
        for place, step in enumerate(steps)
    )
    return (len(text) - continued) * math.log2(pool) if pool else 0.0
