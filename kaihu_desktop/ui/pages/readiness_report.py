"""The diagnostics that a person may send to the hotline: what was found, without whose PC it is."""

from __future__ import annotations

import platform
import re
from datetime import datetime
from pathlib import Path
from typing import Iterable, Sequence

from kaihu_desktop import __version__
from kaihu_desktop.core.model.readiness import Result, State

MARKS = {State.OK: "正常", State.WARNING: "请注意", State.FAILED: "不能使用"}

#: Devices may be named after their owner: 张三的耳机.
DEVICE = "（设备名）"
#: Checks whose words name the person.
NAMING = ("certificates",)

_PATHS = (
    (re.compile(r"[A-Za-z]:\\[^\s，。；]*"), "（文件夹）"),
    (re.compile(r"(?<![\w:/])/(?:[^\s，。；/]+/)+[^\s，。；]*"), "（文件夹）"),
)
_NUMBERS = re.compile(r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{15}|\d{16,19}|1\d{10})(?![\dA-Za-z])")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def redacted(text: str, devices: Iterable[str] = ()) -> str:
    """A text without paths, names of devices, the user's name, and numbers that could be a person's."""
    for name in sorted((one for one in devices if one), key=len, reverse=True):
        text = text.replace(name, DEVICE)
    for pattern, instead in _PATHS:
        text = pattern.sub(instead, text)
    text = _ADDRESS.sub("（邮箱）", _NUMBERS.sub("（号码）", text))
    user = Path.home().name
    return text.replace(user, "（用户）") if len(user) > 1 else text


def report(results: Sequence[Result], devices: Iterable[str], now: datetime) -> str:
    """The whole text, lines ended as Windows' editor wants them."""
    names = tuple(devices)
    lines = [
        "期货互联网开户云 诊断信息",
        f"时间：{now:%Y-%m-%d %H:%M}",
        f"程序版本：{__version__}",
        f"系统：{platform.system()} {platform.release()} {platform.machine()}",
        "本文件不含姓名、证件号码、文件夹和设备名称。",
        "",
    ]
    for result in results:
        finding = result.finding
        code = f" 代码 {finding.code}" if finding.code else ""
        text = "" if result.id in NAMING and finding.code is None else redacted(finding.text, names)
        lines.append(f"[{MARKS[finding.state]}] {result.title}{code}（{result.ms} 毫秒）")
        if text:
            lines.append(f"    {text}")
    return "\r\n".join(lines) + "\r\n"
