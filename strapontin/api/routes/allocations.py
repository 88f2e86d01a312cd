"""``/customers/{c}/subscriptions``, ``allocation-changes`` and ``ledger``: seats, their effect, their history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.allocations import queries
from strapontin.allocations.operations import Backdated
from strapontin.allocations.queries import Figures
from strapontin.allocations.rules import Change
from strapontin.api import paging
from strapontin.api.answers import answer, created
from strapontin.api.effects import outdated_as_shown, show_effect
from strapontin.api.routes.common import doer
from strapontin.api.schemas.allocations import AsOfIn, ChangesIn, ChangesOut, LedgerIn, LedgerPage, SubscriptionsOut
from strapontin.api.visit import ApiRequest, Visit
from strapontin.billing.effects import confirm_changes, preview_changes

router = Router(tags=["allocations"])


def show_figures(figures: Figures) -> dict[str, Any]:
    """Seats of a type."""
    return {
        "type": figures.type_code,
        "allocated": figures.allocated,
        "next_cycle": figures.next_cycle,
        "used": figures.used,
        "remaining": figures.remaining,
        "over": figures.over,
    }


@router.get("customers/{uuid:customer_id}/subscriptions", response=SubscriptionsOut)
def read_subscriptions(request: ApiRequest, customer_id: UUID, asked: Query[AsOfIn]) -> HttpResponse:
    """The customer's seats per type and site: now, at the end of a day, as was known at a moment."""
    visit = request.visit
    found = queries.subscriptions(
        grants.allocation_manager(visit.actor, customer_id),
        settings=visit.settings,
        at=visit.at,
        as_of=asked.as_of,
        known_at=asked.known_at,
    )
    sites = [
        {
            "site": site.site_id,
            "name": site.name,
            "synchronized_at": site.synchronized_at,
            "types": [show_figures(figures) for figures in site.types],
        }
        for site in found.sites
    ]
    types = [show_figures(figures) for figures in found.types]
    return answer({"id": customer_id, "types": types, "sites": sites})


def _backdated(visit: Visit, body: ChangesIn) -> Backdated | None:
    return Backdated(grants.provider(visit.actor), body.effective_on) if body.effective_on else None


def _wanted(body: ChangesIn) -> list[Change]:
    return [Change(change.site, change.type, change.quantity) for change in body.changes]


@router.post("customers/{uuid:customer_id}/allocation-changes/preview", response=ChangesOut)
def preview_allocations(request: ApiRequest, customer_id: UUID, body: ChangesIn) -> HttpResponse:
    """What the changes would do, to the cent; changes nothing."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    effect = preview_changes(
        grant, changes=_wanted(body), settings=visit.settings, at=visit.at, backdated=_backdated(visit, body)
    )
    return answer(show_effect(effect))


@router.post("customers/{uuid:customer_id}/allocation-changes", response={201: ChangesOut})
def change_allocations(request: ApiRequest, customer_id: UUID, body: ChangesIn) -> HttpResponse:
    """Makes the quantities so; with a ``digest``, exactly as previewed or not at all."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    with outdated_as_shown():
        effect = confirm_changes(
            grant,
            changes=_wanted(body),
            settings=visit.settings,
            at=visit.at,
            reason=body.reason,
            digest=body.digest,
            backdated=_backdated(visit, body),
        )
    return created(show_effect(effect))


@router.get("customers/{uuid:customer_id}/ledger", response=LedgerPage)
def read_ledger(request: ApiRequest, customer_id: UUID, page: Query[LedgerIn]) -> HttpResponse:
    """The customer's ledger, the newest row first."""
    grant = grants.allocation_manager(request.visit.actor, customer_id)
    after = paging.decode(page.cursor, UUID)
    found = queries.ledger(grant, site_id=page.site, before=after[0] if after else None, limit=page.limit + 1)
    return answer(paging.page(found, page.limit, ["id"], _show_ledger_entry))


def _show_ledger_entry(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found["id"],
        "site": found["site_id"],
        "site_name": found["site_name"],
        "type": found["type_code"],
        "kind": found["kind"],
        "delta": found["delta"],
        "quantity_after": found["quantity_after"],
        "effective_on": found["effective_on"],
        "recorded_at": found["recorded_at"],
        "actor": doer(found),
        "door": found["door"],
        "reason": found["reason"],
        "counterpart_site": found["counterpart_site_id"],
    }
