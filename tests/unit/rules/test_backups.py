"""Which certificates were backed up: remembered, and told to nobody who hasn't the certificate."""

from __future__ import annotations

from kaihu_desktop.core.rules.backups import DIGITS, MOST, has_backup, with_backup

ONE, OTHER = "ab" * 32, "cd" * 32


def test_one_backup_is_enough_to_be_remembered() -> None:
    known = with_backup("", ONE)
    assert has_backup(known, ONE)
    assert not has_backup(known, OTHER)
    assert with_backup(known, ONE) == known


def test_the_setting_does_not_hold_the_certificates_id() -> None:
    known = with_backup("", ONE)
    assert len(known) == DIGITS
    assert known not in ONE


def test_the_oldest_are_forgotten_first() -> None:
    known = with_backup("", ONE)
    for number in range(MOST):
        known = with_backup(known, f"{number:064x}")
    assert len(known.split()) == MOST
    assert not has_backup(known, ONE)


def test_a_damaged_setting_tells_of_no_backup() -> None:
    assert not has_backup("nonsense  \n x", ONE)
