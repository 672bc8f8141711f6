"""The exported diagnostics: what stands in them, and what must not."""

from __future__ import annotations

from datetime import datetime

import pytest

from kaihu_desktop.core.model.readiness import Finding, Result, State
from kaihu_desktop.ui.pages.readiness_report import redacted, report

NOW = datetime(2026, 11, 20, 9, 30)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (r"无法写入 D:\资料\张样本\kaihu_desktop，请检查", "张样本"),
        ("无法写入 /srv/zhangyangben/share/kaihu，请检查", "zhangyangben"),
        ("证件 410101199508130033 的证书", "410101199508130033"),
        ("证件 41010119950813003X 的证书", "41010119950813003X"),
        ("卡号 6222020200112233445", "6222020200112233445"),
        ("电话 13800138000", "13800138000"),
        ("邮箱 zhang@example.com 的证书", "zhang"),
        ("张样本的耳机，有声音", "张样本"),
    ],
)
def test_nothing_personal_is_left(text: str, gone: str) -> None:
    assert gone not in redacted(text, ("张样本的耳机",))


@pytest.mark.parametrize(
    "text",
    [
        "画面正常，1280×720，每秒 30 帧",
        "可以连接（加密连接，直连），响应 38 毫秒",
        "剩余 53,000 MB",
        "Windows 10.0.19045（AMD64，64 位程序）",
        "下行 12/上行 3 Mbps",
    ],
)
def test_what_helps_the_hotline_stays(text: str) -> None:
    assert redacted(text) == text


def test_the_report_is_ordered_and_names_no_certificate() -> None:
    results = (
        Result("network", "网络", Finding(State.FAILED, "连接不上", "NET-OFFLINE", "请检查"), 5000),
        Result("certificates", "数字证书", Finding(State.OK, "张样本，有效期至 2027-03-01"), 12),
    )
    text = report(results, (), NOW)
    assert "时间：2026-11-20 09:30" in text
    assert "[不能使用] 网络 代码 NET-OFFLINE（5000 毫秒）\r\n    连接不上\r\n" in text
    assert text.endswith("[正常] 数字证书（12 毫秒）\r\n")
    assert "张样本" not in text
