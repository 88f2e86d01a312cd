"""Reading allocations of one customer: the ledger, what is scheduled, what can be handed back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from strapontin.access.grants import AllocationManager
from strapontin.kit.database import rows
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
