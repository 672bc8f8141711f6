"""The readiness checks in a process of their own, beside the window.

In the window's process they would take turns with it: whoever starts the program would wait for the checks to
load what they look at, and the window would hold that memory as long as it lives. The process runs all checks
that were asked for together, gives way to everything else on the PC, and is gone when they are done.
"""

from __future__ import annotations

import threading
from typing import Any, Mapping, cast

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import Finding, Reason, Result, State
from kaihu_desktop.devices.helper import Conversation, Silent
from kaihu_desktop.devices.readiness import finding_of

GATHERING = 0.05  # seconds in which what is asked for still goes into the same process
LIMIT = 40.0  # seconds, more than any check takes


class ReadinessProcess:
    """Implements `core.ports.Readiness`. checks: (id, title) of each."""

    def __init__(self, checks: tuple[tuple[str, str], ...]) -> None:
        self._titles = dict(checks)
        self._lock = threading.Lock()
        self._gathering: _Round | None = None

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of each, in the order in which a person would look."""
        return tuple(self._titles.items())

    def run(self, check_id: str) -> Result:
        """Do one check. A process that dies, for whatever reason, is PC-INTERNAL."""
        with self._lock:
            current = self._gathering
            if current is None:
                current = self._gathering = _Round()
                beginning = threading.Timer(GATHERING, self._begin)
                beginning.daemon = True  # the end of the program doesn't wait for it
                beginning.start()
            current.ids.append(check_id)
        found = current.result(check_id)
        if found is None:
            return Result(check_id, self._titles[check_id], finding_of(Failure("PC-INTERNAL")), 0)
        return found

    def _begin(self) -> None:
        with self._lock:
            current, self._gathering = self._gathering, None
        if current is not None:
            current.work()


class _Round:
    """Checks that are done by one process."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._came = threading.Condition()  # guards what is below
        self._results: dict[str, Result] = {}
        self._over = False

    def result(self, check_id: str) -> Result | None:
        """Wait for a result; None when none will come."""
        with self._came:
            self._came.wait_for(lambda: check_id in self._results or self._over, LIMIT)
            return self._results.get(check_id)

    def work(self) -> None:
        """Start the process and take what it finds, until it has ended."""
        try:
            with Conversation({"job": "readiness", "checks": self.ids}) as helper:
                message = helper.next(LIMIT)
                while message is not None:
                    self._take(cast(Mapping[str, Any], message))
                    message = helper.next(LIMIT)
        except (Failure, Silent, ValueError, KeyError, TypeError):
            pass  # those who wait are told that nothing will come
        finally:
            with self._came:
                self._over = True
                self._came.notify_all()

    def _take(self, found: Mapping[str, Any]) -> None:
        reasons = tuple(Reason(**reason) for reason in found["reasons"])
        finding = Finding(State(found["state"]), found["text"], found["code"], found["remedy"], reasons)
        with self._came:
            self._results[found["id"]] = Result(found["id"], found["title"], finding, found["ms"])
            self._came.notify_all()
