"""``/billing-runs``: the provider invoices a date, or previews its invoices."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import ProviderGrant
from strapontin.api import paging
from strapontin.api.answers import answer, money
from strapontin.api.effects import show_line
from strapontin.api.schemas.billing_runs import RunDetail, RunIn, RunPage
from strapontin.api.schemas.common import PageIn
from strapontin.api.visit import ApiRequest
from strapontin.billing import invoice_queries, queries
from strapontin.billing.invoice_queries import ListedInvoice
from strapontin.billing.queries import PreviewedPayer, RunFacts
from strapontin.jobs.requests import bill

router = Router(tags=["billing runs"])
MOST_INVOICES = 1000


def show_run(run: RunFacts) -> dict[str, Any]:
    """A run. It invoices what was recorded up to the moment ``cut``."""
    return {
        "id": run.id,
        "date": run.date,
        "preview": run.preview,
        "state": run.state,
        "progress": {"done": run.customers_done, "total": run.customers_total},
        "cut": run.cut,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
    }


@router.get("billing-runs", response=RunPage)
def list_runs(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """Runs and previews, the latest date first."""
    grant = grants.provider(request.visit.actor)
    before = paging.decode(page.cursor, datetime.date.fromisoformat, UUID)
    runs = queries.runs(grant, before=before, limit=page.limit + 1)
    return answer(paging.page(runs, page.limit, ["date", "id"], show_run))


@router.post("billing-runs", response={202: RunDetail})
def start_run(request: ApiRequest, body: RunIn) -> HttpResponse:
    """Starts the run of a date, or answers the run that this date has. A preview is new each time."""
    visit = request.visit
    grant = grants.provider(visit.actor)
    run_id = bill(grant, day=body.date, preview=body.preview, settings=visit.settings, at=visit.at)
    return _answer_run(grant, run_id, status=202)


@router.get("billing-runs/{uuid:run_id}", response=RunDetail)
def read_run(request: ApiRequest, run_id: UUID) -> HttpResponse:
    """One run with its invoices and the customers it parked. A preview has the invoices that a run would issue.

    If there are more than 1,000 invoices, ``invoices_next`` is the cursor for ``/invoices?run=`` with the rest.
    """
    return _answer_run(grants.provider(request.visit.actor), run_id)


def _answer_run(grant: ProviderGrant, run_id: UUID, *, status: int = 200) -> HttpResponse:
    run = queries.run(grant, run_id=run_id)
    following = None
    if run.facts.preview:
        invoices = [_show_previewed_invoice(payer) for payer in run.previews]
    else:
        reader = grants.invoice_reader(grant.actor)
        issued = invoice_queries.invoices(reader, run_id=run_id, limit=MOST_INVOICES + 1)
        invoices, following = paging.page(issued, MOST_INVOICES, ["date", "id"], _show_issued_invoice).values()
    parked = [
        {
            "customer": customer.customer_id,
            "customer_name": customer.customer_name,
            "reason": customer.reason,
        }
        for customer in run.parked
    ]
    parts = {"invoices": invoices, "invoices_next": following, "parked": parked}
    return answer(show_run(run.facts) | parts, status=status)


def _show_issued_invoice(invoice: ListedInvoice) -> dict[str, Any]:
    return {
        "id": invoice.id,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "payer": invoice.payer_id,
        "payer_name": invoice.payer_name,
        "currency": invoice.currency,
        "net": money(invoice.net),
        "tax": money(invoice.tax),
        "total": money(invoice.total),
    }


def _show_previewed_invoice(payer: PreviewedPayer) -> dict[str, Any]:
    invoice = payer.invoice
    return {
        "id": None,
        "number": None,
        "issued_on": None,
        "payer": payer.payer_id,
        "payer_name": payer.payer_name,
        "currency": invoice.currency,
        "net": money(invoice.net),
        "tax": money(invoice.tax),
        "total": money(invoice.total),
        "lines": [show_line(line) for line in invoice.lines],
    }
