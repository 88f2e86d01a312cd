"""One change of many users that were selected in a list: asked, shown with its effect, done (SPEC 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.allocations.rules import Room
from strapontin.billing.effects import preview_room
from strapontin.customers.subscriptions import SiteFigures, subscriptions_of
from strapontin.refusals import Refusal
from strapontin.seats.bulk import MOST_USERS, BulkChange, change_users
from strapontin.seats.listing import list_users
from strapontin.seats.queries import names_of
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import sentence
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import Address
from strapontin.web.frame.shapes import Link, Note, Option
from strapontin.web.frame.visit import PageRequest
from strapontin.web.users.choices import tenant_choices
from strapontin.web.users.lists import filter_of, order_of
from strapontin.web.users.selection import (
    Selection,
    change_of,
    decide,
    done,
    id_in,
    selection_in,
    title_of,
)

# How many of the selected users the page names.
MOST_NAMED = 10


@require_http_methods(["GET", "HEAD", "POST"])
def change_selected_users(request: PageRequest) -> HttpResponse:
    """Asks what is to be done with the selected users, and shows its effect. A POST does it.

    The address names the users that are ticked, or says ``all`` with the query of the list. What is posted names each
    user, so that it changes those who were shown.
    """
    reader = grants.user_reader(request.actor)
    selection = selection_in(_asked(request))
    if _asked(request).get("all") and request.method != "POST":
        selection = _everybody_found(request, reader, selection)
    users = selection.user_ids
    if not users:
        return Done(_list_url(request), _("No user was selected."), level=messages.WARNING)
    if len(users) > MOST_USERS:
        title = _("At most 1,000 users can be changed at once.")
        return Done(_list_url(request), title, _("Narrow the list by a search or a filter."), level=messages.WARNING)
    if selection.customer_id is None:
        title = _("The selected users are of several customers.")
        body = _("Seats belong to one customer: select users of one customer at a time.")
        return Done(_list_url(request), title, body, level=messages.WARNING)
    return _ask(request, grants.user_manager(request.actor, selection.customer_id), selection)


def _everybody_found(request: PageRequest, reader: grants.UserReader, selection: Selection) -> Selection:
    """All users of the list from which the form came."""
    asked = _asked(request)
    address, labels = Address("", QueryDict(asked.get("query", "").removeprefix("?"))), types()
    whose: grants.UserReader | UserManager = reader
    site_names = {}
    if customer_id := id_in(asked.get("customer")):
        whose = grants.user_manager(request.actor, customer_id)
        site_names = {address.get("site"): ""}
    only = filter_of(address, site_names, labels)
    order = order_of("name", descending=False)
    by_customer: dict[Any, list[Any]] = {}
    for user in list_users(whose, only=only, sort=order.sort, limit=MOST_USERS + 1):
        by_customer.setdefault(user.customer_id, []).append(user.id)
    return Selection(by_customer, selection.action)


def _ask(request: PageRequest, grant: UserManager, selection: Selection) -> HttpResponse:
    visit, labels = request.visit, types()
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at).sites
    change = change_of(selection, _asked(request))
    context = _context(request, grant, selection, sites, labels)
    if change is None:
        return page(request, "users/bulk.html", context, status=422 if request.method == "POST" else 200)
    status = 200
    if request.method == "POST":
        changed = attempt(lambda: _change(request, grant, selection, change))
        if isinstance(changed, Done):
            return changed
        status, context["notes"] = changed.status, [_note(changed)]
        if changed.code not in ("no_free_seat", "preview_outdated", "above_limit"):
            return page(request, "users/bulk.html", context, status=status)
    decision = attempt(lambda: decide(grant, visit, change, sites, labels))
    if isinstance(decision, Refusal):
        status, context["notes"] = decision.status, [_note(decision)]
        return page(request, "users/bulk.html", context, status=status)
    return page(request, "users/bulk.html", context | {"decision": decision}, status=status)


def _note(refusal: Refusal) -> Note:
    if refusal.code in ("no_free_seat", "preview_outdated"):
        title = _("The figures changed while you were here. Nothing was saved.")
        return Note("warn", title, _("The effect is now as follows."), focus=True)
    return Note("stop", sentence(refusal), focus=True)


def _asked(request: PageRequest) -> QueryDict:
    """What the address asks for, or the form that was posted."""
    return request.POST if request.method == "POST" else request.GET


def _change(request: PageRequest, grant: UserManager, selection: Selection, change: BulkChange) -> Done:
    settings, at = request.visit.settings, request.visit.at
    allocates = request.POST.get("step") == "allocate"

    def confirm(rooms: Sequence[Room]) -> None:
        if allocates:
            effect = preview_room(grant.allocation_manager(), rooms=rooms, settings=settings, at=at)
            effect.expect(request.POST.get("digest", ""))

    plan = change_users(grant, change=change, settings=settings, at=at, allocate_missing=allocates, confirm=confirm)
    return Done(_list_url(request), done(selection.action, plan.changed))


def _context(
    request: PageRequest, grant: UserManager, selection: Selection, sites: list[SiteFigures], labels: Types
) -> dict[str, Any]:
    asked = _asked(request)
    chosen = {name: asked.get(name, "") for name in ("site", "type", "tenant")}
    users_url = reverse("users", args=[grant.customer.id])
    tenants = tenant_choices(grant, sites) if selection.action == "move" else []
    back = [] if request.actor.customer_id else [Link(_("Users"), reverse("users_of_scope"))]
    return {
        "crumbs": [*back, Link(_("Users") if not back else grant.customer.name, users_url)],
        "title": title_of(selection.action, len(selection.user_ids)),
        "customer": grant.customer.name,
        "action": selection.action,
        "users": len(selection.user_ids),
        "names": names_of(grant, user_ids=selection.user_ids, limit=MOST_NAMED),
        "keys": selection.keys,
        "chosen": chosen,
        "list": {name: asked.get(name, "") for name in ("all", "query", "customer")},
        "sites": [Option(str(s.site_id), s.name, str(s.site_id) == chosen["site"]) for s in sites],
        "types": [Option(label.code, label.name, label.code == chosen["type"]) for label in labels],
        "tenants": [Option(str(id_), name, str(id_) == chosen["tenant"]) for id_, name in tenants],
        "decision": None,
        "partner": invoicing_partner(request.actor) if request.actor.customer_id else "",
        "save_url": request.path,
        "back_url": _list_url(request),
    }


def _list_url(request: PageRequest) -> str:
    """The list from which one came."""
    asked = _asked(request)
    query = asked.get("query", "")
    customer_id = request.actor.customer_id or id_in(asked.get("customer"))
    url = reverse("users", args=[customer_id]) if customer_id else reverse("users_of_scope")
    return url + (query if query.startswith("?") else "")
