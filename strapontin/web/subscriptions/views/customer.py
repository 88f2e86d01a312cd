"""Souscriptions d'un client: figures by site, synchronisation, what is to come, what was (SPEC 9)."""

from __future__ import annotations

import csv
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import AllocationManager
from strapontin.allocations import queries as allocations
from strapontin.allocations.rules import Change
from strapontin.billing.effects import confirm_changes
from strapontin.billing.queries import unit_prices
from strapontin.cycles.customers import change_customer, lock_customer
from strapontin.jobs.requests import synchronize as request_synchronization
from strapontin.refusals import Refusal
from strapontin.stacks.queries import latest, synchronization
from strapontin.web import shapes as s
from strapontin.web.figures import seats as figures
from strapontin.web.frame.answers import Done, page, post_only
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.visit import PageRequest, Visit
from strapontin.web.subscriptions import customer as customers
from strapontin.web.subscriptions import synchronizations as syncs
from strapontin.web.subscriptions.views.customer_list import attachment, safe_text

HISTORY_SHOWN = 8
HISTORY_PAGE = 50


@require_safe
def show(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The page of one customer."""
    visit = request.visit
    grant = grants.allocation_manager(request.actor, customer_id)
    labels = types()
    found = allocations.subscriptions(grant, settings=visit.settings, at=visit.at)
    sync = syncs.shown(latest(grant), customer_id, at=visit.at, shows_users=request.actor.holds("users"))
    with_stack = any(site.stacks for site in found.sites)
    shows_prices = grants.sees_money(grant)
    page_url = reverse("customer", args=[customer_id])
    return page(
        request,
        "subscriptions/customer.html",
        {
            "customer": customers.head(grant.customer),
            "crumbs": customers.crumbs(True, scope=request.actor.scope),
            "page_url": page_url,
            "export_url": reverse("customer_export", args=[customer_id]),
            "sync_url": reverse("synchronize", args=[customer_id]) if with_stack else "",
            "edit_url": reverse("customer_edit", args=[customer_id]) if request.actor.holds("customers") else "",
            "users_url": reverse("users", args=[customer_id]) if request.actor.holds("users") else "",
            "new_site_url": reverse("site_new", args=[customer_id]) if request.actor.holds("customers") else "",
            "sync": sync,
            "over_uses": customers.over_uses(found, grant.customer, labels, shows_users=request.actor.holds("users")),
            "cards": customers.cards(found, grant.customer, labels, unit_prices(grant) if shows_prices else {}),
            "types": labels,
            "sites": customers.site_rows(found, grant.customer, labels, synchronizing=bool(sync and sync.running)),
            "site_total": figures.of_types(found.types, labels),
            "shows_prices": shows_prices,
            **_later(grant, visit, labels),
        },
    )


def _later(grant: AllocationManager, visit: Visit, labels: Types) -> dict[str, object]:
    """Charts, history and changes to come."""
    settings, at = visit.settings, visit.at
    months = allocations.twelve_months(grant, settings=settings, at=at)
    ledger = allocations.ledger(grant, limit=HISTORY_SHOWN * 2)
    rows = customers.history(ledger, labels, local_day=settings.day)
    return {
        "charts": figures.charts(months, allocations.month_ends(visit.today), labels),
        "history": rows[:HISTORY_SHOWN],
        "history_url": reverse("history", args=[grant.customer.id]) if len(rows) > HISTORY_SHOWN else "",
        "pending": customers.pending(
            grant.customer,
            labels,
            scheduled=allocations.scheduled(grant, settings=settings, at=at),
            returnable=allocations.returnable(grant, settings=settings, at=at),
            today=visit.today,
            may_set_term=may_set_term(grant.actor),
            local_day=settings.day,
        ),
    }


def may_set_term(actor: Actor) -> bool:
    """Whether the actor may change commitments: Customer management, from the partner's side."""
    return actor.holds("customers") and actor.scope != "customer"


@require_safe
def history(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The whole ledger of a customer, page by page."""
    grant = grants.allocation_manager(request.actor, customer_id)
    before = _uuid(request.GET.get("before", ""))
    ledger = allocations.ledger(grant, before=before, limit=HISTORY_PAGE + 1)
    more, ledger = ledger[HISTORY_PAGE:], ledger[:HISTORY_PAGE]
    context = {
        "customer": customers.head(grant.customer),
        "crumbs": customers.crumbs(
            True,
            s.Link(grant.customer.name, reverse("customer", args=[customer_id])),
            scope=request.actor.scope,
        ),
        "history": customers.history(ledger, types(), local_day=request.visit.settings.day),
        "newest_url": request.path if before else "",
        "older_url": f"{request.path}?before={ledger[-1]['id']}" if more else "",
    }
    return page(request, "subscriptions/history.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
def export(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The seats of a customer by site and type, as CSV."""
    grant = grants.allocation_manager(request.actor, customer_id)
    labels = types()
    found = allocations.subscriptions(grant, settings=request.visit.settings, at=request.visit.at)
    file = attachment("subscriptions")
    writer = csv.writer(file)
    heads = [_("Site"), _("Type"), _("Used seats"), _("Allocated seats"), pgettext("column", "In the next cycle")]
    writer.writerow([*heads, _("Remaining seats")])
    for site in found.sites:
        for cell in figures.of_types(site.types, labels):
            seats = [cell.used, cell.allocated, cell.next_cycle, cell.remaining]
            writer.writerow([safe_text(site.name), cell.type.name, *seats])
    return file


@post_only
def synchronize(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Begins a synchronisation, or joins the running one; the page then shows how far it is."""
    request_synchronization(grants.allocation_manager(request.actor, customer_id), at=request.visit.at)
    return redirect("customer", customer_id)


@require_safe
def sync_progress(request: PageRequest, customer_id: UUID, synchronization_id: UUID) -> HttpResponse:
    """How far a synchronisation is: a fragment every second; without script the customer's page itself."""
    seen = grants.allocation_manager(request.actor, customer_id)
    progress = synchronization(seen, synchronization_id=synchronization_id)
    if not request.htmx:
        return redirect("customer", customer_id)
    sync = syncs.compose(progress, customer_id, shows_users=request.actor.holds("users"))
    response = page(request, "subscriptions/_sync_update.html", {"sync": sync})
    if not sync.running:
        trigger_client_event(response, "sync-done", after="settle")
    return response


@post_only
def withdraw(request: PageRequest, customer_id: UUID, site_id: UUID, type_code: str) -> HttpResponse:
    """Takes back a scheduled decrease: the present quantity is asked for again (SPEC 4)."""
    grant = grants.allocation_manager(request.actor, customer_id)
    visit, labels, url = request.visit, types(), reverse("customer", args=[customer_id])
    # Locked before it is read: what was present a moment ago might by now be a raise or a decrease.
    lock_customer(request.actor, customer_id, settings=visit.settings, at=visit.at)
    found = allocations.subscriptions(grant, settings=visit.settings, at=visit.at, site_id=site_id)
    if not found.sites or type_code not in labels.codes:
        raise Refusal("not_found")
    now = found.sites[0].of(type_code)
    said = {"site": found.sites[0].name, "type": labels[type_code].name, "seats": now.allocated}
    if now.next_cycle == now.allocated:
        title = _("No decrease of %(type)s is planned in %(site)s: nothing was changed.") % said
        return Done(url, title, level=messages.INFO)
    changes = [Change(site_id, type_code, now.allocated)]
    confirm_changes(grant, changes=changes, settings=visit.settings, at=visit.at)
    text = ngettext(
        "The decrease of %(type)s in %(site)s is withdrawn: %(seats)s seat stays allocated.",
        "The decrease of %(type)s in %(site)s is withdrawn: %(seats)s seats stay allocated.",
        now.allocated,
    )
    return Done(url, text % said)


@post_only
def withdraw_term(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Takes back a change of term before it applies."""
    grant = grants.term_editor(request.actor, customer_id)
    visit, url = request.visit, reverse("customer", args=[customer_id])
    # Brought to today before it is read: the new term may have begun, and asking for the former would plan it anew.
    now = lock_customer(request.actor, customer_id, settings=visit.settings, at=visit.at)
    if now.pending_term_months is None:
        title = _("No change of term is planned: nothing was changed.")
        return Done(url, title, level=messages.INFO)
    change_customer(grant, changes={"term_months": now.term_months}, settings=visit.settings, at=visit.at)
    text = ngettext(
        "The change of term is withdrawn: it stays at %(months)s month.",
        "The change of term is withdrawn: it stays at %(months)s months.",
        now.term_months,
    )
    return Done(url, text % {"months": now.term_months})
