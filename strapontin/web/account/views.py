"""The start, the language, and one's own account."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access.actors import Actor
from strapontin.access.automatic import automatic_customers
from strapontin.access.helpers import who_can_help
from strapontin.access.models import ROLES
from strapontin.access.preferences import choose_language, choose_letter, show_email, shows_email, wants_letter
from strapontin.jobs.letters import ROLE as LETTER_ROLE
from strapontin.refusals import ROLE_NAMES
from strapontin.web.frame.answers import Done, page, post_only
from strapontin.web.frame.language import CODES, remember
from strapontin.web.frame.menu import first_page
from strapontin.web.frame.shapes import Note
from strapontin.web.frame.visit import PageRequest, home_of


@require_safe
def open_first_page(request: PageRequest) -> HttpResponse:
    """The first page that one's roles open."""
    return redirect(first_page(request.actor, home_of(request.visit)))


@login_not_required
@post_only
def set_language(request: HttpRequest) -> HttpResponse:
    """The same page in the other language; for an administrator it stays so, in every browser."""
    code = request.POST.get("language", "")
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = "/"
    response = redirect(after)
    if code in CODES:
        if visit := getattr(request, "visit", None):
            choose_language(visit.actor, language=code)
        translation.activate(code)
        remember(response, code)
    return response


@post_only
def set_letter(request: PageRequest) -> HttpResponse:
    """Switches one's daily letter on or off."""
    choose_letter(request.actor, wanted=request.POST.get("daily_letter") == "yes")
    return Done(reverse("account"), _("Saved."))


@require_safe
def show_account(request: PageRequest) -> HttpResponse:
    """Who one is here: name, scope, roles, language."""
    actor = request.actor
    context = {
        "actor": actor,
        "home": home_of(request.visit),
        "scope": {"provider": _("provider"), "partner": _("partner"), "customer": _("customer")}[actor.scope],
        "roles": [str(ROLE_NAMES[role]) for role in ROLES if actor.holds(role)],
        "email": request.user.get_username(),
        "automatic": automatic_customers(actor),
        "may_allocate": actor.holds("subscriptions"),
        "email_shown": shows_email(actor),
        "gets_letters": actor.holds(LETTER_ROLE),
        "daily_letter": actor.holds(LETTER_ROLE) and wants_letter(actor),
        "note": None if actor.roles else _without_roles(actor),
    }
    return page(request, "account/my_account.html", context)


@post_only
def show_or_hide_email(request: PageRequest) -> HttpResponse:
    """Shows one's e-mail address to those who need one's help, or hides it."""
    show_email(request.actor, shown="shown" in request.POST)
    return Done(reverse("account"), _("Saved."))


def _without_roles(actor: Actor) -> Note:
    helpers = who_can_help(actor, role="administrators", customer_id=actor.customer_id)
    names = ", ".join(helper.name for helper in helpers)
    return Note(
        "info",
        _("You hold no role here"),
        _("So no page is open to you but this one. These can give you a role: {names}.").format(names=names)
        if names
        else _("So no page is open to you but this one. Ask an administrator of your organisation, or your partner."),
    )
