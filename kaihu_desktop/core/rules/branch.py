"""The bank branch (银行网点) as the web manual asks for it: 省 + 市 + 支行."""

from __future__ import annotations

import re

BRANCH_ADVICE = "请按“省＋市＋支行”填写，例如：河南省郑州市示范支行"
LONGEST_BRANCH = 50
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")

_PROVINCE = "(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区))"
_CITY = "(?:[\u4e00-\u9fff]{1,12}?(?:市|自治州|地区|盟))"
_OFFICE = "[\u4e00-\u9fff0-9A-Za-z（）()·\\-]{2,}(?:支行|分行|营业部|营业室|分理处|储蓄所|信用社|联社|网点)"
_BRANCH = re.compile(f"(?:{_PROVINCE}{_CITY}|(?:{'|'.join(MUNICIPALITIES)})){_OFFICE}")


def valid_branch(text: str) -> bool:
    """True for province, city and an office of a bank; a municipality counts as both."""
    plain = "".join(text.split())
    return len(plain) <= LONGEST_BRANCH and _BRANCH.fullmatch(plain) is not None
