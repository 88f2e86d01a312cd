"""Invoices of a scope, and one invoice with each of its sums (SPEC 7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import InvoiceReader
from strapontin.billing import invoice_queries as queries
from strapontin.billing.effects import next_invoice_date
from strapontin.billing.invoice_queries import InvoiceFacts, InvoiceLine, IssuedInvoice, ListedInvoice
from strapontin.kit.names import sort_key
from strapontin.refusals import Refusal
from strapontin.web.figures.shapes import BillLine, Tax
from strapontin.web.frame.answers import page
from strapontin.web.frame.exports import Ending, exports_of, spreadsheet
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.invoices.shapes import InvoiceGroup, InvoicePage, InvoiceRow

GROUPS_PER_PAGE = 50
# The columns of the export, in its order.
_EXPORTED = (
    "n",
    "customer_name",
    "client_id",
    "purchase_order",
    "type_code",
    "quantity",
    "unit_price",
    "months",
    "starts_on",
    "ends_on",
    "days",
    "period_days",
    "amount",
)


def _reader(actor: Actor) -> InvoiceReader:
    if actor.scope == "customer":
        # A customer never has invoices, whatever its roles: its payer has.
        raise Refusal("scope_too_small")
    return grants.invoice_reader(actor)


@require_safe
def show_invoices(request: PageRequest) -> HttpResponse:
    """The invoices of the payers at or below one's scope, newest first."""
    grant = _reader(request.actor)
    visit = request.visit
    address = Address(request.path, request.GET)
    search = address.get("q")
    place = Keyset(address, of="invoices")
    # The newest come first: what follows is older.
    older = (date.fromisoformat(place.after[0]), place.after[1]) if place.after else None
    invoices, paging = place.page(queries.invoices(grant, search=search, before=older, limit=PAGE_SIZE + 1), key="date")
    return page(
        request,
        "invoices/invoice_list.html",
        {
            "scope": home_of(visit).name,
            "rows": [_row(invoice, specimen=_is_specimen(invoice, request)) for invoice in invoices],
            "several_payers": request.actor.provider or len({invoice.payer_id for invoice in invoices}) > 1,
            "paging": paging,
            "list_url": request.path,
            "search": search,
            "filters": [],
            "clear_url": request.path,
            "run_url": reverse("billing_runs") if request.actor.provider else "",
            "next_on": next_invoice_date(today=visit.today, settings=visit.settings),
        },
    )


def _row(invoice: ListedInvoice, *, specimen: bool) -> InvoiceRow:
    return InvoiceRow(
        number=invoice.number,
        url=reverse("invoice", args=[invoice.id]),
        issued_on=invoice.issued_on,
        date=invoice.date,
        payer=invoice.payer_name,
        kind=invoice.kind,
        net=invoice.net,
        total=invoice.total,
        currency=invoice.currency,
        specimen=specimen,
    )


def _is_specimen(facts: InvoiceFacts, request: PageRequest) -> bool:
    """Whether a sandbox issued it, or shows it: those issued before it was noted have no mark of their own."""
    return facts.specimen or request.visit.settings.issues_specimens


