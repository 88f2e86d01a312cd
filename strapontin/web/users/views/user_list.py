"""The list of users, of a scope and of a customer, and its files (SPEC 5, 9)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import UserManager, UserReader
from strapontin.customers.queries import sites
from strapontin.refusals import Refusal
from strapontin.seats.listing import SORTS, page_of_users
from strapontin.web.frame.answers import page
from strapontin.web.frame.exports import Ending, exports_of, spreadsheet
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.users.lists import (
    filter_of,
    filters_of,
    heads_of_file,
    order_of,
    row_of,
    rows_of_file,
)
from strapontin.web.users.navigation import crumbs_of_users

# The list counts up to so many users; what it has more is said as "more than".
MOST_COUNTED = 1_000
# A file with more rows is refused: it would hold a place of the web server for minutes.
MOST_EXPORTED = 100_000


@require_safe
def show_users_of_scope(request: PageRequest) -> HttpResponse:
    """The users of all customers of the scope; a customer's own administrator goes to its users."""
    reader = grants.user_reader(request.actor)
    if request.actor.customer_id:
        return redirect("users", request.actor.customer_id)
    exports = exports_of("users_of_scope", query=_query(request))
    return _list(request, reader, {}, scope=home_of(request.visit).name, exports=exports)


@require_safe
def show_users(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The users of a customer: the same list."""
    grant = grants.user_manager(request.actor, customer_id)
    exports = exports_of("users", customer_id, query=_query(request))
    return _list(request, grant, _site_names(grant), scope=grant.customer.name, exports=exports)


def _list(
    request: PageRequest,
    reader: UserReader | UserManager,
    site_names: Mapping[str, str],
    *,
    scope: str,
    exports: list[Link],
) -> HttpResponse:
    labels, address, grant = types(), Address(request.path, request.GET), _grant_of(reader)
    only = filter_of(address, site_names, labels)
    columns = [name for name in SORTS if not (grant and name == "customer")]
    sorting, sort, descending = address.sorting(columns, default="name")
    order = order_of(sort, descending=descending)
    place = Keyset(address, of=order.name)
    users, found = page_of_users(
        reader,
        only=only,
        sort=order.sort,
        descending=descending,
        after=place.after,
        limit=PAGE_SIZE + 1,
        most=MOST_COUNTED,
    )
    of_page, paging = place.page(users, key="place")
    context = {
        "crumbs": crumbs_of_users(request.actor, grant) if grant else [],
        "scope": scope,
        "wide": grant is None,
        "found": found.users,
        "found_more": found.more,
        "rows": [row_of(user, labels, wide=grant is None) for user in of_page],
        "sorting": sorting,
        "paging": paging,
        "list_url": request.path,
        "search": only.search,
        "filters": filters_of(only, site_names, labels, order, wide=grant is None),
        "filtered": any((only.search, only.site_id, only.type_code, only.state, only.difference)),
        "exports": exports if of_page else [],
        "new_url": reverse("user_new", args=[grant.customer.id]) if grant and site_names else "",
        "import_url": reverse("user_imports", args=[grant.customer.id]) if grant and site_names else "",
        "clear_url": request.path,
        "bulk_url": reverse("users_bulk"),
        "query": _query(request),
        "of_customer": grant.customer.id if grant else "",
    }
    return page(request, "users/user_list.html", context)


@require_safe
def export_users_of_scope(request: PageRequest, ending: Ending) -> HttpResponse:
    """The users of the scope that the filters leave, for a spreadsheet."""
    return _file(request, grants.user_reader(request.actor), {}, ending)


@require_safe
def export_users(request: PageRequest, customer_id: UUID, ending: Ending) -> HttpResponse:
    """The users of a customer that the filters leave, for a spreadsheet."""
    grant = grants.user_manager(request.actor, customer_id)
    return _file(request, grant, _site_names(grant), ending)


def _file(
    request: PageRequest, reader: UserReader | UserManager, site_names: Mapping[str, str], ending: Ending
) -> HttpResponse:
    labels, address = types(), Address(request.path, request.GET)
    only = filter_of(address, site_names, labels)
    _sorting, sort, descending = address.sorting(SORTS, default="name")
    order = order_of(sort, descending=descending)
    rows = list(rows_of_file(reader, only, order, labels, MOST_EXPORTED + 1))
    if len(rows) > MOST_EXPORTED:
        raise Refusal("file_too_long", rows=MOST_EXPORTED)
    return spreadsheet(ending, name="users", heads=heads_of_file(), rows=rows)


def _site_names(grant: UserManager) -> dict[str, str]:
    return {str(site.id): site.name for site in sites(grant, limit=None)}


def _grant_of(reader: UserReader | UserManager) -> UserManager | None:
    return reader if isinstance(reader, UserManager) else None


def _query(request: PageRequest) -> str:
    """The query of the list's address, from its first page on."""
    return Address("", request.GET).url()
