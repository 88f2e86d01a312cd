"""Calls to stacks, written down in the transaction that needs them and made after it (SPEC 5).

The transaction that claims the seat writes the call to the outbox. After the commit a job makes the call and confirms
it, or frees the seat again. After a crash the row is still there, and the job takes it up.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from strapontin.kit.database import run
from strapontin.kit.ids import new_id
from strapontin.kit.jobs import defer

_INSERT = """
INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, created_at,
                        due_at)
VALUES (%s, %s, %s, %s, %s, 'waiting', 0, '', '', %s, %s)
"""


def call_stack(*, customer_id: UUID, user_id: UUID, tenant_id: UUID, kind: str, at: datetime) -> None:
    """Writes a call to the outbox, to be made as soon as the transaction has committed."""
    run(_INSERT, [customer_id, new_id(), user_id, tenant_id, kind, at, at])
    defer("provision", customer_id=str(customer_id))
