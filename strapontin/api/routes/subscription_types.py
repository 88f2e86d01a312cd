"""``/subscription-types``: what is sold."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.api.answers import answer, must_match, tagged
from strapontin.api.routes.common import changes
from strapontin.api.schemas.subscription_types import TypeChange, TypeIn, TypeOut, TypePage
from strapontin.api.visit import ApiRequest
from strapontin.catalogue import queries, types

router = Router(tags=["subscription types"])


def show(found: dict[str, Any]) -> dict[str, Any]:
    """A type; its code is its id."""
    return {"id": found["code"], **found}


@router.get("subscription-types", response=TypePage)
def list_types(request: ApiRequest) -> HttpResponse:
    """All types, in the order of screens."""
    return answer({"items": [show(found) for found in queries.subscription_types()], "next": None})


@router.post("subscription-types", response={201: TypeOut})
def create_type(request: ApiRequest, body: TypeIn) -> HttpResponse:
    """Adds a type (provider)."""
    grant = grants.provider(request.visit.actor)
    types.create_type(grant, new=types.NewType(**body.model_dump()), at=request.visit.at)
    return tagged(show(queries.subscription_type(body.code)), status=201)


@router.get("subscription-types/{slug:code}", response=TypeOut)
def read_type(request: ApiRequest, code: str) -> HttpResponse:
    """One type."""
    return tagged(show(queries.subscription_type(code)))


@router.patch("subscription-types/{slug:code}", response=TypeOut)
def change_type(request: ApiRequest, code: str, body: TypeChange) -> HttpResponse:
    """Changes a type's names, integers or position (provider)."""
    grant = grants.provider(request.visit.actor)
    must_match(request, show(queries.subscription_type(code, lock=True)))
    types.change_type(grant, code=code, changes=changes(body), at=request.visit.at)
    return tagged(show(queries.subscription_type(code)))
