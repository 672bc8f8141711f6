"""BIN lookup, Luhn and grouping of bank card numbers."""

from __future__ import annotations

import pytest

from kaihu_desktop.core.rules.bank_bin import (
    BinTable,
    CardType,
    group_number,
    luhn_valid,
)

TABLE = BinTable.from_rows(
    [
        ("622", "16", "CC", "AAA", "示范银行"),
        ("622202", "19", "DC", "BBB", "样例银行"),
        ("6222021", "19", "SCC", "CCC", "测试银行"),
        ("62220", "16", "PC", "DDD", "预付银行"),
    ]
)


@pytest.mark.parametrize(
    ("number", "bank", "card_type"),
    [
        ("622" + "9" * 13, "AAA", CardType.CREDIT),
        ("6222020" + "0" * 12, "BBB", CardType.DEBIT),
        ("6222 0210 0000 0000 000", "CCC", CardType.QUASI_CREDIT),
        ("6222020" + "0" * 9, "DDD", CardType.PREPAID),
    ],
)
def test_longest_prefix_that_fits_the_length(number: str, bank: str, card_type: CardType) -> None:
    found = TABLE.lookup(number)
    assert found is not None
    assert (found.bank_code, found.card_type) == (bank, card_type)


@pytest.mark.parametrize("number", ["", "62", "5" * 16, "622" + "0" * 14, "abc"])
def test_unknown_cards_are_left_to_the_person(number: str) -> None:
    assert TABLE.lookup(number) is None


def test_lengths_tell_whether_digits_are_missing() -> None:
    assert TABLE.lengths("62220255") == (19,)
    assert TABLE.lengths("5") == ()


@pytest.mark.parametrize(
    "row", [("62", "16", "DC", "A", "a"), ("62a", "16", "DC", "A", "a"), ("622", "16", "ZZ", "A", "a")]
)
def test_bad_rows_are_refused(row: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        BinTable.from_rows([row])


def test_luhn_digit() -> None:
    assert luhn_valid("4539 1488 0343 6467")
    assert not luhn_valid("4539148803436468")
    assert not luhn_valid("")
    assert not luhn_valid("4539a")


def test_groups() -> None:
    assert group_number("6222020000000000001") == "6222 0200 0000 0000 001"
