"""Souscriptions ▸ Détail par client: the list of customers with their seats, and its export (SPEC 9)."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.customers.customer_list import (
    EVERY_CUSTOMER,
    SORTS,
    STATES,
    CustomerFilter,
    ListedCustomer,
    customers_sorted,
    totals,
)
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.web.figures import seats
from strapontin.web.frame.answers import page
from strapontin.web.frame.exports import Cell, Ending, exports_of, spreadsheet
from strapontin.web.frame.labels import Types, full_text, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, options
from strapontin.web.frame.menu import new_customer_url
from strapontin.web.frame.shapes import Filter
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.subscriptions.navigation import tabs
from strapontin.web.subscriptions.shapes.customer_list import CustomerRow

# A filter beside the states: these customers are in no other list.
ARCHIVED = "archived"


@require_safe
def show_customer_list(request: PageRequest) -> HttpResponse:
    """A page of the list."""
    grant = grants.overview_reader(request.actor)
    if request.actor.customer_id:
        return redirect("customer", request.actor.customer_id)
    labels = types()
    address = Address(request.path, request.GET)
    only = _filter(address, labels)
    sorting, sort, down = address.sorting(_columns(labels), default="name")
    sums = totals(grant, only=only)
    number = address.page(total=sums.customers)
    customers = customers_sorted(
        grant, only=only, sort=sort, descending=down, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    everything = sums if only == EVERY_CUSTOMER else totals(grant)
    return page(
        request,
        "subscriptions/customer_list.html",
        {
            "organisation": home_of(request.visit).name,
            "customers": everything.customers,
            "not_for_resale": everything.not_for_resale,
            "tabs": tabs("subscriptions"),
            "types": labels,
            "rows": [_row(customer, labels) for customer in customers],
            "total": seats.of_types(sums.types, labels),
            "grand_total": seats.over_all(sums.types),
            "listed": sums.customers,
            "listed_over": sums.over,
            "left_out": sums.not_for_resale,
            "sorting": sorting,
            "paging": address.paging(shown=len(customers), total=sums.customers, page=number),
            "list_url": request.path,
            "search": only.search,
            "filters": _filters(only, labels, request.GET.get("sort", "")),
            "exports": exports_of("subscriptions", query=address.url().removeprefix(request.path)),
            "bulk_url": reverse("bulk_allocations") + (f"?{urlencode({'q': only.search})}" if only.search else ""),
            "new_customer_url": new_customer_url(request.actor),
            "clear_url": request.path,
        },
    )


def _columns(labels: Types) -> list[str]:
    return [*SORTS, *labels.codes]


def _filter(address: Address, labels: Types) -> CustomerFilter:
    term = address.get("term", [str(months) for months in TERMS_MONTHS])
    return CustomerFilter(
        search=address.get("q"),
        term_months=int(term) if term else None,
        state=address.get("status", STATES),
        archived=address.get("status") == ARCHIVED,
        type_code=address.get("type", labels.codes),
    )


def _filters(only: CustomerFilter, labels: Types, sort: str) -> list[Filter]:
    terms = {str(n): ngettext("%(count)s month", "%(count)s months", n) % {"count": n} for n in TERMS_MONTHS}
    names = {
        "name": _("Customer"),
        **{label.code: label.name for label in labels},
        "total": _("Total"),
        "term": _("Term"),
        "next": _("Next period"),
        "status": _("Status"),
    }
    statuses, status = state_names() | {ARCHIVED: _("In the archive")}, ARCHIVED if only.archived else only.state
    if sort.startswith("-") and sort[1:] in names:
        # The heads of the table also sort downwards: then the choice says so.
        names[sort] = _("%(name)s, in reverse") % {"name": names[sort[1:]]}
    return [
        Filter("type", _("Type"), options({t.code: t.name for t in labels}, only.type_code, everything=_("Type"))),
        Filter("term", _("Term"), options(terms, str(only.term_months or ""), everything=_("Term"))),
        Filter("status", _("Status"), options(statuses, status, everything=_("Status"))),
        Filter("sort", _("Sort by"), options(names, sort, everything=_("Sort by")), narrow_only=True),
    ]


def state_names() -> dict[str, str]:
    """The states of a customer, for a filter."""
    return {
        "active": _("Active"),
        "over": _("Above the allocation"),
        "full": _("Full"),
        "lowering": _("Decrease planned"),
        "term_change": _("Changes its term"),
        "expired": _("Expired"),
        "unlimited": _("Unlimited"),
        "not_for_resale": _("Not for resale"),
    }


def _row(customer: ListedCustomer, labels: Types) -> CustomerRow:
    cells = seats.of_types(customer.types, labels)
    return CustomerRow(
        name=customer.name,
        client_id=customer.client_id,
        url=reverse("customer", args=[customer.id]),
        cells=cells,
        total=seats.over_all(customer.types),
        term_months=customer.term_months,
        next_period_starts_on=_next_period(customer),
        status=customer.state,
        status_count=customer.total.over,
        full_types=seats.full_types(cells),
        pending_term_months=customer.pending_term_months or 0,
    )


def _next_period(customer: ListedCustomer) -> date | None:
    return None if customer.state == "expired" else customer.period_ends_on


@require_safe
def export_customer_list(request: PageRequest, ending: Ending) -> HttpResponse:
    """The same list, whole, for a spreadsheet."""
    grant = grants.overview_reader(request.actor)
    labels = types()
    address = Address(request.path, request.GET)
    _sorting, sort, down = address.sorting(_columns(labels), default="name")
    customers = customers_sorted(grant, only=_filter(address, labels), sort=sort, descending=down, limit=None)
    heads = [_("Customer"), pgettext("column", "Client id")]
    for label in labels:
        heads += [f"{label.name}, {_('used')}", f"{label.name}, {_('allocated')}"]
    heads += [_("Term"), _("Next period"), _("Status")]
    states = state_names()
    rows = (_exported(customer, labels, states) for customer in customers)
    return spreadsheet(ending, name="customers", heads=heads, rows=rows)


def _exported(customer: ListedCustomer, labels: Types, states: dict[str, str]) -> list[Cell]:
    cells = seats.of_types(customer.types, labels)
    numbers = [number for cell in cells for number in (cell.used, cell.allocated)]
    state = full_text(seats.full_types(cells)) if customer.state == "full" else states[customer.state]
    ending = [customer.term_months, _next_period(customer), state]
    return [customer.name, customer.client_id, *numbers, *ending]
