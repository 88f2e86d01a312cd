"""Who acts. A door makes the value after signing in; every grant takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from strapontin.access.models import ROLES

Door = Literal["screen", "api", "cli", "job"]
ActorKind = Literal["administrator", "api_key", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """An administrator, an API key or the system itself, with its scope and roles (SPEC 3)."""

    kind: ActorKind
    id: UUID | None
    name: str
    roles: frozenset[str]
    door: Door
    provider: bool = False
    partner_id: UUID | None = None
    customer_id: UUID | None = None
    language: str = "en"

    @property
    def scope(self) -> Literal["provider", "partner", "customer"]:
        """Which kind of scope this actor has."""
        if self.provider:
            return "provider"
        return "partner" if self.partner_id else "customer"

    def holds(self, role: str) -> bool:
        """Whether the actor has ``role``. Raises :class:`KeyError` for a role that does not exist."""
        if role not in ROLES:
            raise KeyError(role)
        return role in self.roles


def system(door: Door = "job") -> Actor:
    """The installation acting by itself: jobs and the command line."""
    return Actor(kind="system", id=None, name="Strapontin", roles=frozenset(ROLES), door=door, provider=True)
