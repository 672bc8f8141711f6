"""Banks with which the companies settle, and the kind of card that a number belongs to."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

BIN_TABLE = Path(__file__).resolve().parents[2] / "resources" / "bank_bins.csv"
DEBIT, CREDIT = "DC", ("CC", "SCC")  # credit and quasi-credit (准贷记卡) in the table's words

_COUNTER = "网点柜台：携带身份证和借记卡到本行任一网点办理“银期转账签约”。"
_SAME_DAY = "签约时间：交易日 09:00-15:30。签约时选择期货公司，并填写您的资金账号。"


@dataclass(frozen=True)
class Bank:
    """A bank of the 银行列表."""

    code: str
    name: str
    signing_guide: str


def _bank(code: str, name: str, online: str) -> Bank:
    return Bank(code, name, f"{online}\n{_COUNTER}\n{_SAME_DAY}")


BANKS = (
    _bank(
        "ICBC",
        "中国工商银行",
        "网上银行：登录个人网银 → 银期 → 集中式银期注册；手机银行：最爱 → 期货 → 银期签约。",
    ),
    _bank("ABC", "中国农业银行", "网上银行：登录个人网银 → 投资 → 期货 → 银期签约，需使用 K 宝。"),
    _bank(
        "BOC",
        "中国银行",
        "网上银行：登录个人网银 → 投资 → 银期转账 → 签约；手机银行：更多 → 期货 → 银期签约。",
    ),
    _bank("CCB", "中国建设银行", "网上银行：登录个人网银 → 投资理财 → 期货 → 银期签约，需使用网银盾。"),
    _bank(
        "COMM",
        "交通银行",
        "网上银行：登录个人网银 → 投资 → 期货 → 银期转账签约；手机银行：全部 → 期货 → 签约。",
    ),
    _bank("CMB", "招商银行", "手机银行：搜索“银期” → 银期直通车 → 签约；网上银行专业版：投资管理 → 期货。"),
    _bank("SPDB", "上海浦东发展银行", "网上银行：登录个人网银 → 投资理财 → 银期转账 → 签约。"),
    _bank("CMBC", "中国民生银行", "网上银行：登录个人网银 → 投资理财 → 银期 → 签约管理。"),
    _bank("CIB", "兴业银行", "网上银行：登录个人网银 → 投资理财 → 银期转账 → 账户签约。"),
    _bank("SPABANK", "平安银行", "手机银行：搜索“银期转账” → 签约。"),
    _bank("CEB", "中国光大银行", "网上银行：登录个人网银 → 投资理财 → 银期转账 → 签约。"),
)
BANKS_BY_CODE = {bank.code: bank for bank in BANKS}


@functools.lru_cache(maxsize=1)
def _bins() -> dict[tuple[str, int], tuple[str, str]]:
    """(prefix, length of the number) → (type of card, bank code)."""
    with BIN_TABLE.open(encoding="utf-8-sig", newline="") as rows:
        return {
            (row["prefix"], int(row["length"])): (row["type"], row["bank_code"])
            for row in csv.DictReader(rows)
        }


def card_kind(number: str) -> tuple[str, str] | None:
    """(type of card, bank code) by the longest prefix of 3 to 10 digits, None when it is unknown."""
    for length in range(10, 2, -1):
        found = _bins().get((number[:length], len(number)))
        if found:
            return found
    return None


def masked_card(number: str) -> str:
    """First four and last three digits."""
    return f"{number[:4]} {'*' * (len(number) - 7)} {number[-3:]}"
