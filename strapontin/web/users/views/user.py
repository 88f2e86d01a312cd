"""One user: changing the data, the type or the site, and removing (SPEC 5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.allocations.rules import Place
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.doors.calls import awaited
from strapontin.refusals import Refusal
from strapontin.seats import absent, operations, queries
from strapontin.seats.provisioning import dismiss
from strapontin.seats.queries import User
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.offers import ask_for
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.users import decisions, seat_exchange
from strapontin.web.users.choices import tenant_choices
from strapontin.web.users.forms import UserForm
from strapontin.web.users.navigation import crumbs_of_user
from strapontin.web.users.refusals import notes_of

# The fields of the form that bear the names of the user's.
_TYPED = ("first_name", "last_name", "email", "extension", "enabled")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_user(request: PageRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """The user's data. Another site or type takes a seat there, with the same decision as for a new user."""
    visit = request.visit
    grant = grants.user_manager(request.actor, customer_id)
    user = queries.user(grant, user_id=user_id)
    if user.state == "refused":
        return redirect(f"{reverse('user_new', args=[customer_id])}?again={user_id}")
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at).sites
    labels = types()
    form = UserForm(
        request.POST or None,
        sites=[(site.site_id, site.name) for site in sites],
        types=labels,
        tenants=tenant_choices(grant, sites),
        initial=user.typed,
        known=user,
    )
    context = _context(request, grant, form, user)
    if request.method != "POST":
        return page(request, "users/user.html", context)
    if not form.is_valid():
        return page(request, "users/user.html", context, status=422)
    missing = decisions.Missing(grant, visit, form.new_user().place, sites, labels)
    saved: Done | Refusal | None = request.refusal
    if saved is None:
        saved = attempt(lambda: _save(request, missing, user, form.cleaned_data))
    if isinstance(saved, Done):
        return saved
    if saved.code in ("no_free_seat", "preview_outdated", "above_limit"):
        decision, unpriced = decisions.decide(missing, full_name=context["name"])
        exchange = seat_exchange.offer(missing, (user.site_id, user.type_code))
        context |= {"decision": decision, "unpriced": unpriced, "exchange": exchange}
        if decision.missing and not decision.may_allocate:
            short = {missing.place: decision.missing}
            context["asks"] = ask_for(grant.customer.id, short, {missing.place[0]: decision.site})
        if saved.code == "preview_outdated":
            context["notes"] = [decisions.changed_meanwhile(decision)]
        return page(request, "users/user.html", context, status=409)
    return page(request, "users/user.html", context, status=say_in(form, saved))


def _save(request: PageRequest, missing: decisions.Missing, user: User, typed: dict[str, Any]) -> Done:
    """Saves, and says what was allocated or exchanged with it."""
    action, told = request.POST.get("action"), list[str]()
    changes = {name: typed[name] for name in _TYPED}
    changes |= {"site_id": missing.place[0], "type_code": missing.place[1]}
    # The form keeps the present tenant chosen while the site changes: only another tenant is a choice.
    if typed.get("tenant") and typed["tenant"] != str(user.tenant_id):
        changes["tenant_id"] = UUID(typed["tenant"])

    def confirm(former: Place, _place: Place) -> None:
        if action == "allocate":
            told.append(decisions.confirm(missing, request.POST.get("digest", "")))
        elif action == "exchange":
            told.append(seat_exchange.confirm(missing, former, request.POST.get("exchange_digest", "")))

    call_id = operations.change_user(
        missing.grant,
        user_id=user.id,
        changes=changes,
        settings=request.visit.settings,
        at=request.visit.at,
        expected_version=whole_number(request.POST.get("version", "")),
        allocate_missing=action == "allocate",
        exchange_seat=action == "exchange",
        confirm=confirm,
    )
    customer_id = missing.grant.customer.id
    body = " ".join(told)
    return Done(reverse("users", args=[customer_id]), _("Saved."), body, call=awaited(customer_id, call_id))


