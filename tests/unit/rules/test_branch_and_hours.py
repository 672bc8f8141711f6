"""Bank branch format and service hours."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from kaihu_desktop.core.rules.branch import BRANCH_ADVICE, valid_branch
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.core.rules.service_hours import DEFAULT_HOURS


@pytest.mark.parametrize(
    "text",
    [
        "河南省郑州市示范支行",
        "河南省 郑州市 中国工商银行示范支行",
        "北京市朝阳区样例支行",
        "新疆维吾尔自治区伊犁哈萨克自治州测试分行",
        "广东省深圳市南山区示范路营业部",
        "内蒙古自治区锡林郭勒盟样例支行",
    ],
)
def test_branches_as_asked_for(text: str) -> None:
    assert valid_branch(text)


@pytest.mark.parametrize(
    "text", ["", "示范支行", "河南省示范支行", "郑州市示范支行", "河南省郑州市", "河南省郑州市支行"]
)
def test_branches_that_miss_a_part(text: str) -> None:
    assert not valid_branch(text)


def test_advice_holds_a_branch_that_is_accepted() -> None:
    assert valid_branch(BRANCH_ADVICE.split("例如：")[1])


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        (2, "01:22", False),  # 2 March 2026 is a Monday
        (2, "01:23", True),
        (2, "23:58", True),
        (2, "23:59", False),
        (7, "12:00", True),  # Saturday
        (8, "12:00", False),  # Sunday
    ],
)
def test_hours_of_the_manual(day: int, clock: str, is_open: bool) -> None:
    moment = datetime.strptime(f"2026-03-{day:02d} {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)
    assert DEFAULT_HOURS.open_at(moment) is is_open
    assert DEFAULT_HOURS.open_at(moment.astimezone(timezone(timedelta(hours=-5)))) is is_open


def test_next_opening_skips_sunday() -> None:
    night = datetime(2026, 3, 7, 23, 59, tzinfo=BEIJING)
    assert DEFAULT_HOURS.next_opening(night) == datetime(2026, 3, 9, 1, 23, tzinfo=BEIJING)
    early = datetime(2026, 3, 9, 0, 30, tzinfo=BEIJING)
    assert DEFAULT_HOURS.next_opening(early) == datetime(2026, 3, 9, 1, 23, tzinfo=BEIJING)
    noon = datetime(2026, 3, 9, 12, 0, tzinfo=BEIJING)
    assert DEFAULT_HOURS.next_opening(noon) == noon
