"""The list of customers with their seats: searched, filtered, sorted and cut into pages by the database (SPEC 9).

One statement for a page, one for the sums over everything found, whatever the number of customers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from strapontin.access.grants import RoleHolder
from strapontin.allocations.queries import Figures
from strapontin.kit.database import row, rows
from strapontin.kit.names import sort_key

Status = Literal["active", "expired", "over", "full", "lowering", "term_change", "not_for_resale", "unlimited"]
STATUSES: tuple[Status, ...] = (
    "active",
    "over",
    "full",
    "lowering",
    "term_change",
    "expired",
    "unlimited",
    "not_for_resale",
)
SORTS = ("name", "total", "term", "next", "status")

# The state that matters most to whoever looks comes first.
_STATUS = """
CASE WHEN c.status = 'expired' THEN 'expired' WHEN c.not_for_resale THEN 'not_for_resale'
     WHEN coalesce(t.over, 0) > 0 THEN 'over'
     WHEN c.unlimited THEN 'unlimited'
     WHEN coalesce(t.allocated, 0) > 0 AND t.remaining = 0 THEN 'full'
     WHEN coalesce(t.lowering, false) THEN 'lowering'
     WHEN c.pending_term_months IS NOT NULL THEN 'term_change'
     ELSE 'active' END
"""
_SUMS = """
sum(allocated)::int AS allocated, sum(next_cycle)::int AS next_cycle, sum(used)::int AS used,
sum(remaining)::int AS remaining, sum(over)::int AS over, bool_or(next_cycle <> allocated) AS lowering,
sum(used) FILTER (WHERE type_code = %(sort)s) AS sorted
"""
# Few customers are looked at: each brings its own sums, in the order of the list.
_ONE_BY_ONE = f"""
  FROM customer c LEFT JOIN LATERAL (SELECT {_SUMS} FROM customer_total WHERE customer_id = c.id) AS t ON true
"""  # noqa: S608  our own columns
# All of them have to be looked at: one pass over the sums of the scope.
_ALL_AT_ONCE = f"""
  FROM customer c
  LEFT JOIN (SELECT customer_id, {_SUMS} FROM customer_total GROUP BY customer_id) AS t ON t.customer_id = c.id
"""  # noqa: S608  our own columns
_PAGE = """
WITH page AS (
    SELECT c.id, c.name, c.client_id, c.term_months, c.pending_term_months, c.period_ends_on, {status} AS status,
           t.allocated, t.next_cycle, t.used, t.remaining, t.over,
           row_number() OVER (ORDER BY {order}) AS place {source} {where}
     ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
)
SELECT page.*, (SELECT jsonb_object_agg(type_code, jsonb_build_array(allocated, next_cycle, used, remaining, over))
                  FROM customer_total y WHERE y.customer_id = page.id) AS types
  FROM page ORDER BY place
"""
# Customers that are not for resale count in the list and not in the sums (SPEC 3).
_TOTALS = """
WITH found AS (SELECT c.id, c.not_for_resale, {status} AS status {source} {where})
SELECT count(*)::int AS customers, count(*) FILTER (WHERE status = 'over')::int AS over,
       count(*) FILTER (WHERE not_for_resale)::int AS not_for_resale, (
       SELECT jsonb_object_agg(type_code, sums) FROM (
              SELECT c.type_code, jsonb_build_array(sum(c.allocated), sum(c.next_cycle), sum(c.used), sum(c.remaining),
                     sum(c.over)) AS sums
                FROM customer_total c JOIN found f ON f.id = c.customer_id AND NOT f.not_for_resale
               GROUP BY c.type_code) AS by_type) AS types
  FROM found
"""
_WAITING = """
SELECT count(*) FILTER (WHERE status = 'over')::int AS over_customers,
       coalesce(sum(over) FILTER (WHERE status = 'over'), 0)::int AS over_seats,
       count(*) FILTER (WHERE status = 'full')::int AS full_customers
  FROM (SELECT {status} AS status, t.over {source} {where}) AS listed
"""
_UPCOMING = """
SELECT c.period_ends_on AS day, count(*)::int AS periods, count(c.pending_term_months)::int AS term_changes,
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM customer_total t WHERE t.customer_id = c.id
                                        AND t.next_cycle <> t.allocated))::int AS lowerings
  FROM customer c WHERE c.status = 'active' AND NOT c.not_for_resale
 GROUP BY c.period_ends_on ORDER BY c.period_ends_on LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers: ``search`` in name or client id, one term, one state, those with seats of one type."""

    search: str = ""
    term_months: int | None = None
    status: str = ""
    type_code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A customer of the list; ``total`` is over all types, ``types`` holds those it has."""

    id: UUID
    name: str
    client_id: str
    term_months: int
    pending_term_months: int | None
    period_ends_on: date
    status: Status
    total: Figures
    types: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything found: how many customers, how many of them above, and sums per type.

    Those ``not_for_resale`` are among the customers; their seats are not in the sums.
    """

    customers: int
    over: int
    not_for_resale: int
    types: dict[str, Figures]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What asks for somebody: customers above their allocation, and those without a free seat."""

    over_customers: int
    over_seats: int
    full_customers: int


