"""Where a customer's periods begin and end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from tests.oracle.model import Period, days_in_month


def boundary_after(previous: date, months: int, anchor_day: int) -> date:
    """`months` later, on the anchor day or, where the month is too short, on its last day."""
    year, month = divmod(previous.year * 12 + previous.month - 1 + months, 12)
    return date(year, month + 1, min(anchor_day, monthrange(year, month + 1)[1]))


def periods_until(
    *,
    created_on: date,
    alignment: str,
    term_on: Callable[[date], int],
    last: date,
    ends_on: Callable[[date], bool] = lambda boundary: False,
) -> list[Period]:
    """The periods that start by `last`, in order, without gap, up to the boundary on which the customer ends.

    `term_on(start)` is the term in months in force for a period that starts then. `alignment` is "calendar"
    (a stub to the end of the month unless created on the 1st, then the 1st) or "anniversary". `ends_on(boundary)` says
    whether the customer ends there.
    """
    periods: list[Period] = []
    start, anchor_day = created_on, created_on.day
    if alignment == "calendar" and created_on.day != 1 and created_on <= last:
        end = boundary_after(created_on, 1, 1)
        periods.append(Period(created_on, end, 1, term_on(created_on), days_in_month(created_on), stub=True))
        start, anchor_day = end, 1
    while start <= last and not (periods and ends_on(start)):
        months = term_on(start)
        end = boundary_after(start, months, anchor_day)
        periods.append(Period(start, end, months, months, (end - start).days))
        start = end
    return periods
