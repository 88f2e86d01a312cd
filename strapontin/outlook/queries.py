"""Reading what is ahead: renewals with unused seats, and warnings before seats run out (SPEC 4).

Of one customer it is read from its balances, as they stand; of a scope, from what the worker wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from strapontin.access.grants import AllocationManager, CustomerFacts, OverviewReader
from strapontin.kit.database import rows_of, statement
from strapontin.organisation.settings import Settings
from strapontin.outlook.refresh import RENEWING, UNUSED, WARNINGS

TOLD_BEFORE = (60, 30)
"""So many days before a renewal it is told (SPEC 4)."""

CONCERNED_BY_RENEWALS = f"""
SELECT c.id FROM customer c WHERE {RENEWING} AND c.period_ends_on = ANY (%(told)s::date[])
"""  # noqa: S608  our own condition
CONCERNED_BY_WARNINGS = """
SELECT w.customer_id FROM seat_warning w
 WHERE w.free > 0 AND w.told_on > %(since)s::date AND w.told_on <= %(today)s::date
"""
"""Which customers have news in a :class:`Span`, by :attr:`Span.params`."""

_RENEWALS = statement(__file__, "renewals.sql")
_WARNINGS = statement(__file__, "warnings_in_scope.sql")
_OF_CUSTOMER = """
SELECT site_id, site_name, type_code, free, full_on FROM ({warnings}) AS place
 WHERE free > 0 ORDER BY full_on NULLS LAST, free, site_name, type_code
"""
_UNUSED_OF_CUSTOMER = """
SELECT customer_id, site_id, site_name, type_code, next_cycle, seats, since FROM ({unused}) AS place
 ORDER BY seats DESC, site_name, type_code
