"""Allocations by spreadsheet: downloading what is there, sending it back, what it would do, confirming (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from strapontin.access import grants
from strapontin.access.grants import OverviewReader
from strapontin.customers.customer_list import CustomerFilter, customers_sorted
from strapontin.imports import bulk_allocations, bulk_queries
from strapontin.imports.bulk_queries import BulkFacts, BulkOutlook
from strapontin.imports.quantities import MOST_CUSTOMERS
from strapontin.imports.spreadsheets import MOST_ROWS
from strapontin.refusals import Refusal
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.exports import Cell, Ending, exports_of, spreadsheet
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import types
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.imports import bulk_composing
from strapontin.web.imports.forms import QuantitiesForm
from strapontin.web.subscriptions.navigation import crumbs_to_customer

MOST_SHOWN = 20
"""How many earlier changes the page lists."""
MOST_ERRORS = MOST_EFFECTS = 100
"""How many errors and customers the page of a change shows; more stand in its report."""


@require_http_methods(["GET", "HEAD", "POST"])
def show_bulk_allocations(request: PageRequest) -> HttpResponse:
    """The table to download, the form by which it is sent back, and the latest changes of the scope."""
    grant = grants.overview_reader(request.actor)
    form, status = QuantitiesForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            requested = attempt(
                lambda: bulk_allocations.request_bulk_allocation(
                    grant, file=form.sent_file(), preview=True, at=request.visit.at
                )
            )
            if not isinstance(requested, Refusal):
                text = _("The file is being checked. Nothing is changed yet.")
                return Done(_bulk_url(requested), text, level=messages.INFO)
            status = say_in(form, requested)
    search = request.GET.get("q", "").strip()
    context = {
        "crumbs": crumbs_to_customer(request.actor),
        "scope": home_of(request.visit).name,
        "form": form,
        "save_url": request.path,
        "search": search,
        "most_customers": 0 if request.actor.customer_id else MOST_CUSTOMERS,
        "exports": exports_of("bulk_allocations", query=f"?{request.GET.urlencode()}" if search else ""),
        "changes": [(facts, _bulk_url(facts.id)) for facts in bulk_queries.bulk_allocations(grant, limit=MOST_SHOWN)],
    }
    return page(request, "imports/bulk_allocations.html", context, status=status)


@require_safe
def download_quantities(request: PageRequest, ending: Ending) -> HttpResponse:
    """What is allocated in the scope, with a column to fill in: one row for each customer, site and type."""
    grant = grants.overview_reader(request.actor)
    only = CustomerFilter(search=request.GET.get("q", "").strip(), status="active")
    customers = customers_sorted(grant, only=only, sort="name", descending=False, limit=None)
    labels = types()
    seats = bulk_queries.seats_of(grant, customer_ids=[customer.id for customer in customers], limit=MOST_ROWS + 1)
    if len(seats) > MOST_ROWS:
        raise Refusal("file_too_long", rows=MOST_ROWS)
    heads = [
        _("Customer id"),
        _("Customer"),
        _("Site id"),
        _("Site"),
        _("Subscription type"),
        pgettext("seats", "Allocated"),
        _("Next cycle"),
        _("Used"),
        pgettext("seats", "Wanted"),
    ]
    rows: Iterator[list[Cell]] = (
        [
            *(str(row.customer_id), row.customer_name, str(row.site_id), row.site_name, labels[row.type_code].name),
            *(row.allocated, row.next_cycle, row.used, row.allocated),
        ]
        for row in seats
    )
    return spreadsheet(ending, name=pgettext("name of a file", "allocations"), heads=heads, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def show_bulk_allocation(request: PageRequest, bulk_id: UUID) -> HttpResponse:
    """A change by spreadsheet: its progress, what is wrong, what it would do or did. It posts the confirmation."""
    grant = grants.overview_reader(request.actor)
    refused: Refusal | None = None
    if request.method == "POST":
        digest = request.POST.get("digest", "")
        refused = attempt(lambda: bulk_allocations.confirm_bulk_allocation(grant, bulk_id=bulk_id, digest=digest))
        if refused is None:
            return Done(request.path, _("The changes are being made."), level=messages.INFO)
    facts = bulk_queries.bulk_allocation(grant, bulk_id=bulk_id)
    context = _context(request, grant, facts)
    if refused is not None:
        context["notes"] = [Note("warn", _("Nothing was changed."), refused.sentence, focus=True)]
    return page(request, "imports/bulk_allocation.html", context, status=refused.status if refused else 200)


def _context(request: PageRequest, grant: OverviewReader, facts: BulkFacts) -> dict[str, Any]:
    labels = types()
    outlook = BulkOutlook([]) if facts.runs else bulk_queries.outlook_of(grant, bulk_id=facts.id)
    list_url = reverse("bulk_allocations")
    return {
        "crumbs": [*crumbs_to_customer(request.actor), Link(_("Allocations by spreadsheet"), list_url)],
        "facts": facts,
        "page_url": request.path,
        "list_url": list_url,
        "notes": bulk_composing.notes_of(facts),
        "errors": facts.errors[:MOST_ERRORS],
        "rows": bulk_composing.effect_rows(outlook.customers[:MOST_EFFECTS]),
        "customers": len(outlook.customers),
        "type_rows": bulk_composing.type_rows(outlook, labels),
        "amounts": outlook.amounts,
        "confirmable": facts.can_be_confirmed,
        "exports": [] if facts.runs else exports_of("bulk_allocation_report", facts.id),
    }


@require_safe
def export_bulk_report(request: PageRequest, bulk_id: UUID, ending: Ending) -> HttpResponse:
    """What is wrong, by row and column; if nothing is, every change of every customer."""
    grant = grants.overview_reader(request.actor)
    facts = bulk_queries.bulk_allocation(grant, bulk_id=bulk_id)
    heads = [_("Row"), _("Column"), _("What is to be corrected")]
    rows: Iterator[list[Cell]] = ([e.row, e.column, e.detail] for e in facts.errors)
    if not facts.error_count:
        labels, outlook = types(), bulk_queries.outlook_of(grant, bulk_id=bulk_id)
        names = bulk_queries.site_names(grant, outlook)
        heads = [_("Customer"), _("Site"), _("Subscription type"), pgettext("seats", "Change")]
        heads += [_("Seats after it"), pgettext("day", "From")]
        rows = (
            [
                *(named.name, names.get(shift.site, ""), labels[shift.type].name),
                *(shift.delta, shift.quantity_after, shift.effective_on),
            ]
            for named in outlook.customers
            for shift in named.effect.shifts
        )
    name = pgettext("name of a file", "allocations-report")
    return spreadsheet(ending, name=name, heads=heads, rows=rows)


def _bulk_url(bulk_id: UUID) -> str:
    return reverse("bulk_allocation", args=[bulk_id])
