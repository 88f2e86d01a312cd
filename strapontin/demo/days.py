"""The dates of the story: everything counts back from the day on which the demo is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

TIME_ZONE = "Europe/Paris"
NIGHT = time(2, 10)


@dataclass(frozen=True)
class Days:
    """The calendar of a demo that is built at ``now`` (aware)."""

    now: datetime

    @cached_property
    def today(self) -> date:
        """The provider's local date."""
        return self.now.astimezone(ZoneInfo(TIME_ZONE)).date()

    @cached_property
    def begins_on(self) -> date:
        """The first day of the story, fourteen months ago."""
        return self.today - relativedelta(months=14)

    @cached_property
    def first_invoice_on(self) -> date:
        """The first of a month that comes after the beginning."""
        return self.begins_on.replace(day=1) + relativedelta(months=1)

    @cached_property
    def enforced_from(self) -> date:
        """``seats_enforced_from``: a Tuesday about eleven months ago, as the Tuesday of August 2022 was."""
        first = self.months_ago(11)
        return first + timedelta(days=(1 - first.weekday()) % 7)

    @cached_property
    def billed_from(self) -> date:
        """``allocation_billing_from``: the first of the month, nine months ago."""
        return self.months_ago(9)

    @cached_property
    def last_night(self) -> datetime:
        """When the stacks were last read for everybody."""
        tonight = self.at(self.today, NIGHT)
        return tonight if tonight <= self.now else self.at(self.ago(1), NIGHT)

    def months_ago(self, months: int, day: int = 1) -> date:
        """A day of the month that lies so many months back; the last one where the month is shorter."""
        first = self.today.replace(day=1) - relativedelta(months=months)
        return first + relativedelta(day=day)

    def ago(self, days: int) -> date:
        """So many days back."""
        return self.today - timedelta(days=days)

    def age_of(self, day: date) -> int:
        """How many days ago ``day`` was."""
        return (self.today - day).days

    def at(self, day: date, clock: time) -> datetime:
        """A moment of a day, on the clocks of the provider."""
        return datetime.combine(day, clock, tzinfo=ZoneInfo(TIME_ZONE))

    def recent(self, days: int) -> date:
        """So many days back, but not before the first of this month: what waits for the next one still waits."""
        return max(self.ago(days), self.today.replace(day=1))
