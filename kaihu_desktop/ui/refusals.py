"""Words for a refusal that stands at a field."""

from __future__ import annotations

import re

from kaihu_desktop.core.failure import Failure

#: What a backend says of waiting is left out where it also named the time.
_VAGUE = re.compile(r"，请稍后再\w*$")


def refusal_text(failure: Failure) -> str:
    """One sentence for the field: what is wrong, tries left, and how long to wait."""
    left = f"，还可以试 {failure.remaining} 次" if failure.remaining else ""
    wait = f"，请 {_time(failure.wait)}后再试" if failure.wait else ""
    text = _VAGUE.sub("", failure.text) if failure.wait else failure.text
    return f"{text}{left}{wait}"


def _time(seconds: int) -> str:
    return f"{-(-seconds // 60)} 分钟" if seconds >= 60 else f"{seconds} 秒"


def not_kept(failure: Failure) -> str:
    """What a person is told whose choice could not be written to the disk."""
    reason = f"{failure.text}，{failure.remedy}（{failure.code}）"
    return f"您的选择已经生效，但没有保存，下次启动要重新选择。{reason}"
