"""Invoices in a list, and one with its lines; money is ``Decimal``."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from strapontin.web.figures.shapes import BillLine, Tax
from strapontin.web.frame.shapes import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """An invoice in a list."""

    number: str
    url: str
    issued_on: dt.date
    date: dt.date
    payer: str
    kind: Literal["invoice", "credit_note"]
    net: Decimal
    total: Decimal
    currency: str
    specimen: bool = False


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
class InvoicePage:
    """An invoice with its lines; ``basis_since`` is the date from which seats allocated are invoiced."""

    number: str
    kind: Literal["invoice", "credit_note"]
    issued_on: dt.date
    date: dt.date
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
    specimen: bool = False
    exports: Sequence[Link] = ()
