"""Invoices of a scope, and one invoice with each of its sums (SPEC 7)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import InvoiceReader
from strapontin.billing import queries as billing
from strapontin.billing.effects import next_invoice_date
from strapontin.kit.names import sort_key
from strapontin.refusals import Refusal
from strapontin.web import shapes as s
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.subscriptions.views.customer_list import attachment, safe_text

GROUPS_PER_PAGE = 50


def _reader(actor: Actor) -> InvoiceReader:
    if actor.scope == "customer":
        # A customer never has invoices, whatever its roles: the partner's payer has.
        raise Refusal("scope_too_small")
    return grants.invoice_reader(actor)


@require_safe
def show(request: PageRequest) -> HttpResponse:
    """The invoices of the payers at or below one's scope, newest first."""
    grant = _reader(request.actor)
    visit = request.visit
    address = Address(request.path, request.GET)
    search = address.get("q")
    place = Keyset(address, of="invoices")
    # The newest come first: what follows is older.
    older = (date.fromisoformat(place.after[0]), place.after[1]) if place.after else None
    shown, paging = place.page(billing.invoices(grant, search=search, before=older, limit=PAGE_SIZE + 1), key="date")
    return page(
        request,
        "invoices/invoice_list.html",
        {
            "scope": home_of(visit).name,
            "rows": [_row(each) for each in shown],
            "several_payers": request.actor.provider or len({each["payer_id"] for each in shown}) > 1,
            "paging": paging,
            "list_url": request.path,
            "search": search,
            "filters": [],
            "clear_url": request.path,
            "run_url": reverse("billing_runs") if request.actor.provider else "",
            "next_on": next_invoice_date(today=visit.today, settings=visit.settings),
        },
    )


def _row(found: dict[str, Any]) -> s.InvoiceRow:
    return s.InvoiceRow(
        number=found["number"],
        url=reverse("invoice", args=[found["id"]]),
        date=found["date"],
        payer=found["payer_name"],
        kind=found["kind"],
        net=found["net"],
        total=found["total"],
        currency=found["currency"],
    )


@require_safe
def one(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """An issued invoice: lines by customer with their sums, taxes, total."""
    grant = _reader(request.actor)
    found = billing.invoice(grant, invoice_id=invoice_id)
    address = Address(request.path, request.GET)
    search = address.get("q")
    labels = types()
    groups = _groups(found.lines, labels, search)
    number = address.page(total=len(groups), size=GROUPS_PER_PAGE)
    first = (number - 1) * GROUPS_PER_PAGE
    shown = groups[first : first + GROUPS_PER_PAGE]
    paging = address.paging(shown=len(shown), total=len(groups), page=number, size=GROUPS_PER_PAGE)
    facts = found.facts
    context = {
        "invoice": _page_of(found, shown, request),
        "crumbs": [s.Link(_("Invoices"), reverse("invoices")), s.Link(str(facts["date"].year), "")],
        "search": search,
        "page_url": request.path,
        "paging": paging if paging.pages else None,
    }
    return page(request, "invoices/invoice.html", context)


def _page_of(found: billing.IssuedInvoice, groups: list[s.InvoiceGroup], request: PageRequest) -> s.InvoicePage:
    facts, settings = found.facts, request.visit.settings
    on_use = facts["date"] < settings.allocation_billing_from
    vat = pgettext("number", "VAT")
    return s.InvoicePage(
        number=facts["number"],
        kind=facts["kind"],
        date=facts["date"],
        issuer=facts["issuer_name"],
        issuer_id=f"{vat} {facts['issuer_vat_number']}" if facts["issuer_vat_number"] else "",
        payer=facts["payer_name"],
        payer_id=f"{vat} {facts['payer_vat_number']}" if facts["payer_vat_number"] else "",
        basis="used" if on_use else "allocated",
        basis_since=settings.allocation_billing_from,
        net=facts["net"],
        taxes=[
            s.Tax(name=_(tax["label"]), rate=tax["rate_percent"], base=tax["base"], amount=tax["amount"])
            for tax in found.taxes
        ],
        total=facts["total"],
        currency=facts["currency"],
        groups=groups,
        customers=len({line["customer_id"] for line in found.lines}),
        lines=len(found.lines),
        documents=[s.Document(label=_("Lines as CSV"), url=reverse("invoice_lines", args=[facts["id"]]))],
    )


def _groups(lines: Iterable[dict[str, Any]], labels: Types, search: str) -> list[s.InvoiceGroup]:
    groups = []
    for _key, of_customer in groupby(lines, key=lambda line: line["customer_id"]):
        mine = list(of_customer)
        head = mine[0]
        if search and sort_key(search) not in sort_key(f"{head['customer_name']} {head['client_id']}"):
            continue
        groups.append(
            s.InvoiceGroup(
                customer=head["customer_name"],
                client_id=head["client_id"],
                term_months=mine[-1]["months"],
                net=sum((line["amount"] for line in mine), Decimal("0.00")),
                lines=[_line(line, labels) for line in mine],
                purchase_order=head["purchase_order"],
            )
        )
    return groups


def _line(line: dict[str, Any], labels: Types) -> s.BillLine:
    return s.BillLine(
        type=labels[line["type_code"]],
        quantity=line["quantity"],
        unit_price=line["unit_price"],
        months=line["months"],
        start=line["starts_on"],
        end=line["ends_on"],
        days=line["days"],
        period_days=line["period_days"],
        amount=line["amount"],
    )


@require_safe
def lines(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """The lines of an invoice as CSV, to be reconciled by hand: numbers as stored, dates as ISO 8601."""
    found = billing.invoice(_reader(request.actor), invoice_id=invoice_id)
    file = attachment(f"{found.facts['number']}")
    writer = csv.writer(file)
    names = ("n", "customer_name", "client_id", "purchase_order", "type_code", "quantity", "unit_price", "months")
    ends = ("starts_on", "ends_on", "days", "period_days", "amount")
    writer.writerow([*names, *ends, "currency"])
    for line in found.lines:
        values = [line[name] for name in (*names, *ends)]
        texts = [safe_text(v) if isinstance(v, str) else v for v in values]
        writer.writerow(
            [v.isoformat() if isinstance(v, date | datetime) else v for v in texts] + [found.facts["currency"]]
        )
    return file
