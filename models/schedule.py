"""When invoices are sent by themselves: at fixed moments of the Polish day.

The moments do not depend on when somebody looked last. So nothing has to be remembered:
whoever looks after hours away finds that a moment has passed, and catches up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from ..ksef.deadlines import WARSAW, polish_day

DAY = timedelta(days=1)
MINUTES = 24 * 60
# An invoice that is sent after midnight counts as issued offline, so none of today stays
LAST_CALL = time(23, 0)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Every `minutes` from midnight on, or once a day at `minutes` after midnight.

    The last call of the day belongs to every schedule. Moments are naive, in UTC.
    """

    minutes: int
    is_daily: bool

    def last_before(self, moment: datetime) -> datetime:
        """The newest moment that has come."""
        return max(at for at in self._around(moment) if at <= moment)

    def next_after(self, moment: datetime) -> datetime:
        """The first moment that is still to come."""
        return min(at for at in self._around(moment) if at > moment)

    def _around(self, moment: datetime) -> Iterator[datetime]:
        today = polish_day(moment.replace(tzinfo=timezone.utc))
        for day in (today - DAY, today, today + DAY):
            yield from self._moments(day)

    def _moments(self, day: date) -> Iterator[datetime]:
        steps = [self.minutes] if self.is_daily else range(0, MINUTES, self.minutes)
        times = [time(*divmod(step, 60)) for step in steps]
        for at in (*times, LAST_CALL):
            local = datetime.combine(day, at, WARSAW)
            yield local.astimezone(timezone.utc).replace(tzinfo=None)
