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
from strapontin.access.grants import CustomerEditor
from strapontin.allocations.openings import lock_customer
from strapontin.customers.operations import change_customer
from strapontin.customers.queries import same_client_id_warning, sites, with_same_client_id
from strapontin.refusals import Refusal
from strapontin.web.customers.forms import CustomerForm
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def edit_customer(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Names, term and sites of a customer; another term waits for the next period."""
    grant = grants.customer_editor(request.actor, customer_id)
    sets_term = request.actor.scope != "customer"
    form = CustomerForm(request.POST or None, with_term=sets_term, initial=_facts(grant))
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
    of_page, paging = place.page(sites(grant, after=place.after, limit=PAGE_SIZE, search=search), key="sort_key")
    return {
        "sites": [(site, reverse("site_edit", args=[grant.customer.id, site.id])) for site in of_page],
        "paging": paging,
        "search": search,
        "is_long": bool(search or paging.next_url or paging.first_url),
    }


def _facts(grant: CustomerEditor) -> dict[str, Any]:
    customer = grant.customer
    return {
        "name": customer.name,
        "client_id": customer.client_id,
        "purchase_order": customer.purchase_order,
        "term_months": str(customer.pending_term_months or customer.term_months),
        "warn_free_seats": customer.warn_free_seats,
        "warn_days": customer.warn_days,
        "version": customer.version,
    }


def _save(request: PageRequest, grant: CustomerEditor, typed: dict[str, Any]) -> str:
    """Saves, and answers what a new term means, and which other customer has the client id."""
    visit = request.visit
    changes = {name: typed[name] for name in ("name", "client_id", "purchase_order", "warn_free_seats", "warn_days")}
    if "term_months" in typed:
        changes["term_months"] = int(typed["term_months"])
    saved = change_customer(
        grant, changes=changes, settings=visit.settings, at=visit.at, expected_version=typed["version"]
    )
    sentences = []
    if saved.client_id != grant.customer.client_id:
        sentences.append(same_client_id_warning(with_same_client_id(grant)))
    if saved.pending_term_months not in (None, grant.customer.pending_term_months):
        sentences.append(_("The new term applies from the next period; until then you can withdraw it."))
    return " ".join(filter(None, sentences))


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
