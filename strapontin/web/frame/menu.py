"""The menu: only entries that the actor's roles and scope open (SPEC 9)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access.actors import Actor
from strapontin.web.frame.shapes import MenuGroup, MenuItem
from strapontin.web.frame.visit import Home

# The entry of each address. Every other address stands under the seats.
_SECTIONS = {
    "overview": "seats",
    "subscriptions": "seats",
    "renewals": "seats",
    "seat_warnings": "seats",
    "customers": "clients",
    "customer_new": "clients",
    "customer_edit": "clients",
    "customer_limits": "clients",
    "customer_term": "clients",
    "customer_cancellation": "clients",
    "customer_reactivation": "clients",
    "customer_resale": "clients",
    "customer_unlimited": "clients",
    "customer_removal": "clients",
    "site_new": "clients",
    "site_removal": "clients",
    "site_edit": "clients",
    "tenant_detach": "clients",
    "users_of_scope": "users",
    "users": "users",
    "users_bulk": "users",
    "user_new": "users",
    "user_new_decision": "users",
    "user": "users",
    "user_create_there": "users",
    "user_remove": "users",
    "user_dismiss": "users",
    "requests": "requests",
    "request": "requests",
    "request_new": "requests",
    "request_approve": "requests",
    "request_decline": "requests",
    "request_withdraw": "requests",
    "request_remind": "requests",
    "user_imports": "users",
    "user_import": "users",
    "invoices": "invoice",
    "invoice": "invoice",
    "billing_runs": "run",
    "billing_run": "run",
    "account": "",
    "automatic_change": "",
    "set_letter": "",
}


def menu(actor: Actor, home: Home, *, at: str) -> list[MenuGroup]:
    """The entries for ``actor``; ``at`` is the name of the page's address."""
    section = _SECTIONS.get(at, "seats")
    entries = [
        ("seats", _("Subscriptions"), seats_url(actor)),
        ("clients", _("Customers") if actor.scope != "customer" else _("Customer"), customers_url(actor)),
        ("users", _("Users"), users_url(actor)),
        ("requests", _("Requests"), requests_url(actor)),
        ("invoice", _("Invoices"), invoices_url(actor, home)),
        ("run", _("Billing runs"), reverse("billing_runs") if actor.provider else ""),
    ]
    items = [
        MenuItem(label, url, icon, icon == section, home.requests, _("waiting"))
        if icon == "requests"
        else MenuItem(label, url, icon, icon == section)
        for icon, label, url in entries
        if url
    ]
    return [MenuGroup(items)] if items else []


def seats_url(actor: Actor) -> str:
    """Where seats are seen: the overview, or one's own customer."""
    if not actor.holds("subscriptions"):
        return ""
    return reverse("customer", args=[actor.customer_id]) if actor.customer_id else reverse("overview")


def may_set_terms(actor: Actor) -> bool:
    """Whether the actor may create customers and change their terms: Customer management, from the partner's side."""
    return actor.holds("customers") and actor.scope != "customer"


def new_customer_url(actor: Actor) -> str:
    """Where a customer is created, if the actor may."""
    return reverse("customer_new") if may_set_terms(actor) else ""


def customers_url(actor: Actor) -> str:
    """Where names and sites are edited."""
    if not actor.holds("customers"):
        return ""
    return reverse("customer_edit", args=[actor.customer_id]) if actor.customer_id else reverse("customers")


def users_url(actor: Actor) -> str:
    """Where users are."""
    if not actor.holds("users"):
        return ""
    return reverse("users", args=[actor.customer_id]) if actor.customer_id else reverse("users_of_scope")


def requests_url(actor: Actor) -> str:
    """Where seats are asked for and requests answered."""
    return reverse("requests") if actor.holds("users") or actor.holds("subscriptions") else ""


def invoices_url(actor: Actor, home: Home) -> str:
    """Where invoices are, if the actor can have any to see."""
    return reverse("invoices") if actor.holds("invoices") and actor.scope != "customer" and home.invoiced else ""


def first_page(actor: Actor, home: Home) -> str:
    """The first page that the roles open; one's account if they open none."""
    opened = (seats_url(actor), customers_url(actor), users_url(actor), invoices_url(actor, home))
    return next((url for url in opened if url), reverse("account"))
