"""Synchronising used seats: asking for it, and carrying it out (SPEC 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from strapontin.access.grants import CustomerSeen
from strapontin.allocations.openings import hold_customer
from strapontin.kit.database import exists, row_of, run, statement
from strapontin.kit.ids import new_id
from strapontin.refusals import not_found
from strapontin.stacks.base import Connector
from strapontin.stacks.reader import Clock, Reader
from strapontin.stacks.vault import open_stack

# A synchronisation that has begun and not moved for this long belongs to a worker that died: another may begin.
STALE_AFTER = timedelta(seconds=90)
# A synchronisation that has not begun waits in the queue. After this long, its job was lost.
LOST_AFTER = timedelta(hours=1)

_RUNNING = """
SELECT id, beat_at, beat_at > started_at AS begun
  FROM synchronization WHERE customer_id = %s AND state = 'running' FOR UPDATE
"""
_CLOSE_STALE = "UPDATE synchronization SET state = 'failed', finished_at = %s WHERE customer_id = %s AND id = %s"
_BEGIN = """
INSERT INTO synchronization (customer_id, id, state, actor_kind, actor_id, started_at, beat_at)
VALUES (%(customer)s, %(id)s, 'running', %(actor_kind)s, %(actor_id)s, %(at)s, %(at)s)
"""
_SITE = "SELECT 1 FROM site WHERE customer_id = %s AND id = %s"
_ADD_READINGS = statement(__file__, "add_readings.sql")


@dataclass(frozen=True, slots=True)
class _Running:
    id: UUID
    beat_at: datetime
    begun: bool


def request_synchronization(seen: CustomerSeen, *, at: datetime, site_id: UUID | None = None) -> tuple[UUID, bool]:
    """Begins a synchronisation of the customer, or joins the running one. Answers its id and whether it is new.

    ``site_id`` limits it to one site. A running one that reads less is widened to what is asked for. Holders of
    Subscription management and of User management may ask for it. Raises ``not_found`` for a site of another customer.
    """
    customer_id, actor = seen.customer.id, seen.actor
    if site_id is not None and not exists(_SITE, [customer_id, site_id]):
        raise not_found()
    hold_customer(customer_id)
    if running := row_of(_Running, _RUNNING, [customer_id]):
        if at - running.beat_at < (STALE_AFTER if running.begun else LOST_AFTER):
            run(_ADD_READINGS, {"customer": customer_id, "id": running.id, "site": site_id})
            return running.id, False
        run(_CLOSE_STALE, [at, customer_id, running.id])
    sync = {"customer": customer_id, "id": new_id()}
    run(_BEGIN, {**sync, "actor_kind": actor.kind, "actor_id": actor.id, "at": at})
    run(_ADD_READINGS, {**sync, "site": site_id})
    return sync["id"], True


def execute_synchronization(
    *,
    customer_id: UUID,
    synchronization_id: UUID,
    clock: Clock,
    connect: Callable[[UUID], Connector] = open_stack,
) -> bool:
    """Reads every tenant that still waits, one after another. A stack that fails does not stop the others.

    ``clock`` answers the settings and the moment, inside a scope. ``connect`` answers the connector of a stack by its
    id. No stack is called inside a transaction. Does nothing if the synchronisation has ended. Answers whether a stack
    was left out since it is silent: then it is worth asking again later.
    """
    reader = Reader(customer_id, synchronization_id, clock, connect)
    # Asks again after the last tenant: the synchronisation may have been widened meanwhile.
    while tenants := reader.still_to_read():
        for tenant in tenants:
            reader.read(tenant)
    return reader.left_out
