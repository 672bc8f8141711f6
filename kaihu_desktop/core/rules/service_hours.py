"""Service hours of the online business hall, on the Beijing clock.

The manuals say 周一至周五、周六 01:23-23:58; a company may have others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kaihu_desktop.core.rules.id_number import BEIJING


@dataclass(frozen=True)
class ServiceHours:
    """weekdays: 0 is Monday. Open from `opens` to the end of the minute `closes`."""

    weekdays: tuple[int, ...]
    opens: time
    closes: time

    def open_at(self, moment: datetime) -> bool:
        """True when the hall is open at the aware time `moment`."""
        local = moment.astimezone(BEIJING)
        minute = local.time().replace(second=0, microsecond=0)
        return local.weekday() in self.weekdays and self.opens <= minute <= self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """When the hall opens next, in Beijing time; `moment` itself when it is open."""
        local = moment.astimezone(BEIJING)
        if self.open_at(local):
            return local
        for days in range(8):
            day = local.date() + timedelta(days=days)
            opening = datetime.combine(day, self.opens, BEIJING)
            if day.weekday() in self.weekdays and opening > local:
                return opening
        raise ValueError("service hours without a weekday")


DEFAULT_HOURS = ServiceHours((0, 1, 2, 3, 4, 5), time(1, 23), time(23, 58))
DEFAULT_HOURS_TEXT = "周一至周五、周六 01:23-23:58"
