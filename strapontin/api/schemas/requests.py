"""What ``/customers/{c}/requests`` and ``/requests`` take and answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from strapontin.api.schemas.allocations import EffectOut, EntryOut
from strapontin.api.schemas.common import Answer, Body, Doer, PageIn
from strapontin.api.schemas.kinds import Quantity, Text, TypeCode, Words
from strapontin.api.schemas.users import DraftedUserIn

State = Literal["open", "approved", "declined", "withdrawn"]


class AskedSeatsIn(Body):
    """Seats to be added to what the site has."""

    site: UUID
    type: TypeCode
    seats: Quantity


class RequestIn(Body):
    """Users with their seats, and seats alone."""

    users: Annotated[list[DraftedUserIn], Field(max_length=100, default_factory=list)]
    allocations: Annotated[list[AskedSeatsIn], Field(max_length=100, default_factory=list)]
    note: Words = ""


class RequestsIn(PageIn):
    """The requests in one state."""

    state: State | None = None


class ApprovalIn(Body):
    digest: Text | None = None


class RefusalIn(Body):
    reason: Words


class AskedUserOut(Answer):
    first_name: str
    last_name: str
    email: str
    site: UUID
    type: str
    extension: str
    enabled: bool
    tenant: UUID | None


class AskedSeatsOut(Answer):
    site: UUID
    type: str
    seats: int


class ListedRequestOut(Answer):
    id: UUID
    customer: UUID
    customer_name: str
    state: State
    users: list[AskedUserOut]
    allocations: list[AskedSeatsOut]
    note: str
    asked_by: Doer
    asked_at: datetime
    decided_by: Doer | None
    decided_at: datetime | None
    reason: str
    created_users: list[UUID]
    committed_until: date | None


class RequestOut(ListedRequestOut):
    """``effect`` is there for those who may decide, while the request is open. ``problem`` says why it cannot be."""

    entries: list[EntryOut]
    effect: EffectOut | None
    digest: str | None
    problem: dict[str, Any] | None


class RequestPage(Answer):
    items: list[ListedRequestOut]
    next: str | None
