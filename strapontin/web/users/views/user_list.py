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
from strapontin.customers.queries import sites
from strapontin.refusals import Refusal
from strapontin.seats.queries import User, user_count, users
from strapontin.stacks.reasons import reason
from strapontin.web.customers.table import customer_table
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.shapes import Filter, Option, Sorting
from strapontin.web.frame.visit import PageRequest
from strapontin.web.users.navigation import crumbs_of_users
from strapontin.web.users.refusals import state_on_stack
from strapontin.web.users.shapes import UserRow


@require_safe
def choose_customer(request: PageRequest) -> HttpResponse:
    """The customers of the scope, to choose one; a customer's own administrator goes straight to its users."""
    if not request.actor.holds("users"):
        raise Refusal("role_missing", role="users")
    if request.actor.customer_id:
        return redirect("users", request.actor.customer_id)
    return customer_table(request, title=_("Users"), lead=_("Choose a customer to see its users."), to="users")


@require_safe
def show_users(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The users of a customer, narrowed to a site or by a search."""
    grant = grants.user_manager(request.actor, customer_id)
    address = Address(request.path, request.GET)
    site_names = {str(site.id): site.name for site in sites(grant, limit=None)}
    site = address.get("site", site_names)
    search = address.get("q")
    narrowed: dict[str, Any] = {"site_id": UUID(site) if site else None, "search": search}
    place = Keyset(address, of="users")
    of_page, paging = place.page(users(grant, **narrowed, after=place.after, limit=PAGE_SIZE + 1), key="sort_key")
    labels = types()
    options = [Option("", _("Every site"), not site)]
    options += [Option(key, name, key == site) for key, name in site_names.items()]
    context = {
        "crumbs": crumbs_of_users(request.actor, grant),
        "scope": grant.customer.name,
        "found": user_count(grant, **narrowed),
        "rows": [_row(user, labels, customer_id) for user in of_page],
        "sorting": Sorting({}, "name", "ascending"),
        "paging": paging,
        "list_url": request.path,
        "search": search,
        "filters": [Filter("site", _("Site"), options)],
        "new_url": reverse("user_new", args=[customer_id]) if site_names else "",
        "import_url": reverse("user_imports", args=[customer_id]) if site_names else "",
        "clear_url": request.path,
    }
    return page(request, "users/user_list.html", context)


def _row(user: User, labels: Types, customer_id: UUID) -> UserRow:
    return UserRow(
        name=user.full_name,
        email=user.email,
        site=user.site_name,
        type=labels[user.type_code],
        extension=user.extension,
        enabled=user.enabled,
        on_stack=state_on_stack(user),
        reason=reason(user.error_code, user.error_field) if user.call_state == "failed" else "",
        url=reverse("user", args=[customer_id, user.id]),
    )
