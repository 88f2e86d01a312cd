"""The door of the screens: one transaction in the scope of the administrator who is signed in.

It is the last middleware. Sign-in itself (allauth, below ``/accounts/``) runs outside the scope, as the door's own
database role. Every other view runs inside it unless it is marked with ``login_not_required``. A refusal or a fault
takes everything back and becomes a page.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings as environment
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from strapontin.doors.attempts import in_one_transaction
from strapontin.doors.calls import Awaited, state_after_waiting, tell
from strapontin.doors.events import note_refusal
from strapontin.doors.sessions import find_by_session
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal, by_constraint
from strapontin.stacks.reasons import tried_again
from strapontin.web.frame.answers import Done
from strapontin.web.frame.once import done_once, forget
from strapontin.web.frame.refused import csrf_failure, not_allowed, refused
from strapontin.web.frame.visit import OPENED_BY, PageRequest, wants_second_factor

SIGN_IN = "/accounts/"
# No inline script or style, nothing from elsewhere, no frame around our pages.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

View = Callable[..., HttpResponse]


class WebDoor:
    """The middleware; requests of the REST door never come here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on to :meth:`process_view`, and adds the headers of every answer."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = not_allowed(request, response)
        if wait := getattr(request, "wait", 0):
            # A form of the sign-in that was sent too often: it says so itself.
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response.headers["Retry-After"] = str(wait)
            # Otherwise Django would log a warning for each.
            response._has_been_logged = True  # type: ignore[attr-defined]
        response.headers.setdefault("Content-Security-Policy", POLICY)
        # A fragment has the address of its page: a cache, or Back, must not show the one for the other.
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        # The next administrator at the same browser must not see it, neither by Back after the sign-out.
        response.headers["Cache-Control"] = "no-store"
        if request.method == "POST" and request.path_info == reverse("account_logout"):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Finds the administrator and runs the view in its scope; leads to the sign-in if nobody is signed in."""
        visit = find_by_session(request, door="screen")
        if visit is not None:
            request.visit, request.actor = visit, visit.actor  # type: ignore[attr-defined]
            translation.activate(visit.actor.language)
        if request.path_info.startswith(SIGN_IN):
            return None
        if visit is not None:
            if not _opened_by(request, visit):
                return csrf_failure(request, "somebody else has signed in since")
            if environment.SECOND_FACTOR == "required" and wants_second_factor(visit):
                return _lead(request, reverse("mfa_index"))
            return _enter(request, view, kwargs)  # type: ignore[arg-type]
        if getattr(view, "login_required", True):
            return _to_sign_in(request)
        return None


def _opened_by(request: HttpRequest, visit: Visit) -> bool:
    """Whether the page that asks was opened by the administrator who is signed in now.

    After a sign-in in another tab, the page's script renews its CSRF token. Without this check, the second
    administrator would send the form of the first.
    """
    who = request.headers.get("X-Opened-By") or (request.method == "POST" and request.POST.get(OPENED_BY))
    return not who or who == str(visit.actor.id)


def _enter(request: PageRequest, view: View, kwargs: dict[str, Any]) -> HttpResponse:
    def work() -> HttpResponse:
        return view(request, **kwargs)

    with timezone.override(ZoneInfo(request.visit.settings.time_zone)):
        try:
            request.refusal = None
            response = in_one_transaction(request.actor, lambda: done_once(request, work))
            if isinstance(response, Done) and response.call:
                response = _settled(request, response, response.call, work)
        except Refusal as refusal:
            note_refusal(request, request.actor, refusal)
            return refused(request, refusal)
        except IntegrityError as error:
            # What stands for no refusal is raised again: a fault, with its page and a line in the log.
            return refused(request, by_constraint(error))
    if isinstance(response, Done):
        messages.add_message(request, response.level, response.text)
    return response


def _settled(request: PageRequest, done: Done, call: Awaited, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer after what a stack said about the request: if it refused, the view shows the refusal."""
    state = state_after_waiting(request.actor, call)
    if state and state.state == "failed":

        def show_refusal() -> HttpResponse:
            forget(request)
            request.refusal = tell(request.actor, call, state)
            return work()

        return in_one_transaction(request.actor, show_refusal)
    if state and state.error_code:
        done.level = messages.WARNING
        done.text = "\n".join((done.text, tried_again(state.error_code, state.error_field)))
    return done


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which leads back to the page before it."""
    if request.user.is_authenticated:
        # An account whose administrator is gone.
        logout(request)
        return redirect("account_login")
    back = request.get_full_path() if request.method == "GET" else _page_before(request)
    htmx = getattr(request, "htmx", None)
    if htmx:
        back = htmx.current_url_abs_path or "/"
    return _lead(request, redirect_to_login(back).url)


def _lead(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", None) else redirect(url)


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}):
        parts = urlsplit(before)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"
