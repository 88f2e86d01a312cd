"""``/customers/{c}/automatic-allocation``: one's own choice not to be asked before missing seats are allocated."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.access.automatic import automatic_allocation, choose_automatic_allocation
from strapontin.access.grants import AllocationManager
from strapontin.allocations.automatic import allocated_this_month
from strapontin.api.answers import answer, expected_version
from strapontin.api.schemas.automatic_allocation import AutomaticAllocationIn, AutomaticAllocationOut
from strapontin.api.visit import ApiRequest

router = Router(tags=["automatic-allocation"])
PATH = "customers/{uuid:customer_id}/automatic-allocation"


@router.get(PATH, response=AutomaticAllocationOut)
def read_automatic_allocation(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """What this key chose for the customer, and how many seats were allocated so in the running calendar month."""
    return _answer(request, grants.allocation_manager(request.visit.actor, customer_id))


@router.put(PATH, response=AutomaticAllocationOut)
def put_automatic_allocation(request: ApiRequest, customer_id: UUID, body: AutomaticAllocationIn) -> HttpResponse:
    """Chooses for this key whether users are added without asking for the seats that are missing.

    It acts only while the key holds Subscription management, and up to ``seats_per_month`` seats of a calendar month;
    without it there is no ceiling. Each time stands in the ledger with the reason "Automatic allocation". The choice of
    an administrator does not hold for the keys that they made, nor the other way round.
    """
    grant = grants.allocation_manager(request.visit.actor, customer_id)
    choose_automatic_allocation(
        grant,
        enabled=body.enabled,
        seats_per_month=body.seats_per_month,
        at=request.visit.at,
        expected_version=expected_version(request),
    )
    return _answer(request, grant)


def _answer(request: ApiRequest, grant: AllocationManager) -> HttpResponse:
    choice = automatic_allocation(grant)
    shown = {
        "id": grant.customer.id,
        "enabled": choice.enabled,
        "seats_per_month": choice.seats_per_month,
        "allocated_this_month": allocated_this_month(grant, settings=request.visit.settings, at=request.visit.at),
    }
    return answer(shown, version=choice.version)
