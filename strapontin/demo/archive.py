"""The stacks of the past: what they would have answered so many days ago, for the synchronisations of the story."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from strapontin.stacks.base import (
    FoundUser,
    NewStackUser,
    StackError,
    StackTenant,
    StackUser,
    StackUserChange,
    TypeCount,
)


@dataclass(frozen=True, slots=True)
class ArchivedAnswer:
    """An answer about a tenant's users, long decoded."""

    _users: Sequence[StackUser]

    @property
    def digest(self) -> bytes:
        """SHA-256 of who is there."""
        return hashlib.sha256(repr(self._users).encode()).digest()

    def users(self) -> Sequence[StackUser]:
        """The users."""
        return self._users


@dataclass(frozen=True, slots=True)
class ArchivedStack:
    """A connector to a stack as it once was: it can be read, where it answered at all, and not written."""

    tenants_then: Mapping[UUID, Sequence[StackUser]]
    silent: bool = False

    @property
    def writable(self) -> bool:
        """Never: the past does not change."""
        return False

    def server_uuid(self) -> UUID | None:
        """Not kept."""
        return None

    def tenants(self) -> Sequence[StackTenant]:
        """The tenants; their names are not kept."""
        return [StackTenant(uuid, "") for uuid in self._answering()]

    def counts(self, *, tenant_uuid: UUID) -> Sequence[TypeCount]:
        """Users per type, as there are."""
        numbers = Counter(user.stack_type_id for user in self.users(tenant_uuid=tenant_uuid))
        return [TypeCount(number, count) for number, count in sorted(numbers.items()) if number is not None]

    def fetch_users(self, *, tenant_uuid: UUID, expected: int = 0) -> ArchivedAnswer:
        """All users of the tenant."""
        return ArchivedAnswer(self.users(tenant_uuid=tenant_uuid))

    def users(self, *, tenant_uuid: UUID) -> Sequence[StackUser]:
        """All users of the tenant."""
        found = self._answering().get(tenant_uuid)
        if found is None:
            raise StackError("unknown_tenant", "the stack of the past had no such tenant")
        return found

    def find_user(self, *, tenant_uuid: UUID, email: str) -> FoundUser | None:
        """The user of the tenant with this e-mail."""
        users = self.users(tenant_uuid=tenant_uuid)
        return next((FoundUser(user, None) for user in users if user.has_email(email)), None)

    def create_user(self, *, tenant_uuid: UUID, user: NewStackUser) -> UUID:
        """Refused."""
        raise _unchangeable()

    def update_user(self, *, tenant_uuid: UUID, uuid: UUID, change: StackUserChange) -> None:
        """Refused."""
        raise _unchangeable()

    def delete_user(self, *, tenant_uuid: UUID, uuid: UUID) -> None:
        """Refused."""
        raise _unchangeable()

    def _answering(self) -> Mapping[UUID, Sequence[StackUser]]:
        if self.silent:
            raise StackError("unreachable", "no connection to the stack could be made")
        return self.tenants_then


def _unchangeable() -> StackError:
    return StackError("refused", "the past cannot be changed")
