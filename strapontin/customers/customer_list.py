"""The one list of customers: filtered, sorted and cut into pages by the database (SPEC 9).

A page takes one statement, whatever the number of customers. The sums over all pages take another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from strapontin.access.grants import OverviewReader, PartnerSeen, ScopeReader
from strapontin.access.scope import reveal_nearest_partner
from strapontin.allocations.queries import Figures
from strapontin.customers.queries import COLUMNS, Customer
from strapontin.kit.database import row_of, rows_of, statement
from strapontin.kit.names import sort_key

Row = TypeVar("Row")
State = Literal["active", "over", "full", "lowering", "term_change", "expired", "unlimited", "not_for_resale"]
STATES: tuple[State, ...] = (
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

# The state that needs attention first.
_STATE = """
CASE WHEN c.status = 'expired' THEN 'expired' WHEN c.not_for_resale THEN 'not_for_resale'
     WHEN coalesce(t.over, 0) > 0 THEN 'over'
     WHEN c.unlimited THEN 'unlimited'
     WHEN t.full_sites > 0 THEN 'full'
     WHEN coalesce(t.lowering, false) THEN 'lowering'
     WHEN c.pending_term_months IS NOT NULL THEN 'term_change'
     ELSE 'active' END
"""
_SUMS = """
sum(used)::int AS used, sum(over)::int AS over, sum(full_sites)::int AS full_sites,
bool_or(next_cycle <> allocated) AS lowering, sum(used) FILTER (WHERE type_code = %(sort)s) AS used_of_type
"""
# Few customers are looked at: each brings its own sums, in the order of the list.
_SEATS_OF_EACH = f"LEFT JOIN LATERAL (SELECT {_SUMS} FROM customer_total WHERE customer_id = c.id) AS t ON true"  # noqa: S608
# All of them have to be looked at: one pass over the totals of the scope.
_SEATS_OF_ALL = f"""
LEFT JOIN (SELECT customer_id, {_SUMS} FROM customer_total GROUP BY customer_id) AS t ON t.customer_id = c.id
"""  # noqa: S608
_ORDERS = {
    "name": "c.sort_key",
    "total": "coalesce(t.used, 0)",
    "term": "c.term_months",
    "next": "CASE WHEN c.status = 'active' THEN c.period_ends_on END",
    "status": f"array_position(ARRAY{list(STATES)}::text[], ({_STATE}))",
}
_PAGE = statement(__file__, "customer_page.sql")
_TOTALS = statement(__file__, "customer_sums.sql")
_WAITING = """
SELECT count(*) FILTER (WHERE state = 'over')::int AS over_customers,
       coalesce(sum(over) FILTER (WHERE state = 'over'), 0)::int AS over_seats,
       count(*) FILTER (WHERE state = 'full')::int AS full_customers
  FROM (SELECT {state} AS state, t.over FROM customer c {seats} WHERE {where}) AS listed
"""


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers of the scope are listed; an empty field leaves out none.

    ``search`` looks in name and client id. ``partner`` leaves those at or below it, or without ``recurse`` its own
    alone. ``status`` is active or expired, ``state`` what the list makes of it. ``type_code`` leaves those who have
    seats of the type. ``archived`` leaves those in the archive; without it, they
    are left out.
    """

    search: str = ""
    client_id: str | None = None
    partner: PartnerSeen | None = None
    recurse: bool = True
    status: str | None = None
    term_months: int | None = None
    state: str = ""
    type_code: str = ""
    archived: bool = False


EVERY_CUSTOMER = CustomerFilter()


@dataclass(frozen=True, slots=True)
class ListedCustomer(Customer):
    """A customer of the list, its state, and its seats of the types that it has."""

    state: State
    types: list[Figures]

    @property
    def total(self) -> Figures:
        """The sum over all types."""
        return sum(self.types, Figures(""))


