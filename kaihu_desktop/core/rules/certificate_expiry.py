"""When a certificate's end is near enough to speak of it, and in which words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Iterable

from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.rules.id_number import BEIJING

#: From this many days before its end a certificate is spoken of.
WARNING_DAYS = 30


def days_left(info: CertificateInfo, now: datetime) -> int | None:
    """Whole days until the end of a usable certificate at the aware datetime `now`; None of any other."""
    if info.state is not CertificateState.USABLE or info.not_after is None:
        return None
    return max((info.not_after - now) // timedelta(days=1), 0)


def expires_soon(info: CertificateInfo, now: datetime) -> bool:
    """Whether it is time to renew."""
    left = days_left(info, now)
    return left is not None and left <= WARNING_DAYS


def is_replaced(info: CertificateInfo, known: Iterable[CertificateInfo]) -> bool:
    """Whether the same person has, among those `known`, a usable one that begins and ends later.

    One that was there before doesn't replace a newer one: its password may be why that was applied for.
    """
    return any(
        one.state is CertificateState.USABLE
        and _later(one.not_before, info.not_before)
        and _later(one.not_after, info.not_after)
        and one.person == info.person
        for one in known
    )


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one > other


def expiry_text(info: CertificateInfo, now: datetime) -> str:
    """“还有 N 天到期（date）”, of a certificate that can be used."""
    left, end = days_left(info, now), info.not_after
    if left is None or end is None:
        return ""
    when = f"还有 {left} 天到期" if left else "今天到期"
    return f"{when}（{end.astimezone(BEIJING):%Y-%m-%d}）"
