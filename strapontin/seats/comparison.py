"""Compares the users of a site with the users of a stack's tenant (SPEC 6). Reads and writes nothing.

A stack's answer does not yet show what the portal is having the stack do. A user with an open call, or with a call
that ended after the stack was asked, stays as it is. A user whom the portal is about to delete there takes no seat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from strapontin.kit.ids import new_id
from strapontin.seats.differences import AbsentUser, Differences, Mismatch, UnknownUser, VanishedUser

# Counts users whose stack gives no number for their type.
NO_TYPE = -1


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


class Leaving(Protocol):
    """A user who leaves a seat of a type."""

    @property
    def id(self) -> UUID: ...
    @property
    def type_code(self) -> str: ...


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
    stack_user_uuid: UUID | None
    tenant_id: UUID | None
    claimed_at: datetime
    seen: bool


@dataclass(frozen=True, slots=True)
class TenantCall:
    """A call to the tenant that is open, or that ended after the stack was asked.

    ``tried_email`` is the e-mail of the first attempt to create the user, or empty. ``leaving``: the user was removed.
    """

    user_id: UUID
    tried_email: str
    leaving: bool
    email: str
    stack_user_uuid: UUID | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A user of the stack whom the portal did not know. ``uuid`` is the stack's."""

    id: UUID
    type_code: str
    uuid: UUID
    first_name: str
    last_name: str
    email: str
    extension: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class UserChange:
    """A user to be changed. ``uuid`` is set if the user was recognised on the stack, ``type_code`` if it is another."""

    id: UUID
    uuid: UUID | None = None
    type_code: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class SeatChange:
    """A seat taken (``delta`` 1) or left (-1) by a user. ``kind`` is that of the seat event."""

    user_id: UUID
    type_code: str
    kind: str
    delta: int


@dataclass(slots=True)
class Comparison:
    """What differs, and what has to be written so that nothing differs any more."""

    differences: Differences = field(default_factory=Differences)
    newcomers: list[Newcomer] = field(default_factory=list)
    changed: list[UserChange] = field(default_factory=list)
    seats: list[SeatChange] = field(default_factory=list)
    # Users on the stack, by type code: those of a type that is not mapped by the type of their seat here.
    used: Counter[str] = field(default_factory=Counter)
    # Users on the stack who have no seat here since their type is not mapped, by the stack's number of the type.
    unmapped: Counter[int] = field(default_factory=Counter)
    # No user differs and no call is under way: the same answer will have no effect as long as nothing changes here.
    agreed: bool = False

    def count(self, stack_user: StackUser, code: str | None) -> None:
        """Counts a user of the stack, once: with the type ``code``, or, without one, as unmapped."""
        if code is None:
            self.unmapped[_type_id(stack_user)] += 1
        else:
            self.used[code] += 1

    def add_newcomer(self, stack_user: StackUser, code: str) -> None:
        """Adds a user whom the portal does not know."""
        newcomer = Newcomer(
            id=new_id(),
            type_code=code,
            uuid=stack_user.uuid,
            first_name=stack_user.first_name or "?",
            last_name=stack_user.last_name or "",
            email=stack_user.email or "",
            extension=stack_user.extension or "",
            enabled=stack_user.enabled,
        )
        self.newcomers.append(newcomer)
        self.seats.append(SeatChange(newcomer.id, code, "found", 1))
        self.differences.unknown.append(UnknownUser(_name(stack_user), newcomer.email, code))

    def add_unmapped(self, user: KnownUser, stack_user: StackUser) -> None:
        """Adds a user whom both sides have, with a type of the stack that no type code stands for. The seat stays."""
        there = str(_type_id(stack_user)) if stack_user.stack_type_id is not None else ""
        self.differences.other_type.append(Mismatch(_name(stack_user), user.type_code, there))

    def add_present(self, user: KnownUser, stack_user: StackUser, code: str | None) -> None:
        """Adds what differs for a user whom both sides have. Without ``code`` only the identity is compared."""
        name = _name(stack_user)
        uuid = None if user.stack_user_uuid and user.tenant_id else stack_user.uuid
        other_type = None if code == user.type_code else code
        if uuid or other_type:
            self.changed.append(UserChange(user.id, uuid, other_type))
        if other_type:
            self.seats.append(SeatChange(user.id, user.type_code, "retyped", -1))
            self.seats.append(SeatChange(user.id, other_type, "retyped", 1))
            self.differences.other_type.append(Mismatch(name, user.type_code, other_type))
        email = stack_user.email or ""
        if code and email.casefold() != user.email.casefold():
            self.differences.other_email.append(Mismatch(name, user.email, email))

    def add_vanished(self, user: KnownUser) -> None:
        """Adds a user whom the stack no longer has."""
        self.add_leaving(user)
        self.differences.vanished.append(VanishedUser(_name(user), user.type_code))

    def add_leaving(self, user: Leaving) -> None:
        """Adds a user who leaves the seat."""
        self.changed.append(UserChange(user.id, gone=True))
        self.seats.append(SeatChange(user.id, user.type_code, "vanished", -1))

    def add_absent(self, user: KnownUser) -> None:
        """Adds a user whom the stack has never had."""
        self.differences.absent.append(AbsentUser(_name(user), user.type_code))


