"""What a check comes to, with what holds for every check; and what a camera gives."""

from __future__ import annotations

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.core.ports import Camera
from kaihu_desktop.devices.readiness import Check, run_check

PICTURE = "picture"


def outcome(check: Check) -> tuple[State, str | None]:
    """Run the check. Whatever isn't good has a remedy, that of its code if it has one."""
    finding = run_check(check).finding
    if finding.code:
        assert finding.remedy == KINDS[finding.code].remedy
    assert (finding.state is State.OK) == (finding.remedy is None)
    return finding.state, finding.code


def state(camera: Camera) -> str:
    """`PICTURE`, the code of the failure, or nothing before the first frame."""
    try:
        return PICTURE if camera.latest() else ""
    except Failure as failure:
        return failure.code
