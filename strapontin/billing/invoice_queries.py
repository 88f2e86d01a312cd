"""Reading issued invoices. Row level security leaves those of payers at or below the actor's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from strapontin.access.grants import InvoiceReader
from strapontin.kit.database import row_of, rows_of, statement
from strapontin.refusals import not_found

MOST_LINES = 2000
"""About how many lines a page of a list of whole invoices has at most."""

InvoiceKind = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice without its lines. Names and numbers are those of the day on which it was issued.

    ``date`` is the date that it bills, ``issued_on`` its date in law.
    """

    id: UUID
    number: str
    kind: InvoiceKind
    issued_on: date
    date: date
    payer_id: UUID
    payer_name: str
    payer_vat_number: str
    issuer_name: str
    issuer_siren: str
    issuer_vat_number: str
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    issued_at: datetime
    specimen: bool


@dataclass(frozen=True, slots=True)
class ListedInvoice(InvoiceFacts):
    """An invoice of a list."""

    lines_count: int


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line: ``quantity`` seats of a customer over [starts_on, ends_on), negative for a credit."""

    n: int
    customer_id: UUID
    customer_name: str
    client_id: str
    purchase_order: str
    kind: str
    type_code: str
    quantity: int
    unit_price: Decimal
    months: int
    starts_on: date
    ends_on: date
    days: int
    period_days: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceTax:
    """The tax of one category, in percent of ``base``."""

    category: str
    label: str
    rate_percent: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """An invoice as it was issued, with its lines by customer and its taxes by category."""

    facts: InvoiceFacts
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]


@dataclass(frozen=True, slots=True)
class _LineOfInvoice(InvoiceLine):
    invoice_id: UUID


@dataclass(frozen=True, slots=True)
class _TaxOfInvoice(InvoiceTax):
    invoice_id: UUID


def _columns(shape: type) -> str:
    return ", ".join(field.name for field in fields(shape))


_INVOICES = statement(__file__, "invoices.sql")
_INVOICE = f"SELECT {_columns(InvoiceFacts)} FROM invoice WHERE id = %s"  # noqa: S608  our own names
_OF_INVOICE = "WHERE payer_id = %s AND invoice_id = %s ORDER BY"
_LINES = f"SELECT {_columns(InvoiceLine)} FROM invoice_line {_OF_INVOICE} n"  # noqa: S608  our own names
_TAXES = f"SELECT {_columns(InvoiceTax)} FROM invoice_tax {_OF_INVOICE} position"  # noqa: S608  our own names
_OF_INVOICES = """
JOIN unnest(%(payers)s::uuid[], %(invoices)s::uuid[]) AS listed (payer_id, invoice_id) USING (payer_id, invoice_id)
"""
_ALL_LINES = f"SELECT {_columns(_LineOfInvoice)} FROM invoice_line {_OF_INVOICES} ORDER BY n"  # noqa: S608  our own names
_ALL_TAXES = f"SELECT {_columns(_TaxOfInvoice)} FROM invoice_tax {_OF_INVOICES} ORDER BY position"  # noqa: S608  our own names


def invoices(
    grant: InvoiceReader,
    *,
    payer_id: UUID | None = None,
    date: date | None = None,
    kind: InvoiceKind | None = None,
    run_id: UUID | None = None,
    search: str = "",
    before: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[ListedInvoice]:
    """Issued invoices, the newest first; ``before`` is the (date, id) of the last one seen.

    ``search`` is looked for in number and payer.
    """
    before_date, before_id = before or (None, None)
    return rows_of(
        ListedInvoice,
        _INVOICES,
        {
            "payer": payer_id,
            "date": date,
            "kind": kind,
            "run": run_id,
            "search": search,
            "before_date": before_date,
            "before_id": before_id,
            "limit": limit,
        },
    )


def invoice(grant: InvoiceReader, *, invoice_id: UUID) -> IssuedInvoice:
    """One issued invoice; ``not_found`` outside the scope of the payer."""
    facts = row_of(InvoiceFacts, _INVOICE, [invoice_id])
    if facts is None:
        raise not_found()
    key = [facts.payer_id, invoice_id]
    return IssuedInvoice(facts, rows_of(InvoiceLine, _LINES, key), rows_of(InvoiceTax, _TAXES, key))


def first_that_fit(listed: Sequence[ListedInvoice], limit: int) -> int:
    """How many of the invoices make a page: at most ``limit``, and not much over 2,000 lines."""
    lines = 0
    for count, invoice in enumerate(listed[:limit]):
        lines += invoice.lines_count
        if lines > MOST_LINES:
            return max(1, count)
    return limit


def with_lines(grant: InvoiceReader, listed: Sequence[ListedInvoice]) -> dict[UUID, IssuedInvoice]:
    """The invoices of a list with their lines and taxes, by id; two queries."""
    whole = {invoice.id: IssuedInvoice(invoice, [], []) for invoice in listed}
    keys = {
        "payers": [str(invoice.payer_id) for invoice in listed],
        "invoices": [str(invoice.id) for invoice in listed],
    }
    for line in rows_of(_LineOfInvoice, _ALL_LINES, keys):
        whole[line.invoice_id].lines.append(line)
    for tax in rows_of(_TaxOfInvoice, _ALL_TAXES, keys):
        whole[tax.invoice_id].taxes.append(tax)
    return whole
