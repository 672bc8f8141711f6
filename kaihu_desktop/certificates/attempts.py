"""How wrong passwords slow down and lock: a policy without files, on clocks that may be set back."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Callable, NamedTuple

TRIES = 5
#: Seconds to wait after the first, second … wrong try of a set; the last one locks.
PAUSES = (0, 0, 3, 10, 15 * 60)
#: Each further set of wrong tries locks twice as long as the one before, at most this long.
LONGEST_LOCK = 24 * 60 * 60


class Moment(NamedTuple):
    """Now, on two clocks in seconds: the one on the wall, and the one since the PC was started."""

    wall: float
    uptime: float


START = Moment(0.0, 0.0)
Clock = Callable[[], Moment]


def system_clock() -> Moment:
    """The clocks of this PC."""
    return Moment(time.time(), time.monotonic())


@dataclass(frozen=True)
class Attempts:
    """The wrong tries since the last right one, and how long the person still had to wait at `seen`."""

    failures: int = 0
    pause: float = 0.0
    seen: Moment = START

    @property
    def remaining(self) -> int:
        """Tries left before the certificate is locked."""
        return TRIES - self.failures % TRIES

    @property
    def wait(self) -> int:
        """Whole seconds still to wait at `seen`."""
        return math.ceil(self.pause)

    def at(self, now: Moment) -> Attempts:
        """The same, seen at `now`: the pause shrinks only by time that has passed as far as can be known."""
        return replace(self, pause=max(0.0, self.pause - _elapsed(self.seen, now)), seen=now)

    def failed(self, now: Moment) -> Attempts:
        """After one more wrong try at `now`."""
        sets, step = divmod(self.failures, TRIES)
        pause = PAUSES[step] * 2 ** min(sets, 20) if step == TRIES - 1 else PAUSES[step]
        return Attempts(self.failures + 1, float(min(pause, LONGEST_LOCK)), now)


def _elapsed(then: Moment, now: Moment) -> float:
    """Seconds that have passed for sure.

    Setting the wall clock forward doesn't help while the PC runs, as the other clock counts too, and setting
    it back gains nothing either. After a restart of the PC the wall clock must be believed.
    """
    wall, uptime = now.wall - then.wall, now.uptime - then.uptime
    restarted = uptime < 0
    if wall < 0:
        return now.uptime if restarted else uptime
    return wall if restarted else min(wall, uptime)
