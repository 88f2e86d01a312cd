"""The REST door: authenticates, opens one transaction in the actor's scope, and answers every refusal as a problem.

It is the first middleware and answers everything below ``/api/`` itself. Sessions, CSRF and the rest of the chain are
for browsers; they would cost a call more than its own work.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import ResolverMatch, get_resolver
from django.utils import translation

from strapontin.access.scope import acting
from strapontin.api import idempotency
from strapontin.api.answers import Told
from strapontin.api.authentication import authenticate, wished_language
from strapontin.api.problems import problem, refusal_of
from strapontin.api.visit import ApiRequest
from strapontin.doors import kept
from strapontin.doors.attempts import in_one_transaction
from strapontin.doors.bodies import largest_body
from strapontin.doors.calls import state_after_waiting, tell
from strapontin.doors.events import note_refusal
from strapontin.doors.kept import Asked
from strapontin.doors.limits import INVITATION, Limit, take
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal

PREFIX = "/api/"
URLS = "strapontin.api.urls"
# Until the key is known. LANGUAGE_CODE is for people who sign in.
DEFAULT_LANGUAGE = "en"
# Work of many transactions: the door must not put it into one.
LONG_WORK = frozenset({("POST", "/api/v1/clock")})
# What one administrator or key may do so often and no more, also if it is refused: by method, and route as the resolver
# has it.
LIMITED: dict[tuple[str | None, str], Limit] = {
    ("POST", "api/v1/administrators"): INVITATION,
    ("PATCH", "api/v1/administrators/<uuidstr:administrator_id>"): INVITATION,
}

Work = Callable[[], HttpResponse]


class ApiDoor:
    """The middleware; requests for other addresses pass on untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        with translation.override(wished_language(request) or DEFAULT_LANGUAGE):
            response = _enter(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def _enter(request: HttpRequest) -> HttpResponse:
    try:
        if request.method == "HEAD":
            request.method = "GET"
        if request.path_info in PUBLIC:
            return PUBLIC[request.path_info](request)
        visit = authenticate(request)
    except Exception as error:
        return problem(refusal_of(error))
    translation.activate(visit.actor.language)
    try:
        match = get_resolver(URLS).resolve(request.path_info)
        return _answer(request, visit, match)
    except Exception as error:
        refusal = refusal_of(error)
        note_refusal(request, visit.actor, refusal)
        return problem(refusal)


def _openapi(request: HttpRequest) -> HttpResponse:
    from strapontin.api.openapi import description

    return HttpResponse(description(), content_type="application/json")


PUBLIC: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/api/v1/openapi.json": _openapi}


def _answer(request: HttpRequest, visit: Visit, match: ResolverMatch) -> HttpResponse:
    entered = _with_visit(request, visit)
    limit = LIMITED.get((request.method, match.route))
    if limit and (wait := take(limit, visit.actor.id)):
        raise Refusal("too_many_requests", seconds=wait)
    if int(request.META.get("CONTENT_LENGTH") or 0) > largest_body(request.path_info):
        raise Refusal("too_large")
    # Read before anything is locked, so that nobody waits for a slow sender.
    _ = request.body
    asked = idempotency.asked_with_key(request, visit.actor)

    def work() -> HttpResponse:
        response: HttpResponse = match.func(entered, **match.kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = sorted(response.headers["Allow"].split(", "))
            raise Refusal("method_not_allowed", allow=", ".join(allowed))
        return response

    if (request.method, request.path_info) in LONG_WORK:
        return _done_once_in_many_transactions(visit, asked, work)
    return _settled(visit, asked, in_one_transaction(visit.actor, lambda: _done_once(asked, work)))


def _settled(visit: Visit, asked: Asked | None, response: HttpResponse) -> HttpResponse:
    """The response, after what a stack said about the request. Raises ``refused_by_stack``."""
    if not isinstance(response, Told):
        return response
    state = state_after_waiting(visit.actor, response.call)
    if state is None or state.is_open:
        return response
    with acting(visit.actor):
        if state.state == "failed":
            if asked:
                kept.forget(asked)
            refusal = tell(visit.actor, response.call, state)
        else:
            return response.afresh() if response.afresh else response
    raise refusal


def _with_visit(request: HttpRequest, visit: Visit) -> ApiRequest:
    request.visit = visit  # type: ignore[attr-defined]
    return request  # type: ignore[return-value]


def _done_once(asked: Asked | None, work: Work) -> HttpResponse:
    if asked is None:
        return work()
    before = idempotency.answer_before(asked)
    if before is not None:
        kept.authorise_again(work)
        return before
    response = work()
    idempotency.keep(asked, response)
    return response


def _done_once_in_many_transactions(visit: Visit, asked: Asked | None, work: Work) -> HttpResponse:
    if asked is None:
        return work()
    with kept.held(asked) as alone:
        with acting(visit.actor):
            before = idempotency.answer_before(asked)
        if before is not None:
            return before
        if not alone:
            raise Refusal("in_progress")
        response = work()
        with acting(visit.actor):
            idempotency.keep(asked, response)
        return response
