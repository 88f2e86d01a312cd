"""Customers: the list of names, creating one, editing names and term, its sites (SPEC 3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerEditor
from strapontin.cycles.customers import NewCustomer, change_customer, create_customer
from strapontin.cycles.rules import first_period, period_from
from strapontin.organisation.customer_list import customers
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.organisation.queries import partners, sites
from strapontin.refusals import Refusal
from strapontin.web import shapes as s
from strapontin.web.customers.forms import CustomerForm, NewCustomerForm
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.visit import PageRequest, home_of

MOST_PARTNERS = 500
MOST_SITES = 1000


def _require(actor: Actor, role: str) -> None:
    if not actor.holds(role):
        raise Refusal("role_missing", role=role)


@require_safe
def show(request: PageRequest) -> HttpResponse:
    """The customers of one's scope by name."""
    _require(request.actor, "customers")
    if request.actor.customer_id:
        return redirect("customer_edit", request.actor.customer_id)
    to = "customer" if request.actor.holds("subscriptions") else "customer_edit"
    return customer_table(request, title=_("Customers"), lead="", to=to, creates=True)


def customer_table(request: PageRequest, *, title: str, lead: str, to: str, creates: bool = False) -> HttpResponse:
    """A page of names; each leads to the address named ``to``."""
    address = Address(request.path, request.GET)
    place = Keyset(address, of="customers")
    search = address.get("q")
    shown, paging = place.page(
        customers(request.actor, search=search, after=place.after, limit=PAGE_SIZE), key="sort_key"
    )
    may_create = creates and request.actor.holds("customers") and request.actor.scope != "customer"
    return page(
        request,
        "customers/customers.html",
        {
            "title": title,
            "lead": lead,
            "organisation": home_of(request.visit).name,
            "shows_partner": request.actor.provider,
            "rows": [(each, reverse(to, args=[each["id"]])) for each in shown],
            "paging": paging,
            "list_url": request.path,
            "search": search,
            "filters": [],
            "clear_url": request.path,
            "new_customer_url": reverse("customer_new") if may_create else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """Creating a customer: under which partner, for which term; the first period is said beforehand."""
    _require(request.actor, "customers")
    if request.actor.scope == "customer":
        raise Refusal("scope_too_small")
    choices = [(each["id"], each["name"]) for each in partners(request.actor, limit=MOST_PARTNERS)]
    form = NewCustomerForm(request.POST or None, partners=choices, initial={"partner": request.actor.partner_id})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            created = attempt(lambda: _create(request, form.cleaned_data))
            if not isinstance(created, Refusal):
                title = _("The customer %(name)s is created.") % {"name": form.cleaned_data["name"]}
                after = "customer" if request.actor.holds("subscriptions") else "customer_edit"
                body = _("Next: its sites, and seats for them.")
                return Done(reverse(after, args=[created]), title, body)
            status = say_in(form, created)
    context = {
        "crumbs": [s.Link(_("Customers"), reverse("customers"))],
        "form": form,
        "periods": _first_periods(request),
        "back_url": reverse("customers"),
        "save_url": request.path,
    }
    return page(request, "customers/new_customer.html", context, status=status)


def _create(request: PageRequest, typed: dict[str, Any]) -> UUID:
    grant = grants.customer_creator(request.actor, UUID(typed["partner"]))
    wanted = NewCustomer(
        name=typed["name"],
        term_months=int(typed["term_months"]),
        client_id=typed["client_id"],
        purchase_order=typed["purchase_order"],
    )
    return create_customer(grant, new=wanted, settings=request.visit.settings, at=request.visit.at)


def _first_periods(request: PageRequest) -> list[dict[str, Any]]:
    """For each term, the first full period of a customer created today, and the days charged before it."""
    visit = request.visit
    spans = []
    for months in TERMS_MONTHS:
        first, anchor = first_period(visit.today, term_months=months, alignment=visit.settings.alignment)
        full, stub = first, None
        if visit.settings.alignment == "calendar" and visit.today.day != 1:
            full, stub = period_from(first.ends_on, term_months=months, anchor_day=anchor), first
        spans.append({"months": months, "start": full.starts_on, "end": full.ends_on, "stub": stub})
    return spans


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PageRequest, customer_id: UUID) -> HttpResponse:
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
    crumbs = [] if not sets_term else [s.Link(_("Customers"), reverse("customers"))]
    if seats_url:
        crumbs.append(s.Link(customer.name, seats_url))
    context = {
        "name": customer.name,
        "crumbs": crumbs,
        "form": form,
        "customer": customer,
        "sets_term": sets_term,
        "sites": [
            (site, reverse("site_edit", args=[customer_id, site["id"]])) for site in sites(grant, limit=MOST_SITES)
        ],
        "new_site_url": reverse("site_new", args=[customer_id]),
        "withdraw_url": reverse("term_withdraw", args=[customer_id]),
        "back_url": seats_url or (reverse("customers") if sets_term else "/"),
        "save_url": request.path,
    }
    return page(request, "customers/customer.html", context, status=status)


def _facts(grant: CustomerEditor) -> dict[str, Any]:
    customer = grant.customer
    return {
        "name": customer.name,
        "client_id": customer.client_id,
        "purchase_order": customer.purchase_order,
        "term_months": str(customer.pending_term_months or customer.term_months),
        "version": customer.version,
    }


def _save(request: PageRequest, grant: CustomerEditor, typed: dict[str, Any]) -> str:
    """Saves, and answers what a new term means."""
    visit = request.visit
    changes = {name: typed[name] for name in ("name", "client_id", "purchase_order")}
    if "term_months" in typed:
        changes["term_months"] = int(typed["term_months"])
    saved = change_customer(
        grant, changes=changes, settings=visit.settings, at=visit.at, expected_version=typed["version"]
    )
    if saved.pending_term_months is None or saved.pending_term_months == grant.customer.pending_term_months:
        return ""
    return _("The new term applies from the next period; until then you can withdraw it.")
