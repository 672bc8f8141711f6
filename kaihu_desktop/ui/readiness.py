"""What is known of this PC: runs the readiness checks in the background and keeps their newest results."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import QObject, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import BEARABLE, Finding, Result, State
from kaihu_desktop.core.ports import Readiness
from kaihu_desktop.ui.tasks import Task, TaskRunner


class ReadinessMonitor(QObject):
    """The newest result of each check; all checks run side by side.

    Signals:
        changed(str): a check began, or its result is there; its id.
    """

    changed = Signal(str)

    def __init__(self, tasks: TaskRunner, readiness: Readiness, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._readiness = tasks, readiness
        self.titles = dict(readiness.checks)
        self._results: dict[str, Result] = {}
        self._running: dict[str, Task] = {}

    def check(self, *check_ids: str) -> None:
        """Do these checks; one that is running already begins anew."""
        for check_id in check_ids:
            self._begin(check_id)

    def result(self, check_id: str) -> Result | None:
        """The newest result, also while the check runs again; None before the first."""
        return self._results.get(check_id)

    def checking(self, check_id: str) -> bool:
        """Whether the check is running."""
        return check_id in self._running

    @property
    def busy(self) -> bool:
        """Whether any check is running, or is still to be done for the first time."""
        return bool(self._running) or len(self._results) < len(self.titles)

    @property
    def problems(self) -> tuple[Result, ...]:
        """The results that aren't good."""
        known = (self._results.get(check_id) for check_id in self.titles)
        return tuple(one for one in known if one is not None and one.finding.state is not State.OK)

    def failed(self, *check_ids: str) -> tuple[Result, ...]:
        """Those of these checks that say that one can't go on."""
        return tuple(
            one for one in self.problems if one.id in check_ids and one.finding.state is State.FAILED
        )

    def tell(self, check_id: str, finding: Finding) -> None:
        """Something else has found out about this: a person, or a picture that is being watched."""
        running = self._running.pop(check_id, None)
        if running is not None:
            running.cancel()
        self._keep(Result(check_id, self.titles[check_id], finding, 0))

    def _begin(self, check_id: str) -> None:
        before = self._running.get(check_id)
        if before is not None:
            before.cancel()
        self._running[check_id] = self._tasks.run(
            self,
            lambda _: self._readiness.run(check_id),
            self._done,
            lambda failure: self.tell(check_id, failed_finding(failure)),
        )
        self.changed.emit(check_id)

    def _done(self, result: Result) -> None:
        self._running.pop(result.id, None)
        self._keep(result)

    def _keep(self, result: Result) -> None:
        self._results[result.id] = result
        self.changed.emit(result.id)


def speaker_finding(names: Sequence[str], chosen: str) -> Finding:
    """What can be said of speakers without a sound: which there are; the tone is for those who ask for it."""
    if not names:
        return failed_finding(Failure("SPK-NONE"))
    return Finding(State.OK, f"{chosen if chosen in names else '已连接'}，可以播放测试音听一听")


def failed_finding(failure: Failure) -> Finding:
    """A failure as what a check found, judged as the checks judge it."""
    state = State.WARNING if failure.code in BEARABLE else State.FAILED
    return Finding(state, failure.text, failure.code, failure.remedy)
