"""Souscriptions d'un client: figures by site, synchronisation, what is to come, what was (SPEC 9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import AllocationManager
from strapontin.allocations import queries as allocations
from strapontin.allocations.exchanges import undoable
from strapontin.billing.queries import unit_prices
from strapontin.customers.months import month_ends, twelve_months_of
from strapontin.customers.subscriptions import Subscriptions
from strapontin.cycles.queries import sees_money
from strapontin.doors.visit import Visit
from strapontin.outlook.queries import running_out, unused_of
from strapontin.refusals import invalid
from strapontin.stacks.queries import latest
from strapontin.web.figures import seats
from strapontin.web.frame.answers import page
from strapontin.web.frame.exports import Cell, Ending, exports_of, spreadsheet
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.menu import may_set_terms
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions import synchronizations
from strapontin.web.subscriptions.changes import past_changes, pending_changes
from strapontin.web.subscriptions.customer import cards, customer_head, over_uses, site_rows
from strapontin.web.subscriptions.navigation import crumbs_to_customer
from strapontin.web.subscriptions.outlook import running_out_rows, unused_rows
from strapontin.web.subscriptions.situation import Situation, seats_in, situation

CHANGES_ON_THE_PAGE = 8


@require_safe
def show_customer(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The page of one customer, now or in the situation that the address asks for."""
    visit, actor = request.visit, request.actor
    grant = grants.allocation_manager(actor, customer_id)
    customer, labels = grant.customer, types()
    asked = situation(request.GET)
    subscriptions = seats_in(asked, grant, visit)
    if asked.on:
        return _show_situation(request, grant, asked, subscriptions, labels)
    sync = synchronizations.current(latest(grant), customer_id, at=visit.at, shows_users=actor.holds("users"))
    with_stack = any(site.stacks for site in subscriptions.sites)
    shows_prices = sees_money(grant)
    context = {
        "customer": customer_head(customer),
        "crumbs": crumbs_to_customer(actor),
        "page_url": reverse("customer", args=[customer_id]),
        "exports": exports_of("customer", customer_id),
        "situation": asked,
        "sync_url": reverse("synchronize", args=[customer_id]) if with_stack else "",
        "edit_url": reverse("customer_edit", args=[customer_id]) if actor.holds("customers") else "",
        "users_url": reverse("users", args=[customer_id]) if actor.holds("users") else "",
        "new_site_url": reverse("site_new", args=[customer_id]) if actor.holds("customers") else "",
        "sync": sync,
        "over_uses": over_uses(subscriptions, customer, labels, shows_users=actor.holds("users")),
        "cards": cards(subscriptions, customer, labels, unit_prices(grant) if shows_prices else {}),
        "types": labels,
        "sites": site_rows(subscriptions, customer, labels, synchronizing=bool(sync and sync.running)),
        "site_total": seats.of_types(subscriptions.types, labels),
        "shows_prices": shows_prices,
        **_ahead(grant, visit, labels),
        **_changes(grant, visit, labels),
    }
    return page(request, "subscriptions/customer.html", context, status=422 if asked.form.errors else 200)


def _show_situation(
    request: PageRequest, grant: AllocationManager, asked: Situation, subscriptions: Subscriptions, labels: Types
) -> HttpResponse:
    """The same page without what is of today alone, and without what changes anything."""
    customer = grant.customer
    context = {
        "customer": customer_head(customer),
        "crumbs": crumbs_to_customer(request.actor, Link(customer.name, reverse("customer", args=[customer.id]))),
        "situation": asked,
        "page_url": reverse("customer", args=[customer.id]),
        "exports": exports_of("customer", customer.id, query=f"?{request.GET.urlencode()}"),
        "cards": cards(subscriptions, customer, labels, {}),
        "types": labels,
        "sites": site_rows(subscriptions, customer, labels, synchronizing=False),
        "site_total": seats.of_types(subscriptions.types, labels),
    }
    return page(request, "subscriptions/customer_as_of.html", context)


def _ahead(grant: AllocationManager, visit: Visit, labels: Types) -> dict[str, Any]:
    """Seats that run out, and unused seats of a renewal within 60 days."""
    places = running_out(grant, settings=visit.settings, today=visit.today)
    return {
        "running_out": running_out_rows(places, labels, customer_id=grant.customer.id),
        "unused": unused_rows(unused_of(grant, settings=visit.settings, today=visit.today), labels),
    }


def _changes(grant: AllocationManager, visit: Visit, labels: Types) -> dict[str, Any]:
    """Charts, history and changes to come."""
    settings, at = visit.settings, visit.at
    months = twelve_months_of(grant, settings=settings, at=at)
    ledger = allocations.ledger(grant, limit=CHANGES_ON_THE_PAGE * 2)
    history = past_changes(ledger, labels, local_day=settings.day)
    more = len(history) > CHANGES_ON_THE_PAGE
    return {
        "charts": seats.charts_of_types(months, month_ends(visit.today), labels),
        "history": history[:CHANGES_ON_THE_PAGE],
        "history_url": reverse("history", args=[grant.customer.id]) if more else "",
        "pending": pending_changes(
            grant.customer,
            labels,
            scheduled=allocations.scheduled(grant, settings=settings, at=at),
            returnable=allocations.returnable(grant, settings=settings, at=at),
            exchanged=undoable(grant, settings=settings, at=at),
            may_set_term=may_set_terms(grant.actor),
            local_day=settings.day,
        ),
    }


@require_safe
def export_customer(request: PageRequest, customer_id: UUID, ending: Ending) -> HttpResponse:
    """The seats of a customer by site and type, for a spreadsheet, in the situation that the address asks for."""
    grant = grants.allocation_manager(request.actor, customer_id)
    labels, asked = types(), situation(request.GET)
    if asked.form.errors:
        raise invalid(_("A date looks like 2022-11-01."), field=next(iter(asked.form.errors)))
    subscriptions = seats_in(asked, grant, request.visit)
    heads = [_("Site"), _("Type"), _("Used seats"), _("Allocated seats"), pgettext("column", "In the next cycle")]
    rows: list[list[Cell]] = [
        [site.name, cell.type.name, cell.used, cell.allocated, cell.next_cycle, cell.unused, cell.remaining]
        for site in subscriptions.sites
        for cell in seats.of_types(site.types, labels)
    ]
    return spreadsheet(
        ending, name="subscriptions", heads=[*heads, _("Remaining seats"), _("Free for a new user")], rows=rows
    )
