"""Adding a user, and the decision if no seat is free (SPEC 5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.customers.subscriptions import SiteFigures, subscriptions_of
from strapontin.doors.calls import awaited
from strapontin.refusals import Refusal
from strapontin.seats import operations, queries
from strapontin.seats.claims import NewUser
from strapontin.seats.queries import User
from strapontin.web.figures import seats
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.visit import PageRequest
from strapontin.web.requests.sending import send_request
from strapontin.web.users import decisions
from strapontin.web.users.choices import tenant_choices
from strapontin.web.users.forms import UserForm
from strapontin.web.users.navigation import crumbs_of_user
from strapontin.web.users.refusals import notes_of


@require_http_methods(["GET", "HEAD", "POST"])
def add_user(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The form. It posts ``create``, ``allocate`` with the digest of the effect shown, or ``move``."""
    visit = request.visit
    grant = grants.user_manager(request.actor, customer_id)
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at).sites
    labels = types()
    refused = _refused_user(request, grant)
    form = UserForm(
        request.POST or None,
        sites=[(site.site_id, site.name) for site in sites],
        types=labels,
        tenants=tenant_choices(grant, sites),
        initial=refused.typed if refused else {n: request.GET.get(n, "") for n in ("site", "type")},
    )
    context = _context(request, grant, form, sites, labels) | {"again": refused.id if refused else ""}
    if refused:
        context["notes"] = notes_of(refused, customer_id)
    if request.method != "POST":
        return page(request, "users/new_user.html", context)
    if not form.is_valid():
        return page(request, "users/new_user.html", context, status=422)
    new = form.new_user()
    missing = decisions.Missing(grant, visit, new.place, sites, labels)
    created: Done | Refusal | None = request.refusal
    if created is None:
        created = attempt(lambda: _create(request, missing, new, refused))
    if isinstance(created, Done):
        return created
    return _refused(request, form, context, missing, created)


def _refused_user(request: PageRequest, grant: UserManager) -> User | None:
    """The user whom a stack refused, and who is tried again; ``None`` if it is somebody new."""
    try:
        user_id = UUID(request.POST.get("again") or request.GET.get("again") or "")
        user = queries.user(grant, user_id=user_id)
    except (ValueError, Refusal):
        return None
    return user if user.state == "refused" else None


def _create(request: PageRequest, missing: decisions.Missing, new: NewUser, refused: User | None) -> Done:
    """Creates the user, and allocates or moves its seat if that was confirmed."""
    action = request.POST.get("action", "create")
    body = ""
    if action == "request":
        return _ask(request, missing, new)
    if action == "move":
        body = decisions.take_from_another(missing)
    if action == "allocate":
        body = decisions.confirm(missing, request.POST.get("digest", ""))
    settings, at = request.visit.settings, request.visit.at
    added = operations.add_user(
        missing.grant,
        new=new,
        settings=settings,
        at=at,
        allocate_missing=action == "allocate",
        instead_of=refused.id if refused else None,
    )
    customer_id = missing.grant.customer.id
    title = _("The user %(name)s is created.") % {"name": f"{new.first_name} {new.last_name}".strip()}
    return Done(reverse("users", args=[customer_id]), title, body, call=awaited(customer_id, added.call_id))


def _ask(request: PageRequest, missing: decisions.Missing, new: NewUser) -> Done:
    """Sends a request for the user with its seat; a seat that is free by now is shown instead."""
    if not missing.afresh().seats:
        raise Refusal("no_free_seat", missing=0)
    return send_request(request.visit, missing.grant.customer.id, new=new, note=request.POST.get("note", ""))


def _refused(
    request: PageRequest, form: UserForm, context: dict[str, Any], missing: decisions.Missing, refusal: Refusal
) -> HttpResponse:
    if refusal.code in ("no_free_seat", "preview_outdated", "above_limit"):
        full_name = f"{form.cleaned_data['first_name']} {form.cleaned_data['last_name']}".strip()
        decision, context["unpriced"] = decisions.decide(missing, full_name=full_name)
        if refusal.code == "preview_outdated":
            context["notes"] = [decisions.changed_meanwhile(decision)]
        return page(request, "users/new_user.html", context | {"decision": decision}, status=409)
    return page(request, "users/new_user.html", context, status=say_in(form, refusal))


def _context(
    request: PageRequest, grant: UserManager, form: UserForm, sites: list[SiteFigures], labels: Types
) -> dict[str, Any]:
    users_url = reverse("users", args=[grant.customer.id])
    chosen = str(form["site"].value() or "")
    here = next((site for site in sites if str(site.site_id) == chosen), sites[0] if len(sites) == 1 else None)
    return {
        "crumbs": crumbs_of_user(request.actor, grant),
        "form": form,
        "save_url": request.path,
        "back_url": users_url,
        "users_url": f"{users_url}?site={here.site_id}" if here else users_url,
        "remaining": seats.of_types(here.types, labels) if here else [],
        "decision": None,
        "unpriced": False,
        "partner": invoicing_partner(request.actor) if request.actor.customer_id else "",
        "no_site": not sites,
    }
