"""Automatic allocation: who is not asked again before missing seats of a customer are allocated (SPEC 5).

It recreates "unlimited" in a controlled form: one's own choice for one customer, with a ceiling of seats a month. It
acts only while the holder may allocate (:attr:`strapontin.access.grants.UserManager.is_automatic`); what it allocates,
and the ceiling, see :mod:`strapontin.allocations.automatic`.

The holder is an administrator or an API key, whoever acts. The choice of an administrator does not hold for the keys
that they made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import AllocationManager, CustomerSeen
from strapontin.journal.operations import record_below
from strapontin.kit.database import row_of, rows_of, run
from strapontin.refusals import expect_version

_OWN = """
SELECT enabled, seats_per_month, version FROM automatic_allocation WHERE customer_id = %s AND holder_id = %s
"""
_WRITE = """
INSERT INTO automatic_allocation AS a (customer_id, holder_id, enabled, seats_per_month, changed_at, version)
VALUES (%(customer)s, %(holder)s, %(enabled)s, %(seats)s, %(at)s, 1)
    ON CONFLICT (customer_id, holder_id) DO UPDATE
   SET enabled = excluded.enabled, seats_per_month = excluded.seats_per_month, changed_at = excluded.changed_at,
       version = a.version + 1
"""
# Its policy leaves the rows of whoever acts. The customers are those in their scope.
_CHOSEN = """
SELECT c.id AS customer_id, c.name AS customer_name, a.seats_per_month, a.enabled
  FROM automatic_allocation a JOIN customer c ON c.id = a.customer_id
 WHERE a.holder_id = %(holder)s AND (a.enabled OR %(ended)s) ORDER BY c.sort_key, c.id
"""


@dataclass(frozen=True, slots=True)
class AutomaticAllocation:
    """One's choice for a customer. ``seats_per_month`` is the ceiling; ``None``: without one."""

    enabled: bool = False
    seats_per_month: int | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class AutomaticCustomer:
    """A customer for which somebody chose automatic allocation. ``enabled`` is false if they ended it."""

    customer_id: UUID
    customer_name: str
    seats_per_month: int | None
    enabled: bool


def automatic_allocation(seen: CustomerSeen) -> AutomaticAllocation:
    """What the actor chose for the customer; not enabled if they never chose."""
    return row_of(AutomaticAllocation, _OWN, [seen.customer.id, seen.actor.id]) or AutomaticAllocation()


def choose_automatic_allocation(
    grant: AllocationManager,
    *,
    enabled: bool,
    seats_per_month: int | None,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Chooses automatic allocation for the customer, for oneself, or ends it.

    ``seats_per_month`` is 1 at least, or ``None`` for no ceiling. Raises ``changed_meanwhile``.
    """
    _write(grant, enabled=enabled, seats=seats_per_month, at=at, expected_version=expected_version)


def end_automatic_allocation(seen: CustomerSeen, *, at: datetime) -> None:
    """Ends one's automatic allocation for a customer, also without Subscription management. The ceiling stays."""
    before = automatic_allocation(seen)
    if before.enabled:
        _write(seen, enabled=False, seats=before.seats_per_month, at=at)


def automatic_customers(actor: Actor, *, ended: bool = False) -> list[AutomaticCustomer]:
    """The customers for which the actor chose automatic allocation; with ``ended``, also those for which it ended."""
    return rows_of(AutomaticCustomer, _CHOSEN, {"holder": actor.id, "ended": ended})


def _write(
    seen: CustomerSeen, *, enabled: bool, seats: int | None, at: datetime, expected_version: int | None = None
) -> None:
    before, holder = automatic_allocation(seen), seen.actor.id
    if holder is None:
        raise RuntimeError("the installation itself has no choice of its own")
    expect_version(expected_version, before.version)
    values = {"customer": seen.customer.id, "holder": holder, "enabled": enabled, "seats": seats, "at": at}
    run(_WRITE, values)
    record_below(
        seen,
        action="automatic_allocation.change",
        at=at,
        object_id=holder,
        before={"enabled": before.enabled, "seats_per_month": before.seats_per_month},
        after={"enabled": enabled, "seats_per_month": seats},
    )
