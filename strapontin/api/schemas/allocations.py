"""What ``/customers/{c}/subscriptions``, ``allocation-changes`` and ``ledger`` take and answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from strapontin.api.schemas.common import Answer, Body, PageIn
from strapontin.api.schemas.kinds import Day, Moment, Quantity, Text, TypeCode


class AsOfIn(BaseModel):
    """The day whose figures are asked for, and the moment at which they were known."""

    as_of: Day | None = None
    known_at: Moment | None = None


class TypeFigures(Answer):
    type: str
    allocated: int
    next_cycle: int
    used: int
    unused: int
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


class LedgerIn(PageIn):
    """The entries of one site."""

    site: UUID | None = None


class LedgerEntryOut(EntryOut):
    id: UUID
    site_name: str
    counterpart_site: UUID | None
    counterpart_type: str | None
    reverses: UUID | None
    recorded_at: datetime
    actor: dict[str, Any]
    door: str
    reason: str


class LedgerPage(Answer):
    items: list[LedgerEntryOut]
    next: str | None
