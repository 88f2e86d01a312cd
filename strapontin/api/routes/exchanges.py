"""``/customers/{c}/exchanges``: seats of a type for as many of a dearer one, and back for some days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.allocations.exchanges import undoable
from strapontin.allocations.rules import Exchange
from strapontin.api.answers import answer, created
from strapontin.api.effects import fresh_effect_shown, show_effect
from strapontin.api.schemas.exchanges import ExchangeIn, ExchangeOut, ExchangePage, UndoIn
from strapontin.api.visit import ApiRequest
from strapontin.billing.effects import confirm_exchange, confirm_undo, preview_exchange, preview_undo

router = Router(tags=["allocations"])
EXCHANGES = "customers/{uuid:customer_id}/exchanges"
EXCHANGE = EXCHANGES + "/{uuid:exchange_id}"


def _exchange(body: ExchangeIn) -> Exchange:
    return Exchange(body.site, body.from_type, body.to_type, body.quantity)


@router.post(EXCHANGES + "/preview", response=ExchangeOut)
def preview(request: ApiRequest, customer_id: UUID, body: ExchangeIn) -> HttpResponse:
    """Shows what the exchange would do, and its price. Changes nothing."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    effect = preview_exchange(grant, exchange=_exchange(body), settings=visit.settings, at=visit.at)
    return answer({"id": None, **show_effect(effect)})


@router.post(EXCHANGES, response={201: ExchangeOut})
def exchange_seats(request: ApiRequest, customer_id: UUID, body: ExchangeIn) -> HttpResponse:
    """Exchanges seats of a site for as many of a dearer type, at once. The remaining days of the first are credited.

    Exchanged seats cannot be handed back. 409 ``not_dearer`` with ``lowers_on``, the day from which a decrease would
    count: raise the one type and lower the other. 409 ``below_use`` if users are on the seats. With a ``digest``, only
    if that does exactly what was previewed: otherwise 409 ``preview_outdated``.
    """
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    with fresh_effect_shown():
        effect = confirm_exchange(
            grant,
            exchange=_exchange(body),
            settings=visit.settings,
            at=visit.at,
            reason=body.reason,
            digest=body.digest,
        )
    return created({"id": effect.entries[0].id, **show_effect(effect)})


@router.get(EXCHANGES, response=ExchangePage)
def list_exchanges(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """The exchanges that can still be undone, in whole or in part, the newest first."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    items: list[dict[str, Any]] = [
        {
            "id": exchanged.id,
            "site": exchanged.site_id,
            "from": exchanged.from_type,
            "to": exchanged.to_type,
            "quantity": exchanged.seats,
            "effective_on": exchanged.effective_on,
            "undo_until": exchanged.until - timedelta(days=1),
        }
        for exchanged in undoable(grant, settings=visit.settings, at=visit.at)
    ]
    return answer({"items": items, "next": None})


@router.post(EXCHANGE + "/undo/preview", response=ExchangeOut)
def preview_undoing(
    request: ApiRequest, customer_id: UUID, exchange_id: UUID, body: UndoIn | None = None
) -> HttpResponse:
    """Shows what undoing the exchange would do, and its price. Changes nothing."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    effect = preview_undo(
        grant,
        exchange_id=exchange_id,
        seats=body.quantity if body else None,
        settings=visit.settings,
        at=visit.at,
    )
    return answer({"id": exchange_id, **show_effect(effect)})


@router.post(EXCHANGE + "/undo", response={201: ExchangeOut})
def undo(request: ApiRequest, customer_id: UUID, exchange_id: UUID, body: UndoIn | None = None) -> HttpResponse:
    """Turns the exchanged seats back at once, or ``quantity`` of them.

    Possible for as many days as added seats can be handed back: then 409 ``too_late``. 409 ``already_undone`` if no
    seat of the exchange is left; 409 ``below_use`` if users are on the seats.
    """
    visit, body = request.visit, body or UndoIn()
    grant = grants.allocation_manager(visit.actor, customer_id)
    with fresh_effect_shown():
        effect = confirm_undo(
            grant,
            exchange_id=exchange_id,
            seats=body.quantity,
            settings=visit.settings,
            at=visit.at,
            reason=body.reason,
            digest=body.digest,
        )
    return created({"id": exchange_id, **show_effect(effect)})
