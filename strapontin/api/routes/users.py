"""``/customers/{c}/users``: the people who use the seats."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import UserManager, UserReader
from strapontin.allocations.rules import Exchange, Place
from strapontin.api import paging
from strapontin.api.answers import answer, created, expected_version, no_content, telling
from strapontin.api.effects import confirm_for_user, confirm_seat_exchange, show_effect
from strapontin.api.routes.common import changes_in, new_user
from strapontin.api.schemas.allocations import ChangesOut
from strapontin.api.schemas.users import StackCreationIn, UserChange, UserIn, UserOut, UserPage, UsersIn, UsersOfScopeIn
from strapontin.api.visit import ApiRequest
from strapontin.billing.effects import preview_for_users
from strapontin.doors.calls import awaited
from strapontin.seats import absent, listing, operations, queries
from strapontin.seats.claims import NewUser
from strapontin.seats.erasure import request_erasure
from strapontin.seats.filters import UserFilter
from strapontin.seats.listing import ListedUser, Sort
from strapontin.seats.provisioning import dismiss
from strapontin.seats.queries import User
from strapontin.stacks.reasons import reason

router = Router(tags=["users"])
USERS = "customers/{uuid:customer_id}/users"


def show_user(user: User) -> dict[str, Any]:
    """A user. ``stack_state`` is the state of the latest call to its telephone server, or "absent": not there yet.

    ``stack_error`` says why that call failed, or why it is tried again.
    """
    code = user.error_code
    return {
        "id": user.id,
        **_show_data(user),
        "origin": user.origin,
        "state": user.state,
        "stack_state": user.stack_state,
        "stack_error": {"reason": code, "detail": reason(code, user.error_field)} if code else None,
    }


def _show_new_user(user_id: UUID, user: NewUser) -> dict[str, Any]:
    stack_state = "waiting" if user.tenant_id else None
    facts = {"origin": "portal", "state": "active", "stack_state": stack_state, "stack_error": None}
    return {"id": user_id, **_show_data(user), **facts}


def _show_data(user: User | NewUser) -> dict[str, Any]:
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "site": user.site_id,
        "type": user.type_code,
        "extension": user.extension,
        "enabled": user.enabled,
        "tenant": user.tenant_id,
    }


@router.post(USERS, response={201: UserOut})
def create_user(request: ApiRequest, customer_id: UUID, body: UserIn) -> HttpResponse:
    """Adds a user, who takes a free seat. With ``allocate_missing``, a missing seat is allocated at the same time.

    With a ``digest`` too, only if that does exactly what was previewed: otherwise 409 ``preview_outdated``. If the
    site's telephone server refuses the user at once: 409 ``refused_by_stack``. If it does so later, the user stays
    listed with the ``state`` "refused"; ``instead_of`` names such a user, whom the new one replaces.
    """
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    new = new_user(body)
    if body.allocate_missing and body.digest is not None:
        confirm_for_user(grant, new.place, digest=body.digest, settings=visit.settings, at=visit.at)
    added = operations.add_user(
        grant,
        new=new,
        settings=visit.settings,
        at=visit.at,
        allocate_missing=body.allocate_missing,
        instead_of=body.instead_of,
    )
    return telling(
        created(_show_new_user(added.id, added.user), version=1),
        awaited(customer_id, added.call_id),
        lambda: _answer_user(grants.user_manager(visit.actor, customer_id), added.id, status=201),
    )


@router.post(USERS + "/preview", response=ChangesOut)
def preview_user(request: ApiRequest, customer_id: UUID, body: UserIn) -> HttpResponse:
    """Shows what adding this user with ``allocate_missing`` would allocate, and its price. Changes nothing."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    new = new_user(body)
    effect = preview_for_users(grant, place=new.place, seats=1, settings=visit.settings, at=visit.at)
    return answer(show_effect(effect))


@router.get(USERS, response=UserPage)
def list_users(request: ApiRequest, customer_id: UUID, page: Query[UsersIn]) -> HttpResponse:
    """The customer's users, by last name or by ``sort``."""
    return _list(grants.user_manager(request.visit.actor, customer_id), page)


@router.get("users", response=UserPage)
def list_users_of_scope(request: ApiRequest, page: Query[UsersOfScopeIn]) -> HttpResponse:
    """The users of every customer in the caller's scope, by last name or by ``sort``."""
    return _list(grants.user_reader(request.visit.actor), page, customer_id=page.customer)


def _list(reader: UserReader | UserManager, page: UsersIn, *, customer_id: UUID | None = None) -> HttpResponse:
    only = UserFilter(
        search=f"{page.q} {page.search}",
        customer_id=customer_id,
        site_id=page.site,
        type_code=page.type or "",
        state=page.state or "",
        difference=page.difference or "",
    )
    sort = cast(Sort, page.sort.removeprefix("-"))
    after = paging.decode(page.cursor, partial(_place_in, sort), UUID)
    users = listing.list_users(
        reader, only=only, sort=sort, descending=page.sort.startswith("-"), after=after, limit=page.limit + 1
    )
    return answer(paging.page(users, page.limit, ["place", "id"], _show_listed))


