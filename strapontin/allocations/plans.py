"""Writing a plan: ledger rows, balances, totals and the journal, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts
from strapontin.allocations.limits import keep_limits
from strapontin.allocations.rules import Entry, Place, Plan, Quantities
from strapontin.kit.database import run, statement
from strapontin.kit.ids import new_id

_WRITE = statement(__file__, "write_plan.sql")


def write_plan(
    actor: Actor,
    customer: CustomerFacts,
    plan: Plan,
    *,
    before: Mapping[Place, Quantities],
    at: datetime,
    reason: str,
) -> UUID:
    """Writes what ``plan`` does, from the balances ``before``, and answers the id of the change.

    A plan without entries writes nothing. The caller holds the customer. Raises ``above_limit`` or
    ``lowering_not_allowed`` if the actor is the customer's own, and its limits do not allow the change.
    """
    change_id = new_id()
    if not plan.entries:
        return change_id
    of_change = {
        "customer": customer.id,
        "path": [str(partner_id) for partner_id in customer.partner_path],
        "change": change_id,
        "journal": new_id(),
        "at": at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "door": actor.door,
        "reason": reason,
    }
    run(_WRITE, {**of_change, **_of_entries(plan.entries), **_of_places(plan.after, before)})
    keep_limits(actor, customer.id, plan, change_id=change_id)
    return change_id


def _of_entries(entries: Sequence[Entry]) -> dict[str, object]:
    """The ledger rows, column by column."""
    return {
        "entry_ids": [str(entry.id) for entry in entries],
        "entry_sites": [str(entry.site_id) for entry in entries],
        "entry_types": [entry.type_code for entry in entries],
        "kinds": [entry.kind for entry in entries],
        "effective": [entry.effective_on for entry in entries],
        "deltas": [entry.delta for entry in entries],
        "afters": [entry.quantity_after for entry in entries],
        "reverses": [str(entry.reverses_id) if entry.reverses_id else None for entry in entries],
        "counterparts": [str(entry.counterpart_site_id) if entry.counterpart_site_id else None for entry in entries],
        "counterpart_types": [entry.counterpart_type for entry in entries],
    }


def _of_places(after: Mapping[Place, Quantities], before: Mapping[Place, Quantities]) -> dict[str, object]:
    """The balances after the plan and by how much they change, column by column."""
    changes = [(before.get(place, Quantities()), quantities) for place, quantities in after.items()]
    return {
        "sites": [str(site_id) for site_id, _ in after],
        "types": [type_code for _, type_code in after],
        "allocated": [now.allocated for _, now in changes],
        "next_cycle": [now.next_cycle for _, now in changes],
        "allocated_by": [now.allocated - was.allocated for was, now in changes],
        "next_cycle_by": [now.next_cycle - was.next_cycle for was, now in changes],
        "remaining_by": [max(0, now.free) - max(0, was.free) for was, now in changes],
        "over_by": [now.over - was.over for was, now in changes],
        "full_by": [now.full - was.full for was, now in changes],
    }
