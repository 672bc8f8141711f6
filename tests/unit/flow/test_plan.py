"""Position, back and forward follow from the steps and the server's record alone."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from kaihu_desktop.core.flow.businesses import SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.plan import Plan
from kaihu_desktop.core.model.application import Application, Status, StepRecord, StepState

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=timezone.utc)
#: Of an application that has no certificate applied for.
STEP_IDS = [step.id for step in SETTLEMENT_ACCOUNT.steps if step.id != "certificate"]


def plan(status: Status, witnessed: bool = False, **states: StepState) -> Plan:
    steps = {name: StepRecord(state) for name, state in states.items()}
    application = Application(
        id="a1",
        business=SETTLEMENT_ACCOUNT.id,
        title=SETTLEMENT_ACCOUNT.title,
        status=status,
        created_at=NOW,
        submitted_at=None,
        remark="",
        reasons=(),
        steps=steps,
        timeline=(),
        can_abandon=True,
        witnessed=witnessed,
    )
    return Plan.of(SETTLEMENT_ACCOUNT.steps, application)


def accepted(count: int) -> dict[str, StepState]:
    return dict.fromkeys(STEP_IDS[:count], StepState.ACCEPTED)


def reachable(made: Plan) -> list[str]:
    return [step.id for step in made.steps if made.reachable(step)]


@pytest.mark.parametrize("count", range(4))
def test_the_position_of_a_draft_is_the_first_step_that_is_not_accepted(count: int) -> None:
    made = plan(Status.DRAFT, **accepted(count))
    assert made.position.id == STEP_IDS[count]
    assert reachable(made) == STEP_IDS[: count + 1]


def test_back_and_forward_in_a_draft_go_through_every_step_before_the_position() -> None:
    made = plan(Status.DRAFT, **accepted(2))
    first, second, third = made.steps[:3]
    assert made.before(third) == second
    assert made.before(first) == first
    assert made.after(first) == second
    assert made.after(second) == third


def test_only_rejected_steps_are_asked_again() -> None:
    states = {**accepted(4), "bank_cards": StepState.REJECTED}
    made = plan(Status.REVIEW_REJECTED, **states)
    assert made.position.id == "bank_cards"
    assert reachable(made) == ["bank_cards"]
    assert made.before(made.position) == made.position
    assert made.minutes_left == made.step("bank_cards").minutes


def test_two_rejected_steps_follow_each_other() -> None:
    states = {**accepted(4), "photos": StepState.REJECTED, "bank_cards": StepState.REJECTED}
    made = plan(Status.REVIEW_REJECTED, **states)
    assert made.position.id == "photos"
    assert made.after(made.step("photos")).id == "bank_cards"


@pytest.mark.parametrize(
    "status", [Status.AWAITING_REVIEW, Status.REVIEWING, Status.SUCCEEDED, Status.FAILED]
)
def test_a_submitted_application_shows_its_result_and_nothing_else(status: Status) -> None:
    made = plan(status, **accepted(4))
    assert reachable(made) == ["submitted"]
    assert made.minutes_left == 0


def test_an_unknown_step_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        plan(Status.DRAFT).step("nowhere")


@pytest.mark.parametrize("witnessed", [True, False])
@pytest.mark.parametrize("applied", [True, False])
def test_the_certificate_is_installed_where_a_witnessed_person_applied_for_one(
    witnessed: bool, applied: bool
) -> None:
    states = {"certificate": StepState.OPEN} if applied else {}
    made = plan(Status.DRAFT, witnessed, **accepted(3), **states)
    assert made.position.id == ("certificate" if witnessed and applied else "sign")
    assert ("certificate" in [step.id for step in made.steps]) == (witnessed and applied)
