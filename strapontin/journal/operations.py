"""Writing the journal: one row for each change, beside the statement that makes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerSeen
from strapontin.journal.models import ABOVE_CUSTOMERS
from strapontin.kit.database import run
from strapontin.kit.ids import new_id

# Fields that name or reach a person. The journal keeps only that they changed (SPEC 11).
PERSONAL = frozenset(("address", "contact", "first_name", "last_name", "email", "extension"))

_INSERT = """
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
VALUES (%(customer)s, %(id)s, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, %(action)s,
        %(object_kind)s, %(object_id)s, %(before)s::jsonb, %(after)s::jsonb)
"""


def record(
    actor: Actor,
    *,
    action: str,
    at: datetime,
    object_id: UUID | None = None,
    object_kind: str | None = None,
    partner_path: Sequence[UUID] = (),
    customer_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Adds an entry: what ``actor`` did to an object, with the fields that changed.

    ``action`` is "<kind of object>.<verb>"; ``object_kind`` is named only if the action does not begin with it.
    ``customer_id`` is ``None`` for what stands above customers (partners, prices, settings).
    """
    run(
        _INSERT,
        {
            "customer": customer_id or ABOVE_CUSTOMERS,
            "id": new_id(),
            "path": [str(partner_id) for partner_id in partner_path],
            "at": at,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "door": actor.door,
            "action": action,
            "object_kind": object_kind or action.partition(".")[0],
            "object_id": object_id,
            "before": _as_kept(before),
            "after": _as_kept(after),
        },
    )


def record_below(
    seen: CustomerSeen,
    *,
    action: str,
    at: datetime,
    object_id: UUID,
    object_kind: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """As :func:`record`, for the customer of a grant or something below it."""
    record(
        seen.actor,
        action=action,
        at=at,
        object_id=object_id,
        object_kind=object_kind,
        partner_path=seen.customer.partner_path,
        customer_id=seen.customer.id,
        before=before,
        after=after,
    )


def _as_kept(facts: Mapping[str, Any] | None) -> str:
    kept = {field: "…" if field in PERSONAL else value for field, value in (facts or {}).items()}
    return json.dumps(kept, default=str)
