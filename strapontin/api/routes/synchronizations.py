"""``/customers/{c}/synchronizations``: reading used seats from the customer's stacks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.access.grants import CustomerSeen
from strapontin.api.answers import answer
from strapontin.api.schemas.synchronizations import SynchronizationIn, SynchronizationOut, SynchronizationPage
from strapontin.api.visit import ApiRequest
from strapontin.jobs.requests import synchronize
from strapontin.stacks import queries
from strapontin.stacks.queries import Progress, Reading

router = Router(tags=["synchronizations"])
SYNCHRONIZATIONS = "customers/{uuid:customer_id}/synchronizations"


def show_synchronization(progress: Progress) -> dict[str, Any]:
    """How far a synchronisation is, tenant by tenant."""
    return {
        "id": progress.id,
        "state": progress.state,
        "started_at": progress.started_at,
        "finished_at": progress.finished_at,
        "sites": [_show_reading(reading) for reading in progress.readings],
    }


def _show_reading(reading: Reading) -> dict[str, Any]:
    return {
        "site": reading.site_id,
        "site_name": reading.site_name,
        "stack_name": reading.stack_name,
        "state": reading.state,
        "error": reading.error_code or None,
        "silent_since": reading.silent_since,
        "synchronized_at": reading.synchronized_at,
        "types": [{"type": code, "used": used} for code, used in reading.counts.items()],
        "unmapped": reading.unmapped,
        # Nothing was compared before the users were read.
        "differences": reading.differences if reading.state == "done" else {},
    }


@router.post(SYNCHRONIZATIONS, response={202: SynchronizationOut})
def start_synchronization(
    request: ApiRequest, customer_id: UUID, body: SynchronizationIn | None = None
) -> HttpResponse:
    """Starts a synchronisation of the customer or of one ``site``, or answers the running one, widened to that."""
    grant = grants.allocation_manager(request.visit.actor, customer_id)
    synchronization_id = synchronize(grant, at=request.visit.at, site_id=body.site if body else None)
    return _answer_synchronization(grant, synchronization_id, status=202)


@router.get(SYNCHRONIZATIONS, response=SynchronizationPage)
def list_synchronizations(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """The customer's latest synchronisation, if there was one."""
    latest = queries.latest(grants.allocation_manager(request.visit.actor, customer_id))
    return answer({"items": [show_synchronization(latest)] if latest else [], "next": None})


@router.get(SYNCHRONIZATIONS + "/{uuid:synchronization_id}", response=SynchronizationOut)
def read_synchronization(request: ApiRequest, customer_id: UUID, synchronization_id: UUID) -> HttpResponse:
    """One synchronisation."""
    return _answer_synchronization(grants.allocation_manager(request.visit.actor, customer_id), synchronization_id)


def _answer_synchronization(seen: CustomerSeen, synchronization_id: UUID, *, status: int = 200) -> HttpResponse:
    progress = queries.synchronization(seen, synchronization_id=synchronization_id)
    return answer(show_synchronization(progress), status=status)