def _context(request: PageRequest, grant: UserManager, form: UserForm, user: User) -> dict[str, Any]:
    customer_id = grant.customer.id
    users_url = reverse("users", args=[customer_id])
    return {
        "name": user.full_name,
        "crumbs": crumbs_of_user(request.actor, grant),
        "form": form,
        # What a stack refused was taken back: that is the user's latest version.
        "version": user.version if request.refusal else request.POST.get("version") or user.version,
        "save_url": request.path,
        "remove_url": reverse("user_remove", args=[customer_id, user.id]),
        "back_url": users_url,
        "decision": None,
        "asks": [],
        "exchange": None,
        "unpriced": False,
        "partner": invoicing_partner(request.actor) if request.actor.customer_id else "",
        "on_stack": bool(user.tenant_id),
        "notes": [] if request.method == "POST" else notes_of(user, customer_id),
        "create_there_url": reverse("user_create_there", args=[customer_id, user.id]) if user.is_absent else "",
    }


@post_only
def create_there(request: PageRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Has a user created on the telephone server who was typed in before the site had one."""
    grant = grants.user_manager(request.actor, customer_id)
    user_url = reverse("user", args=[customer_id, user_id])
    created = attempt(lambda: absent.create_on_stack(grant, user_id=user_id, at=request.visit.at))
    if isinstance(created, Refusal):
        if created.code == "not_found":
            raise created
        return Done(
            user_url, _("The user was not created on the telephone server."), created.sentence, level=messages.WARNING
        )
    return Done(user_url, _("The user is being created on the telephone server."))


@require_http_methods(["GET", "HEAD", "POST"])
def remove_user(request: PageRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Asks first. Posted, it removes the user and says how many seats are free there now."""
    visit = request.visit
    grant = grants.user_manager(request.actor, customer_id)
    user = queries.user(grant, user_id=user_id)
    if request.method != "POST":
        return page(request, "users/removal_question.html", _question(request, grant, user))
    if request.refusal:
        title = _("The user %(name)s is not removed.") % {"name": user.full_name}
        return Done(reverse("user", args=[customer_id, user_id]), title, request.refusal.sentence, level=messages.ERROR)
    call_id = operations.remove_user(grant, user_id=user_id, settings=visit.settings, at=visit.at)
    title = _("The user %(name)s is removed.") % {"name": user.full_name}
    call = awaited(customer_id, call_id)
    return Done(reverse("users", args=[customer_id]), title, _free_now(request, grant, user), call=call)


@post_only
def dismiss_refusal(request: PageRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Takes note of what the stack refused: a refused user is no longer listed."""
    grant = grants.user_manager(request.actor, customer_id)
    queries.user(grant, user_id=user_id)
    dismiss(grant, user_id=user_id)
    return Done(reverse("users", args=[customer_id]), _("Noted."))


def _question(request: PageRequest, grant: UserManager, user: User) -> dict[str, Any]:
    name, back_url = user.full_name, reverse("user", args=[grant.customer.id, user.id])
    return {
        "name": name,
        "site": user.site_name,
        "type": types()[user.type_code],
        "crumbs": [*crumbs_of_user(request.actor, grant), Link(name, back_url)],
        "on_stack": bool(user.tenant_id),
        "remove_url": request.path,
        "back_url": back_url,
    }


def _free_now(request: PageRequest, grant: UserManager, user: User) -> str:
    """How many seats are free where the user was, in a sentence; empty if none is."""
    visit, site_id = request.visit, user.site_id
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at, site_id=site_id).sites
    free = sites[0].of(user.type_code).remaining if sites else 0
    if not free:
        return ""
    text = ngettext(
        "%(seats)s %(type)s seat is free in %(site)s now.", "%(seats)s %(type)s seats are free in %(site)s now.", free
    )
    return text % {"seats": free, "type": types()[user.type_code].name, "site": user.site_name}
