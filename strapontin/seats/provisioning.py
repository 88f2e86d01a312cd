"""Calls to stacks, written down in the transaction that needs them and made after it (SPEC 5).

The seat is claimed and recorded first; the call stands in the outbox beside it. A job makes the call after the
commit and confirms it, or frees the seat again. A crash at any point leaves the row, and the job takes it up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from strapontin.kit.database import run
from strapontin.kit.ids import new_id

_INSERT = """
INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, created_at,
                        due_at)
VALUES (%s, %s, %s, %s, %s, 'waiting', 0, '', '', %s, %s)
"""


class Provisioner(Protocol):
    """What makes the calls that stand in the outbox; the stacks' side fulfils it."""

    def __call__(self, *, customer_id: UUID) -> None:
        """Puts a job into the queue, by this transaction, that makes the customer's open calls once it commits."""


_provisioner: Provisioner | None = None


def set_provisioner(provisioner: Provisioner) -> None:
    """Names who makes the calls; done once, when the application starts."""
    global _provisioner
    _provisioner = provisioner


def call_stack(*, customer_id: UUID, user_id: UUID, tenant_id: UUID, kind: str, at: datetime) -> None:
    """Writes a call to the outbox, to be made as soon as the transaction has committed."""
    run(_INSERT, [customer_id, new_id(), user_id, tenant_id, kind, at, at])
    if _provisioner is not None:
        _provisioner(customer_id=customer_id)
