"""Closing months: what was allocated and used at each month's end, for charts over many customers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from strapontin.access.grants import OverviewReader
from strapontin.access.scope import as_billing
from strapontin.kit.database import rows, run
from strapontin.organisation.settings import Settings

_CLOSE = """
INSERT INTO customer_month (customer_id, month_ends_on, type_code, partner_path, allocated, used)
SELECT t.customer_id, %(day)s::date, t.type_code, c.partner_path,
       (SELECT coalesce(sum(e.delta), 0) FROM ledger_entry e WHERE e.customer_id = t.customer_id
           AND e.type_code = t.type_code AND e.effective_on <= %(day)s::date),
       (SELECT coalesce(sum(e.delta), 0) FROM seat_event e WHERE e.customer_id = t.customer_id
           AND e.type_code = t.type_code AND e.effective_on <= %(day)s::date)
  FROM customer_total t JOIN customer c ON c.id = t.customer_id
 WHERE NOT c.not_for_resale AND c.starts_on <= %(day)s::date
   AND NOT EXISTS (SELECT 1 FROM customer_month m WHERE m.customer_id = t.customer_id
                      AND m.month_ends_on = %(day)s::date AND m.type_code = t.type_code)
"""
_MONTHS = """
SELECT m.month_ends_on AS day, m.type_code, sum(m.allocated)::int AS allocated, sum(m.used)::int AS used
  FROM customer_month m
 WHERE m.month_ends_on = ANY (%(days)s::date[])
   AND (%(partner)s::uuid IS NULL OR m.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR m.partner_path[cardinality(m.partner_path)] = %(only)s::uuid)
 GROUP BY 1, 2
 UNION ALL
SELECT %(today)s::date, t.type_code, sum(t.allocated)::int, sum(t.used)::int
  FROM customer_total t JOIN customer c ON c.id = t.customer_id
 WHERE NOT c.not_for_resale AND (%(partner)s::uuid IS NULL OR t.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR c.partner_id = %(only)s::uuid)
 GROUP BY 2 ORDER BY 2, 1
"""


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
) -> list[dict[str, Any]]:
    """Sums over the scope at the end of each of the last eleven months, and today; per type.

    Over a partner in it: with those below, or (``recurse`` false) its own customers alone, each month those it
    had then.
    """
    today = settings.day(at)
    return rows(
        _MONTHS,
        {
            "days": month_ends(today)[:-1],
            "today": today,
            "partner": partner_id if recurse else None,
            "only": None if recurse else partner_id,
        },
    )


def month_ends(today: date, *, months: int = 12) -> list[date]:
    """The last days of the past months, and today for the running one; the oldest first."""
    ends = [today]
    first = today.replace(day=1)
    for _ in range(months - 1):
        last = first - timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return ends[::-1]
