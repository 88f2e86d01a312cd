"""Opening a stack: its connector with sealed credentials and the token that all processes share."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import row, run
from strapontin.kit.sealing import SealBrokenError, open_sealed, seal
from strapontin.stacks.base import Connector, StackAccess, StackError, StackKind, StackToken
from strapontin.stacks.connectors import connector_for

_STACK = "SELECT id, name, kind, url, username, password_sealed, verify_tls FROM stack WHERE id = %s"
_PUT = """
INSERT INTO stack_token (stack_id, token_sealed, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (stack_id) DO UPDATE SET token_sealed = excluded.token_sealed, expires_at = excluded.expires_at
"""


class DatabaseTokenStore:
    """One stack's token in the database, sealed; each call is a short transaction of its own."""

    def __init__(self, stack_id: UUID) -> None:
        self._stack_id = stack_id

    def get(self) -> StackToken | None:
        """The token last put, expired or not, or none."""
        with acting(system("job"), "worker"):
            found = row("SELECT token_sealed, expires_at FROM stack_token WHERE stack_id = %s", [self._stack_id])
        if found is None:
            return None
        try:
            return StackToken(open_sealed(bytes(found["token_sealed"])), found["expires_at"])
        except SealBrokenError:
            return None  # sealed with another key: a new one is asked for and takes its place

    def put(self, token: StackToken) -> None:
        """Keep ``token`` instead of what was there."""
        with acting(system("job"), "worker"):
            run(_PUT, [self._stack_id, seal(token.value), token.expires_at])

    def forget(self, token: StackToken) -> None:
        """Drop ``token``, unless another one has taken its place meanwhile."""
        with acting(system("job"), "worker"), transaction.atomic():
            found = row("SELECT token_sealed FROM stack_token WHERE stack_id = %s FOR UPDATE", [self._stack_id])
            if found and open_sealed(bytes(found["token_sealed"])) == token.value:
                run("DELETE FROM stack_token WHERE stack_id = %s", [self._stack_id])


def open_stack(stack_id: UUID) -> Connector:
    """The connector of a stack. Outside any transaction: its calls take seconds.

    Raises ``StackError`` ("password_unreadable").
    """
    if connection.in_atomic_block:
        raise RuntimeError("a stack is called after the commit, never inside a transaction")
    with acting(system("job"), "worker"):
        found: dict[str, Any] | None = row(_STACK, [stack_id])
    if found is None:
        raise LookupError(stack_id)
    kind: StackKind = found["kind"]
    try:
        password = open_sealed(bytes(found["password_sealed"]))
    except SealBrokenError:
        raise StackError("password_unreadable", "the stored password was sealed with another key") from None
    access = StackAccess(
        url=found["url"],
        username=found["username"],
        password=password,
        verify_tls=found["verify_tls"],
    )
    return connector_for(kind, access, DatabaseTokenStore(stack_id), lambda: datetime.now(UTC), csv_root=csv_root())


def csv_root() -> Path:
    """The only directory that CSV stacks may read."""
    return Path(os.environ.get("STRAPONTIN_HOME", ".strapontin")) / "csv"
