"""The sandbox's own clock, in Beijing time, which tests and demonstrations may set."""

from __future__ import annotations

import datetime

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
OPENS, CLOSES = datetime.time(1, 23), datetime.time(23, 58)
SERVICE_HOURS_TEXT = "周一至周五、周六 01:23-23:58"


class Clock:
    """Beijing time plus an offset; it goes on ticking after it was set."""

    def __init__(self, offset: float = 0.0) -> None:
        self._offset = datetime.timedelta(seconds=offset)

    @property
    def offset(self) -> float:
        """Seconds ahead of the computer's clock."""
        return self._offset.total_seconds()

    def now(self) -> datetime.datetime:
        """The present, aware, in Beijing time."""
        return datetime.datetime.now(BEIJING) + self._offset

    def today(self) -> datetime.date:
        """Today's date in Beijing."""
        return self.now().date()

    def shift(self, offset: float) -> None:
        """Sets how many seconds the clock is ahead."""
        self._offset = datetime.timedelta(seconds=offset)

    def set(self, now: datetime.datetime) -> None:
        """Sets the clock; a naive time is taken as Beijing time."""
        if now.tzinfo is None:
            now = now.replace(tzinfo=BEIJING)
        self.shift((now - datetime.datetime.now(BEIJING)).total_seconds())

    def open_now(self) -> None:
        """Moves the clock to the next service hours unless it is within them."""
        moment = self.now()
        if in_service(moment):
            return
        while not in_service(moment):
            moment += datetime.timedelta(minutes=30)
        self.set(moment)


def in_service(moment: datetime.datetime) -> bool:
    """Whether the company serves at `moment`: Monday to Saturday, 01:23 to 23:58 Beijing time."""
    local = moment.astimezone(BEIJING)
    return local.weekday() != 6 and OPENS <= local.time() < CLOSES