def _place_in(sort: Sort, place: str) -> str:
    """The place that a cursor has; raises ``ValueError`` if it is one of a list in another order."""
    if listing.keys_in(sort, place) is None:
        raise ValueError(place)
    return place


def _show_listed(user: ListedUser) -> dict[str, Any]:
    return {**show_user(user), "customer": user.customer_id}


@router.get(USERS + "/{uuid:user_id}", response=UserOut)
def read_user(request: ApiRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """One user."""
    return _answer_user(grants.user_manager(request.visit.actor, customer_id), user_id)


@router.patch(USERS + "/{uuid:user_id}", response=UserOut)
def change_user(request: ApiRequest, customer_id: UUID, user_id: UUID, body: UserChange) -> HttpResponse:
    """Changes a user. Another site or type frees the seat there is and takes one of the new site and type.

    ``allocate_missing`` and ``digest`` mean the same as when a user is added. With ``exchange_seat`` the user's seat is
    exchanged for one of the new type, which must be dearer and on the same site: both change, or neither.

    What the telephone server refuses is taken back: 409 ``refused_by_stack`` if it does so at once, else
    ``stack_error`` says why. In another stack tenant the user is created first and in the former one deleted after:
    name, e-mail and type move; line, number, login and voicemail do not, they are deleted with the former user. A
    refusal leaves the user where it was.
    """
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)

    def confirm(former: Place, place: Place) -> None:
        if body.digest is None:
            return
        if body.exchange_seat:
            exchange = Exchange(*former, place[1], seats=1)
            confirm_seat_exchange(grant, exchange, digest=body.digest, settings=visit.settings, at=visit.at)
        elif body.allocate_missing:
            confirm_for_user(grant, place, digest=body.digest, settings=visit.settings, at=visit.at)

    call_id = operations.change_user(
        grant,
        user_id=user_id,
        changes=changes_in(body, columns={"site": "site_id", "type": "type_code", "tenant": "tenant_id"}),
        settings=visit.settings,
        at=visit.at,
        expected_version=expected_version(request),
        allocate_missing=body.allocate_missing,
        exchange_seat=body.exchange_seat,
        confirm=confirm,
    )
    return telling(
        _answer_user(grant, user_id),
        awaited(customer_id, call_id),
        lambda: _answer_user(grants.user_manager(visit.actor, customer_id), user_id),
    )


@router.delete(USERS + "/{uuid:user_id}", response={204: None})
def delete_user(request: ApiRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Removes a user, on the telephone server with line, login and voicemail. The seat is free again.

    A user with the ``state`` "refused" is only listed no longer. If the telephone server refuses, the user keeps the
    seat: 409 ``refused_by_stack``, or ``stack_error`` later.
    """
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    call_id = operations.remove_user(grant, user_id=user_id, settings=visit.settings, at=visit.at)
    return telling(no_content(), awaited(customer_id, call_id))


@router.post(USERS + "/{uuid:user_id}/dismissal", response={204: None})
def dismiss_user(request: ApiRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Takes note of what the telephone server refused: ``stack_error`` is gone, and a refused user, too."""
    grant = grants.user_manager(request.visit.actor, customer_id)
    queries.user(grant, user_id=user_id)
    dismiss(grant, user_id=user_id)
    return no_content()


@router.post(USERS + "/{uuid:user_id}/erasure", response={202: None})
def erase_user(request: ApiRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Has the personal data of a removed user erased, within a minute. The seats stay in the ledger, under the id.

    409 ``not_removed`` while the user has a seat, or while a telephone server is still to be told.
    """
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    request_erasure(grant, user_id=user_id, at=visit.at)
    return HttpResponse(status=202)


@router.post(USERS + "/{uuid:user_id}/stack-creation", response=UserOut)
def create_on_stack(
    request: ApiRequest, customer_id: UUID, user_id: UUID, body: StackCreationIn | None = None
) -> HttpResponse:
    """Creates a user on the telephone server who was typed in before the site had one. The seat does not change."""
    grant = grants.user_manager(request.visit.actor, customer_id)
    tenant_id = body.tenant if body else None
    absent.create_on_stack(grant, user_id=user_id, tenant_id=tenant_id, at=request.visit.at)
    return _answer_user(grant, user_id)


def _answer_user(grant: UserManager, user_id: UUID, *, status: int = 200) -> HttpResponse:
    user = queries.user(grant, user_id=user_id)
    return answer(show_user(user), status=status, version=user.version)
