"""The only door to background work: run it in a thread, deliver on the UI thread.

Work makes and returns nothing of Qt, not even an image: PySide2 keeps a table of all its objects, which the
thread would change while the UI thread reads it without the interpreter's lock.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable

from qtpy.QtCore import QObject, QTimer, Signal

from kaihu_desktop.core.failure import Failure, Retry
from kaihu_desktop.core.flow.engine import ProblemsFound
from kaihu_desktop.core.ports import Cancelled, Progress

log = logging.getLogger(__name__)

#: Nothing is shown for work that takes less (milliseconds).
QUIET_MS = 300

#: How long the end of the program waits for work that is nearly done (seconds).
PATIENCE = 1.0

Work = Callable[[Progress], Any]

#: Says in Chinese what is going on at (done, total).
Words = Callable[[int, int], str]


class Task(QObject):
    """One piece of background work.

    It is nobody's child: what is connected to its signals may be the last to hold the runner, and goes with
    it; the runner as its parent would then delete it while it is being deleted.

    latest: (done, total) of the last report, None before the first.

    Signals:
        progressed(done, total): as the work reports it.
        ended(): whatever happened, before the result is delivered.
    """

    progressed = Signal(int, int)
    ended = Signal()

    def __init__(self, label: str | None, words: Words | None) -> None:
        super().__init__()
        self.label = label
        self.words = words
        self.latest: tuple[int, int] | None = None
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Drop the result; work that reports progress ends at its next report."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the result any more."""
        return self._cancelled.is_set()

    def report(self, done: int, total: int) -> None:
        """The work's `Progress`: raises `Cancelled` when the task was cancelled."""
        if self._cancelled.is_set():
            raise Cancelled
        self.latest = (done, total)
        self.progressed.emit(done, total)


@dataclass(frozen=True)
class _Delivery:
    """Who gets what a task brings, what it does, and the thread that it runs in."""

    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[Failure], None] | None
    problems: Callable[[ProblemsFound], None] | None
    work: Work
    thread: threading.Thread


class TaskRunner(QObject):
    """Runs blocking work off the UI thread.

    Each task has a thread of its own: an upload over a slow line keeps neither the draft nor the camera
    waiting. The threads are daemons, so that a server that doesn't answer can't keep the program alive.

    Signals:
        busy(task): a task with a label takes longer than `QUIET_MS`.
        idle(): no labelled task is running any more.
        login_expired(Failure): some work was refused because the session is over.
    """

    busy = Signal(object)
    idle = Signal()
    login_expired = Signal(object)

    #: (task, result, error), from the threads. It belongs to the runner, which outlives them: a task's own
    #: signal would still be on its way through Qt in the thread while the UI thread deletes the task.
    _finished = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: dict[Task, _Delivery] = {}
        self._finished.connect(self._deliver)

    def run(
        self,
        owner: QObject,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[Failure], None] | None = None,
        label: str | None = None,
        problems: Callable[[ProblemsFound], None] | None = None,
        words: Words | None = None,
    ) -> Task:
        """Run `work(progress)` and call one of the callbacks on the UI thread.

        Nothing is called once `owner` is destroyed or the task is cancelled. `label` says in Chinese
        what is going on, `words` as it goes on; without a label the work is silent. Errors that are not
        a `Failure` become ``PC-INTERNAL`` and are logged without their message, which may hold personal
        data.
        """
        task = Task(label, words)
        thread = threading.Thread(target=self._work, args=(task, work), name="task", daemon=True)
        self._running[task] = _Delivery(owner, done, failed, problems, work, thread)
        owner.destroyed.connect(task.cancel)
        if label:
            QTimer.singleShot(QUIET_MS, lambda: self._announce(task))
        thread.start()
        return task

    @property
    def working(self) -> bool:
        """Whether any work has not ended yet."""
        return any(delivery.thread.is_alive() for delivery in self._running.values())

    def close(self) -> None:
        """Cancel everything; wait a moment for what is nearly done, but for nothing that hangs."""
        deliveries = list(self._running.values())
        for task in self._running:
            task.cancel()
        deadline = time.monotonic() + PATIENCE
        for delivery in deliveries:
            delivery.thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self, task: Task, work: Work) -> None:
        result, error = None, None
        try:
            result = work(task.report)
        except Exception as raised:  # the one place that sees every error of background work
            error = raised
        try:
            self._finished.emit(task, result, error)
        except RuntimeError:  # the application is going down
            pass

    def _announce(self, task: Task) -> None:
        if task in self._running and not task.cancelled:
            self.busy.emit(task)

    def _deliver(self, task: Task, result: Any, error: Exception | None) -> None:
        delivery = self._running.pop(task)
        delivery.thread.join()  # in no time; else it might be the last to hold what the work holds
        if not any(running.label for running in self._running):
            self.idle.emit()  # first: it gives the focus back, which the others may then move
        task.ended.emit()
        task.deleteLater()  # here, not wherever the last reference to it happens to end
        if task.cancelled or isinstance(error, Cancelled):
            return
        if error is None:
            delivery.done(result)
        elif isinstance(error, ProblemsFound) and delivery.problems is not None:
            delivery.problems(error)
        else:
            self._deliver_failure(as_failure(error), delivery.failed)

    def _deliver_failure(self, failure: Failure, failed: Callable[[Failure], None] | None) -> None:
        if failed is not None:
            failed(failure)
        if failure.retry is Retry.LOGIN:
            self.login_expired.emit(failure)


def as_failure(error: Exception) -> Failure:
    """The failure to show for an error; what is not a `Failure` is logged by its type and place."""
    if isinstance(error, Failure):
        return error
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
    log.error("unexpected %s at %s", type(error).__name__, where)
    return Failure("PC-INTERNAL")
