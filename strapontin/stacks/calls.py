"""A call to a stack as it is taken from the outbox (SPEC 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from strapontin.stacks.base import FoundUser, NewStackUser, StackUserChange

# How far the stack's clock may be behind ours: it says when a user was created.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Call:
    """A call taken from the outbox, with the user as it is now and where it is to be made.

    ``tried_email`` and ``tried`` are the values of the first attempt to create the user, ``tried_at`` is its moment.
    ``former`` are the fields that an update changes, with their former values. ``gone`` says that the user was removed.
    """

    id: UUID
    kind: str
    state: str
    attempts: int
    tried_email: str
    tried: dict[str, Any]
    tried_at: datetime
    former: dict[str, Any]
    user_id: UUID
    stack_id: UUID
    tenant_uuid: UUID
    gone: bool
    first_name: str
    last_name: str
    email: str
    enabled: bool
    stack_user_uuid: UUID | None
    stack_ids: list[int]

    @property
    def user(self) -> NewStackUser:
        """The user as it is now."""
        type_id = self.stack_ids[0] if self.stack_ids else None
        return NewStackUser(self.first_name, self.last_name, self.email, type_id, self.enabled)

    @property
    def tried_user(self) -> NewStackUser:
        """The user as the first attempt tried to create it."""
        if self.tried:
            return NewStackUser(**self.tried)
        # An earlier version kept the e-mail alone.
        user = self.user
        return NewStackUser(user.first_name, user.last_name, self.tried_email, user.stack_type_id, user.enabled)

    @property
    def change(self) -> StackUserChange:
        """What an update changes on the stack."""
        # An earlier version kept no former values: everything may have changed.
        fields = self.former or ("first_name", "last_name", "email", "enabled", "type_code")
        values: dict[str, Any] = {name: getattr(self, name) for name in fields if name != "type_code"}
        return StackUserChange(**values, stack_type_ids=self.stack_ids if "type_code" in fields else None)

    def may_have_made(self, found: FoundUser) -> bool:
        """Whether a user of the stack is the one that an earlier attempt created: the same values, and new since."""
        there, tried = found.user, self.tried_user
        same = (there.first_name, there.last_name, there.stack_type_id) == (
            tried.first_name,
            tried.last_name,
            tried.stack_type_id,
        )
        return same and found.created_at is not None and found.created_at >= self.tried_at - CLOCKS_DIFFER
