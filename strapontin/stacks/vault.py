"""Opening a stack: its connector with sealed credentials and the token that all processes share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import row_of, run, value_of
from strapontin.kit.networks import Network, networks
from strapontin.kit.sealing import SealBrokenError, open_sealed, seal
from strapontin.stacks.base import Connector, StackAccess, StackError, StackKind, StackToken
from strapontin.stacks.connectors import connector_for

_STACK = """
SELECT s.kind, s.url, s.username, s.password_sealed, s.verify_tls, i.stack_networks
  FROM stack s CROSS JOIN installation i WHERE s.id = %s
"""
_GET = "SELECT token_sealed, expires_at FROM stack_token WHERE stack_id = %s"
_LOCK = "SELECT token_sealed FROM stack_token WHERE stack_id = %s FOR UPDATE"
_PUT = """
INSERT INTO stack_token (stack_id, token_sealed, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (stack_id) DO UPDATE SET token_sealed = excluded.token_sealed, expires_at = excluded.expires_at
"""


@dataclass(frozen=True, slots=True)
class _SealedToken:
    token_sealed: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _SealedStack:
    kind: StackKind
    url: str
    username: str
    password_sealed: bytes
    verify_tls: bool
    stack_networks: list[str]

    @property
    def account(self) -> str:
        """A digest of the address and the account: a token is of use for them alone."""
        facts = repr((self.url, self.username, bytes(self.password_sealed), self.verify_tls))
        return sha256(facts.encode()).hexdigest()[:16]


class DatabaseTokenStore:
    """One stack's token in the database, sealed; each call is a short transaction of its own.

    A token of another ``account`` (another address, user or password) is none: it is not sent to the new address.
    """

    def __init__(self, stack_id: UUID, account: str) -> None:
        self._stack_id = stack_id
        self._account = account

    def get(self) -> StackToken | None:
        """The token last put, expired or not, or none."""
        with acting(system("job"), "worker"):
            sealed = row_of(_SealedToken, _GET, [self._stack_id])
        if sealed is None:
            return None
        try:
            account, _, token = open_sealed(sealed.token_sealed).rpartition(" ")
            return StackToken(token, sealed.expires_at) if account == self._account else None
        except SealBrokenError:
            return None  # sealed with another key: the connector asks for a new one, which takes its place

    def put(self, token: StackToken) -> None:
        """Keep ``token`` instead of what was there."""
        with acting(system("job"), "worker"):
            run(_PUT, [self._stack_id, seal(f"{self._account} {token.value}"), token.expires_at])

    def forget(self, token: StackToken) -> None:
        """Drop ``token``, unless another one has taken its place meanwhile."""
        with acting(system("job"), "worker"), transaction.atomic():
            sealed = value_of(bytes, _LOCK, [self._stack_id])
            if sealed and open_sealed(sealed) == f"{self._account} {token.value}":
                run("DELETE FROM stack_token WHERE stack_id = %s", [self._stack_id])


def open_stack(stack_id: UUID) -> Connector:
    """The connector of a stack. Outside any transaction: its calls take seconds.

    Raises ``StackError`` ("password_unreadable").
    """
    if connection.in_atomic_block:
        raise RuntimeError("a stack is called after the commit, never inside a transaction")
    with acting(system("job"), "worker"):
        stack = row_of(_SealedStack, _STACK, [stack_id])
    if stack is None:
        raise LookupError(stack_id)
    try:
        password = open_sealed(stack.password_sealed)
    except SealBrokenError:
        raise StackError("password_unreadable", "the stored password was sealed with another key") from None
    access = StackAccess(
        url=stack.url,
        username=stack.username,
        password=password,
        verify_tls=stack.verify_tls,
        networks=allowed_networks(stack.stack_networks),
    )
    tokens = DatabaseTokenStore(stack_id, stack.account)
    return connector_for(stack.kind, access, tokens, lambda: datetime.now(UTC), csv_root=csv_root())


def allowed_networks(listed: Sequence[str]) -> tuple[Network, ...]:
    """The networks that the provider allows to stacks: those of its settings, and of ``STACK_NETWORKS``."""
    return networks([*listed, *os.environ.get("STACK_NETWORKS", "").split(",")])


def csv_root() -> Path:
    """The only directory that CSV stacks may read."""
    return Path(os.environ.get("STRAPONTIN_HOME", ".strapontin")) / "csv"
