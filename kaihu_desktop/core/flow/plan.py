"""Where an application stands: derived from its steps and the server's record, nothing stored."""

from __future__ import annotations

from dataclasses import dataclass

from kaihu_desktop.core.flow.step import Step
from kaihu_desktop.core.model.application import Application, StepState


@dataclass(frozen=True)
class Plan:
    """The applicable steps, and the first that the server has not accepted."""

    steps: tuple[Step, ...]
    position: Step
    application: Application

    @classmethod
    def of(cls, steps: tuple[Step, ...], application: Application) -> Plan:
        """The plan of an application; its last step shows the result and is never accepted."""
        applicable = tuple(step for step in steps if step.applies(application))
        open_steps = (
            step for step in applicable if application.record(step.id).state is not StepState.ACCEPTED
        )
        return cls(
            applicable, next(open_steps) if application.status.editable else applicable[-1], application
        )

    def step(self, step_id: str) -> Step:
        """The step with this id; KeyError if the application has no such step."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def reachable(self, step: Step) -> bool:
        """Whether the step may be shown: up to the position in a draft; else only what must be corrected."""
        if self.application.status.rejected:
            return self.application.record(step.id).state is StepState.REJECTED
        if not self.application.status.editable:
            return step == self.position
        return self.steps.index(step) <= self.steps.index(self.position)

    def before(self, step: Step) -> Step:
        """The reachable step before this one, or this one if it is the first."""
        earlier = [other for other in self.steps[: self.steps.index(step)] if self.reachable(other)]
        return earlier[-1] if earlier else step

    def after(self, step: Step) -> Step:
        """The step to show when this one is accepted."""
        later = [other for other in self.steps[self.steps.index(step) + 1 :] if self.reachable(other)]
        return later[0] if later else self.position

    @property
    def minutes_left(self) -> float:
        """About how long the steps that are not accepted take."""
        return sum(
            step.minutes
            for step in self.steps
            if self.application.record(step.id).state is not StepState.ACCEPTED
        )
