"""The days on which periods begin and end; pure (SPEC 7, Periods)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from strapontin.kit.dates import days_in_month, first_of_next_month


@dataclass(frozen=True, slots=True)
class Span:
    """A period [starts_on, ends_on): ``months`` at the monthly price, prorated by ``full_days``."""

    starts_on: date
    ends_on: date
    months: int
    full_days: int


def boundary_after(boundary: date, *, term_months: int, anchor_day: int) -> date:
    """The boundary ``term_months`` later, on the anchor day or on the last day of that month."""
    return boundary + relativedelta(months=term_months, day=anchor_day)


def period_from(starts_on: date, *, term_months: int, anchor_day: int) -> Span:
    """The full period that starts on a boundary."""
    ends_on = boundary_after(starts_on, term_months=term_months, anchor_day=anchor_day)
    return Span(starts_on, ends_on, term_months, (ends_on - starts_on).days)


def first_period(created_on: date, *, term_months: int, alignment: str) -> tuple[Span, int]:
    """The first period of a customer and its anchor day (1–31).

    ``calendar``: if the customer is created on another day than the 1st, its first period is a stub to the end of
    the month, and the anchor is the 1st. ``anniversary``: the first period is full, and the anchor is its first day.
    """
    if alignment == "calendar" and created_on.day != 1:
        return Span(created_on, first_of_next_month(created_on), 1, days_in_month(created_on)), 1
    anchor_day = created_on.day
    return period_from(created_on, term_months=term_months, anchor_day=anchor_day), anchor_day