class _Matching:
    """Recognises the users of the stack: by the stack's uuid, and by e-mail if a creation is not yet confirmed."""

    def __init__(self, known: Sequence[KnownUser], calls: Sequence[TenantCall]) -> None:
        self.busy = {call.user_id for call in calls}
        self.present: set[UUID] = set()
        leaving = [call for call in calls if call.leaving]
        self._leaving = {call.stack_user_uuid for call in leaving if call.stack_user_uuid}
        # A user who was removed while being created: nobody knows its uuid yet.
        unconfirmed = [call for call in leaving if not call.stack_user_uuid]
        self._leaving_emails = {(call.tried_email or call.email).casefold() for call in unconfirmed} - {""}
        self._by_uuid = {user.stack_user_uuid: user for user in known if user.stack_user_uuid}
        waiting = {user.id: user for user in known if not user.stack_user_uuid}
        self._by_email = {user.email.casefold(): user for user in waiting.values() if user.email}
        for call in calls:
            if call.tried_email and call.user_id in waiting:
                self._by_email[call.tried_email.casefold()] = waiting[call.user_id]

    def is_leaving(self, stack_user: StackUser) -> bool:
        """Whether the portal is about to delete this user of the stack."""
        if stack_user.uuid in self._leaving:
            return True
        return stack_user.uuid not in self._by_uuid and (stack_user.email or "").casefold() in self._leaving_emails

    def match(self, stack_user: StackUser) -> KnownUser | None:
        """The user here who is this user of the stack, if any. A user who is present is not matched by e-mail again."""
        user = self._by_uuid.get(stack_user.uuid)
        if user is None and stack_user.email:
            user = self._by_email.pop(stack_user.email.casefold(), None)
            if user and user.id in self.present:
                user = None
        if user:
            self.present.add(user.id)
        return user


def compare(
    known: Sequence[KnownUser],
    calls: Sequence[TenantCall],
    stack_users: Sequence[StackUser],
    *,
    types: Mapping[int, str],
    asked_at: datetime,
    last_of_site: bool,
) -> Comparison:
    """Compares the users here with those of the stack's tenant; see :func:`strapontin.seats.observed.apply_users`."""
    comparison = Comparison()
    matching = _Matching(known, calls)
    for stack_user in stack_users:
        code = types.get(_type_id(stack_user))
        if matching.is_leaving(stack_user):
            comparison.count(stack_user, code)
            continue
        user = matching.match(stack_user)
        comparison.count(stack_user, code or (user.type_code if user else None))
        if user:
            comparison.add_present(user, stack_user, None if user.id in matching.busy else code)
            if code is None and user.id not in matching.busy:
                comparison.add_unmapped(user, stack_user)
        elif code:
            comparison.add_newcomer(stack_user, code)
    for user in known:
        absent = user.id not in matching.present and user.id not in matching.busy
        if not absent or user.claimed_at > asked_at:
            continue
        if user.seen:
            comparison.add_vanished(user)
        elif user.tenant_id or last_of_site:
            comparison.add_absent(user)
    shown = comparison.differences
    differs = comparison.newcomers or comparison.changed or shown.other_email or shown.other_type
    comparison.agreed = not (differs or calls) and len(matching.present) == len(known)
    return comparison


def _type_id(user: StackUser) -> int:
    return NO_TYPE if user.stack_type_id is None else user.stack_type_id


def _name(user: StackUser | KnownUser) -> str:
    return f"{user.first_name} {user.last_name}".strip()
