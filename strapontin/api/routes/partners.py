"""``/partners``: resellers. A partner may stand below another, and moves with everything below itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import PartnerFacts
from strapontin.api import paging
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes_in
from strapontin.api.schemas.partners import (
    MoveConfirmed,
    MoveIn,
    MovePreviewOut,
    PartnerChange,
    PartnerIn,
    PartnerOut,
    PartnerPage,
    PartnersIn,
)
from strapontin.api.visit import ApiRequest
from strapontin.provider import outsiders, queries
from strapontin.provider import partners as operations
from strapontin.provider.outsiders import MadeFromOutside
from strapontin.provider.partners import NewPartner

router = Router(tags=["partners"])


def show_partner(actor: Actor, partner: PartnerFacts) -> dict[str, Any]:
    """A partner. ``parent`` is ``None`` for readers whose scope does not include the parent."""
    sees_parent = actor.provider or actor.partner_id in partner.path[:-1]
    facts = {field: getattr(partner, field) for field in PartnerOut.model_fields if field != "parent"}
    return facts | {"parent": partner.parent_id if sees_parent else None}


@router.get("partners", response=PartnerPage)
def list_partners(request: ApiRequest, page: Query[PartnersIn]) -> HttpResponse:
    """The partners of your scope, by name."""
    actor = request.visit.actor
    after = paging.decode(page.cursor, str, UUID)
    partners = queries.partners(grants.scope_reader(actor), after=after, limit=page.limit, search=page.search)
    return answer(paging.page(partners, page.limit, ["sort_key", "id"], lambda partner: show_partner(actor, partner)))


@router.post("partners", response={201: PartnerOut})
def create_partner(request: ApiRequest, body: PartnerIn) -> HttpResponse:
    """Adds a partner (provider only). A partner below another is a payer only if ``payer`` is true."""
    visit = request.visit
    facts = body.model_dump(exclude={"parent"})
    facts["currency"] = body.currency or visit.settings.currency
    facts["language"] = body.language or visit.settings.language
    facts["payer"] = body.parent is None if body.payer is None else body.payer
    new = NewPartner(parent_id=body.parent, **facts)
    partner_id = operations.create_partner(grants.provider(visit.actor), new=new, at=visit.at)
    return _answer_partner(visit.actor, partner_id, status=201)


@router.get("partners/{uuid:partner_id}", response=PartnerOut)
def read_partner(request: ApiRequest, partner_id: UUID) -> HttpResponse:
    """One partner."""
    return _answer_partner(request.visit.actor, partner_id)


@router.patch("partners/{uuid:partner_id}", response=PartnerOut)
def change_partner(request: ApiRequest, partner_id: UUID, body: PartnerChange) -> HttpResponse:
    """Changes a partner (provider only). Another ``parent`` moves it with everything below it.

    With ``parent`` ``null`` it stands directly below the provider.
    """
    visit = request.visit
    grants.partner(visit.actor, partner_id)
    operations.change_partner(
        grants.provider(visit.actor),
        partner_id=partner_id,
        changes=changes_in(body, columns={"parent": "parent_id"}),
        expected_version=expected_version(request),
        at=visit.at,
    )
    return _answer_partner(visit.actor, partner_id)


@router.post("partners/{uuid:partner_id}/move/preview", response=MovePreviewOut)
def preview_move(request: ApiRequest, partner_id: UUID, body: MoveIn) -> HttpResponse:
    """What a move would take along (provider only), and the administrators and keys that were made from outside.

    These are of the partner or below, and whoever made them is not above it after the move. They stay, unless the move
    names them in ``end``.
    """
    actor = request.visit.actor
    grants.partner(actor, partner_id)
    provider, manager = grants.provider(actor), grants.administrator_manager(actor)
    preview = outsiders.preview_move(provider, manager, partner_id=partner_id, parent_id=body.parent)
    return answer(
        {
            "customers": preview.customers,
            "made_from_outside": [_show_made_from_outside(holder) for holder in preview.made_from_outside],
        }
    )


@router.post("partners/{uuid:partner_id}/move", response=PartnerOut)
def move_partner(request: ApiRequest, partner_id: UUID, body: MoveConfirmed) -> HttpResponse:
    """Moves a partner with everything below it (provider only), and ends what ``end`` names: both or neither."""
    visit = request.visit
    grants.partner(visit.actor, partner_id)
    provider = grants.provider(visit.actor)
    changes = {"parent_id": body.parent}
    version = expected_version(request)
    operations.change_partner(provider, partner_id=partner_id, changes=changes, expected_version=version, at=visit.at)
    if body.end:
        manager = grants.administrator_manager(visit.actor)
        outsiders.end_made_from_outside(manager, partner_id=partner_id, ended=body.end, at=visit.at)
    return _answer_partner(visit.actor, partner_id)


def _show_made_from_outside(holder: MadeFromOutside) -> dict[str, Any]:
    return {
        "kind": holder.kind,
        "id": holder.id,
        "name": holder.name,
        "scope": {"partner": holder.partner_id} if holder.partner_id else {"customer": holder.customer_id},
        "roles": holder.roles,
        "created_by": {"id": holder.maker_id, "name": holder.maker_name, "partner": holder.maker_partner},
    }


def _answer_partner(actor: Actor, partner_id: UUID, *, status: int = 200) -> HttpResponse:
    partner = grants.partner(actor, partner_id).partner
    return answer(show_partner(actor, partner), status=status, version=partner.version)
