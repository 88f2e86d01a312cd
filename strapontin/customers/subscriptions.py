"""The seats of one customer: as they stand, as of a day, as they were known (SPEC 4)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import CustomerFacts, CustomerSeen
from strapontin.allocations.queries import Figures, sums_by_type
from strapontin.catalogue.queries import type_codes
from strapontin.kit.database import rows_of, statement, value_of
from strapontin.organisation.settings import Settings

_SITES = statement(__file__, "sites_with_stacks.sql")
_AS_OF = statement(__file__, "seats_as_of.sql")
_BALANCES = """
SELECT site_id, type_code, allocated, next_cycle, used, free_seats(allocated, next_cycle, used) AS remaining,
       over_seats(allocated, used) AS over, full_site(allocated, next_cycle, used) AS full_sites
  FROM balance WHERE customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR site_id = %(site)s::uuid)
"""
_PERIOD_END = "SELECT ends_on FROM period WHERE customer_id = %s AND starts_on <= %s AND ends_on > %s"


@dataclass(frozen=True, slots=True)
class StackRead:
    """A stack attached to a site; ``synchronized_at`` is ``None`` if it was never read."""

    name: str
    synchronized_at: datetime | None


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """A site with its seats per type; ``synchronized_at`` is when the stack read longest ago was read."""

    site_id: UUID
    name: str
    synchronized_at: datetime | None
    types: list[Figures]
    stacks: list[StackRead] = field(default_factory=list)

    def of(self, type_code: str) -> Figures:
        """The figures of a type; zeros if the site has none."""
        return next((f for f in self.types if f.type_code == type_code), Figures(type_code))


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The seats of a customer: sums per type, and per site."""

    types: list[Figures]
    sites: list[SiteFigures]


@dataclass(frozen=True, slots=True)
class _Site:
    id: UUID
    name: str
    archived: bool
    synchronized_at: datetime | None
    stacks: list[StackRead]


@dataclass(frozen=True, slots=True)
class _Seats:
    site_id: UUID
    type_code: str
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

    @property
    def any(self) -> bool:
        """Whether there is a seat, allocated or in use."""
        return bool(self.allocated or self.next_cycle or self.used)

    @property
    def without_allocation(self) -> _Seats:
        """The seats once the customer has ended: those in use, and none allocated."""
        return replace(self, allocated=0, next_cycle=0, remaining=0, over=self.used)


def subscriptions_of(
    seen: CustomerSeen,
    *,
    settings: Settings,
    at: datetime,
    as_of: date | None = None,
    known_at: datetime | None = None,
    site_id: UUID | None = None,
) -> Subscriptions:
    """The customer's seats: as they stand, at the end of the day ``as_of``, as was known at ``known_at``.

    A site in the archive is among them only if it has seats or users. With ``site_id``, those of one site. Pages of
    users read their site's free seats with the grant of users.
    """
    params: dict[str, Any] = {"customer": seen.customer.id, "site": site_id}
    customer = seen.customer
    is_current = customer.status != "active" or customer.period_ends_on > settings.day(at)
    if as_of is None and known_at is None and is_current:
        seats = rows_of(_Seats, _BALANCES, params)
    else:
        day = as_of or settings.day(known_at or at)
        period_end = value_of(date, _PERIOD_END, [seen.customer.id, day, day])
        params |= {"day": day, "next": period_end or day, "known_at": known_at or at}
        seats = rows_of(_Seats, _AS_OF, params)
        if _has_ended(customer, day=day, known_at=known_at or at, settings=settings):
            seats = [place.without_allocation for place in seats]
    codes = type_codes()
    by_place = {(place.site_id, place.type_code): place.figures for place in seats if place.any}
    sites = [
        SiteFigures(
            site.id,
            site.name,
            site.synchronized_at,
            [by_place.get((site.id, code)) or Figures(code) for code in codes],
            site.stacks,
        )
        for site in rows_of(_Site, _SITES, params)
        if site_id or not site.archived or any((site.id, code) in by_place for code in codes)
    ]
    return Subscriptions(sums_by_type(codes, (figures for site in sites for figures in site.types)), sites)


def _has_ended(customer: CustomerFacts, *, day: date, known_at: datetime, settings: Settings) -> bool:
    """Whether a cancelled customer has ended by ``day``, known at ``known_at``, and no job has written it yet."""
    if customer.status != "active" or not customer.cancel_at_end_of_period:
        return False
    return customer.period_ends_on <= min(day, settings.day(known_at))
