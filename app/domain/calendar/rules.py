"""Days and deadlines as a company counts them: its time zone, its working days, its grace."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(1, 8))
WEEKDAYS = frozenset(range(1, 6))
_DAY = timedelta(days=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Calendar:
    """A company's calendar; `working_days` are ISO weekdays (1 = Monday), `grace` counts working days.

    A company without working days works on every day.
    """

    zone: ZoneInfo
    working_days: frozenset[int] = WEEKDAYS
    grace: int = 0

    def day_of(self, at: datetime) -> date:
        """The date on the company's wall at the instant `at`."""
        return at.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of `day` in UTC.

        Where the clocks jump over midnight that is the jump itself; where midnight comes twice, the first.
        """
        try:
            return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
        except OverflowError:
            return _FIRST if day.year == 1 else _LAST

    def end_of(self, day: date) -> datetime:
        """The first instant after `day` in UTC."""
        return _LAST if day == date.max else self.start_of(day + _DAY)

    def is_working(self, day: date) -> bool:
        """Whether the company works on `day`."""
        return day.isoweekday() in (self.working_days or EVERY_DAY)

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself for 0."""
        return self._walk(day, count, _DAY)

    def before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`; `day` itself for 0."""
        return self._walk(day, count, -_DAY)

    def broken_at(self, promised_on: date) -> datetime:
        """The instant at which a promise for `promised_on` is broken: that day and the grace are over."""
        return self.end_of(self.after(promised_on, self.grace))

    def _walk(self, day: date, count: int, step: timedelta) -> date:
        while count > 0 and day not in {date.max, date.min}:
            day += step
            count -= self.is_working(day)
        return day
