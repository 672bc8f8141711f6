"""Leads one application through its business: where it stands, what is kept, what is sent."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
import uuid
from dataclasses import dataclass
from typing import Any

from kaihu_desktop.core.failure import Failure, Retry
from kaihu_desktop.core.flow.businesses import Business
from kaihu_desktop.core.flow.plan import Plan
from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step
from kaihu_desktop.core.model.application import Application, StepState
from kaihu_desktop.core.ports import Cancelled, Journal, Progress
from kaihu_desktop.core.secret import Secret


class ProblemsFound(Exception):
    """The answer has problems; nothing was sent."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass
class _Prepared:
    """What was made for an answer: by `Step.prepare`, and the document that is sent once it is known."""

    answer: Answer
    made: Answer
    body: dict[str, Any] | None = None


class Engine:
    """The application's position follows the server's record; `shown` is the step on the screen.

    Methods that talk to the backend block and raise `Failure`: call them off the UI thread.
    """

    def __init__(
        self, business: Business, services: Services, journal: Journal, application: Application
    ) -> None:
        self.business = business
        self.services = services
        self.application = application
        self._journal = journal
        self._keeping = threading.Lock()
        self._turns = itertools.count(1)
        self._latest: dict[str, tuple[int, bool]] = {}
        self._prepared: dict[str, _Prepared] = {}
        self.shown = self.plan.position

    @property
    def plan(self) -> Plan:
        """The steps of the application as the server's record stands now."""
        return Plan.of(self.business.steps, self.application)

    def answer(self, step: Step) -> Answer | None:
        """What the step's page starts from: the draft on this PC, else what the server accepted."""
        draft = self._journal.load(self.application.id, step.id)
        if draft is not None:
            answer: Answer = draft["answer"]
            return answer
        return self.application.record(step.id).answer

    @property
    def keeps_drafts(self) -> bool:
        """Whether what `keep` saves outlives the program."""
        return self._journal.persistent

    def turn(self) -> int:
        """A number for `keep`, to be taken together with the answer: later answers have higher ones."""
        return next(self._turns)

    def keep(self, step: Step, answer: Answer, turn: int) -> bool:
        """Save an unsent answer on this PC, without its secrets; False when that failed.

        It may come late from its thread: nothing is done when a later answer was kept or sent meanwhile.
        """
        kept = _without_secrets(answer)
        with self._keeping:
            latest, done = self._latest.get(step.id, (0, True))
            if turn < latest:
                return done
            done = True
            if kept == self.application.record(step.id).answer:
                self._journal.clear(self.application.id, step.id)
            else:
                done = self._save(step, kept, "", "")
            self._latest[step.id] = (turn, done)
            return done

    def go_back(self) -> None:
        """Show the step before the shown one."""
        self.shown = self.plan.before(self.shown)

    def go_to(self, step_id: str) -> None:
        """Show a step that has been reached."""
        step = self.plan.step(step_id)
        if self.plan.reachable(step):
            self.shown = step

    def submit(self, step: Step, answer: Answer, progress: Progress) -> None:
        """Check, keep and send the answer, then show the next step.

        Raises:
            ProblemsFound: the answer has problems; nothing was sent.
            Failure: it was not accepted, or nobody knows; calling again continues and sends nothing twice.
            Cancelled: nothing was sent, and what was prepared is gone.
        """
        kept = _without_secrets(answer)
        if not self._is_prepared(step, kept):  # a retry needs neither the password nor another look
            problems = step.problems(answer, self.services)
            if problems:
                raise ProblemsFound(problems)
        record = self.application.record(step.id)
        if record.state is not StepState.ACCEPTED or kept != record.answer:
            self._send(step, answer, kept, progress)
        with self._keeping:
            self._latest[step.id] = (self.turn(), True)
            self._journal.clear(self.application.id, step.id)
        self._prepared.pop(step.id, None)
        self.shown = self.plan.after(step)

    def refresh(self) -> None:
        """Read the server's record again and show where it stands."""
        self.application = self.services.backend.application(self.application.id)
        accepted = self.application.record(self.shown.id).state is StepState.ACCEPTED
        if accepted or not self.plan.reachable(self.shown):
            self.shown = self.plan.position

    def _send(self, step: Step, answer: Answer, kept: Answer, progress: Progress) -> None:
        body = self._body(step, answer, kept, progress)
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        draft = self._journal.load(self.application.id, step.id)
        key = draft["key"] if draft and draft["digest"] == digest else str(uuid.uuid4())
        self._save(step, kept, key, digest)
        try:
            self.application = self.services.backend.put_step(self.application.id, step.id, body, key)
        except Failure as failure:
            if failure.code in _RECORD_MOVED_ON and self._accepted_meanwhile(step):
                return
            if failure.retry is Retry.NO:  # refused for good: the next try is a new request
                self._prepared.pop(step.id, None)
                self._save(step, kept, "", "")
            raise

    def _is_prepared(self, step: Step, kept: Answer) -> bool:
        return step.id in self._prepared and self._prepared[step.id].answer == kept

    def _body(self, step: Step, answer: Answer, kept: Answer, progress: Progress) -> dict[str, Any]:
        """What is sent; a retry sends the same bytes, so that a signature is never made twice."""
        work = (self.services, self.application, progress)
        try:
            if not self._is_prepared(step, kept):
                self._prepared.pop(step.id, None)
                self._prepared[step.id] = _Prepared(kept, step.prepare(answer, *work))
            prepared = self._prepared[step.id]
            if prepared.body is None:
                prepared.body = step.body({**answer, **prepared.made}, *work)
            return prepared.body
        except Failure as failure:
            if failure.retry is Retry.NO:
                self._prepared.pop(step.id, None)
            raise
        except Cancelled:
            self._prepared.pop(step.id, None)
            raise

    def _accepted_meanwhile(self, step: Step) -> bool:
        self.application = self.services.backend.application(self.application.id)
        return self.application.record(step.id).state is StepState.ACCEPTED

    def _save(self, step: Step, kept: Answer, key: str, digest: str) -> bool:
        draft = {"answer": kept, "key": key, "digest": digest}
        return self._journal.save(self.application.id, step.id, draft)


#: Answers that mean: the record is not what we thought. Read it before telling the person.
_RECORD_MOVED_ON = ("SERVER-CONFLICT", "APP-CLOSED", "APP-STEP-ORDER")


def _without_secrets(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if not isinstance(value, Secret)}
