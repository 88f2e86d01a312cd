"""The seats of one customer: as they stand, as of a day, as they were known (SPEC 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import CustomerSeen
from strapontin.allocations.queries import Figures
from strapontin.customers.months import month_ends
from strapontin.kit.database import row, rows
from strapontin.organisation.settings import Settings


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """A site with its seats per type, and when its stack was last read."""

    site_id: UUID
    name: str
    synchronized_at: datetime | None
    types: list[Figures]
    stacks: list[dict[str, Any]] = field(default_factory=list)

    def of(self, type_code: str) -> Figures:
        """The figures of a type; zeros where the site has none."""
        return next((f for f in self.types if f.type_code == type_code), Figures(type_code))


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The seats of a customer: sums per type, and per site."""

    types: list[Figures]
    sites: list[SiteFigures]


_SITES = """
SELECT s.id, s.name, min(t.synchronized_at) AS synchronized_at,
       coalesce(jsonb_agg(jsonb_build_object('name', t.stack_name, 'synchronized_at', t.synchronized_at,
                          'error_code', t.error_code, 'unmapped', t.unmapped))
                    FILTER (WHERE t.id IS NOT NULL), '[]') AS stacks
  FROM site s LEFT JOIN site_tenant t ON t.customer_id = s.customer_id AND t.site_id = s.id
 WHERE s.customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR s.id = %(site)s::uuid)
 GROUP BY s.id, s.name, s.sort_key ORDER BY s.sort_key, s.id
"""
_BALANCES = """
SELECT b.site_id, b.type_code, b.allocated, b.next_cycle, b.used
  FROM balance b WHERE b.customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR b.site_id = %(site)s::uuid)
"""
_AS_OF = """
SELECT site_id, type_code, coalesce(sum(allocated), 0)::int AS allocated,
       coalesce(sum(next_cycle), 0)::int AS next_cycle, coalesce(sum(used), 0)::int AS used
  FROM (SELECT site_id, type_code,
               CASE WHEN effective_on <= %(day)s THEN delta ELSE 0 END AS allocated,
               CASE WHEN effective_on <= %(next)s THEN delta ELSE 0 END AS next_cycle, 0 AS used
          FROM ledger_entry WHERE customer_id = %(customer)s AND recorded_at <= %(known_at)s
         UNION ALL
        SELECT site_id, type_code, 0, 0, delta FROM seat_event
         WHERE customer_id = %(customer)s AND recorded_at <= %(known_at)s AND effective_on <= %(day)s) AS rows
 GROUP BY site_id, type_code
"""
_PERIOD_END = "SELECT ends_on FROM period WHERE customer_id = %s AND starts_on <= %s AND ends_on > %s"
_CODES = "SELECT code FROM subscription_type ORDER BY position"


def _figures(found: dict[str, Any]) -> Figures:
    allocated, next_cycle, used = found["allocated"], found["next_cycle"], found["used"]
    return Figures(
        found["type_code"],
        allocated,
        next_cycle,
        used,
        remaining=max(0, min(allocated, next_cycle) - used),
        over=max(0, used - allocated),
    )


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

    The grant is that of subscriptions for whole customers; user pages read one site's free seats by ``site_id``.
    """
    params: dict[str, Any] = {"customer": seen.customer.id, "site": site_id}
    today = settings.day(at)
    if as_of is None and known_at is None and seen.customer.period_ends_on > today:
        balances = rows(_BALANCES, params)
    else:
        day = as_of or settings.day(known_at or at)
        end = row(_PERIOD_END, [seen.customer.id, day, day])
        params |= {"day": day, "next": end["ends_on"] if end else day, "known_at": known_at or at}
        balances = rows(_AS_OF, params)
    codes = [found["code"] for found in rows(_CODES)]
    by_site: dict[UUID, dict[str, Figures]] = {}
    for balance in balances:
        by_site.setdefault(balance["site_id"], {})[balance["type_code"]] = _figures(balance)
    sites = [
        SiteFigures(
            site["id"],
            site["name"],
            site["synchronized_at"],
            [by_site.get(site["id"], {}).get(code, Figures(code)) for code in codes],
            site["stacks"],
        )
        for site in rows(_SITES, params)
    ]
    return Subscriptions(_sums(codes, sites), sites)


def _sums(codes: list[str], sites: list[SiteFigures]) -> list[Figures]:
    sums = {code: Figures(code) for code in codes}
    for site in sites:
        for figures in site.types:
            sums[figures.type_code] += figures
    return list(sums.values())


_MONTHS_OF_CUSTOMER = """
WITH ends AS (SELECT unnest(%(days)s::date[]) AS day), codes AS (SELECT code FROM subscription_type)
SELECT ends.day, codes.code AS type_code,
       (SELECT coalesce(sum(e.delta), 0)::int FROM ledger_entry e WHERE e.customer_id = %(customer)s
           AND e.type_code = codes.code AND e.effective_on <= ends.day) AS allocated,
       (SELECT coalesce(sum(e.delta), 0)::int FROM seat_event e WHERE e.customer_id = %(customer)s
           AND e.type_code = codes.code AND e.effective_on <= ends.day) AS used
  FROM ends CROSS JOIN codes ORDER BY codes.code, ends.day
"""


def twelve_months(seen: CustomerSeen, *, settings: Settings, at: datetime) -> list[dict[str, Any]]:
    """Seats allocated and used at the end of each of the last twelve months, per type."""
    return rows(
        _MONTHS_OF_CUSTOMER,
        {"customer": seen.customer.id, "days": month_ends(settings.day(at))},
    )
