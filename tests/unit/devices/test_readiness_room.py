"""All checks together: side by side, but for those that would falsify each other."""

from __future__ import annotations

import threading

from kaihu_desktop.core.model.readiness import Finding, Result, State
from kaihu_desktop.devices.readiness_room import run_side_by_side
from kaihu_desktop.devices.readiness_titles import TITLES

FIRST_OF_EACH_LANE = ("camera", "microphone", "network")


class SlowStart:
    """Implements `core.ports.Readiness`. The first of each lane ends when all three have begun.

    events: ("begins" or "ends", id), in order.
    """

    checks = TITLES

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self._together = threading.Barrier(len(FIRST_OF_EACH_LANE), timeout=20)

    def run(self, check_id: str) -> Result:
        self.events.append(("begins", check_id))
        if check_id in FIRST_OF_EACH_LANE:
            self._together.wait()
        self.events.append(("ends", check_id))
        return Result(check_id, "", Finding(State.OK, ""), 0)


def test_what_would_falsify_another_check_waits_for_it() -> None:
    readiness, told = SlowStart(), []
    ids = [check_id for check_id, _ in TITLES]
    run_side_by_side(readiness, ids, lambda result: told.append(result.id))
    assert sorted(told) == sorted(ids)
    at = {event: place for place, event in enumerate(readiness.events)}
    for earlier, later in (
        ("microphone", "speaker"),  # or the microphone that is muted hears the tone
        ("network", "bandwidth"),
        ("bandwidth", "clock"),
        *(("network", other) for other in ids[ids.index("clock") + 1 :]),
    ):
        assert at["ends", earlier] < at["begins", later]


def test_a_few_checks_wait_for_none_that_was_not_asked_for() -> None:
    told: list[str] = []
    run_side_by_side(SlowStart(), ["disk", "speaker"], lambda result: told.append(result.id))
    assert sorted(told) == ["disk", "speaker"]
