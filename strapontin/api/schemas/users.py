"""What ``/customers/{c}/users`` takes and answers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import UNCHANGED, Answer, Body, PageIn
from strapontin.api.schemas.kinds import Name, OptionalLine, OptionalMail, OptionalText, Search, Text, TypeCode


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
    """Narrows the users to a site, and to those with ``search`` in name, e-mail address or extension."""

    site: UUID | None = None
    search: Search = ""


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


class UserPage(Answer):
    items: list[UserOut]
    next: str | None
