"""What ``/customers/{c}/users`` takes and answers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import Answer, Body, PageIn
from strapontin.api.schemas.kinds import Name, OptionalMail, Search, Text, TypeCode


class UserIn(Body):
    first_name: Name
    last_name: Text | None = None
    email: OptionalMail | None = None
    site: UUID
    type: TypeCode
    extension: Text | None = None
    enabled: StrictBool | None = None
    allocate_missing: StrictBool = False
    digest: Text | None = None
    tenant: UUID | None = None


class UserChange(Body):
    first_name: Name | None = None
    last_name: Text | None = None
    email: OptionalMail | None = None
    site: UUID | None = None
    type: TypeCode | None = None
    extension: Text | None = None
    enabled: StrictBool | None = None
    allocate_missing: StrictBool = False
    digest: Text | None = None
    tenant: UUID | None = None


class StackCreationIn(Body):
    """The tenant in which the user is created, if the site has several."""

    tenant: UUID | None = None


class UsersIn(PageIn):
    """Narrows the users to a site, and to those with ``search`` in name, e-mail address or extension."""

    site: UUID | None = None
    search: Search = ""


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
    stack_state: str | None


class UserPage(Answer):
    items: list[UserOut]
    next: str | None
