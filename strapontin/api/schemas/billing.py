"""Runs, invoices and the overview, as they go out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.customers import TypeFigures
from strapontin.api.schemas.kinds import Answer, Body, Day


class RunIn(Body):
    date: Day
    preview: StrictBool = False


class Progress(Answer):
    done: int
    total: int


class Parked(Answer):
    customer: UUID
    customer_name: str
    reason: str


class RunOut(Answer):
    id: UUID
    date: date
    preview: bool
    state: Literal["queued", "running", "done", "failed"]
    progress: Progress
    cut: datetime | None
    created_at: datetime
    finished_at: datetime | None


class RunDetail(RunOut):
    invoices: list[dict[str, Any]]
    invoices_next: str | None
    parked: list[Parked]


class RunPage(Answer):
    items: list[RunOut]
    next: str | None


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


class InvoicePage(Answer):
    items: list[InvoiceOut]
    next: str | None


class TermFigures(TypeFigures):
    term_months: int


class MonthFigures(Answer):
    date: date
    allocated: int
    used: int


class OverviewType(TypeFigures):
    by_term: list[TermFigures]
    last_month: MonthFigures | None


class OverviewOut(Answer):
    types: list[OverviewType]
    customers: int
    customers_by_term: dict[str, int]
    customers_over: int
    customers_full: int
