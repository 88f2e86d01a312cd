"""A customer's names, term and sites (SPEC 3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import CustomerEditor, TermEditor
from strapontin.allocations.openings import lock_customer
from strapontin.customers.operations import change_customer
from strapontin.customers.queries import same_client_id_warning, sites, with_same_client_id
from strapontin.customers.terms import offers_of_next_period
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.refusals import Refusal
from strapontin.web.customers.decisions import term_decision
from strapontin.web.customers.forms import CustomerForm
from strapontin.web.customers.terms import term_cards
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset, whole_number
from strapontin.web.frame.shapes import Action, Link, Note
from strapontin.web.frame.visit import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def edit_customer(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Names, term and sites of a customer. A term that is chosen is shown with its effect, and confirmed there."""
    sets_term = request.actor.scope != "customer"
    of_scope = grants.term_editor if sets_term else grants.customer_editor
    grant = of_scope(request.actor, customer_id)
    form = CustomerForm(request.POST or None, initial=_facts(grant))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved = attempt(lambda: _save(request, grant, form.cleaned_data))
            if not isinstance(saved, Refusal):
                return Done(request.path, _("Saved."), saved)
            status = say_in(form, saved)
    customer = grant.customer
    seats_url = reverse("customer", args=[customer_id]) if request.actor.holds("subscriptions") else ""
    crumbs = [] if not sets_term else [Link(_("Customers"), reverse("customers"))]
    if seats_url:
        crumbs.append(Link(customer.name, seats_url))
    context = {
        "name": customer.name,
        "crumbs": crumbs,
        "form": form,
        "customer": customer,
        "sets_term": sets_term,
        **(_term(request, grant) if isinstance(grant, TermEditor) else {}),
        "life": _life(request, grant) if sets_term else [],
        **_sites(request, grant),
        "new_site_url": reverse("site_new", args=[customer_id]),
        "withdraw_url": reverse("term_withdraw", args=[customer_id]),
        "limits_url": reverse("customer_limits", args=[customer_id]) if sets_term else "",
        "back_url": seats_url or (reverse("customers") if sets_term else "/"),
        "save_url": request.path,
    }
    return page(request, "customers/customer.html", context, status=status)


def _sites(request: PageRequest, grant: CustomerEditor) -> dict[str, Any]:
    """A page of the customer's sites, and their search if they are more."""
    address = Address(request.path, request.GET)
    place, search = Keyset(address, of="sites"), address.get("q")
    archived = bool(address.get("archived", ("yes",)))
    found = sites(grant, after=place.after, limit=PAGE_SIZE, search=search, archived=archived)
    of_page, paging = place.page(found, key="sort_key")
    return {
        "sites": [(site, reverse("site_edit", args=[grant.customer.id, site.id])) for site in of_page],
        "paging": paging,
        "search": search,
        "archived": archived,
        "archive_url": request.path if archived else f"{request.path}?archived=yes",
        "is_long": bool(search or paging.next_url or paging.first_url),
    }


def _term(request: PageRequest, grant: TermEditor) -> dict[str, Any]:
    """The cards of the terms, and what the chosen one would do, if it is another one than planned."""
    customer, labels = grant.customer, types()
    if customer.status != "active" or customer.cancel_at_end_of_period:
        return {}
    planned = customer.pending_term_months or customer.term_months
    asked = whole_number(request.GET.get("term_months", ""))
    chosen = asked if asked in TERMS_MONTHS else planned
    offers = offers_of_next_period(grant)
    cards = term_cards(
        offers, labels, chosen=chosen, present=customer.term_months, planned=customer.pending_term_months
    )
    context: dict[str, Any] = {"cards": cards}
    if chosen != planned:
        now = attempt(lambda: term_decision(request.visit, grant, labels, chosen))
        if isinstance(now, Refusal):
            return context | {"refusal": Note("warn", now.sentence)}
        context["decision"], context["digest"] = now
    return context


def _life(request: PageRequest, grant: CustomerEditor) -> list[tuple[Action, str]]:
    """What may be done to the customer's life now, each with what its button posts."""
    customer = grant.customer

    def to(name: str) -> str:
        return reverse(name, args=[customer.id])

    actions: list[tuple[Action, str]] = []
    if customer.status == "expired":
        actions.append((Action(_("Reactivate"), to("customer_reactivation")), ""))
        label = _("Take out of the archive") if customer.archived_at else _("Put into the archive")
        wanted = "" if customer.archived_at else "yes"
        actions.append((Action(label, to("customer_archive"), post=True), wanted))
    elif customer.cancel_at_end_of_period:
        actions.append((Action(_("Go on after all"), to("cancellation_withdraw"), post=True), ""))
    else:
        actions.append((Action(_("End with the term"), to("customer_cancellation")), ""))
    if request.actor.provider:
        label = _("Set for resale") if customer.not_for_resale else _("Set not for resale")
        actions.append((Action(label, to("customer_resale")), ""))
        if customer.unlimited or request.visit.today < request.visit.settings.seats_enforced_from:
            label = _("Take the mark “unlimited” off") if customer.unlimited else _("Set unlimited")
            actions.append((Action(label, to("customer_unlimited")), ""))
    return [*actions, (Action(_("Remove the customer"), to("customer_removal"), "quiet"), "")]


def _facts(grant: CustomerEditor) -> dict[str, Any]:
    customer = grant.customer
    return {
        "name": customer.name,
        "client_id": customer.client_id,
        "purchase_order": customer.purchase_order,
        "warn_free_seats": customer.warn_free_seats,
        "warn_days": customer.warn_days,
        "version": customer.version,
    }


def _save(request: PageRequest, grant: CustomerEditor, typed: dict[str, Any]) -> str:
    """Saves, and answers which other customer has the client id."""
    visit = request.visit
    changes = {name: typed[name] for name in ("name", "client_id", "purchase_order", "warn_free_seats", "warn_days")}
    saved = change_customer(
        grant, changes=changes, settings=visit.settings, at=visit.at, expected_version=typed["version"]
    )
    if saved.client_id == grant.customer.client_id:
        return ""
    return same_client_id_warning(with_same_client_id(grant))


@post_only
def withdraw_term(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Takes back a change of term before it applies."""
    grant = grants.term_editor(request.actor, customer_id)
    visit, url = request.visit, reverse("customer", args=[customer_id])
    # The customer is brought to today before it is read. If the new term has begun meanwhile, the former one would be
    # planned anew.
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
