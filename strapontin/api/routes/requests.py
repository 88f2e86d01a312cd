"""``/customers/{c}/requests`` and ``/requests``: seats asked for by those who may not allocate them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import RequestParty
from strapontin.api import paging
from strapontin.api.answers import answer, created
from strapontin.api.effects import fresh_effect_shown, show_effect
from strapontin.api.routes.common import names_above_of, new_user, show_doer
from strapontin.api.schemas.requests import ApprovalIn, RefusalIn, RequestIn, RequestOut, RequestPage, RequestsIn
from strapontin.api.visit import ApiRequest
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal
from strapontin.requests import operations, queries
from strapontin.requests.drafts import NewRequest
from strapontin.requests.queries import SeatRequest
from strapontin.requests.rules import AskedSeats

router = Router(tags=["requests"])
OF_CUSTOMER = "customers/{uuid:customer_id}/requests"
ONE = OF_CUSTOMER + "/{uuid:request_id}"


@router.post(OF_CUSTOMER, response={201: RequestOut})
def ask_for_seats(request: ApiRequest, customer_id: UUID, body: RequestIn) -> HttpResponse:
    """Asks for users with their seats (User management), or for ``allocations``: seats added to what the site has.

    Those who may decide are written to. The same request made again while it is open is one request.
    """
    visit = request.visit
    party = grants.request_party(visit.actor, customer_id)
    new = NewRequest(
        users=[new_user(user) for user in body.users],
        allocations=[AskedSeats(asked.site, asked.type, asked.seats) for asked in body.allocations],
        note=body.note,
    )
    request_id = operations.ask(party, new=new, settings=visit.settings, at=visit.at)
    asked = queries.request_of(party, request_id=request_id)
    return created(_show_request(visit, party, asked), version=asked.version)


@router.get(OF_CUSTOMER, response=RequestPage)
def list_requests_of_customer(request: ApiRequest, customer_id: UUID, page: Query[RequestsIn]) -> HttpResponse:
    """The customer's requests, the newest first."""
    party = grants.request_party(request.visit.actor, customer_id)
    after = paging.id_after(page.cursor)
    return _page(
        party.actor,
        page,
        queries.requests_of_customer(party, state=page.state, after=after, limit=page.limit + 1),
    )


@router.get("requests", response=RequestPage)
def list_requests(request: ApiRequest, page: Query[RequestsIn]) -> HttpResponse:
    """The requests of your scope, the newest first; with ``state=open`` the oldest first."""
    reader = grants.request_reader(request.visit.actor)
    after = paging.id_after(page.cursor)
    return _page(
        reader.actor, page, queries.requests_of_scope(reader, state=page.state, after=after, limit=page.limit + 1)
    )


@router.get(ONE, response=RequestOut)
def read_request(request: ApiRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """One request. Those who may decide see what approving it would do, with its digest."""
    return _answer(request.visit, customer_id, request_id)


@router.post(ONE + "/approve", response=RequestOut)
def approve_request(
    request: ApiRequest, customer_id: UUID, request_id: UUID, body: ApprovalIn | None = None
) -> HttpResponse:
    """Allocates the seats that are missing and creates the users: all of it, or nothing.

    With a ``digest``, only if that does exactly what was shown: otherwise 409 ``preview_outdated``. 409
    ``already_decided`` with the ``state``; 409 ``users_not_created`` with ``errors``, one for each user.
    """
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    with fresh_effect_shown():
        operations.approve(
            grant,
            request_id=request_id,
            settings=visit.settings,
            at=visit.at,
            digest=body.digest if body else None,
        )
    return _answer(visit, customer_id, request_id)


@router.post(ONE + "/decline", response=RequestOut)
def decline_request(request: ApiRequest, customer_id: UUID, request_id: UUID, body: RefusalIn) -> HttpResponse:
    """Declines a request, with the reason that the one who asked will read. 409 ``already_decided``."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    operations.decline(grant, request_id=request_id, reason=body.reason, at=visit.at)
    return _answer(visit, customer_id, request_id)


@router.post(ONE + "/withdraw", response=RequestOut)
def withdraw_request(request: ApiRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """Takes a request back: your own, or with User management anybody's. 409 ``already_decided``."""
    visit = request.visit
    party = grants.request_party(visit.actor, customer_id)
    operations.withdraw(party, request_id=request_id, at=visit.at)
    return _answer(visit, customer_id, request_id)


@router.post(ONE + "/reminder", response=RequestOut)
def remind_of_request(request: ApiRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """Writes to those who may decide once more. Once a day: 409 ``reminded_today``."""
    visit = request.visit
    party = grants.request_party(visit.actor, customer_id)
    operations.remind(party, request_id=request_id, settings=visit.settings, at=visit.at)
    return _answer(visit, customer_id, request_id)


def _answer(visit: Visit, customer_id: UUID, request_id: UUID) -> HttpResponse:
    party = grants.request_party(visit.actor, customer_id)
    asked = queries.request_of(party, request_id=request_id)
    return answer(_show_request(visit, party, asked), version=asked.version)


def _page(actor: Actor, page: RequestsIn, requests: Sequence[SeatRequest]) -> HttpResponse:
    above = _names_above(actor, requests)
    return answer(paging.page(requests, page.limit, ["id"], lambda asked: _show_listed(asked, above)))


def _names_above(actor: Actor, requests: Sequence[SeatRequest]) -> dict[UUID, str]:
    doers = [doer for asked in requests for doer in (asked.asker, asked.decider) if doer]
    return names_above_of(actor, doers)


def _show_request(visit: Visit, party: RequestParty, asked: SeatRequest) -> dict[str, Any]:
    shown = _show_listed(asked, _names_above(party.actor, [asked]))
    shown |= {"entries": [], "effect": None, "digest": None, "problem": None}
    if not asked.is_open or not party.actor.holds("subscriptions"):
        return shown
    grant = grants.allocation_manager(party.actor, party.customer.id)
    try:
        effect = operations.preview_approval(grant, request=asked, settings=visit.settings, at=visit.at)
    except Refusal as refusal:
        return shown | {"problem": {"code": refusal.code, "detail": refusal.sentence}}
    return shown | show_effect(effect) | {"digest": effect.digest}


def _show_listed(asked: SeatRequest, above: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": asked.id,
        "customer": asked.customer_id,
        "customer_name": asked.customer_name,
        "state": asked.state,
        "users": [
            {
                "first_name": user.first_name,
                "last_name": user.last_name,
                "email": user.email,
                "site": user.site_id,
                "type": user.type_code,
                "extension": user.extension,
                "enabled": user.enabled,
                "tenant": user.tenant_id,
            }
            for user in asked.users
        ],
        "allocations": [
            {"site": seats.site_id, "type": seats.type_code, "seats": seats.seats} for seats in asked.allocations
        ],
        "note": asked.note,
        "asked_by": show_doer(asked.asker, above),
        "asked_at": asked.asked_at,
        "decided_by": show_doer(asked.decider, above) if asked.decider else None,
        "decided_at": asked.decided_at,
        "reason": asked.reason,
        "created_users": asked.created_ids,
        "committed_until": asked.committed_until,
    }
