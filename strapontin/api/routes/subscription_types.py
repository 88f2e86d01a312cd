"""``/subscription-types``: what is sold."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.api.answers import answer, must_match, tagged
from strapontin.api.routes.common import changes_in
from strapontin.api.schemas.subscription_types import TypeChange, TypeIn, TypeOut, TypePage
from strapontin.api.visit import ApiRequest
from strapontin.catalogue import queries, types
from strapontin.catalogue.queries import TypeFacts

router = Router(tags=["subscription types"])


def show_type(type_: TypeFacts) -> dict[str, Any]:
    """A type; its code is its id."""
    return {"id": type_.code, **asdict(type_)}


@router.get("subscription-types", response=TypePage)
def list_types(request: ApiRequest) -> HttpResponse:
    """All types, in the order in which screens show them."""
    subscription_types = queries.subscription_types()
    return answer({"items": [show_type(subscription_type) for subscription_type in subscription_types], "next": None})


@router.post("subscription-types", response={201: TypeOut})
def create_type(request: ApiRequest, body: TypeIn) -> HttpResponse:
    """Adds a type (provider only)."""
    grant = grants.provider(request.visit.actor)
    types.create_type(grant, new=types.NewType(**body.model_dump()), at=request.visit.at)
    return tagged(show_type(queries.subscription_type(body.code)), status=201)


@router.get("subscription-types/{slug:code}", response=TypeOut)
def read_type(request: ApiRequest, code: str) -> HttpResponse:
    """One type."""
    return tagged(show_type(queries.subscription_type(code)))


@router.patch("subscription-types/{slug:code}", response=TypeOut)
def change_type(request: ApiRequest, code: str, body: TypeChange) -> HttpResponse:
    """Changes a type's names, ``stack_ids`` or position (provider only)."""
    grant = grants.provider(request.visit.actor)
    must_match(request, show_type(queries.subscription_type(code, lock=True)))
    types.change_type(grant, code=code, changes=changes_in(body), at=request.visit.at)
    return tagged(show_type(queries.subscription_type(code)))
