"""Customers, their sites, seats and users, as they come and go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from strapontin.api.schemas.kinds import (
    Answer,
    Body,
    ClientId,
    Day,
    Lines,
    Name,
    OptionalMail,
    PurchaseOrder,
    Quantity,
    Term,
    Text,
    TypeCode,
)


class CustomerIn(Body):
    partner: UUID
    name: Name
    client_id: ClientId | None = None
    purchase_order: PurchaseOrder | None = None
    term_months: Term
    starts_on: Day | None = None
    unlimited: StrictBool | None = None
    not_for_resale: StrictBool | None = None


class CustomerChange(Body):
    name: Name | None = None
    client_id: ClientId | None = None
    purchase_order: PurchaseOrder | None = None
    term_months: Term | None = None


class PeriodOut(Answer):
    start: date
    end: date


class CustomerOut(Answer):
    id: UUID
    partner: UUID
    partner_name: str | None
    name: str
    client_id: str
    purchase_order: str
    status: Literal["active", "expired"]
    alignment: Literal["calendar", "anniversary"]
    term_months: int
    pending_term_months: int | None
    starts_on: date
    period: PeriodOut
    next_period_starts_on: date
    cancel_at_end_of_period: bool
    unlimited: bool
    not_for_resale: bool


class CustomerRow(CustomerOut):
    types: list[dict[str, Any]]


class CustomerPage(Answer):
    items: list[CustomerRow]
    next: str | None


class SiteIn(Body):
    name: Name
    address: Lines = ""


class SiteChange(Body):
    name: Name | None = None
    address: Lines | None = None


class SiteOut(Answer):
    id: UUID
    name: str
    address: str


class SitePage(Answer):
    items: list[SiteOut]
    next: str | None


class TypeFigures(Answer):
    type: str
    allocated: int
    next_cycle: int
    used: int
    remaining: int
    over: int


class SiteFigures(Answer):
    site: UUID
    name: str
    synchronized_at: datetime | None
    types: list[TypeFigures]


class SubscriptionsOut(Answer):
    id: UUID
    types: list[TypeFigures]
    sites: list[SiteFigures]


class ChangeIn(Body):
    site: UUID
    type: TypeCode
    quantity: Quantity


class ChangesIn(Body):
    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=1000)]
    reason: Text = ""
    digest: Text | None = None
    effective_on: Day | None = None


class EntryOut(Answer):
    site: UUID
    type: str
    kind: str
    effective_on: date
    delta: int
    quantity_after: int


class InvoiceEffect(Answer):
    date: date
    lines: list[dict[str, Any]]
    net: str | None
    tax: str | None
    total: str | None
    taxes: list[dict[str, Any]]
    currency: str


class EffectOut(Answer):
    next_invoice: InvoiceEffect | None
    digest: str


class ChangesOut(Answer):
    entries: list[EntryOut]
    effect: EffectOut | None


class LedgerEntryOut(EntryOut):
    id: UUID
    site_name: str
    counterpart_site: UUID | None
    recorded_at: datetime
    actor: dict[str, Any]
    door: str
    reason: str


class LedgerPage(Answer):
    items: list[LedgerEntryOut]
    next: str | None


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


class ReadingOut(Answer):
    site: UUID
    site_name: str
    stack_name: str
    state: Literal["waiting", "counted", "done", "failed"]
    error: str | None
    synchronized_at: datetime | None
    types: list[dict[str, Any]]
    unmapped: list[Any]
    differences: dict[str, Any]


class SynchronizationOut(Answer):
    id: UUID
    state: Literal["running", "done", "partial", "failed"]
    started_at: datetime
    finished_at: datetime | None
    sites: list[ReadingOut]


class SynchronizationPage(Answer):
    items: list[SynchronizationOut]
    next: str | None
