"""Reading the journal of a scope: who did what, when, through which door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access import grants
from strapontin.access.grants import AdministratorManager
from strapontin.kit.database import rows

# Names are looked up where the reader may see them; the journal itself names people by id only (SPEC 11).
_ENTRIES = """
SELECT j.id, j.at, j.customer_id, j.actor_kind, j.actor_id, j.door, j.action, j.object_kind, j.object_id, j.before,
       j.after, coalesce((SELECT a.name FROM administrator a WHERE a.id = j.actor_id),
                         (SELECT k.name FROM api_key k WHERE k.id = j.actor_id)) AS actor_name
FROM journal_entry j WHERE {where} ORDER BY j.id DESC LIMIT %(limit)s
"""


def entries(
    grant: AdministratorManager, *, customer_id: UUID | None = None, after: UUID | None = None, limit: int
) -> list[dict[str, Any]]:
    """Entries of the scope, the newest first; of one customer where ``customer_id`` is given.

    One more than ``limit`` where more follow; ``not_found`` for a customer outside the scope. Names of actors
    above the scope are ``None``.
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
    return rows(_ENTRIES.format(where=" AND ".join(conditions)), parameters)
