"""What ``/customers/{c}/users`` takes and answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from strapontin.api.schemas.allocations import EffectOut, EntryOut
from strapontin.api.schemas.common import UNCHANGED, Answer, Body, PageIn
from strapontin.api.schemas.kinds import Name, OptionalLine, OptionalMail, OptionalText, Search, Text, TypeCode
from strapontin.seats.bulk import MOST_USERS, Action
from strapontin.seats.filters import Difference, State


class DraftedUserIn(Body):
    """A user who is not there yet."""

    first_name: Name
    last_name: OptionalText = ""
    email: OptionalMail = ""
    site: UUID
    type: TypeCode
    extension: OptionalText = ""
    enabled: StrictBool | None = None
    tenant: UUID | None = None


class UserIn(DraftedUserIn):
    allocate_missing: StrictBool = False
    digest: Text | None = None
    instead_of: UUID | None = None


class UserChange(Body):
    first_name: Name = UNCHANGED
    last_name: OptionalText = UNCHANGED
    # Not a mail address yet: the present one is accepted as it is, and a stack may have given it.
    email: OptionalLine = UNCHANGED
    site: UUID = UNCHANGED
    type: TypeCode = UNCHANGED
    extension: OptionalText = UNCHANGED
    enabled: StrictBool = UNCHANGED
    allocate_missing: StrictBool = False
    exchange_seat: StrictBool = False
    digest: Text | None = None
    tenant: UUID = UNCHANGED


class StackCreationIn(Body):
    """The tenant in which the user is created, if the site has several."""

    tenant: UUID | None = None


class UsersIn(PageIn):
    """Narrows the users. ``q``, or ``search``, are beginnings of words of name, e-mail, extension, site or customer.

    ``state`` "disabled" users keep their seat; a telephone server refused to create the "refused" ones, and is still
    to be told of those "waiting". ``difference``: the user is "absent" from the telephone server, "unchanged" there, or
    "staying" there although it was to be deleted. A ``sort`` with a minus sign before it goes downwards.
    """

    q: Search = ""
    search: Search = ""
    site: UUID | None = None
    type: TypeCode | None = None
    state: State | None = None
    difference: Difference | None = None
    sort: Literal["name", "site", "type", "customer", "-name", "-site", "-type", "-customer"] = "name"


class UsersOfScopeIn(UsersIn):
    """Narrows the users of the scope, also to one customer."""

    customer: UUID | None = None


class BulkIn(Body):
    users: Annotated[list[UUID], Field(min_length=1, max_length=MOST_USERS)]
    action: Action
    site: UUID | None = None
    type: TypeCode | None = None
    tenant: UUID | None = None
    preview: StrictBool = False
    allocate_missing: StrictBool = False
    digest: Text | None = None


class MissingOut(Answer):
    site: UUID
    type: str
    seats: int


class BulkOut(Answer):
    """How many users changed or would change, the seats that were missing, and the effect of allocating them."""

    changed: int
    missing: list[MissingOut]
    entries: list[EntryOut]
    effect: EffectOut | None


class StackErrorOut(Answer):
    """Why a telephone server did not do what was asked."""

    reason: str
    detail: str


class UserOut(Answer):
    id: UUID
    first_name: str
    last_name: str
    email: str
    site: UUID
    type: str
    extension: str
    enabled: bool
    tenant: UUID | None
    origin: Literal["portal", "stack"]
    state: Literal["active", "refused"]
    stack_state: str | None
    stack_error: StackErrorOut | None


class ListedUserOut(UserOut):
    customer: UUID


class UserPage(Answer):
    items: list[ListedUserOut]
    next: str | None
