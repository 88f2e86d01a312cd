"""Refusals and faults as pages (SPEC 3, DESIGN "Words"): what happened and who can help."""

from __future__ import annotations

import logging
import secrets
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from strapontin.access.scope import acting
from strapontin.refusals import ROLE_NAMES, Refusal
from strapontin.web.frame.helpers import helpers_of
from strapontin.web.frame.shapes import Helper
from strapontin.web.frame.visit import PageRequest

logger = logging.getLogger(__name__)
THEMES = ("light", "dark")


def refused(request: PageRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal. The view's own transaction has been rolled back."""
    with acting(request.actor):
        context = {
            "title": _title(refusal),
            "sentence": refusal.sentence,
            "helpers": _helpers(request, refusal),
            "code": refusal.code,
        }
        answer = render(request, "refusal.html", context, status=refusal.status)
    if refusal.code == "too_many_requests":
        answer.headers["Retry-After"] = str(refusal.facts["seconds"])
    return answer


def _title(refusal: Refusal) -> str:
    if refusal.code == "not_found":
        return _("This page does not exist")
    if refusal.status == 403:
        return _("This needs a role that you do not have")
    return _("This could not be done")


def _helpers(request: PageRequest, refusal: Refusal) -> list[Helper]:
    role = refusal.facts.get("role")
    if refusal.code != "role_missing" or role not in ROLE_NAMES:
        return []
    match = request.resolver_match
    customer_id = match.kwargs.get("customer_id") if match else None
    return helpers_of(request.actor, customer_id or request.actor.customer_id, role=role)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler404``: an address that leads nowhere."""
    visit = getattr(request, "visit", None)
    if visit is None:
        return render(request, "404.html", status=404)
    return refused(request, Refusal("not_found"))  # type: ignore[arg-type]


def not_allowed(request: HttpRequest, plain: HttpResponse) -> HttpResponse:
    """The page for an address that only takes forms. Django's own answer is empty."""
    visit = getattr(request, "visit", None)
    if visit is None:
        answer = render(request, "405.html", status=plain.status_code)
    else:
        context = {
            "title": _("There is no page at this address"),
            "sentence": _("It only serves the buttons of other pages. Nothing was changed."),
            "helpers": [],
            "code": "method_not_allowed",
        }
        with acting(visit.actor):
            answer = render(request, "refusal.html", context, status=plain.status_code)
    answer.headers["Allow"] = plain.headers["Allow"]
    return answer


def _theme(request: HttpRequest) -> str:
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return theme if theme in THEMES else ""


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: 503 if the database does not answer, else 500 with a reference that the log has too.

    Rendered without the request, which might need the database or the session.
    """
    fault = sys.exc_info()[1]
    if isinstance(fault, OperationalError | InterfaceError):
        logger.error("the database did not answer: %s", fault)
        page = render_to_string("503.html", {"theme": _theme(request)})
        return HttpResponse(page, status=503, headers={"Retry-After": "10"})
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=fault)
    page = render_to_string("500.html", {"reference": reference, "theme": _theme(request)})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)
