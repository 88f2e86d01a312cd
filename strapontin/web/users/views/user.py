"""One user: changing the data, the type or the site, and removing (SPEC 5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.allocations.queries import subscriptions
from strapontin.refusals import Refusal
from strapontin.seats.operations import change_user, remove_user
from strapontin.seats.queries import user as find_user
from strapontin.web import shapes as s
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.views.allocation import partner_name
from strapontin.web.users import decisions
from strapontin.web.users.forms import UserForm
from strapontin.web.users.views.new_user import tenant_choices
from strapontin.web.users.views.user_list import crumbs_to_users


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PageRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """The user's data; another site or type takes a seat there, with the same decision as a new user."""
    visit = request.visit
    grant = grants.user_manager(request.actor, customer_id)
    found = find_user(grant, user_id=user_id)
    sites = subscriptions(grant, settings=visit.settings, at=visit.at).sites
    labels = types()
    form = UserForm(
        request.POST or None,
        sites=[(site.site_id, site.name) for site in sites],
        types=labels,
        tenants=tenant_choices(grant, sites),
        initial={
            **found,
            "site": str(found["site_id"]),
            "type": found["type_code"],
            "tenant": str(found["tenant_id"] or ""),
        },
        with_enabled=True,
    )
    context = _context(request, grant, form, found)
    if request.method != "POST":
        return page(request, "users/user.html", context)
    if not form.is_valid():
        return page(request, "users/user.html", context, status=422)
    wanted = form.new_user()
    missing = decisions.Missing(grant, visit, wanted.place, sites, labels)
    done = attempt(lambda: _save(request, missing, found, form.cleaned_data))
    if not isinstance(done, Refusal):
        return Done(reverse("users", args=[customer_id]), _("Saved."), done)
    if done.code in ("no_free_seat", "preview_outdated"):
        decision, unpriced = decisions.decide(missing, full_name=context["name"])
        context |= {"decision": decision, "unpriced": unpriced}
        if done.code == "preview_outdated":
            context["notes"] = [decisions.changed_meanwhile(decision)]
        return page(request, "users/user.html", context, status=409)
    return page(request, "users/user.html", context, status=say_in(form, done))


def _save(request: PageRequest, missing: decisions.Missing, found: dict[str, Any], typed: dict[str, Any]) -> str:
    """Saves; answers what was allocated with it, in a sentence."""
    allocates = request.POST.get("action") == "allocate"
    said = decisions.confirm(missing, request.POST.get("digest", "")) if allocates else ""
    kept = ("first_name", "last_name", "email", "extension", "enabled")
    changes = {name: typed[name] for name in kept}
    changes |= {"site_id": missing.place[0], "type_code": missing.place[1]}
    # The tenant one is in stays chosen in the form while one goes to another site: only another one is a choice.
    if typed.get("tenant") and typed["tenant"] != str(found["tenant_id"]):
        changes["tenant_id"] = UUID(typed["tenant"])
    change_user(
        missing.grant,
        user_id=found["id"],
        changes=changes,
        settings=request.visit.settings,
        at=request.visit.at,
        expected_version=whole_number(request.POST.get("version", "")),
        allocate_missing=allocates,
    )
    return said


def _context(request: PageRequest, grant: UserManager, form: UserForm, found: dict[str, Any]) -> dict[str, Any]:
    customer_id = grant.customer.id
    users_url = reverse("users", args=[customer_id])
    return {
        "name": _full_name(found),
        "crumbs": crumbs_to_users(request, grant),
        "form": form,
        "version": request.POST.get("version") or found["version"],
        "save_url": request.path,
        "remove_url": reverse("user_remove", args=[customer_id, found["id"]]),
        "back_url": users_url,
        "decision": None,
        "unpriced": False,
        "partner": partner_name(request) if request.actor.customer_id else "",
        "on_stack": bool(found["tenant_id"]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Asks first; posted, removes the user, and says what is free where the seat was."""
    visit = request.visit
    grant = grants.user_manager(request.actor, customer_id)
    found = find_user(grant, user_id=user_id)
    if request.method != "POST":
        return page(request, "users/removal_question.html", _question(request, grant, found))
    remove_user(grant, user_id=user_id, settings=visit.settings, at=visit.at)
    title = _("The user %(name)s is removed.") % {"name": _full_name(found)}
    return Done(reverse("users", args=[customer_id]), title, _free_now(request, grant, found))


def _question(request: PageRequest, grant: UserManager, found: dict[str, Any]) -> dict[str, Any]:
    name, back_url = _full_name(found), reverse("user", args=[grant.customer.id, found["id"]])
    return {
        "name": name,
        "site": found["site_name"],
        "type": types()[found["type_code"]],
        "crumbs": [*crumbs_to_users(request, grant), s.Link(name, back_url)],
        "on_stack": bool(found["tenant_id"]),
        "remove_url": request.path,
        "back_url": back_url,
    }


def _full_name(found: dict[str, Any]) -> str:
    return f"{found['first_name']} {found['last_name']}".strip()


def _free_now(request: PageRequest, grant: UserManager, gone: dict[str, Any]) -> str:
    """How many seats are free where somebody left; nothing where more were used than there are."""
    visit, site_id = request.visit, gone["site_id"]
    found = subscriptions(grant, settings=visit.settings, at=visit.at, site_id=site_id)
    free = found.sites[0].of(gone["type_code"]).remaining if found.sites else 0
    if not free:
        return ""
    text = ngettext(
        "%(seats)s %(type)s seat is free in %(site)s now.", "%(seats)s %(type)s seats are free in %(site)s now.", free
    )
    return text % {"seats": free, "type": types()[gone["type_code"]].name, "site": gone["site_name"]}
