"""``/administrators``: people with a scope and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import administrators as operations
from strapontin.access import grants, queries
from strapontin.access.administrators import NewAdministrator
from strapontin.access.doers import names_of
from strapontin.access.grants import AdministratorManager
from strapontin.access.queries import AdministratorFacts
from strapontin.api import paging
from strapontin.api.answers import answer, must_match, no_content, tagged
from strapontin.api.routes.common import changes_in, scope_given, show_scope
from strapontin.api.schemas.administrators import (
    AdministratorChange,
    AdministratorIn,
    AdministratorOut,
    AdministratorPage,
)
from strapontin.api.schemas.common import PageOfCustomer
from strapontin.api.visit import ApiRequest
from strapontin.jobs import requests

router = Router(tags=["administrators"])


def show_administrator(administrator: AdministratorFacts, makers: Mapping[UUID, str]) -> dict[str, Any]:
    """An administrator. ``makers`` names those who added somebody."""
    plain = AdministratorOut.model_fields.keys() - {"scope", "created_by"}
    facts = {field: getattr(administrator, field) for field in AdministratorOut.model_fields if field in plain}
    maker = administrator.created_by_id
    created_by = {"id": maker, "name": makers[maker]} if maker else None
    return facts | {"scope": show_scope(administrator), "created_by": created_by}


def _show_one(grant: AdministratorManager, administrator: AdministratorFacts) -> dict[str, Any]:
    return show_administrator(administrator, _makers(grant, [administrator]))


def _makers(grant: AdministratorManager, administrators: Iterable[AdministratorFacts]) -> dict[UUID, str]:
    return names_of(grant.actor, {person.created_by_id for person in administrators if person.created_by_id})


@router.get("administrators", response=AdministratorPage)
def list_administrators(request: ApiRequest, page: Query[PageOfCustomer]) -> HttpResponse:
    """The administrators of your scope, the newest first. With ``customer``: those of this customer.

    A partner lists its customers' administrators only customer by customer.
    """
    grant = grants.administrator_manager(request.visit.actor)
    administrators = queries.administrators(
        grant, customer_id=page.customer, after=paging.id_after(page.cursor), limit=page.limit
    )
    makers = _makers(grant, administrators)
    return answer(paging.page(administrators, page.limit, ["id"], lambda person: show_administrator(person, makers)))


@router.post("administrators", response={201: AdministratorOut})
def create_administrator(request: ApiRequest, body: AdministratorIn) -> HttpResponse:
    """Adds an administrator. An invitation is sent if the installation sends e-mail.

    An address signs in once in the whole installation. If it signs in outside your scope, the answer is the same, and
    the message tells the person to ask you for an invitation to another address.
    """
    grant = grants.administrator_manager(request.visit.actor)
    new = NewAdministrator(
        name=body.name,
        email=body.email,
        scope=scope_given(body.scope),
        roles=list(body.roles),
        language=body.language,
    )
    administrator_id = requests.invite(grant, new=new, at=request.visit.at)
    return tagged(_show_one(grant, queries.administrator(grant, administrator_id)), status=201)


@router.get("administrators/{uuid:administrator_id}", response=AdministratorOut)
def read_administrator(request: ApiRequest, administrator_id: UUID) -> HttpResponse:
    """One administrator."""
    grant = grants.administrator_manager(request.visit.actor)
    return tagged(_show_one(grant, queries.administrator(grant, administrator_id)))


@router.patch("administrators/{uuid:administrator_id}", response=AdministratorOut)
def change_administrator(request: ApiRequest, administrator_id: UUID, body: AdministratorChange) -> HttpResponse:
    """Changes a name, a language, roles, ``is_active`` or ``email``. You can add only roles that you have.

    ``is_active`` false suspends: sessions and the keys that this person made end at once. Keys do not come back. A new
    ``email`` ends the sessions and the password; an invitation is sent to it. The same ``email`` sends it again.
    """
    grant = grants.administrator_manager(request.visit.actor)
    must_match(request, _show_one(grant, queries.administrator(grant, administrator_id, lock=True)))
    requests.change_administrator(
        grant, administrator_id=administrator_id, changes=changes_in(body), at=request.visit.at
    )
    return tagged(_show_one(grant, queries.administrator(grant, administrator_id)))


@router.delete("administrators/{uuid:administrator_id}", response={204: None})
def remove_administrator(request: ApiRequest, administrator_id: UUID) -> HttpResponse:
    """Removes an administrator at once: login, sessions, and the keys that this person made."""
    grant = grants.administrator_manager(request.visit.actor)
    operations.remove_administrator(grant, administrator_id=administrator_id, at=request.visit.at)
    return no_content()


@router.delete("administrators/{uuid:administrator_id}/second-factor", response={204: None})
def reset_second_factor(request: ApiRequest, administrator_id: UUID) -> HttpResponse:
    """Takes the second factor from somebody who lost the device, and ends the sessions."""
    grant = grants.administrator_manager(request.visit.actor)
    operations.reset_second_factor(grant, administrator_id=administrator_id, at=request.visit.at)
    return no_content()
