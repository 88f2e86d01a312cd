"""Calendar arithmetic on local dates; intervals are half-open."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

# The days that every door takes: a period of 36 months around one of them is still a date.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


def local_date(moment: datetime, time_zone: str) -> date:
    """The date on the wall of ``time_zone`` at ``moment`` (aware)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first moment of ``day`` in ``time_zone``."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone))


def end_of_day(day: date, time_zone: str) -> datetime:
    """The last representable moment of ``day`` in ``time_zone``."""
    return start_of_day(day + timedelta(days=1), time_zone) - timedelta(microseconds=1)


def days_in_month(day: date) -> int:
    """The number of days of the month that ``day`` lies in."""
    return monthrange(day.year, day.month)[1]


def first_of_next_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return day + relativedelta(months=1, day=1)
