"""Users of a customer: the list, and the customers to choose from (SPEC 5, 9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.organisation.queries import sites
from strapontin.refusals import Refusal
from strapontin.seats.queries import user_count, users
from strapontin.web import shapes as s
from strapontin.web.customers.views.customer import customer_table
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.visit import PageRequest

MOST_SITES = 1000
_STACK_STATES: dict[str, Any] = {"waiting": "waiting", "sent": "waiting", "failed": "failed", "done": "ok"}


@require_safe
def of_scope(request: PageRequest) -> HttpResponse:
    """Whose users? The customers of the scope; a customer's own administrator has no choice to make."""
    if not request.actor.holds("users"):
        raise Refusal("role_missing", role="users")
    if request.actor.customer_id:
        return redirect("users", request.actor.customer_id)
    return customer_table(request, title=_("Users"), lead=_("Choose a customer to see its users."), to="users")


@require_safe
def show(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The users of a customer, of one site, or found by a search."""
    grant = grants.user_manager(request.actor, customer_id)
    address = Address(request.path, request.GET)
    of_customer = sites(grant, limit=MOST_SITES)
    site_names = {str(site["id"]): site["name"] for site in of_customer}
    site = address.get("site", site_names)
    search = address.get("q")
    wanted: dict[str, Any] = {"site_id": UUID(site) if site else None, "search": search}
    place = Keyset(address, of="users")
    shown, paging = place.page(users(grant, **wanted, after=place.after, limit=PAGE_SIZE + 1), key="sort_key")
    labels = types()
    options = [s.Option("", _("Every site"), not site)]
    options += [s.Option(key, name, key == site) for key, name in site_names.items()]
    return page(
        request,
        "users/user_list.html",
        {
            "crumbs": _crumbs(request, grant),
            "scope": grant.customer.name,
            "found": user_count(grant, **wanted),
            "rows": [_row(each, labels, customer_id) for each in shown],
            "sorting": s.Sorting({}, "name", "ascending"),
            "paging": paging,
            "list_url": request.path,
            "search": search,
            "filters": [s.Filter("site", _("Site"), options)],
            "new_url": reverse("user_new", args=[customer_id]) if site_names else "",
            "clear_url": request.path,
        },
    )


def _crumbs(request: PageRequest, grant: UserManager) -> list[s.Link]:
    if request.actor.customer_id:
        return []
    way = [s.Link(_("Users"), reverse("users_of_scope"))]
    if request.actor.holds("subscriptions"):
        way.append(s.Link(grant.customer.name, reverse("customer", args=[grant.customer.id])))
    return way


def crumbs_to_users(request: PageRequest, grant: UserManager) -> list[s.Link]:
    """The way to the list of a customer's users, the list itself included."""
    users_url = reverse("users", args=[grant.customer.id])
    if request.actor.customer_id:
        return [s.Link(_("Users"), users_url)]
    return [s.Link(_("Users"), reverse("users_of_scope")), s.Link(grant.customer.name, users_url)]


def _row(found: dict[str, Any], labels: Types, customer_id: UUID) -> s.UserRow:
    # Whom a synchronisation found is known by now: only a call that is open or has failed is worth a word.
    return s.UserRow(
        name=f"{found['first_name']} {found['last_name']}".strip(),
        email=found["email"],
        site=found["site_name"],
        type=labels[found["type_code"]],
        extension=found["extension"],
        enabled=found["enabled"],
        on_stack=_STACK_STATES.get(found["call_state"] or "", ""),
        url=reverse("user", args=[customer_id, found["id"]]),
    )
