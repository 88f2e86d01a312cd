"""``/customers/{c}/users``: who takes the seats."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.allocations.rules import Place
from strapontin.api import paging
from strapontin.api.answers import answer, created, expected_version, nothing
from strapontin.api.effects import confirm_for_user, show_effect
from strapontin.api.routes.common import changes
from strapontin.api.schemas.allocations import ChangesOut
from strapontin.api.schemas.users import UserChange, UserIn, UserOut, UserPage, UsersIn
from strapontin.api.visit import ApiRequest
from strapontin.billing.effects import preview_for_users
from strapontin.seats import operations, queries
from strapontin.seats.operations import NewUser

router = Router(tags=["users"])
USERS = "customers/{uuid:customer_id}/users"


def show(found: dict[str, Any]) -> dict[str, Any]:
    """A user; ``stack_state`` tells how far the telephone server has followed, if there is one."""
    return {
        "id": found["id"],
        "first_name": found["first_name"],
        "last_name": found["last_name"],
        "email": found["email"],
        "site": found["site_id"],
        "type": found["type_code"],
        "extension": found["extension"],
        "enabled": found["enabled"],
        "tenant": found["tenant_id"],
        "origin": found["origin"],
        "stack_state": found["call_state"],
    }


def _show_new(user_id: UUID, made: NewUser) -> dict[str, Any]:
    return {
        "id": user_id,
        "first_name": made.first_name,
        "last_name": made.last_name,
        "email": made.email,
        "site": made.site_id,
        "type": made.type_code,
        "extension": made.extension,
        "enabled": made.enabled,
        "tenant": made.tenant_id,
        "origin": "portal",
        "stack_state": "waiting" if made.tenant_id else None,
    }


@router.post(USERS, response={201: UserOut})
def create_user(request: ApiRequest, customer_id: UUID, body: UserIn) -> HttpResponse:
    """Adds a user on a free seat, or with ``allocate_missing`` together with its seat."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    new = _new_user(body)
    if body.allocate_missing and body.digest is not None:
        confirm_for_user(grant, new.place, digest=body.digest, settings=visit.settings, at=visit.at)
    user_id, made = operations.add_user(
        grant, new=new, settings=visit.settings, at=visit.at, allocate_missing=body.allocate_missing
    )
    return created(_show_new(user_id, made), version=1)


@router.post(USERS + "/preview", response=ChangesOut)
def preview_user(request: ApiRequest, customer_id: UUID, body: UserIn) -> HttpResponse:
    """What adding this user with ``allocate_missing`` would allocate, to the cent; changes nothing."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    new = _new_user(body)
    effect = preview_for_users(grant, place=new.place, seats=1, settings=visit.settings, at=visit.at)
    return answer(show_effect(effect))


def _new_user(body: UserIn) -> NewUser:
    return NewUser(
        site_id=body.site,
        type_code=body.type,
        first_name=body.first_name,
        last_name=body.last_name or "",
        email=body.email or "",
        extension=body.extension or "",
        enabled=body.enabled is not False,
        tenant_id=body.tenant,
    )


@router.get(USERS, response=UserPage)
def list_users(request: ApiRequest, customer_id: UUID, page: Query[UsersIn]) -> HttpResponse:
    """The customer's users, by last name."""
    grant = grants.user_manager(request.visit.actor, customer_id)
    after = paging.decode(page.cursor, str, UUID)
    found = queries.users(
        grant,
        site_id=page.site,
        search=page.search,
        after=after,
        limit=page.limit + 1,
    )
    return answer(paging.page(found, page.limit, ["sort_key", "id"], show))


@router.get(USERS + "/{uuid:user_id}", response=UserOut)
def read_user(request: ApiRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """One user."""
    return _one(grants.user_manager(request.visit.actor, customer_id), user_id)


@router.patch(USERS + "/{uuid:user_id}", response=UserOut)
def change_user(request: ApiRequest, customer_id: UUID, user_id: UUID, body: UserChange) -> HttpResponse:
    """Changes a user; another site or type is a release and a claim in one, with a ``digest`` as previewed."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    wanted = changes(body)
    for ours, theirs in (("site_id", "site"), ("type_code", "type"), ("tenant_id", "tenant")):
        if theirs in wanted:
            wanted[ours] = wanted.pop(theirs)

    def confirm(place: Place) -> None:
        if body.allocate_missing and body.digest is not None:
            confirm_for_user(grant, place, digest=body.digest, settings=visit.settings, at=visit.at)

    operations.change_user(
        grant,
        user_id=user_id,
        changes=wanted,
        settings=visit.settings,
        at=visit.at,
        expected_version=expected_version(request),
        allocate_missing=body.allocate_missing,
        confirm=confirm,
    )
    return _one(grant, user_id)


@router.delete(USERS + "/{uuid:user_id}", response={204: None})
def delete_user(request: ApiRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Removes a user; the seat is free again."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    operations.remove_user(grant, user_id=user_id, settings=visit.settings, at=visit.at)
    return nothing()


def _one(grant: UserManager, user_id: UUID) -> HttpResponse:
    found = queries.user(grant, user_id=user_id)
    return answer(show(found), version=found["version"])
