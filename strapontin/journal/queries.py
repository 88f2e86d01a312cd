"""Reading the journal of a scope: who did what, when, through which door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access import grants
from strapontin.access.grants import AdministratorManager
from strapontin.kit.database import rows_of, statement

_ENTRIES = statement(__file__, "entries.sql")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; ``actor_name`` is ``None`` if the reader may not see this person or key."""

    id: UUID
    at: datetime
    customer_id: UUID
    actor_kind: str
    actor_id: UUID | None
    actor_name: str | None
    door: str
    action: str
    object_kind: str
    object_id: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]


def entries(
    grant: AdministratorManager, *, customer_id: UUID | None = None, after: UUID | None = None, limit: int
) -> list[Entry]:
    """Entries of the scope, the newest first; with ``customer_id``, those of one customer.

    One more than ``limit`` if more follow; ``not_found`` for a customer outside the scope.
    """
    parameters: dict[str, Any] = {"limit": limit + 1}
    conditions = ["true"]
    # A customer's administrator reads its own customer, whose id leads the key of the table.
    within = customer_id or grant.actor.customer_id
    if within is not None:
        parameters["customer"] = grants.customer(grant.actor, within).customer.id
        conditions.append("j.customer_id = %(customer)s::uuid")
    if after is not None:
        conditions.append("j.id < %(after)s::uuid")
        parameters["after"] = after
    return rows_of(Entry, _ENTRIES.replace("{where}", " AND ".join(conditions)), parameters)
