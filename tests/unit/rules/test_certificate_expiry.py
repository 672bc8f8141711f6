"""When a certificate's end is spoken of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.rules.certificate_expiry import (
    days_left,
    expires_soon,
    expiry_text,
    is_replaced,
)

BEGIN = datetime(2027, 6, 30, 16, 0, tzinfo=timezone.utc)
END = datetime(2030, 6, 30, 16, 0, tzinfo=timezone.utc)  # midnight in Beijing


def _info(state: CertificateState = CertificateState.USABLE) -> CertificateInfo:
    return CertificateInfo("0" * 64, "张测试", "", "1", "样例 CA", BEGIN, END, state)


@pytest.mark.parametrize(
    ("before", "days", "soon"),
    [
        (timedelta(days=31), 31, False),
        (timedelta(days=30, hours=23), 30, True),
        (timedelta(days=1), 1, True),
        (timedelta(hours=3), 0, True),
    ],
)
def test_the_last_thirty_days(before: timedelta, days: int, soon: bool) -> None:
    assert days_left(_info(), END - before) == days
    assert expires_soon(_info(), END - before) is soon


@pytest.mark.parametrize("state", [one for one in CertificateState if one is not CertificateState.USABLE])
def test_only_of_what_can_be_used(state: CertificateState) -> None:
    assert days_left(_info(state), END - timedelta(days=3)) is None
    assert not expires_soon(_info(state), END - timedelta(days=3))
    assert expiry_text(_info(state), END - timedelta(days=3)) == ""


def test_a_later_usable_one_of_the_same_person_replaces_it() -> None:
    later = replace(_info(), not_before=BEGIN + timedelta(days=900), not_after=END + timedelta(days=900))
    assert is_replaced(_info(), [_info(), later])
    assert not is_replaced(later, [_info(), later])
    assert not is_replaced(_info(), [replace(later, subject_name="李测试")])
    assert not is_replaced(_info(), [replace(later, state=CertificateState.OTHER_DEVICE)])


def test_an_older_one_that_lasts_longer_does_not_replace_it() -> None:
    older = replace(_info(), not_before=BEGIN - timedelta(days=900), not_after=END + timedelta(days=900))
    assert not is_replaced(_info(), [_info(), older])
    assert not is_replaced(older, [_info(), older])


def test_the_date_is_that_of_beijing() -> None:
    assert expiry_text(_info(), END - timedelta(days=3)) == "还有 3 天到期（2030-07-01）"
    assert expiry_text(_info(), END - timedelta(hours=3)) == "今天到期（2030-07-01）"