@dataclass(frozen=True, slots=True)
class NextPeriods:
    """The next day on which periods begin, and what changes with them."""

    day: date
    periods: int
    term_changes: int
    lowerings: int


def customers(
    grant: RoleHolder,
    *,
    wanted: Wanted = Wanted(),
    sort: str = "name",
    descending: bool = False,
    limit: int | None = 25,
    offset: int = 0,
) -> list[Line]:
    """A page of the list; ``sort`` is one of :data:`SORTS` or a type's code, anything else sorts by name."""
    by_figures = bool(wanted.status) or sort not in ("name", "term", "next")
    direction = "DESC" if descending else "ASC"
    sql = _PAGE.format(
        status=_STATUS,
        source=_ALL_AT_ONCE if by_figures else _ONE_BY_ONE,
        where=_where(wanted),
        order=f"{_order(sort)} {direction}, c.sort_key {direction}, c.id {direction}",
    )
    params = _params(wanted) | {"limit": limit, "offset": offset, "sort": sort}
    return [_line(found) for found in rows(sql, params)]


def totals(grant: RoleHolder, *, wanted: Wanted = Wanted()) -> Totals:
    """Sums over everything that :func:`customers` finds, not over its page."""
    found = row(_over_all(_TOTALS, wanted), _params(wanted))
    if found is None:
        raise RuntimeError("a sum has one row")
    return Totals(found["customers"], found["over"], found["not_for_resale"], _figures_by_type(found["types"]))


def waiting(grant: RoleHolder) -> Waiting:
    """What of the scope waits for somebody."""
    found = row(_over_all(_WAITING, Wanted()), _params(Wanted()))
    if found is None:
        raise RuntimeError("a sum has one row")
    return Waiting(**found)


def _over_all(sql: str, wanted: Wanted) -> str:
    return sql.format(status=_STATUS, source=_ALL_AT_ONCE, where=_where(wanted))


def next_periods(grant: RoleHolder) -> NextPeriods | None:
    """When the next periods of the scope begin; ``None`` without an active customer."""
    found = row(_UPCOMING)
    return NextPeriods(**found) if found else None


def _where(wanted: Wanted) -> str:
    # Row level security bounds the list, and its condition is the one that an index serves: a second one of our own
    # would only mislead the planner about how many there are.
    conditions = ["true"]
    if wanted.search:
        conditions.append("(strpos(c.sort_key, %(search)s) > 0 OR strpos(lower(c.client_id), %(search)s) > 0)")
    if wanted.term_months:
        conditions.append("c.term_months = %(term)s")
    if wanted.type_code:
        conditions.append(
            "EXISTS (SELECT 1 FROM customer_total y WHERE y.customer_id = c.id AND y.type_code = %(type)s"
            " AND (y.allocated > 0 OR y.used > 0))"
        )
    if wanted.status:
        conditions.append(f"({_STATUS}) = %(status)s")
    return "WHERE " + " AND ".join(conditions)


def _params(wanted: Wanted) -> dict[str, Any]:
    return {
        "search": sort_key(wanted.search),
        "term": wanted.term_months,
        "type": wanted.type_code,
        "status": wanted.status,
        "sort": "",
    }


def _order(sort: str) -> str:
    orders = {
        "name": "c.sort_key",
        "total": "coalesce(t.used, 0)",
        "term": "c.term_months",
        "next": "CASE WHEN c.status = 'active' THEN c.period_ends_on END",
        "status": f"array_position(ARRAY{list(STATUSES)}::text[], ({_STATUS}))",
        "": "c.sort_key",
    }
    # Any other column is a type, which travels as a parameter.
    return orders.get(sort, "coalesce(t.sorted, 0)")


def _line(found: dict[str, Any]) -> Line:
    kept = ("id", "name", "client_id", "term_months", "pending_term_months", "period_ends_on", "status")
    seats = ("allocated", "next_cycle", "used", "remaining", "over")
    return Line(
        **{name: found[name] for name in kept},
        total=Figures("", *(found[name] or 0 for name in seats)),
        types=_figures_by_type(found["types"]),
    )


def _figures_by_type(types: Any) -> dict[str, Figures]:
    values = json.loads(types) if isinstance(types, str) else types or {}
    return {code: Figures(code, *(int(seats) for seats in sums)) for code, sums in values.items()}
