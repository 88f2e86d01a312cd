"""A small simulated stack, a connector to it, and a clock that tests may move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from strapontin.kit.networks import networks
from strapontin.stacks.base import MemoryTokenStore, StackAccess, Timeouts, TokenStore
from strapontin.stacks.wazo.connector import WazoConnector
from strapontin.stacks.wazo.simulator import StackSimulator

PASSWORD = "correct-horse-battery"
USERNAME = "portal"
# Where the simulated stacks are.
LOOPBACK = networks(["127.0.0.0/8", "::1"])


@dataclass
class MovableClock:
    """Real time, until it is moved."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Scene:
    """A stack with the tenants Lyon (four users) and Metz (none)."""

    stack: StackSimulator
    lyon: UUID
    metz: UUID
    clock: MovableClock = field(default_factory=MovableClock)
    tokens: MemoryTokenStore = field(default_factory=MemoryTokenStore)

    def connector(
        self,
        *,
        url: str | None = None,
        password: str = PASSWORD,
        verify_tls: bool = True,
        tokens: TokenStore | None = None,
        timeouts: Timeouts | None = None,
        body_limit: int = 1_000_000,
    ) -> WazoConnector:
        access = StackAccess(self.stack.url if url is None else url, USERNAME, password, verify_tls, LOOPBACK)
        return WazoConnector(
            access,
            tokens=tokens or self.tokens,
            clock=self.clock,
            timeouts=timeouts or Timeouts(),
            body_limit=body_limit,
        )

    def asked(self, fragment: str) -> int:
        """How many requests had this in their target."""
        return sum(fragment in target for _, target in self.stack.requests)


def furnished(stack: StackSimulator) -> Scene:
    """Tenants, an account and users on an empty stack."""
    lyon, metz = stack.add_tenant("Lyon"), stack.add_tenant("Metz")
    stack.add_account(USERNAME, PASSWORD)
    stack.add_user(lyon.uuid, "Zoé", "Martin", "zoe@lyon.example", 0)
    stack.add_user(lyon.uuid, "Adam", "Martin", "adam@lyon.example", 1)
    stack.add_user(lyon.uuid, "Léa", None, None, 1, enabled=False)
    stack.add_user(lyon.uuid, "Hugo", "Arc", "hugo@lyon.example", 10)
    return Scene(stack, lyon.uuid, metz.uuid)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with StackSimulator(name="Test stack") as stack:
        yield furnished(stack)
