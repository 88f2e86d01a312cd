"""``/billing-runs``: the provider bills a date, or previews it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import ProviderGrant
from strapontin.api import paging
from strapontin.api.answers import answer, money
from strapontin.api.schemas.billing_runs import RunDetail, RunIn, RunPage
from strapontin.api.schemas.common import PageIn
from strapontin.api.visit import ApiRequest
from strapontin.billing import queries

router = Router(tags=["billing runs"])
MOST_INVOICES = 1000


def show(found: dict[str, Any]) -> dict[str, Any]:
    """A run; ``cut`` is the moment up to which it knows what happened."""
    return {
        "id": found["id"],
        "date": found["date"],
        "preview": found["preview"],
        "state": found["state"],
        "progress": {"done": found["customers_done"], "total": found["customers_total"]},
        "cut": found["cut"],
        "created_at": found["created_at"],
        "finished_at": found["finished_at"],
    }


@router.get("billing-runs", response=RunPage)
def list_runs(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """The latest runs, previews among them."""
    grant = grants.provider(request.visit.actor)
    before = paging.decode(page.cursor, datetime.date.fromisoformat, UUID)
    found = queries.runs(grant, before=before, limit=page.limit + 1)
    return answer(paging.page(found, page.limit, ["date", "id"], show))


@router.post("billing-runs", response={202: RunDetail})
def start_run(request: ApiRequest, body: RunIn) -> HttpResponse:
    """Starts the run of a date, or answers the one there is; a preview is new each time."""
    # Jobs stand above the domain, beside the doors.
    from strapontin.jobs.requests import bill

    visit = request.visit
    grant = grants.provider(visit.actor)
    run_id = bill(grant, day=body.date, preview=body.preview, settings=visit.settings, at=visit.at)
    return _one(grant, run_id, status=202)


@router.get("billing-runs/{uuid:run_id}", response=RunDetail)
def read_run(request: ApiRequest, run_id: UUID) -> HttpResponse:
    """One run with its invoices, or with what it would bill each payer, and the customers it parked.

    Where there are more than a thousand invoices, `invoices_next` is the cursor for `/invoices?run=` with the others.
    """
    return _one(grants.provider(request.visit.actor), run_id)


def _one(grant: ProviderGrant, run_id: UUID, *, status: int = 200) -> HttpResponse:
    run = queries.run(grant, run_id=run_id)
    following = None
    if run.facts["preview"]:
        invoices = [_show_preview(payer) for payer in run.previews]
    else:
        reader = grants.invoice_reader(grant.actor)
        issued = queries.invoices(reader, run_id=run_id, limit=MOST_INVOICES + 1)
        invoices, following = paging.page(issued, MOST_INVOICES, ["date", "id"], _show_issued).values()
    parked = [
        {"customer": p["customer_id"], "customer_name": p["customer_name"], "reason": p["reason"]} for p in run.parked
    ]
    parts = {"invoices": invoices, "invoices_next": following, "parked": parked}
    return answer(show(run.facts) | parts, status=status)


def _show_issued(invoice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": invoice["id"],
        "number": invoice["number"],
        "payer": invoice["payer_id"],
        "payer_name": invoice["payer_name"],
        "currency": invoice["currency"],
        "net": money(invoice["net"]),
        "tax": money(invoice["tax"]),
        "total": money(invoice["total"]),
    }


def _show_preview(payer: dict[str, Any]) -> dict[str, Any]:
    shown = payer["preview"]
    net = Decimal(shown["net"])
    tax = sum((Decimal(part["amount"]) for part in shown["taxes"]), Decimal("0.00"))
    lines = [
        {
            "customer": line["customer_id"],
            "type": line["type_code"],
            "kind": "seats",
            "quantity": line["quantity"],
            "unit_price": line["unit_price"],
            "months": line["months"],
            "start": line["starts_on"],
            "end": line["ends_on"],
            "days": line["days"],
            "period_days": line["period_days"],
            "amount": line["amount"],
        }
        for line in shown["lines"]
    ]
    return {
        "id": None,
        "number": None,
        "payer": payer["payer_id"],
        "payer_name": payer["payer_name"],
        "currency": shown["currency"],
        "net": money(net),
        "tax": money(tax),
        "total": money(net + tax),
        "lines": lines,
    }