@dataclass(frozen=True, slots=True)
class Totals:
    """All that a filter leaves: how many customers, how many of them above their allocation, and sums per type.

    Those ``not_for_resale`` are among the customers; their seats are not in the sums.
    """

    customers: int
    over: int
    not_for_resale: int
    types: list[Figures]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What needs attention: customers above their allocation, with their seats above, and those full on some site.

    A customer counts once, as what its state in the list says.
    """

    over_customers: int
    over_seats: int
    full_customers: int


def customers_by_name(
    reader: ScopeReader, *, only: CustomerFilter = EVERY_CUSTOMER, after: tuple[str, UUID] | None = None, limit: int
) -> list[ListedCustomer]:
    """Customers in the reader's scope by name; one more than ``limit`` if more follow.

    ``after`` is the sort key and the id of the last customer seen. Whoever shows seats asks for the role (SPEC 3).
    """
    if reader.actor.scope == "customer":
        reveal_nearest_partner(reader.actor)
    where, params = _where(only)
    if after is not None:
        where += " AND (c.sort_key, c.id) > (%(key)s, %(id)s::uuid)"
        params |= {"key": after[0], "id": after[1]}
    params |= {"sort": "", "limit": limit + 1, "offset": 0}
    seats = _SEATS_OF_ALL if only.state else _SEATS_OF_EACH
    sql = _PAGE.format(columns=COLUMNS, state=_STATE, seats=seats, where=where, order="c.sort_key, c.id")
    return rows_of(ListedCustomer, sql, params)


def customers_sorted(
    grant: OverviewReader,
    *,
    only: CustomerFilter = EVERY_CUSTOMER,
    sort: str = "name",
    descending: bool = False,
    limit: int | None = 25,
    offset: int = 0,
) -> list[ListedCustomer]:
    """A page of the list; ``sort`` is one of :data:`SORTS` or the code of a type, to sort by its used seats."""
    by_figures = bool(only.state) or sort not in ("name", "term", "next")
    direction = "DESC" if descending else "ASC"
    # A sort that is not named here is a type. Its code travels as a parameter.
    order = _ORDERS.get(sort, "coalesce(t.used_of_type, 0)")
    where, params = _where(only)
    sql = _PAGE.format(
        columns=COLUMNS,
        state=_STATE,
        seats=_SEATS_OF_ALL if by_figures else _SEATS_OF_EACH,
        where=where,
        order=f"{order} {direction}, c.sort_key {direction}, c.id {direction}",
    )
    return rows_of(ListedCustomer, sql, params | {"sort": sort, "limit": limit, "offset": offset})


def totals(grant: OverviewReader, *, only: CustomerFilter = EVERY_CUSTOMER) -> Totals:
    """Sums over all customers that the filter leaves, not over a page of them."""
    return _over_all(Totals, _TOTALS, only)


def waiting(grant: OverviewReader, *, only: CustomerFilter = EVERY_CUSTOMER) -> Waiting:
    """What needs attention in the scope."""
    return _over_all(Waiting, _WAITING, only)


def _over_all(shape: type[Row], sql: str, only: CustomerFilter) -> Row:
    where, params = _where(only)
    sums = row_of(shape, sql.format(state=_STATE, seats=_SEATS_OF_ALL, where=where), params | {"sort": ""})
    if sums is None:
        raise RuntimeError("a sum has one row")
    return sums


def _where(only: CustomerFilter) -> tuple[str, dict[str, object]]:
    """The conditions of a filter, and their parameters."""
    # Row level security bounds the list. Its condition is the one that an index serves: a second one of our own would
    # mislead the planner about how many customers there are.
    conditions = {
        "strpos(c.sort_key || ' ' || search_key(c.client_id), %(search)s) > 0": only.search,
        "c.client_id = %(client_id)s": only.client_id is not None,
        "c.partner_path @> ARRAY[%(partner)s::uuid]": only.partner,
        "c.partner_id = %(partner)s::uuid": only.partner and not only.recurse,
        f"c.archived_at IS {'NOT NULL' if only.archived else 'NULL'}": True,
        "c.status = %(status)s": only.status,
        "c.term_months = %(term)s": only.term_months,
        f"({_STATE}) = %(state)s": only.state,
        "EXISTS (SELECT 1 FROM customer_total s WHERE s.customer_id = c.id AND s.type_code = %(type)s"
        " AND (s.allocated > 0 OR s.used > 0))": only.type_code,
    }
    params: dict[str, object] = {
        "search": sort_key(only.search),
        "client_id": only.client_id,
        "partner": only.partner.partner.id if only.partner else None,
        "status": only.status,
        "term": only.term_months,
        "state": only.state,
        "type": only.type_code,
    }
    return " AND ".join(["true", *(sql for sql, applies in conditions.items() if applies)]), params
