"""``/partners``: resellers, nested; a PATCH of ``parent`` moves one with everything below it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.api import paging
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes
from strapontin.api.schemas.partners import PartnerChange, PartnerIn, PartnerOut, PartnerPage, PartnersIn
from strapontin.api.visit import ApiRequest
from strapontin.organisation import operations, queries
from strapontin.organisation.operations import NewPartner

router = Router(tags=["partners"])


def show(actor: Actor, found: dict[str, Any]) -> dict[str, Any]:
    """A partner; its parent is told to those whose scope covers that too."""
    sees_parent = actor.provider or actor.partner_id in found["path"][:-1]
    shown = {field: found[field] for field in PartnerOut.model_fields if field not in ("id", "parent")}
    return {"id": found["id"], "parent": found["parent_id"] if sees_parent else None, **shown}


@router.get("partners", response=PartnerPage)
def list_partners(request: ApiRequest, page: Query[PartnersIn]) -> HttpResponse:
    """Partners at or below one's scope, by name."""
    actor = request.visit.actor
    after = paging.decode(page.cursor, str, UUID)
    found = queries.partners(actor, after=after, limit=page.limit, search=page.search)
    return answer(paging.page(found, page.limit, ["sort_key", "id"], lambda partner: show(actor, partner)))


@router.post("partners", response={201: PartnerOut})
def create_partner(request: ApiRequest, body: PartnerIn) -> HttpResponse:
    """Adds a partner (provider). One below another pays only where ``payer`` says so."""
    visit = request.visit
    facts = body.model_dump(exclude={"parent"})
    facts["currency"] = body.currency or visit.settings.currency
    facts["language"] = body.language or visit.settings.language
    facts["payer"] = body.parent is None if body.payer is None else body.payer
    new = NewPartner(parent_id=body.parent, **facts)
    partner_id = operations.create_partner(grants.provider(visit.actor), new=new, at=visit.at)
    return _one(visit.actor, partner_id, status=201)


@router.get("partners/{uuid:partner_id}", response=PartnerOut)
def read_partner(request: ApiRequest, partner_id: UUID) -> HttpResponse:
    """One partner."""
    return _one(request.visit.actor, partner_id)


@router.patch("partners/{uuid:partner_id}", response=PartnerOut)
def change_partner(request: ApiRequest, partner_id: UUID, body: PartnerChange) -> HttpResponse:
    """Changes a partner (provider); ``parent``: ``null`` puts it right below the provider."""
    visit = request.visit
    grants.partner(visit.actor, partner_id)
    wanted = changes(body, nullable=frozenset(("parent",)))
    if "parent" in wanted:
        wanted["parent_id"] = wanted.pop("parent")
    operations.change_partner(
        grants.provider(visit.actor),
        partner_id=partner_id,
        changes=wanted,
        expected_version=expected_version(request),
        at=visit.at,
    )
    return _one(visit.actor, partner_id)


def _one(actor: Actor, partner_id: UUID, *, status: int = 200) -> HttpResponse:
    found = queries.partner(grants.partner(actor, partner_id))
    return answer(show(actor, found), status=status, version=found["version"])
