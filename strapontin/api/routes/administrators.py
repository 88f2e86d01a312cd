"""``/administrators``: people with a scope and roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants, operations, queries
from strapontin.access.operations import NewAdministrator
from strapontin.api import paging
from strapontin.api.answers import answer, must_match, tagged
from strapontin.api.routes.api_keys import given
from strapontin.api.routes.common import changes, scope
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


def show(found: dict[str, Any]) -> dict[str, Any]:
    """An administrator; the login is nobody else's business."""
    shown = {field: found[field] for field in AdministratorOut.model_fields if field != "scope"}
    return shown | {"scope": scope(found)}


@router.get("administrators", response=AdministratorPage)
def list_administrators(request: ApiRequest, page: Query[PageOfCustomer]) -> HttpResponse:
    """Administrators of one's scope, the newest first; ``customer`` names one below a partner."""
    grant = grants.administrator_manager(request.visit.actor)
    after = paging.decode(page.cursor, UUID)
    found = queries.administrators(
        grant, customer_id=page.customer, after=after[0] if after else None, limit=page.limit
    )
    return answer(paging.page(found, page.limit, ["id"], show))


@router.post("administrators", response={201: AdministratorOut})
def create_administrator(request: ApiRequest, body: AdministratorIn) -> HttpResponse:
    """Adds an administrator, to whom an invitation is sent by e-mail, if the installation sends any."""
    grant = grants.administrator_manager(request.visit.actor)
    new = NewAdministrator(
        name=body.name,
        email=body.email,
        scope=given(body.scope),
        roles=list(body.roles),
        language=body.language,
    )
    administrator_id = requests.invite(grant, new=new, at=request.visit.at)
    return tagged(show(queries.administrator(grant, administrator_id)), status=201)


@router.get("administrators/{uuid:administrator_id}", response=AdministratorOut)
def read_administrator(request: ApiRequest, administrator_id: UUID) -> HttpResponse:
    """One administrator."""
    grant = grants.administrator_manager(request.visit.actor)
    return tagged(show(queries.administrator(grant, administrator_id)))


@router.patch("administrators/{uuid:administrator_id}", response=AdministratorOut)
def change_administrator(request: ApiRequest, administrator_id: UUID, body: AdministratorChange) -> HttpResponse:
    """Changes a name, a language or roles; new roles must be one's own."""
    grant = grants.administrator_manager(request.visit.actor)
    must_match(request, show(queries.administrator(grant, administrator_id, lock=True)))
    operations.change_administrator(
        grant, administrator_id=administrator_id, changes=changes(body), at=request.visit.at
    )
    return tagged(show(queries.administrator(grant, administrator_id)))
