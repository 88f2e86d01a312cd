"""``/customers/{c}/subscriptions``, ``allocation-changes`` and ``ledger``: seats, their changes, their history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.allocations import queries
from strapontin.allocations.operations import Backdated
from strapontin.allocations.queries import LedgerRow
from strapontin.allocations.rules import Change
from strapontin.api import paging
from strapontin.api.answers import answer, created
from strapontin.api.effects import fresh_effect_shown, show_effect
from strapontin.api.routes.common import names_above_of, show_doer, show_figures
from strapontin.api.schemas.allocations import AsOfIn, ChangesIn, ChangesOut, LedgerIn, LedgerPage, SubscriptionsOut
from strapontin.api.visit import ApiRequest
from strapontin.billing.effects import confirm_changes, preview_changes
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.doors.visit import Visit

router = Router(tags=["allocations"])


@router.get("customers/{uuid:customer_id}/subscriptions", response=SubscriptionsOut)
def read_subscriptions(request: ApiRequest, customer_id: UUID, query: Query[AsOfIn]) -> HttpResponse:
    """The customer's seats per type and site, now.

    With ``as_of``: at the end of that day. With ``known_at``: as they were known at that moment.
    """
    visit = request.visit
    subscriptions = subscriptions_of(
        grants.allocation_manager(visit.actor, customer_id),
        settings=visit.settings,
        at=visit.at,
        as_of=query.as_of,
        known_at=query.known_at,
    )
    sites = [
        {
            "site": site.site_id,
            "name": site.name,
            "synchronized_at": site.synchronized_at,
            "types": [show_figures(figures) for figures in site.types],
        }
        for site in subscriptions.sites
    ]
    types = [show_figures(figures) for figures in subscriptions.types]
    return answer({"id": customer_id, "types": types, "sites": sites})


def _backdated(visit: Visit, body: ChangesIn) -> Backdated | None:
    return Backdated(grants.provider(visit.actor), body.effective_on) if body.effective_on else None


def _allocation_changes(body: ChangesIn) -> list[Change]:
    return [Change(change.site, change.type, change.quantity) for change in body.changes]


@router.post("customers/{uuid:customer_id}/allocation-changes/preview", response=ChangesOut)
def preview_allocations(request: ApiRequest, customer_id: UUID, body: ChangesIn) -> HttpResponse:
    """Shows what the changes would do, and their price. Changes nothing."""
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    effect = preview_changes(
        grant,
        changes=_allocation_changes(body),
        settings=visit.settings,
        at=visit.at,
        backdated=_backdated(visit, body),
    )
    return answer(show_effect(effect))


@router.post("customers/{uuid:customer_id}/allocation-changes", response={201: ChangesOut})
def change_allocations(request: ApiRequest, customer_id: UUID, body: ChangesIn) -> HttpResponse:
    """Brings the allocated quantities to those given.

    With a ``digest``, only if that does exactly what was previewed: otherwise 409 ``preview_outdated``.
    """
    visit = request.visit
    grant = grants.allocation_manager(visit.actor, customer_id)
    with fresh_effect_shown():
        effect = confirm_changes(
            grant,
            changes=_allocation_changes(body),
            settings=visit.settings,
            at=visit.at,
            reason=body.reason,
            digest=body.digest,
            backdated=_backdated(visit, body),
        )
    return created(show_effect(effect))


@router.get("customers/{uuid:customer_id}/ledger", response=LedgerPage)
def read_ledger(request: ApiRequest, customer_id: UUID, page: Query[LedgerIn]) -> HttpResponse:
    """The customer's ledger, the newest entry first."""
    grant = grants.allocation_manager(request.visit.actor, customer_id)
    before = paging.id_after(page.cursor)
    entries = queries.ledger(grant, site_id=page.site, before=before, limit=page.limit + 1)
    above = names_above_of(request.visit.actor, entries)
    return answer(paging.page(entries, page.limit, ["id"], lambda entry: _show_ledger_entry(entry, above)))


def _show_ledger_entry(entry: LedgerRow, above: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "site": entry.site_id,
        "site_name": entry.site_name,
        "type": entry.type_code,
        "kind": entry.kind,
        "delta": entry.delta,
        "quantity_after": entry.quantity_after,
        "effective_on": entry.effective_on,
        "recorded_at": entry.recorded_at,
        "actor": show_doer(entry, above),
        "door": entry.door,
        "reason": entry.reason,
        "counterpart_site": entry.counterpart_site_id,
        "counterpart_type": entry.counterpart_type,
        "reverses": entry.reverses_id,
    }
