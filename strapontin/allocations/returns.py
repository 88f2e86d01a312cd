"""What was allocated for a user whom a stack refused is taken back: together or not at all (SPEC 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from strapontin.access.grants import AllocationManager, CustomerFacts
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import lock_balances
from strapontin.allocations.plans import write_plan
from strapontin.allocations.rules import Place, Returnable, plan_return
from strapontin.kit.database import rows_of
from strapontin.organisation.settings import Settings

# What is left of each row of a change.
_OF_CHANGE = """
SELECT e.id, e.site_id, e.type_code, e.kind, e.effective_on, (e.delta + coalesce(sum(h.delta), 0))::int AS seats
  FROM ledger_entry e LEFT JOIN ledger_entry h ON h.customer_id = e.customer_id AND h.reverses_id = e.id
 WHERE e.customer_id = %s AND e.change_id = %s AND e.kind IN ('raise', 'withdraw')
 GROUP BY e.id, e.site_id, e.type_code, e.kind, e.effective_on, e.delta
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    site_id: UUID
    type_code: str
    kind: str
    effective_on: date
    seats: int


@dataclass(frozen=True, slots=True)
class HeldAllocation:
    """What a change allocated on a place, with customer and balances locked."""

    customer: CustomerFacts
    place: Place
    rows: list[_Row]


def hold_allocation(
    grant: AllocationManager, *, change_id: UUID, used_at: Place, settings: Settings, at: datetime
) -> HeldAllocation | None:
    """Locks the customer and the balances of a change that allocated seats, and of the place ``used_at``.

    Answers ``None`` if the change allocated nothing. Call it before the user leaves its seat: the customer is locked
    before the totals.
    """
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    rows = rows_of(_Row, _OF_CHANGE, [customer.id, change_id])
    if not rows:
        return None
    place = (rows[0].site_id, rows[0].type_code)
    lock_balances(customer.id, [place, used_at])
    return HeldAllocation(customer, place, rows)


def return_allocation(grant: AllocationManager, held: HeldAllocation, *, settings: Settings, at: datetime) -> None:
    """Hands the raise back and plans the lowering anew, as far as the seats are free and as it may still be.

    A raise may be handed back within ``hand_back_days``; a lowering is for the cycle that it was planned for (SPEC 4).
    """
    today, customer = settings.day(at), held.customer
    since = today - timedelta(days=settings.hand_back_days)
    was = lock_balances(customer.id, [held.place])[held.place]
    plan = plan_return(
        held.place,
        was,
        [
            Returnable(row.id, row.type_code, row.seats)
            for row in held.rows
            if row.kind == "raise" and row.effective_on > since
        ],
        kept=sum(
            row.seats for row in held.rows if row.kind == "withdraw" and row.effective_on == customer.period_ends_on
        ),
        today=today,
        next_cycle_on=customer.period_ends_on,
    )
    write_plan(grant.actor, customer, plan, before={held.place: was}, at=at, reason="")
