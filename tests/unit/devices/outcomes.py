"""What a check comes to, with what holds for every check."""

from __future__ import annotations

from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.devices.readiness import Check, run_check


def outcome(check: Check) -> tuple[State, str | None]:
    """Run the check. Whatever isn't good has a remedy, that of its code if it has one."""
    finding = run_check(check).finding
    if finding.code:
        assert finding.remedy == KINDS[finding.code].remedy
    assert (finding.state is State.OK) == (finding.remedy is None)
    return finding.state, finding.code