@require_safe
def show_invoice(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """An issued invoice: lines by customer with their sums, taxes, total."""
    grant = _reader(request.actor)
    invoice = queries.invoice(grant, invoice_id=invoice_id)
    address = Address(request.path, request.GET)
    search = address.get("q")
    customers = _by_customer(invoice.lines, search)
    number = address.page(total=len(customers), size=GROUPS_PER_PAGE)
    first = (number - 1) * GROUPS_PER_PAGE
    of_page = customers[first : first + GROUPS_PER_PAGE]
    paging = address.paging(shown=len(of_page), total=len(customers), page=number, size=GROUPS_PER_PAGE)
    labels = types()
    groups = [_group(lines, labels) for lines in of_page]
    context = {
        "invoice": _page_of(invoice, groups, request),
        "crumbs": [Link(_("Invoices"), reverse("invoices")), Link(str(invoice.facts.issued_on.year), "")],
        "search": search,
        "page_url": request.path,
        "paging": paging if paging.pages else None,
    }
    return page(request, "invoices/invoice.html", context)


def _page_of(invoice: IssuedInvoice, groups: list[InvoiceGroup], request: PageRequest) -> InvoicePage:
    facts, settings = invoice.facts, request.visit.settings
    on_use = facts.date < settings.allocation_billing_from
    vat = pgettext("number", "VAT")
    return InvoicePage(
        number=facts.number,
        kind=facts.kind,
        issued_on=facts.issued_on,
        date=facts.date,
        issuer=facts.issuer_name,
        issuer_id=", ".join(
            f"{name} {number}"
            for name, number in (("SIREN", facts.issuer_siren), (vat, facts.issuer_vat_number))
            if number
        ),
        payer=facts.payer_name,
        payer_id=f"{vat} {facts.payer_vat_number}" if facts.payer_vat_number else "",
        basis="used" if on_use else "allocated",
        basis_since=settings.allocation_billing_from,
        net=facts.net,
        taxes=[
            Tax(name=_(tax.label), rate=tax.rate_percent, base=tax.base, amount=tax.amount) for tax in invoice.taxes
        ],
        total=facts.total,
        currency=facts.currency,
        groups=groups,
        customers=len({line.customer_id for line in invoice.lines}),
        lines=len(invoice.lines),
        specimen=_is_specimen(facts, request),
        exports=exports_of("invoice", facts.id),
    )


def _by_customer(lines: Iterable[InvoiceLine], search: str) -> list[list[InvoiceLine]]:
    """The lines of each customer whose name or client id contains ``search``."""
    customers = [list(of_customer) for _id, of_customer in groupby(lines, key=attrgetter("customer_id"))]
    if not search:
        return customers
    text = sort_key(search)
    return [of_one for of_one in customers if text in sort_key(f"{of_one[0].customer_name} {of_one[0].client_id}")]


def _group(lines: list[InvoiceLine], labels: Types) -> InvoiceGroup:
    first = lines[0]
    return InvoiceGroup(
        customer=first.customer_name,
        client_id=first.client_id,
        term_months=lines[-1].months,
        net=sum((line.amount for line in lines), Decimal("0.00")),
        lines=[_line(line, labels) for line in lines],
        purchase_order=first.purchase_order,
    )


def _line(line: InvoiceLine, labels: Types) -> BillLine:
    return BillLine(
        type=labels[line.type_code],
        quantity=line.quantity,
        unit_price=line.unit_price,
        months=line.months,
        start=line.starts_on,
        end=line.ends_on,
        days=line.days,
        period_days=line.period_days,
        amount=line.amount,
    )


@require_safe
def export_lines(request: PageRequest, invoice_id: UUID, ending: Ending) -> HttpResponse:
    """The lines of an invoice for a spreadsheet, to be reconciled by hand: numbers as stored.

    The last columns are the invoice's own, the same in each line.
    """
    invoice = queries.invoice(_reader(request.actor), invoice_id=invoice_id)
    facts = invoice.facts
    mark = _("SPECIMEN") if _is_specimen(facts, request) else ""
    of_invoice = [facts.currency, facts.issued_on, facts.date, mark]
    values_of = attrgetter(*_EXPORTED)
    rows = ([*values_of(line), *of_invoice] for line in invoice.lines)
    return spreadsheet(ending, name=facts.number, heads=_heads(), rows=rows)


def _heads() -> list[str]:
    return [
        _("Line"),
        _("Customer"),
        pgettext("column", "Client id"),
        _("Purchase order"),
        _("Type"),
        _("Seats"),
        _("Price a month"),
        _("Months"),
        pgettext("column", "From"),
        pgettext("column", "Until, exclusive"),
        _("Days"),
        _("Days of the period"),
        _("Amount without tax"),
        _("Currency"),
        _("Issued on"),
        _("Billing date"),
        _("SPECIMEN"),
    ]
