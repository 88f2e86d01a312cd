"""Writing the journal: one row for each change, by the statement's side."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.journal.models import ABOVE_CUSTOMERS
from strapontin.kit.database import run
from strapontin.kit.ids import new_id

_INSERT = """
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
VALUES (%(customer)s, %(id)s, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, %(action)s,
        %(object_kind)s, %(object_id)s, %(before)s::jsonb, %(after)s::jsonb)
"""


def record(
    *,
    actor: Actor,
    at: datetime,
    action: str,
    object_kind: str,
    object_id: UUID | None,
    partner_path: list[UUID],
    customer_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Adds an entry. ``before`` and ``after`` must hold no personal data: names and addresses stand apart.

    ``customer_id`` is ``None`` for what is above customers (partners, prices, settings).
    """
    run(
        _INSERT,
        {
            "customer": customer_id or ABOVE_CUSTOMERS,
            "id": new_id(),
            "path": [str(p) for p in partner_path],
            "at": at,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "door": actor.door,
            "action": action,
            "object_kind": object_kind,
            "object_id": object_id,
            "before": json.dumps(before or {}, default=str),
            "after": json.dumps(after or {}, default=str),
        },
    )
