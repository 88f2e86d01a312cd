"""``/invoices``: issued invoices, for scopes at or above their payer."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.conf import settings as environment
from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.api import paging
from strapontin.api.answers import answer, money, percent
from strapontin.api.schemas.invoices import InvoiceOut, InvoicePage, InvoicesIn
from strapontin.api.visit import ApiRequest
from strapontin.billing import invoice_queries as queries
from strapontin.billing.invoice_queries import InvoiceLine, InvoiceTax, IssuedInvoice

router = Router(tags=["invoices"])


def show_invoice(invoice: IssuedInvoice) -> dict[str, Any]:
    """An invoice with its lines and taxes, as it was issued."""
    facts = invoice.facts
    return {
        "id": facts.id,
        "number": facts.number,
        "kind": facts.kind,
        "date": facts.date,
        "issued_on": facts.issued_on,
        "payer": facts.payer_id,
        "payer_name": facts.payer_name,
        "currency": facts.currency,
        # There are no payments yet.
        "status": "open",
        "lines": [_show_line(line) for line in invoice.lines],
        "taxes": [_show_tax(tax) for tax in invoice.taxes],
        "net": money(facts.net),
        "tax": money(facts.tax),
        "total": money(facts.total),
        "issued_at": facts.issued_at,
        "specimen": facts.specimen or environment.SANDBOX,
    }


def _show_line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "n": line.n,
        "customer": line.customer_id,
        "customer_name": line.customer_name,
        "client_id": line.client_id,
        "purchase_order": line.purchase_order,
        "type": line.type_code,
        "kind": line.kind,
        "quantity": line.quantity,
        "unit_price": money(line.unit_price),
        "months": line.months,
        "start": line.starts_on,
        "end": line.ends_on,
        "days": line.days,
        "period_days": line.period_days,
        "amount": money(line.amount),
    }


def _show_tax(tax: InvoiceTax) -> dict[str, Any]:
    return {
        "category": tax.category,
        "label": tax.label,
        "rate": percent(tax.rate_percent),
        "base": money(tax.base),
        "amount": money(tax.amount),
    }


@router.get("invoices", response=InvoicePage)
def list_invoices(request: ApiRequest, page: Query[InvoicesIn]) -> HttpResponse:
    """The invoices of your scope, the newest first. A page with too many lines is shorter than ``limit``."""
    grant = grants.invoice_reader(request.visit.actor)
    invoices = queries.invoices(
        grant,
        payer_id=page.payer,
        date=page.date,
        kind=page.kind,
        run_id=page.run,
        before=paging.decode(page.cursor, datetime.date.fromisoformat, UUID),
        limit=page.limit + 1,
    )
    limit = queries.first_that_fit(invoices, page.limit)
    whole = queries.with_lines(grant, invoices[:limit])
    return answer(paging.page(invoices, limit, ["date", "id"], lambda invoice: show_invoice(whole[invoice.id])))


@router.get("invoices/{uuid:invoice_id}", response=InvoiceOut)
def read_invoice(request: ApiRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice."""
    invoice = queries.invoice(grants.invoice_reader(request.visit.actor), invoice_id=invoice_id)
    return answer(show_invoice(invoice))
