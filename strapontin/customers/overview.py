"""Sums over the customers of a scope, and the periods that begin next in it (SPEC 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from strapontin.access.grants import OverviewReader
from strapontin.allocations.queries import Figures, sums_by_type
from strapontin.catalogue.queries import type_codes
from strapontin.kit.database import row_of, rows_of, statement

_SUMS = statement(__file__, "sums_of_scope.sql")
_CUSTOMERS_BY_TERM = """
SELECT c.term_months, count(*)::int AS customers, count(*) FILTER (WHERE c.not_for_resale)::int AS not_for_resale
  FROM customer c
 WHERE (%(partner)s::uuid IS NULL OR c.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR c.partner_id = %(only)s::uuid)
 GROUP BY c.term_months ORDER BY c.term_months
"""
_NEXT_PERIODS = """
SELECT c.period_ends_on AS day, count(*)::int AS periods, count(c.pending_term_months)::int AS term_changes,
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM customer_total t WHERE t.customer_id = c.id
                                        AND t.next_cycle <> t.allocated))::int AS lowerings
  FROM customer c WHERE c.status = 'active' AND NOT c.not_for_resale
 GROUP BY c.period_ends_on ORDER BY c.period_ends_on LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Overview:
    """Sums over a scope: per type, and per type and term (months).

    Customers ``not_for_resale`` count among the customers; their seats are not in the sums.
    """

    types: list[Figures]
    by_term: dict[int, dict[str, Figures]]
    customers_by_term: dict[int, int]
    not_for_resale: int

    @property
    def customers(self) -> int:
        """How many customers there are, those not for resale among them."""
        return sum(self.customers_by_term.values())


@dataclass(frozen=True, slots=True)
class NextPeriods:
    """The next day on which periods begin, and what changes with them."""

    day: date
    periods: int
    term_changes: int
    lowerings: int


@dataclass(frozen=True, slots=True)
class _Sums:
    type_code: str
    term_months: int
    allocated: int
    next_cycle: int
    used: int
    remaining: int
    over: int
    full_sites: int

    @property
    def figures(self) -> Figures:
        return Figures(
            self.type_code, self.allocated, self.next_cycle, self.used, self.remaining, self.over, self.full_sites
        )


@dataclass(frozen=True, slots=True)
class _Term:
    term_months: int
    customers: int
    not_for_resale: int


def sums_of_scope(grant: OverviewReader, *, partner_id: UUID | None = None, recurse: bool = True) -> Overview:
    """Sums per type over the actor's scope, or over a partner in it; row level security bounds both.

    Without ``recurse``, over the partner's own customers alone.
    """
    params = {"partner": partner_id if recurse else None, "only": None if recurse else partner_id}
    codes = type_codes()
    sums = rows_of(_Sums, _SUMS, params)
    by_term: dict[int, dict[str, Figures]] = {}
    for part in sums:
        by_term.setdefault(part.term_months, {})[part.type_code] = part.figures
    terms = rows_of(_Term, _CUSTOMERS_BY_TERM, params)
    return Overview(
        sums_by_type(codes, (part.figures for part in sums)),
        by_term,
        {term.term_months: term.customers for term in terms},
        sum(term.not_for_resale for term in terms),
    )


def next_periods(grant: OverviewReader) -> NextPeriods | None:
    """When the next periods of the scope begin; ``None`` without an active customer."""
    return row_of(NextPeriods, _NEXT_PERIODS)
