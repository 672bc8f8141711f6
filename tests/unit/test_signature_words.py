"""What a person is told about a signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from kaihu_desktop.core.model.certificate import PdfVerification, SignatureVerification, Timestamp
from kaihu_desktop.ui.signature_words import PROBLEMS, Fact, verdict_of

SIGNED_AT = datetime(2026, 3, 5, 6, 22, 10, tzinfo=timezone.utc)
TIME = "2026-03-05 14:22:10（北京时间）"
STAMP = Timestamp(SIGNED_AT, "样例时间戳服务", True, True)
GOOD = SignatureVerification(
    True, True, None, "张样本", "410101********0033", "ab" * 32, "样例 CA", SIGNED_AT, STAMP
)


def facts(**changes: Any) -> dict[str, Fact]:
    verdict = verdict_of(PdfVerification((replace(GOOD, **changes),)))
    return {fact.title: fact for fact in verdict.signatures[0]}


def test_a_good_signature_in_words() -> None:
    verdict = verdict_of(PdfVerification((GOOD,)))
    assert (verdict.kind, verdict.code) == ("ok", None)
    assert verdict.sentence == "签名有效，文件完整，签署后没有改动。"
    assert verdict.signatures == (
        (
            Fact("文件内容", "文件完整，签署后没有改动", "ok"),
            Fact("签署人", "张样本（证件号 410101********0033）"),
            Fact("颁发机构", "样例 CA，期货公司认可的机构", "ok"),
            Fact("签署时间", f"{TIME}，由样例时间戳服务的时间戳证明", "ok"),
        ),
    )
    assert "张样本" not in repr(verdict)


@pytest.mark.parametrize("code", [*PROBLEMS, "SIGN-FORMAT"])
def test_each_problem_has_words_a_remedy_and_its_code(code: str) -> None:
    signatures = () if code == "SIGN-NONE" else (replace(GOOD, trusted=False, code=code),)
    verdict = verdict_of(PdfVerification(signatures))
    assert verdict.kind == "error"
    assert verdict.sentence == f"{verdict.text}。{verdict.remedy}（代码 {code}）"
    assert verdict.remedy.endswith("。")


def test_a_false_timestamp_says_nothing_against_the_document() -> None:
    verdict = verdict_of(PdfVerification((replace(GOOD, code="SIGN-TIME"),)))
    assert "文件完整" in verdict.text and "时间戳无效" in verdict.text


def test_without_anchors_nothing_is_claimed_of_the_issuer() -> None:
    unknown = replace(GOOD, trusted=None, timestamp=replace(STAMP, trusted=None))
    verdict = verdict_of(PdfVerification((GOOD, unknown)))
    assert (verdict.kind, verdict.code) == ("warn", None)
    assert "还没有核对" in verdict.text and "重新验证" in verdict.remedy
    assert [fact.kind for fact in verdict.signatures[1]] == ["ok", "", "warn", "warn"]


@pytest.mark.parametrize(
    ("stamp", "text", "kind"),
    [
        (None, f"{TIME}，由签署人的电脑记录", ""),
        (replace(STAMP, trusted=None), f"{TIME}，由样例时间戳服务给出时间戳，还没有核对", "warn"),
        (replace(STAMP, trusted=False), f"{TIME}，时间戳不是认可的机构给出的，不能证明", "error"),
        (replace(STAMP, intact=False), f"{TIME}，时间戳无效，不能证明", "error"),
    ],
)
def test_who_proves_the_time(stamp: Timestamp | None, text: str, kind: str) -> None:
    assert facts(timestamp=stamp)["签署时间"] == Fact("签署时间", text, kind)


def test_no_time_at_all() -> None:
    assert facts(timestamp=None, signed_at=None)["签署时间"] == Fact("签署时间", "没有注明", "warn")


@pytest.mark.parametrize(
    ("code", "part"),
    [("CERT-EXPIRED", "已经过期"), ("CERT-UNTRUSTED", "不是期货公司认可的机构"), ("SIGN-DOCUMENT", "不是")],
)
def test_why_the_issuer_does_not_help(code: str, part: str) -> None:
    issuer = facts(trusted=False, code=code)["颁发机构"]
    assert part in issuer.text and issuer.kind == "error"


def test_a_signature_that_cannot_be_read_names_nobody() -> None:
    unreadable = SignatureVerification(False, False, "SIGN-DOCUMENT", "", "", "", "", None)
    (told,) = verdict_of(PdfVerification((unreadable,))).signatures
    assert told == (Fact("签名", "签名已损坏，读不出是谁签署的", "error"),)
