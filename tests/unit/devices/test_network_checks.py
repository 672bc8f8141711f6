"""The checks of the line: reached, slow, narrow, through a proxy, and a clock that is wrong."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Callable

import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.devices import network_checks
from kaihu_desktop.devices.network_checks import MOST_SKEW, Line
from kaihu_desktop.devices.readiness import Check, run_check
from tests.unit.devices.outcomes import outcome


def now() -> datetime:
    return datetime.now(timezone.utc)


LINE = Line("https://backend.example", now, lambda: "", lambda size: None, lambda size: None)
CHECKS = (network_checks.network, network_checks.bandwidth, network_checks.clock)


def text(check: Check) -> str:
    return run_check(check).finding.text


@pytest.mark.parametrize("check", CHECKS)
def test_a_line_that_is_fine(check: Callable[[Line], Check]) -> None:
    assert outcome(check(LINE)) == (State.OK, None)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, (State.OK, None)),
        (MOST_SKEW - 2, (State.OK, None)),
        (MOST_SKEW + 2, (State.WARNING, "PC-CLOCK")),
        (-MOST_SKEW - 2, (State.WARNING, "PC-CLOCK")),
    ],
)
def test_the_clock_is_compared_with_the_backends(seconds: int, expected: tuple[State, str | None]) -> None:
    line = replace(LINE, clock=lambda: now() + timedelta(seconds=seconds))
    assert outcome(network_checks.clock(line)) == expected
    assert f"相差 {abs(seconds)} 秒" in text(network_checks.clock(line))


def test_the_way_is_told() -> None:
    assert "加密连接，不经代理" in text(network_checks.network(LINE))
    line = replace(LINE, url="http://127.0.0.1:8000", proxy=lambda: "10.0.0.1:3128")
    assert "未加密，仅限本机测试，经代理 10.0.0.1:3128" in text(network_checks.network(line))


@pytest.mark.parametrize("code", ["NET-OFFLINE", "NET-TLS", "NET-PROXY", "NET-INSECURE"])
def test_a_network_that_fails_says_why(code: str) -> None:
    def clock() -> datetime:
        raise Failure(code)

    line = replace(LINE, clock=clock)
    found = [outcome(check(line)) for check in CHECKS]
    assert found == [(State.FAILED, code), (State.WARNING, code), (State.WARNING, code)]


def test_an_address_that_is_not_set_up_is_a_failure() -> None:
    assert outcome(network_checks.network(replace(LINE, url=""))) == (State.FAILED, "NET-NO-ADDRESS")


class Narrow:
    """A line that carries so many megabits a second, and notes the sizes of what it carried."""

    def __init__(self, mbps: float) -> None:
        self._mbps = mbps
        self.carried: list[int] = []

    def __call__(self, size: int) -> None:
        self.carried.append(size)
        threading.Event().wait(size * 8 / self._mbps / 1e6)


@pytest.mark.parametrize("slower", ["download", "upload"])
def test_a_line_narrow_either_way_is_a_warning(slower: str) -> None:
    narrow = Narrow(0.8)
    check = network_checks.bandwidth(replace(LINE, **{slower: narrow}))
    assert outcome(check) == (State.WARNING, "NET-SLOW")
    assert len(narrow.carried) == 1, "a slow line isn't asked for more than tells its speed"


def test_the_bandwidth_is_measured_by_what_a_quick_line_carries() -> None:
    line = Narrow(20)
    finding = run_check(network_checks.bandwidth(replace(LINE, download=line))).finding
    assert finding.state is State.OK
    measured = float(finding.text.split()[1])
    assert 0 < measured <= 20
    assert line.carried == list(network_checks.SAMPLES)
