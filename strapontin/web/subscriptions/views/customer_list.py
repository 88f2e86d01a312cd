"""Souscriptions ▸ Détail par client: the list of customers with their seats, and its export (SPEC 9)."""

from __future__ import annotations

import csv
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.customers import customer_list
from strapontin.customers.customer_list import SORTS, STATUSES, Line, Wanted
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.web.figures import seats
from strapontin.web.frame.answers import page
from strapontin.web.frame.exports import csv_attachment, safe_text
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, options
from strapontin.web.frame.menu import new_customer_url
from strapontin.web.frame.shapes import Filter
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.subscriptions.navigation import tabs
from strapontin.web.subscriptions.shapes.customer_list import CustomerRow


@require_safe
def show_customer_list(request: PageRequest) -> HttpResponse:
    """A page of the list."""
    grant = grants.overview_reader(request.actor)
    if request.actor.customer_id:
        return redirect("customer", request.actor.customer_id)
    labels = types()
    address = Address(request.path, request.GET)
    wanted = _wanted(address, labels)
    sorting, sort, down = address.sorting(_columns(labels), default="name")
    sums = customer_list.totals(grant, wanted=wanted)
    number = address.page(total=sums.customers)
    lines = customer_list.customers(
        grant, wanted=wanted, sort=sort, descending=down, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    everything = sums if wanted == Wanted() else customer_list.totals(grant)
    return page(
        request,
        "subscriptions/customer_list.html",
        {
            "organisation": home_of(request.visit).name,
            "customers": everything.customers,
            "tabs": tabs("subscriptions"),
            "types": labels,
            "rows": [_row(line, labels) for line in lines],
            "total": seats.of_types(sums.types.values(), labels),
            "grand_total": seats.over_all(sums.types.values()),
            "found": sums.customers,
            "found_over": sums.over,
            "left_out": sums.not_for_resale,
            "sorting": sorting,
            "paging": address.paging(shown=len(lines), total=sums.customers, page=number),
            "list_url": request.path,
            "search": wanted.search,
            "filters": _filters(wanted, labels, request.GET.get("sort", "")),
            "export_url": address.url().replace(request.path, reverse("subscriptions_export"), 1),
            "new_customer_url": new_customer_url(request.actor),
            "clear_url": request.path,
        },
    )


def _columns(labels: Types) -> list[str]:
    return [*SORTS, *labels.codes]


def _wanted(address: Address, labels: Types) -> Wanted:
    term = address.get("term", [str(months) for months in TERMS_MONTHS])
    return Wanted(
        search=address.get("q"),
        term_months=int(term) if term else None,
        status=address.get("status", STATUSES),
        type_code=address.get("type", labels.codes),
    )


def _filters(wanted: Wanted, labels: Types, sort: str) -> list[Filter]:
    terms = {str(n): ngettext("%(count)s month", "%(count)s months", n) % {"count": n} for n in TERMS_MONTHS}
    names = {
        "name": _("Customer"),
        **{label.code: label.name for label in labels},
        "total": _("Total"),
        "term": _("Term"),
        "next": _("Next period"),
        "status": _("Status"),
    }
    if sort.startswith("-") and sort[1:] in names:
        # The heads of the table go down, too; the choice must be able to say what they chose.
        names[sort] = _("%(name)s, in reverse") % {"name": names[sort[1:]]}
    return [
        Filter("type", _("Type"), options({t.code: t.name for t in labels}, wanted.type_code, everything=_("Type"))),
        Filter("term", _("Term"), options(terms, str(wanted.term_months or ""), everything=_("Term"))),
        Filter("status", _("Status"), options(status_names(), wanted.status, everything=_("Status"))),
        Filter("sort", _("Sort by"), options(names, sort, everything=_("Sort by")), narrow_only=True),
    ]


def status_names() -> dict[str, str]:
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


def _row(line: Line, labels: Types) -> CustomerRow:
    return CustomerRow(
        name=line.name,
        client_id=line.client_id,
        url=reverse("customer", args=[line.id]),
        cells=seats.of_types(line.types.values(), labels),
        total=seats.over_all(line.types.values()),
        term_months=line.term_months,
        next_period_starts_on=_next_period(line),
        status=line.status,
        status_count=line.total.over,
        pending_term_months=line.pending_term_months or 0,
    )


def _next_period(line: Line) -> date | None:
    return None if line.status == "expired" else line.period_ends_on


@require_safe
def export_customer_list(request: PageRequest) -> HttpResponse:
    """The same list, whole, as CSV."""
    grant = grants.overview_reader(request.actor)
    labels = types()
    address = Address(request.path, request.GET)
    _sorting, sort, down = address.sorting(_columns(labels), default="name")
    lines = customer_list.customers(grant, wanted=_wanted(address, labels), sort=sort, descending=down, limit=None)
    file = csv_attachment("customers")
    writer = csv.writer(file)
    heads = [_("Customer"), pgettext("column", "Client id")]
    for label in labels:
        heads += [f"{label.name}, {_('used')}", f"{label.name}, {_('allocated')}"]
    writer.writerow([*heads, _("Term"), _("Next period"), _("Status")])
    statuses = status_names()
    for line in lines:
        cells = seats.of_types(line.types.values(), labels)
        numbers = [number for cell in cells for number in (cell.used, cell.allocated)]
        following = _next_period(line)
        ending = [line.term_months, following.isoformat() if following else "", statuses[line.status]]
        writer.writerow([safe_text(line.name), safe_text(line.client_id), *numbers, *ending])
    return file
