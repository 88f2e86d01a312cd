"""``POST /customers/{c}/users/bulk``: one change of many users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.allocations.rules import Room
from strapontin.api.answers import answer
from strapontin.api.effects import fresh_effect_shown, show_effect
from strapontin.api.schemas.users import BulkIn, BulkOut
from strapontin.api.visit import ApiRequest
from strapontin.billing.effects import preview_room
from strapontin.kit.database import rehearsal
from strapontin.seats.bulk import BulkChange, BulkPlan, change_users, plan_bulk

router = Router(tags=["users"])


@router.post("customers/{uuid:customer_id}/users/bulk", response=BulkOut)
def change_many_users(request: ApiRequest, customer_id: UUID, body: BulkIn) -> HttpResponse:
    """Changes up to 1,000 users of a customer, all or none: ``action`` says how, ``site`` or ``type`` to what.

    With ``preview``, answers what would happen and changes nothing: how many users change, how many seats are missing
    where and, for those who may allocate, the effect of allocating them. ``allocate_missing`` and ``digest`` mean the
    same as when a user is added; ``tenant`` names the stack tenant if the site has several. 409 ``users_gone`` and
    ``users_refused`` name the ``users`` that are no longer there, or have no seat since a telephone server refused
    them: these can only be removed.
    """
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    change = BulkChange(body.users, body.action, body.site, body.type or "", body.tenant)
    if body.preview:
        with rehearsal():
            plan = plan_bulk(grant, change=change, settings=visit.settings, at=visit.at)
            effect = None
            if plan.missing and grant.may_allocate:
                manager = grant.allocation_manager()
                effect = preview_room(manager, rooms=plan.rooms, settings=visit.settings, at=visit.at)
        shown = show_effect(effect) if effect else {"entries": [], "effect": None}
        return answer(_show(plan) | shown)

    def confirm(rooms: Sequence[Room]) -> None:
        if body.allocate_missing and body.digest is not None:
            with fresh_effect_shown():
                manager = grant.allocation_manager()
                effect = preview_room(manager, rooms=rooms, settings=visit.settings, at=visit.at)
                effect.expect(body.digest)

    plan = change_users(
        grant,
        change=change,
        settings=visit.settings,
        at=visit.at,
        allocate_missing=body.allocate_missing,
        confirm=confirm,
    )
    return answer(_show(plan) | {"entries": [], "effect": None})


def _show(plan: BulkPlan) -> dict[str, Any]:
    missing = [{"site": site, "type": code, "seats": seats} for (site, code), seats in plan.missing.items()]
    return {"changed": plan.changed, "missing": missing}
