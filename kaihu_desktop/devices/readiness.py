"""One readiness check: bounded in time, its outcome in words, with code and remedy where it isn't good."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Callable

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.readiness import Finding, Result, State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """A check before it is done.

    id: stable identifier. title: what is looked at. work: returns a finding, or raises the `Failure` it met.
    late: code of the failure that not answering within `limit` seconds means.
    bearable: whether a failure here is a warning only.
    """

    id: str
    title: str
    work: Callable[[], Finding]
    late: str
    limit: float = 10.0
    bearable: bool = False


def run_check(check: Check) -> Result:
    """Do the check in a thread of its own: neither an error nor a driver that hangs gets any further."""
    found: list[Finding] = []
    started = time.monotonic()
    thread = threading.Thread(target=lambda: found.append(_outcome(check)), name=check.id, daemon=True)
    thread.start()
    thread.join(check.limit)
    finding = found[0] if found else finding_of(Failure(check.late), check.bearable)
    return Result(check.id, check.title, finding, int((time.monotonic() - started) * 1000))


def finding_of(failure: Failure, bearable: bool = False, measured: str = "") -> Finding:
    """A failure as a finding. measured: what it was told by, if that helps a person."""
    state = State.WARNING if bearable else State.FAILED
    text = f"{failure.text}：{measured}" if measured else failure.text
    return Finding(state, text, failure.code, failure.remedy)


def _outcome(check: Check) -> Finding:
    try:
        return check.work()
    except Failure as failure:
        return finding_of(failure, check.bearable)
    except Exception as error:  # a check that is broken itself is one more thing to report
        logger.warning("PC-INTERNAL %s %s", check.id, type(error).__name__)
        return finding_of(Failure("PC-INTERNAL"), check.bearable)
