"""Words for a refusal that stands at a field."""

from __future__ import annotations

from kaihu_desktop.core.failure import Failure


def refusal_text(failure: Failure) -> str:
    """One sentence for the field: what is wrong, tries left, and how long to wait."""
    left = f"，还可以试 {failure.remaining} 次" if failure.remaining else ""
    wait = f"，请 {_time(failure.wait)}后再试" if failure.wait else ""
    return f"{failure.text}{left}{wait}"


def _time(seconds: int) -> str:
    return f"{-(-seconds // 60)} 分钟" if seconds >= 60 else f"{seconds} 秒"
