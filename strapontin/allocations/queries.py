"""Reading allocations: figures of one customer, now or as they were known; lists and sums over many."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from strapontin.access.grants import AllocationManager, CustomerSeen, OverviewReader
from strapontin.kit.database import row, rows
from strapontin.organisation.settings import Settings


@dataclass(frozen=True, slots=True)
class Figures:
    """Seats of one type; ``remaining`` are the free ones (SPEC 4), ``over`` those used above the allocation."""

    type_code: str
    allocated: int = 0
    next_cycle: int = 0
    used: int = 0
    remaining: int = 0
    over: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.type_code,
            self.allocated + other.allocated,
            self.next_cycle + other.next_cycle,
            self.used + other.used,
            self.remaining + other.remaining,
            self.over + other.over,
        )


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


def subscriptions(
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
            _json(site["stacks"]),
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


def _json(value: Any) -> Any:
    import json

    return json.loads(value) if isinstance(value, str) else value


_LEDGER = """
SELECT e.id, e.site_id, s.name AS site_name, e.type_code, e.kind, e.delta, e.quantity_after, e.effective_on,
       e.recorded_at, e.actor_kind, e.actor_id, e.door, e.reason, e.change_id, e.counterpart_site_id,
       o.name AS counterpart_name,
       coalesce((SELECT a.name FROM administrator a WHERE a.id = e.actor_id),
                (SELECT k.name FROM api_key k WHERE k.id = e.actor_id)) AS actor_name
  FROM ledger_entry e
  JOIN site s ON s.customer_id = e.customer_id AND s.id = e.site_id
  LEFT JOIN site o ON o.customer_id = e.customer_id AND o.id = e.counterpart_site_id
 WHERE e.customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR e.site_id = %(site)s::uuid)
   AND (%(before)s::uuid IS NULL OR e.id < %(before)s::uuid)
 ORDER BY e.id DESC LIMIT %(limit)s
"""


def ledger(
    grant: AllocationManager, *, site_id: UUID | None = None, before: UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Ledger rows, the newest first; ``before`` is the id of the last one seen."""
    return rows(_LEDGER, {"customer": grant.customer.id, "site": site_id, "before": before, "limit": limit})


_SCHEDULED = """
SELECT e.site_id, s.name AS site_name, e.type_code, e.effective_on, sum(e.delta)::int AS delta, b.allocated,
       b.next_cycle, max(e.recorded_at) AS recorded_at,
       (SELECT a.name FROM administrator a WHERE a.id = (array_agg(e.actor_id ORDER BY e.id DESC))[1]) AS actor_name
  FROM ledger_entry e
  JOIN site s ON s.customer_id = e.customer_id AND s.id = e.site_id
  JOIN balance b ON b.customer_id = e.customer_id AND b.site_id = e.site_id AND b.type_code = e.type_code
 WHERE e.customer_id = %(customer)s AND e.effective_on > %(today)s AND b.next_cycle <> b.allocated
 GROUP BY e.site_id, s.name, s.sort_key, e.type_code, e.effective_on, b.allocated, b.next_cycle
HAVING sum(e.delta) <> 0 ORDER BY e.effective_on, s.sort_key
"""
_RETURNABLE = """
SELECT r.type_code, r.effective_on, s.name AS site_name, r.site_id,
       (r.delta + coalesce(sum(h.delta), 0))::int AS seats
  FROM ledger_entry r
  JOIN site s ON s.customer_id = r.customer_id AND s.id = r.site_id
  LEFT JOIN ledger_entry h ON h.customer_id = r.customer_id AND h.reverses_id = r.id
 WHERE r.customer_id = %(customer)s AND r.kind = 'raise' AND r.effective_on > %(since)s
 GROUP BY r.id, r.type_code, r.delta, r.effective_on, s.name, r.site_id
HAVING r.delta + coalesce(sum(h.delta), 0) > 0 ORDER BY r.effective_on DESC
"""


def scheduled(grant: AllocationManager, *, settings: Settings, at: datetime) -> list[dict[str, Any]]:
    """Lowerings that wait for the next cycle, per site and type."""
    return rows(_SCHEDULED, {"customer": grant.customer.id, "today": settings.day(at)})


def returnable(grant: AllocationManager, *, settings: Settings, at: datetime) -> list[dict[str, Any]]:
    """Seats added lately that can still be handed back, with ``until``: the last day, inclusive."""
    hand_back = timedelta(days=settings.hand_back_days)
    found = rows(_RETURNABLE, {"customer": grant.customer.id, "since": settings.day(at) - hand_back})
    return [{**r, "until": r["effective_on"] + hand_back - timedelta(days=1)} for r in found]


_MONTHS_OF_CUSTOMER = """
WITH ends AS (SELECT unnest(%(days)s::date[]) AS day), codes AS (SELECT code FROM subscription_type)
SELECT ends.day, codes.code AS type_code,
       (SELECT coalesce(sum(e.delta), 0)::int FROM ledger_entry e WHERE e.customer_id = %(customer)s
           AND e.type_code = codes.code AND e.effective_on <= ends.day) AS allocated,
       (SELECT coalesce(sum(e.delta), 0)::int FROM seat_event e WHERE e.customer_id = %(customer)s
           AND e.type_code = codes.code AND e.effective_on <= ends.day) AS used
  FROM ends CROSS JOIN codes ORDER BY codes.code, ends.day
"""


def month_ends(today: date, *, months: int = 12) -> list[date]:
    """The last days of the past months, and today for the running one; the oldest first."""
    ends = [today]
    first = today.replace(day=1)
    for _ in range(months - 1):
        last = first - timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return ends[::-1]


def twelve_months(seen: CustomerSeen, *, settings: Settings, at: datetime) -> list[dict[str, Any]]:
    """Seats allocated and used at the end of each of the last twelve months, per type."""
    return rows(
        _MONTHS_OF_CUSTOMER,
        {"customer": seen.customer.id, "days": month_ends(settings.day(at))},
    )


# --- Over many customers: a listed few statements that read roll-ups (SPEC 11). ---

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


def overview(grant: OverviewReader, *, partner_id: UUID | None = None, recurse: bool = True) -> Overview:
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
