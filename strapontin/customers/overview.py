"""Sums over the customers of a scope, per type and term (SPEC 9)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from strapontin.access.grants import OverviewReader
from strapontin.allocations.queries import Figures
from strapontin.kit.database import rows

_CODES = "SELECT code FROM subscription_type ORDER BY position"
_OVERVIEW = """
SELECT t.type_code, c.term_months, count(DISTINCT c.id) FILTER (WHERE t.allocated > 0 OR t.used > 0)::int AS customers,
       sum(t.allocated)::int AS allocated, sum(t.next_cycle)::int AS next_cycle, sum(t.used)::int AS used,
       sum(t.remaining)::int AS remaining, sum(t.over)::int AS over,
       count(*) FILTER (WHERE t.over > 0)::int AS customers_over,
       count(*) FILTER (WHERE t.remaining = 0 AND t.allocated > 0 AND t.over = 0)::int AS customers_full
  FROM customer_total t JOIN customer c ON c.id = t.customer_id
 WHERE NOT c.not_for_resale AND (%(partner)s::uuid IS NULL OR c.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR c.partner_id = %(only)s::uuid)
 GROUP BY t.type_code, c.term_months
"""
_CUSTOMERS_BY_TERM = """
SELECT c.term_months, count(*)::int AS customers FROM customer c
 WHERE NOT c.not_for_resale AND (%(partner)s::uuid IS NULL OR c.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR c.partner_id = %(only)s::uuid)
 GROUP BY c.term_months ORDER BY c.term_months
"""


@dataclass(frozen=True, slots=True)
class Overview:
    """Sums over a scope: per type, and per type and term (months)."""

    types: list[Figures]
    by_term: dict[int, dict[str, Figures]]
    customers_by_term: dict[int, int]
    customers_over: int
    customers_full: int

    @property
    def customers(self) -> int:
        """How many customers are counted."""
        return sum(self.customers_by_term.values())


def sums_of_scope(grant: OverviewReader, *, partner_id: UUID | None = None, recurse: bool = True) -> Overview:
    """Sums per type over the actor's scope, or over a partner in it; row level security bounds both."""
    params = {"partner": partner_id if recurse else None, "only": None if recurse else partner_id}
    codes = [found["code"] for found in rows(_CODES)]
    found = rows(_OVERVIEW, params)
    sums = {code: Figures(code) for code in codes}
    by_term: dict[int, dict[str, Figures]] = {}
    for part in found:
        figures = Figures(
            part["type_code"],
            part["allocated"],
            part["next_cycle"],
            part["used"],
            part["remaining"],
            part["over"],
        )
        sums[part["type_code"]] += figures
        by_term.setdefault(part["term_months"], {})[part["type_code"]] = figures
    return Overview(
        list(sums.values()),
        by_term,
        {r["term_months"]: r["customers"] for r in rows(_CUSTOMERS_BY_TERM, params)},
        sum(part["customers_over"] for part in found),
        sum(part["customers_full"] for part in found),
    )
