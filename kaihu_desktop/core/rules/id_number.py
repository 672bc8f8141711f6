"""Citizen identification numbers (公民身份号码) of GB 11643-1999: parse, check, birth, sex, mask.

An 18-character number is region (6 digits), birth date (8), order (3, odd for men) and a check character
of ISO 7064 MOD 11-2: the weighted sum modulo 11 picks from ``10X98765432``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
EARLIEST_BIRTH = date(1900, 1, 1)

# First two digits of the region, GB/T 2260; 83 is used for residents of Taiwan.
PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省",
    "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
    "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区", "83": "台湾省",
}  # fmt: skip


@dataclass(frozen=True)
class IdNumber:
    """A number whose shape, birth date and check character are right. sex: 男 or 女."""

    number: str = field(repr=False)
    region: str
    birth: date = field(repr=False)
    sex: str

    @property
    def province(self) -> str | None:
        """The province of the region's first two digits; None when they are unknown."""
        return PROVINCES.get(self.region[:2])


def beijing_today(now: datetime | None = None) -> date:
    """The calendar day in Beijing of `now` (an aware time; the present when None)."""
    return (now or datetime.now(BEIJING)).astimezone(BEIJING).date()


def normalise_id_number(text: str) -> str:
    """Half-width, upper-case, without the spaces and hyphens that people type."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def check_character(body: str) -> str:
    """The 18th character for 17 digits."""
    weighted = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS))
    return CHECK_CHARACTERS[weighted % 11]


def id_number_problem(text: str, today: date | None = None) -> str | None:
    """Why `text` is no ID number, as a Chinese sentence that says what to do; None when it is one."""
    number = normalise_id_number(text)
    if len(number) != 18:
        return f"身份证号应为 18 位，现在是 {len(number)} 位"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number, re.ASCII):
        return "身份证号只能是数字，最后一位可以是 X"
    birth = _birth(number)
    if birth is None or not EARLIEST_BIRTH <= birth <= (today or beijing_today()):
        return "身份证号中的出生日期不正确，请核对第 7 至 14 位"
    if number[17] != check_character(number[:17]):
        return "身份证号校验不通过，请逐位核对"
    return None


def parse_id_number(text: str) -> IdNumber | None:
    """The number with what it says, None when `id_number_problem` finds fault with it."""
    if id_number_problem(text) is not None:
        return None
    number = normalise_id_number(text)
    birth = _birth(number)
    assert birth is not None  # noqa: S101 - id_number_problem has looked
    return IdNumber(number, number[:6], birth, "男" if int(number[16]) % 2 else "女")


def validate_id_number(text: str) -> bool:
    """True when `text` is a right ID number; an unknown region doesn't count against it."""
    return id_number_problem(text) is None


def region_warning(number: IdNumber) -> str | None:
    """A Chinese sentence when the region is unknown; it warns and never refuses."""
    return None if number.province else "身份证号的地区代码不常见，请再核对一遍"


def mask_id_number(text: str) -> str:
    """Only the first six and the last four characters, as in ``410101********0033``."""
    number = normalise_id_number(text)
    return (
        number[:6] + "*" * max(0, len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)
    )


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
