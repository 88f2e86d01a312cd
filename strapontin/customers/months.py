"""What was allocated and used at the end of each month: of one customer, or of a scope, from closed months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from strapontin.access.grants import CustomerSeen, OverviewReader
from strapontin.access.scope import as_billing
from strapontin.kit.database import rows_of, run, statement
from strapontin.organisation.settings import Settings

_CLOSE = statement(__file__, "close_month.sql")
_OF_SCOPE = statement(__file__, "months_of_scope.sql")
_OF_CUSTOMER = statement(__file__, "months_of_customer.sql")


@dataclass(frozen=True, slots=True)
class MonthOfType:
    """Seats of one type at the end of a month, on its last day; of the running month, today."""

    day: date
    type_code: str
    allocated: int
    used: int


def close_month_before(day: date) -> int:
    """Writes the end of the month before ``day`` for every customer that has none yet; answers how many rows."""
    with as_billing():
        return run(_CLOSE, {"day": day.replace(day=1) - timedelta(days=1)})


def twelve_months(
    grant: OverviewReader,
    *,
    settings: Settings,
    at: datetime,
    partner_id: UUID | None = None,
    recurse: bool = True,
) -> list[MonthOfType]:
    """Sums over the scope at the end of each of the last eleven months, and today; per type.

    With ``partner_id``, sums over that partner and those below. Without ``recurse``, over its own customers alone:
    in each month those that it had then.
    """
    today = settings.day(at)
    return rows_of(
        MonthOfType,
        _OF_SCOPE,
        {
            "days": month_ends(today)[:-1],
            "today": today,
            "partner": partner_id if recurse else None,
            "only": None if recurse else partner_id,
        },
    )


def twelve_months_of(seen: CustomerSeen, *, settings: Settings, at: datetime) -> list[MonthOfType]:
    """The customer's seats at the end of each of the last eleven months, and today; per type."""
    return rows_of(MonthOfType, _OF_CUSTOMER, {"customer": seen.customer.id, "days": month_ends(settings.day(at))})


def month_ends(today: date, *, months: int = 12) -> list[date]:
    """The last days of the past months, and today for the running one; the oldest first."""
    ends = [today]
    first = today.replace(day=1)
    for _ in range(months - 1):
        last = first - timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return ends[::-1]
