"""``/bulk-allocations``: quantities for many customers at once, made whole or not at all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import OverviewReader
from strapontin.api import paging
from strapontin.api.answers import answer, money
from strapontin.api.routes.user_imports import show_problem
from strapontin.api.schemas.bulk_allocations import (
    BulkAllocationIn,
    BulkAllocationOut,
    BulkAllocationPage,
    BulkConfirmationIn,
)
from strapontin.api.schemas.common import PageIn
from strapontin.api.visit import ApiRequest
from strapontin.imports import bulk_allocations, bulk_queries
from strapontin.imports.bulk_queries import BulkFacts, BulkOutlook, CustomerEffect, NamedEffect
from strapontin.imports.spreadsheets import SentFile

router = Router(tags=["bulk allocations"])
BULK = "bulk-allocations"


@router.post(BULK, response={202: BulkAllocationOut})
def start_bulk_allocation(request: ApiRequest, body: BulkAllocationIn) -> HttpResponse:
    """Takes quantities for sites of your scope, or a CSV or XLSX file with them in a form, and checks them.

    Errors are told by row and column. With ``preview`` it ends in the state "ready", changes nothing, and can be
    confirmed. Without, all changes are made, or none if anything is wrong; with a ``digest``, only if that does exactly
    what was shown. Rows that change nothing are skipped.
    """
    visit = request.visit
    grant = grants.overview_reader(visit.actor)
    if body.file is not None:
        file = SentFile(body.file.read(), body.file.name or "")
    else:
        file = bulk_allocations.file_of_changes([change.model_dump() for change in body.changes or ()])
    bulk_id = bulk_allocations.request_bulk_allocation(
        grant, file=file, preview=body.preview, at=visit.at, digest=body.digest or ""
    )
    return _answer_bulk(grant, bulk_id, status=202)


@router.get(BULK, response=BulkAllocationPage)
def list_bulk_allocations(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """The bulk changes of your scope, the newest first. Effect and digest stand in each one alone."""
    grant = grants.overview_reader(request.visit.actor)
    listed = bulk_queries.bulk_allocations(grant, before=paging.id_after(page.cursor), limit=page.limit + 1)
    return answer(paging.page(listed, page.limit, ["id"], lambda facts: _show_bulk(facts, None)))


@router.get(BULK + "/{uuid:bulk_id}", response=BulkAllocationOut)
def read_bulk_allocation(request: ApiRequest, bulk_id: UUID) -> HttpResponse:
    """A bulk change of your scope: how far it is, what is wrong with it, and what it would do or did. It stays."""
    return _answer_bulk(grants.overview_reader(request.visit.actor), bulk_id)


@router.post(BULK + "/{uuid:bulk_id}/confirmation", response={202: BulkAllocationOut})
def confirm_bulk_allocation(request: ApiRequest, bulk_id: UUID, body: BulkConfirmationIn | None = None) -> HttpResponse:
    """Has a bulk change in the state "ready" made, if it still does exactly what was shown.

    If it does not, it is "ready" again, with the refusal ``preview_outdated`` and the effect of that moment.
    """
    grant = grants.overview_reader(request.visit.actor)
    bulk_allocations.confirm_bulk_allocation(grant, bulk_id=bulk_id, digest=body.digest if body else None)
    return _answer_bulk(grant, bulk_id, status=202)


def _answer_bulk(grant: OverviewReader, bulk_id: UUID, *, status: int = 200) -> HttpResponse:
    facts = bulk_queries.bulk_allocation(grant, bulk_id=bulk_id)
    outlook = None if facts.runs else bulk_queries.outlook_of(grant, bulk_id=bulk_id)
    return answer(_show_bulk(facts, outlook), status=status)


def _show_bulk(facts: BulkFacts, outlook: BulkOutlook | None) -> dict[str, Any]:
    refusal = facts.refused
    return {
        "id": facts.id,
        "state": facts.state,
        "preview": facts.preview,
        "file_name": facts.file_name,
        "progress": {"done": facts.done, "total": facts.total},
        "rows": facts.rows,
        "unchanged": facts.unchanged,
        "errors": [show_problem(problem) for problem in facts.errors],
        "error_count": facts.error_count,
        "effect": _show_outlook(outlook) if outlook else None,
        "digest": facts.digest if outlook and facts.can_be_confirmed else None,
        "refusal": {"code": refusal.code, "detail": refusal.sentence} if refusal else None,
        "created_at": facts.created_at,
        "finished_at": facts.finished_at,
    }


def _show_outlook(outlook: BulkOutlook) -> dict[str, Any]:
    return {
        "customers": [_show_customer(named) for named in outlook.customers],
        "types": [{"type": type_.type, "at_once": type_.now, "next_cycle": type_.later} for type_ in outlook.types],
        "amounts": [
            {"currency": amount.currency, "difference": money(amount.difference), "unpriced": amount.unpriced}
            for amount in outlook.amounts
        ],
    }


def _show_customer(named: NamedEffect) -> dict[str, Any]:
    entries = [
        {
            "site": shift.site,
            "type": shift.type,
            "kind": shift.kind,
            "effective_on": shift.effective_on,
            "delta": shift.delta,
            "quantity_after": shift.quantity_after,
        }
        for shift in named.effect.shifts
    ]
    invoice = _show_invoice(named.effect)
    return {"customer": named.effect.customer, "name": named.name, "entries": entries, "next_invoice": invoice}


def _show_invoice(effect: CustomerEffect) -> dict[str, Any] | None:
    if not effect.priced:
        return None
    difference = effect.difference
    return {
        "date": effect.date,
        "net": None if effect.net is None else money(effect.net),
        "difference": None if difference is None else money(difference),
        "currency": effect.currency,
    }
