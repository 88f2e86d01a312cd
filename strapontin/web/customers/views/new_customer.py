"""Creating a customer: under which partner, for which term; the terms are shown as cards (SPEC 3)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.customers.operations import NewCustomer, create_customer
from strapontin.customers.queries import same_client_id_warning, with_same_client_id
from strapontin.customers.terms import offers_of_new_customer
from strapontin.provider.queries import partners
from strapontin.refusals import Refusal
from strapontin.web.customers.forms import NewCustomerForm
from strapontin.web.customers.shapes import TermCard
from strapontin.web.customers.terms import term_cards
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import Address, whole_number
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest

# More than these are searched by name.
MOST_PARTNERS = 100


@require_http_methods(["GET", "HEAD", "POST"])
def add_customer(request: PageRequest) -> HttpResponse:
    """The form; posted, creates the customer and leads to its page."""
    actor = request.actor
    if not actor.holds("customers"):
        raise Refusal("role_missing", role="customers")
    if actor.scope == "customer":
        raise Refusal("scope_too_small")
    search = Address(request.path, request.GET).get("q")
    choices = _partners(request, search)
    form = NewCustomerForm(
        request.POST or None,
        partners=choices[:MOST_PARTNERS],
        initial={
            "partner": request.GET.get("partner") or actor.partner_id,
            "term_months": request.GET.get("term_months") or "1",
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            created = attempt(lambda: _create(request, form.cleaned_data))
            if not isinstance(created, Refusal):
                title = _("The customer %(name)s is created.") % {"name": form.cleaned_data["name"]}
                after = "customer" if actor.holds("subscriptions") else "customer_edit"
                warning = same_client_id_warning(with_same_client_id(grants.customer(actor, created)))
                body = " ".join(filter(None, [warning, _("Next: its sites, and seats for them.")]))
                return Done(reverse(after, args=[created]), title, body)
            status = say_in(form, created)
    context = {
        "crumbs": [Link(_("Customers"), reverse("customers"))],
        "form": form,
        "cards": _cards(request, form),
        "prices_url": request.path,
        "back_url": reverse("customers"),
        "save_url": request.get_full_path(),
        "search_url": request.path if search or len(choices) > MOST_PARTNERS else "",
        "search": search,
    }
    return page(request, "customers/new_customer.html", context, status=status)


def _partners(request: PageRequest, search: str) -> list[tuple[UUID, str]]:
    """The partners to choose from, those that a search leaves; more than :data:`MOST_PARTNERS` if there are more.

    The partner that is chosen already is among them.
    """
    reader = grants.scope_reader(request.actor)
    choices = [(partner.id, partner.name) for partner in partners(reader, limit=MOST_PARTNERS, search=search)]
    own = "" if search else str(request.actor.partner_id or "")
    chosen = request.POST.get("partner") or request.GET.get("partner") or own
    if chosen and chosen not in {str(partner_id) for partner_id, _name in choices[:MOST_PARTNERS]}:
        with suppress(Refusal, ValueError):
            partner = grants.partner(request.actor, UUID(chosen)).partner
            choices.insert(0, (partner.id, partner.name))
    return choices


def _create(request: PageRequest, typed: dict[str, Any]) -> UUID:
    grant = grants.customer_creator(request.actor, UUID(typed["partner"]))
    new = NewCustomer(
        name=typed["name"],
        term_months=int(typed["term_months"]),
        client_id=typed["client_id"],
        purchase_order=typed["purchase_order"],
    )
    return create_customer(grant, new=new, settings=request.visit.settings, at=request.visit.at)


def _cards(request: PageRequest, form: NewCustomerForm) -> list[TermCard]:
    """The terms, with the prices of the partner that is chosen, if there is one."""
    visit, chosen = request.visit, form["partner"].value()
    grant = None
    if chosen:
        with suppress(Refusal, ValueError):
            grant = grants.customer_creator(request.actor, UUID(str(chosen)))
    offers = offers_of_new_customer(grant, alignment=visit.settings.alignment, settings=visit.settings, at=visit.at)
    return term_cards(offers, types(), chosen=whole_number(str(form["term_months"].value() or "")))
