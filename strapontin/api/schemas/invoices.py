"""What ``/invoices`` takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from strapontin.api.schemas.common import Answer, PageIn
from strapontin.api.schemas.kinds import Day


class InvoicesIn(PageIn):
    """The invoices of a payer, a date, a kind or a billing run."""

    payer: UUID | None = None
    date: Day | None = None
    kind: Literal["invoice", "credit_note"] | None = None
    run: UUID | None = None


class LineOut(Answer):
    n: int
    customer: UUID
    customer_name: str
    client_id: str
    purchase_order: str
    type: str
    kind: str
    quantity: int
    unit_price: str
    months: int
    start: date
    end: date
    days: int
    period_days: int
    amount: str


class TaxOut(Answer):
    category: str
    label: str
    rate: str
    base: str
    amount: str


class InvoiceOut(Answer):
    id: UUID
    number: str
    kind: Literal["invoice", "credit_note"]
    issued_on: date
    date: date
    payer: UUID
    payer_name: str
    currency: str
    status: str
    lines: list[LineOut]
    taxes: list[TaxOut]
    net: str
    tax: str
    total: str
    issued_at: datetime
    specimen: bool


class InvoicePage(Answer):
    items: list[InvoiceOut]
    next: str | None
