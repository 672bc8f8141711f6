"""The checks of the way to the backend: reached, how fast, how much a second, and how the clocks differ."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Callable

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import Finding, State
from kaihu_desktop.devices.readiness import Check, finding_of

#: A signature's time is the PC's; the backend and readers of the PDF doubt one that is further off.
MOST_SKEW = 120  # seconds
SLOW = 1000  # milliseconds

LEAST_MBPS = 1.0  # megabits a second, either way, of a call with picture and sound
#: Bytes of the first and, on a line that takes them quickly, the second measurement.
SAMPLES = (32 * 1024, 256 * 1024)
ENOUGH = 0.25  # seconds from which a measurement tells more than the latency of the line


@dataclass(frozen=True)
class Line:
    """The way to the backend. All but `url` and `proxy` raise its NET-… failures.

    url: empty when none is set up. clock: asks for the backend's time. proxy: ``host:port`` of the proxy on
    the way, empty without one. download: fetches so many bytes. upload: sends so many.
    """

    url: str
    clock: Callable[[], datetime]
    proxy: Callable[[], str]
    download: Callable[[int], object]
    upload: Callable[[int], object]


def network(line: Line) -> Check:
    """The backend: reached, by which way, and how quickly it answers."""

    def work() -> Finding:
        _connect(line)
        before = time.monotonic()
        line.clock()
        milliseconds = (time.monotonic() - before) * 1000
        kind = "加密连接" if line.url.startswith("https:") else "未加密，仅限本机测试"
        proxy = line.proxy()
        way = f"经代理 {proxy}" if proxy else "不经代理"
        text = f"可以连接（{kind}，{way}），响应 {milliseconds:.0f} 毫秒"
        if milliseconds > SLOW:
            return Finding(State.WARNING, text, None, "网络较慢，请换一个网络或关闭占用网络的软件。")
        return Finding(State.OK, text)

    return Check("network", "网络和服务器", work, "NET-TIMEOUT", limit=20)


def bandwidth(line: Line) -> Check:
    """At least `LEAST_MBPS` either way; a warning, as only the video needs it."""

    def work() -> Finding:
        _connect(line)
        down, up = _mbps(line.download), _mbps(line.upload)
        text = f"下行 {_amount(down)} Mbps，上行 {_amount(up)} Mbps"
        if min(down, up) < LEAST_MBPS:
            return finding_of(Failure("NET-SLOW"), bearable=True, measured=text)
        return Finding(State.OK, text)

    return Check("bandwidth", "网络带宽", work, "NET-TIMEOUT", limit=20, bearable=True)


def clock(line: Line) -> Check:
    """This PC's clock, compared with the backend's."""

    def work() -> Finding:
        _connect(line)
        before = datetime.now(timezone.utc)
        theirs = line.clock()
        after = datetime.now(timezone.utc)
        # the answer tells whole seconds, and was written somewhere between
        skew = round((before + (after - before) / 2 - theirs).total_seconds())
        text = f"与服务器相差 {abs(skew)} 秒"
        if abs(skew) > MOST_SKEW:
            return finding_of(Failure("PC-CLOCK"), bearable=True, measured=text)
        return Finding(State.OK, text)

    return Check("clock", "日期和时间", work, "NET-TIMEOUT", limit=20, bearable=True)


def _connect(line: Line) -> None:
    """Make the connection, so that what is measured afterwards is the line alone."""
    if not line.url:
        raise Failure("NET-NO-ADDRESS")
    line.clock()


def _mbps(carry: Callable[[int], object]) -> float:
    """Megabits a second, by the largest sample that there was time for."""
    speed = 0.0
    for size in SAMPLES:
        before = time.monotonic()
        carry(size)
        seconds = max(time.monotonic() - before, 1e-6)
        speed = size * 8 / seconds / 1e6
        if seconds > ENOUGH:
            break
    return speed


def _amount(mbps: float) -> str:
    return f"{mbps:.1f}" if mbps < 10 else f"{min(mbps, 1000):.0f}"
