"""Compares the users of a site with the users of a stack's tenant (SPEC 6). Reads and writes nothing.

The stack is right about a user's type, names, e-mail and whether it is enabled. But a stack's answer does not yet show
what the portal is having the stack do. A user with an open call, or with a call that ended after the stack was asked,
stays as it is; while the call is open, the difference is shown. A user whom the portal is about to delete there takes
no seat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from strapontin.kit.ids import new_id
from strapontin.seats.differences import AbsentUser, Differences, Mismatch, UnknownUser, VanishedUser
from strapontin.seats.matching import KnownUser, Matching, StackUser, TenantCall

# Counts users whose stack gives no number for their type.
NO_TYPE = -1
_ENABLED = {True: "enabled", False: "disabled"}


class Leaving(Protocol):
    """A user who leaves a seat of a type."""

    @property
    def id(self) -> UUID: ...
    @property
    def type_code(self) -> str: ...


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
    """A user to be changed. ``uuid`` is set if the user was recognised on the stack, other values if they differ."""

    id: UUID
    uuid: UUID | None = None
    type_code: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    enabled: bool | None = None
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

    def add_present(self, user: KnownUser, stack_user: StackUser, change: UserChange | None) -> None:
        """Adds a user whom both sides have, with the ``change`` that makes the user here what the stack has."""
        change = change or UserChange(user.id)
        if not (user.stack_user_uuid and user.tenant_id):
            change = replace(change, uuid=stack_user.uuid)
        if change != UserChange(user.id):
            self.changed.append(change)
        if change.type_code:
            self.seats.append(SeatChange(user.id, user.type_code, "retyped", -1))
            self.seats.append(SeatChange(user.id, change.type_code, "retyped", 1))

    def add_differences(self, user: KnownUser, stack_user: StackUser, code: str | None) -> UserChange:
        """Adds what differs for a user whom both sides have. Answers what of it can be taken over from the stack.

        A stack without an e-mail or a first name takes none away here.
        """
        name, shown = _name(stack_user), self.differences
        there = UserChange(
            user.id,
            type_code=_other(code, user.type_code),
            first_name=_other(stack_user.first_name or None, user.first_name),
            last_name=_other(stack_user.last_name or "", user.last_name),
            enabled=None if stack_user.enabled == user.enabled else stack_user.enabled,
        )
        if there.type_code:
            shown.other_type.append(Mismatch(name, user.type_code, there.type_code))
        if code is None:
            type_on_stack = "" if stack_user.stack_type_id is None else str(stack_user.stack_type_id)
            shown.other_type.append(Mismatch(name, user.type_code, type_on_stack))
        if there.first_name is not None or there.last_name is not None:
            shown.other_name.append(Mismatch(name, _name(user), name))
        if there.enabled is not None:
            shown.other_enabled.append(Mismatch(name, _ENABLED[user.enabled], _ENABLED[there.enabled]))
        email = stack_user.email or ""
        if email.casefold() == user.email.casefold():
            return there
        shown.other_email.append(Mismatch(name, user.email, email))
        return replace(there, email=email or None)

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
    matching = Matching(known, calls)
    for stack_user in stack_users:
        code = types.get(_type_id(stack_user))
        if matching.is_leaving(stack_user):
            comparison.count(stack_user, code)
            continue
        user = matching.match(stack_user)
        comparison.count(stack_user, code or (user.type_code if user else None))
        if user:
            # What was changed here since the stack was asked is no difference. What is still to be changed there is
            # one, and stays as it is here.
            ended = user.id in matching.busy and user.id not in matching.open
            there = None if ended else comparison.add_differences(user, stack_user, code)
            comparison.add_present(user, stack_user, None if user.id in matching.busy else there)
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


def _other(there: str | None, here: str) -> str | None:
    """What the stack has, if it has something else."""
    return None if there == here else there


def _type_id(user: StackUser) -> int:
    return NO_TYPE if user.stack_type_id is None else user.stack_type_id


def _name(user: StackUser | KnownUser) -> str:
    return f"{user.first_name} {user.last_name}".strip()
