"""Bank card numbers: the bank and type by BIN, the Luhn digit, and grouping.

A BIN (ISO/IEC 7812 issuer identification) of 3 to 10 digits belongs to cards of one length; the longest
prefix that fits number and length decides. The rows come from `resources/bank_bins.csv` and are passed in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Iterable, Mapping, Sequence

SHORTEST_PREFIX, LONGEST_PREFIX = 3, 10


class CardType(Enum):
    """The value is the code of the BIN table."""

    DEBIT = "DC"
    CREDIT = "CC"
    QUASI_CREDIT = "SCC"
    PREPAID = "PC"

    @property
    def title(self) -> str:
        """The Chinese name."""
        return _TITLES[self]


_TITLES = {
    CardType.DEBIT: "借记卡",
    CardType.CREDIT: "信用卡",
    CardType.QUASI_CREDIT: "准贷记卡",
    CardType.PREPAID: "预付费卡",
}


@dataclass(frozen=True)
class Bin:
    """One row of the BIN table. length: digits of the whole card number."""

    prefix: str
    length: int
    card_type: CardType
    bank_code: str
    bank_name: str


class BinTable:
    """An immutable BIN table."""

    def __init__(self, bins: Mapping[tuple[str, int], Bin]) -> None:
        self._bins = dict(bins)
        self._lengths: dict[str, tuple[int, ...]] = {}
        for prefix, length in sorted(self._bins):
            self._lengths[prefix] = (*self._lengths.get(prefix, ()), length)

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[str]]) -> BinTable:
        """From rows of (prefix, length, type code, bank code, bank name). Raises ValueError for a bad row."""
        bins: dict[tuple[str, int], Bin] = {}
        for prefix, length, type_code, bank_code, bank_name in rows:
            if not (prefix.isdigit() and SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX):
                raise ValueError(f"bad BIN prefix {prefix!r}")
            bins[prefix, int(length)] = Bin(prefix, int(length), CardType(type_code), bank_code, bank_name)
        return cls(bins)

    def __len__(self) -> int:
        return len(self._bins)

    def lookup(self, number: str) -> Bin | None:
        """The row of a whole card number; None when unknown (then the bank is chosen by hand)."""
        digits = normalise_card_number(number)
        for prefix in _prefixes(digits):
            found = self._bins.get((prefix, len(digits)))
            if found is not None:
                return found
        return None

    def lengths(self, number: str) -> tuple[int, ...]:
        """Lengths of the cards that share the longest known prefix of `number`; empty when unknown."""
        for prefix in _prefixes(normalise_card_number(number)):
            if prefix in self._lengths:
                return self._lengths[prefix]
        return ()


def normalise_card_number(text: str) -> str:
    """Half-width, without the spaces and hyphens of the groups."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))


def group_number(number: str) -> str:
    """In groups of four, as printed: ``6222 0212 3456 7890 123``."""
    digits = normalise_card_number(number)
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def luhn_valid(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1 annex B. A failure warns only: some real debit cards fail it."""
    digits = normalise_card_number(number)
    if not (digits.isascii() and digits.isdigit()):
        return False
    values = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in values) % 10 == 0


def _prefixes(digits: str) -> list[str]:
    """Longest first."""
    longest = min(LONGEST_PREFIX, len(digits))
    return [digits[:length] for length in range(longest, SHORTEST_PREFIX - 1, -1)]
