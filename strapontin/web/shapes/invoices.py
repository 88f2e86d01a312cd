"""Invoices and the explanation of their lines.

Part of ``strapontin.web.shapes``, which says what these values promise.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from strapontin.web.shapes.money import BillLine, Tax

InvoiceStatus = Literal["draft", "issued", "paid", "overdue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """An invoice in a list."""

    number: str
    url: str
    date: dt.date
    payer: str
    kind: Literal["invoice", "credit_note"]
    status: InvoiceStatus
    net: Decimal
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceGroup:
    """The lines of one customer."""

    customer: str
    client_id: str
    term_months: int
    net: Decimal
    lines: Sequence[BillLine]
    purchase_order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of an invoice."""

    label: str
    url: str
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePage:
    """An invoice with its lines; ``basis_since`` is the date from which seats allocated are invoiced."""

    number: str
    kind: Literal["invoice", "credit_note"]
    status: InvoiceStatus
    date: dt.date
    due_on: dt.date | None
    issuer: str
    issuer_id: str
    payer: str
    payer_id: str
    basis: Literal["used", "allocated"]
    net: Decimal
    taxes: Sequence[Tax]
    total: Decimal
    currency: str
    groups: Sequence[InvoiceGroup]
    customers: int
    lines: int
    basis_since: dt.date | None = None
    documents: Sequence[Document] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRow:
    """A ledger row behind a line: seats of the customer after it in ``total``."""

    recorded_at: dt.datetime
    who: str
    site: str
    delta: int
    total: int
    other_site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a line has its amount, down to the figure before rounding."""

    line: BillLine
    currency: str
    rows: Sequence[ExplainedRow]
    billed_before: int
    billable: int
    basis: Literal["used", "allocated"]
    price_list: str
    list_price: Decimal
    term_months: int
    term_discount: Decimal
    level: str
    level_discount: Decimal
    price_fixed_on: dt.date
    exact: Decimal

    @property
    def product(self) -> Decimal:
        """Seats × price × months, before the days."""
        return self.line.quantity * self.line.unit_price * self.line.months