"""


@dataclass(frozen=True, slots=True)
class SeatsOfType:
    """Seats of a type that renew."""

    type_code: str
    seats: int


@dataclass(frozen=True, slots=True)
class UnusedSeats:
    """Seats on a site that nobody uses and that renew: ``seats`` of ``next_cycle``, since a day.

    They have been unused throughout the last 60 days if any have; else they are those unused today.
    """

    customer_id: UUID
    site_id: UUID
    site_name: str
    type_code: str
    next_cycle: int
    seats: int
    since: date

    def days(self, today: date) -> int:
        """For how many days they have been unused: at most 60."""
        return (today - self.since).days

    @property
    def lowered(self) -> int:
        """The quantity to ask for so that these seats do not renew."""
        return self.next_cycle - self.seats


@dataclass(frozen=True, slots=True)
class Renewal:
    """A commitment of 12 or 36 months that ends and renews on ``renews_on``, for ``next_term_months``.

    ``customers`` counts the renewals of the whole list, ``with_unused`` those of them with unused seats.
    """

    id: UUID
    name: str
    sort_key: str
    client_id: str
    term_months: int
    next_term_months: int
    renews_on: date
    customers: int
    with_unused: int
    types: list[SeatsOfType]
    unused: list[UnusedSeats]

    @property
    def unused_seats(self) -> int:
        """How many seats are unused, over all sites and types."""
        return sum(place.seats for place in self.unused)


@dataclass(frozen=True, slots=True)
class RunningOut:
    """Seats of a type that run out on a site; ``full_on`` is the day at the pace of the last 30 days, or ``None``."""

    site_id: UUID
    site_name: str
    type_code: str
    free: int
    full_on: date | None


@dataclass(frozen=True, slots=True)
class SeatWarning(RunningOut):
    """As :class:`RunningOut`, of a list over customers, which ``urgency`` sorts; ``places`` counts the whole list."""

    customer_id: UUID
    customer_name: str
    client_id: str
    told_on: date
    urgency: date
    places: int


@dataclass(frozen=True, slots=True)
class Span:
    """The days after ``since`` up to ``today``: what is new in them."""

    since: date
    today: date

    @property
    def told(self) -> list[date]:
        """The days of renewals that are told in the span."""
        days = (self.today - self.since).days
        return [self.today + timedelta(before - back) for back in range(days) for before in TOLD_BEFORE]

    @property
    def params(self) -> dict[str, object]:
        """The span as parameters of a statement."""
        return {"since": self.since, "today": self.today, "told": self.told}


def renewals(
    grant: OverviewReader, *, today: date, after: tuple[Any, ...] | None = None, limit: int, offset: int = 0
) -> list[Renewal]:
    """Renewals of the scope within 60 days, the first ones first.

    ``after`` is the day, the sort key and the id of the last customer seen.
    """
    only = "(c.period_ends_on, c.sort_key, c.id) > (%(day)s::date, %(key)s, %(id)s::uuid)" if after else "true"
    place = dict(zip(("day", "key", "id"), after or (), strict=False))
    params = {"today": today, "limit": limit, "offset": offset, **place}
    return rows_of(Renewal, _RENEWALS.format(renewing=RENEWING, only=only), params)


def renewals_told(grant: OverviewReader, *, span: Span, limit: int) -> list[Renewal]:
    """Those of :func:`renewals` that begin 60 or 30 days after a day of the span."""
    sql = _RENEWALS.format(renewing=RENEWING, only="c.period_ends_on = ANY (%(told)s::date[])")
    return rows_of(Renewal, sql, {**span.params, "limit": limit, "offset": 0})


def warnings(
    grant: OverviewReader, *, after: tuple[Any, ...] | None = None, limit: int, offset: int = 0
) -> list[SeatWarning]:
    """Warnings of the scope before seats run out, the most urgent first.

    ``after`` is the urgency, the customer, the site and the type of the last one seen.
    """
    only = (
        "(coalesce(w.full_on, '9999-12-31'), w.customer_id, w.site_id, w.type_code)"
        " > (%(day)s::date, %(customer)s::uuid, %(site)s::uuid, %(type)s)"
        if after
        else "true"
    )
    place = dict(zip(("day", "customer", "site", "type"), after or (), strict=False))
    return rows_of(SeatWarning, _WARNINGS.format(only=only), {"limit": limit, "offset": offset, **place})


def new_warnings(grant: OverviewReader, *, span: Span, limit: int) -> list[SeatWarning]:
    """Those of :func:`warnings` that are new in the span."""
    sql = _WARNINGS.format(only="w.told_on > %(since)s::date AND w.told_on <= %(today)s::date")
    return rows_of(SeatWarning, sql, {**span.params, "limit": limit, "offset": 0})


def running_out(grant: AllocationManager, *, settings: Settings, today: date) -> Sequence[RunningOut]:
    """The customer's seats that run out, as its balances stand."""
    return rows_of(RunningOut, _OF_CUSTOMER.format(warnings=WARNINGS), _of(grant.customer, settings, today))


def renews_soon(customer: CustomerFacts, *, today: date) -> bool:
    """Whether the customer's commitment of 12 or 36 months renews within 60 days."""
    return (
        customer.status == "active"
        and not customer.cancel_at_end_of_period
        and not customer.not_for_resale
        and customer.term_months > 1
        and (customer.period_ends_on - customer.period_starts_on).days > 31
        and today < customer.period_ends_on <= today + timedelta(days=60)
    )


def unused_of(grant: AllocationManager, *, settings: Settings, today: date) -> Sequence[UnusedSeats]:
    """The customer's seats that renew within 60 days and that nobody uses, as its balances stand."""
    if not renews_soon(grant.customer, today=today):
        return []
    return rows_of(UnusedSeats, _UNUSED_OF_CUSTOMER.format(unused=UNUSED), _of(grant.customer, settings, today))


def _of(customer: CustomerFacts, settings: Settings, today: date) -> dict[str, object]:
    return {"customers": [customer.id], "today": today, "enforced_from": settings.seats_enforced_from}
