"""Recognises the users of a stack among those of a site, and knows which of them calls are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class StackUser(Protocol):
    """A user as a stack has it."""

    @property
    def uuid(self) -> UUID: ...
    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def stack_type_id(self) -> int | None: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def extension(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class KnownUser:
    """An active user of the site, who lives in the tenant or in no tenant yet.

    ``seen``: the stack has once shown the user. Only such a user can vanish from it.
    """

    id: UUID
    type_code: str
    email: str
    first_name: str
    last_name: str
    enabled: bool
    stack_user_uuid: UUID | None
    tenant_id: UUID | None
    claimed_at: datetime
    seen: bool


@dataclass(frozen=True, slots=True)
class TenantCall:
    """A call to the tenant that is open, or that ended after the stack was asked.

    ``open`` tells the two apart. ``tried_email`` and ``tried`` are the values of the first attempt to create the user,
    or empty. ``leaving``: the user was removed.
    """

    user_id: UUID
    kind: str
    open: bool
    tried_email: str
    tried: dict[str, Any]
    leaving: bool
    email: str
    stack_user_uuid: UUID | None


# An e-mail without capitals, both names, and the stack's number of the type.
_Attempt = tuple[str, str, str, int | None]


def _attempt(call: TenantCall) -> _Attempt:
    tried = call.tried
    return (call.tried_email.casefold(), tried["first_name"], tried["last_name"], tried["stack_type_id"])


class Matching:
    """Recognises the users of the stack: by the stack's uuid, and by e-mail those whom no stack has confirmed yet.

    A user who is being created is only recognised as what an attempt has tried to create: name and type are the same,
    too. Whoever else has the e-mail on the stack is another person, and the creation ends with a conflict.
    """

    def __init__(self, known: Sequence[KnownUser], calls: Sequence[TenantCall]) -> None:
        self.busy = {call.user_id for call in calls}
        self.open = {call.user_id for call in calls if call.open}
        self.present: set[UUID] = set()
        leaving = [call for call in calls if call.leaving]
        self._leaving = {call.stack_user_uuid for call in leaving if call.stack_user_uuid}
        # A user who was removed while being created: nobody knows its uuid yet.
        unconfirmed = [call for call in leaving if not call.stack_user_uuid]
        self._leaving_emails = {(call.tried_email or call.email).casefold() for call in unconfirmed} - {""}
        self._by_uuid = {user.stack_user_uuid: user for user in known if user.stack_user_uuid}
        waiting = {user.id: user for user in known if not user.stack_user_uuid}
        creations = {call.user_id: call for call in calls if call.open and call.kind == "create"}
        self._by_email = {
            user.email.casefold(): user for user in waiting.values() if user.email and user.id not in creations
        }
        self._by_attempt: dict[_Attempt, KnownUser] = {}
        for user_id, call in creations.items():
            if call.tried and user_id in waiting:
                self._by_attempt[_attempt(call)] = waiting[user_id]
            elif call.tried_email and user_id in waiting:
                # An earlier version kept the e-mail alone.
                self._by_email[call.tried_email.casefold()] = waiting[user_id]

    def is_leaving(self, stack_user: StackUser) -> bool:
        """Whether the portal is about to delete this user of the stack."""
        if stack_user.uuid in self._leaving:
            return True
        return stack_user.uuid not in self._by_uuid and (stack_user.email or "").casefold() in self._leaving_emails

    def match(self, stack_user: StackUser) -> KnownUser | None:
        """The user here who is this user of the stack, if any. A user who is present is not matched by e-mail again."""
        user = self._by_uuid.get(stack_user.uuid)
        if user is None and stack_user.email:
            email = stack_user.email.casefold()
            attempt = (email, stack_user.first_name, stack_user.last_name or "", stack_user.stack_type_id)
            user = self._by_attempt.pop(attempt, None) or self._by_email.pop(email, None)
            if user and user.id in self.present:
                user = None
        if user:
            self.present.add(user.id)
        return user
