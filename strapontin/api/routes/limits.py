"""``/customers/{c}/limits``: what the customer's own administrators may change without their partner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.access.grants import TermEditor
from strapontin.allocations.limits import Limits, limits_of, set_limits
from strapontin.api.answers import money, must_match, tagged
from strapontin.api.schemas.limits import LimitsIn, LimitsOut
from strapontin.api.visit import ApiRequest

router = Router(tags=["limits"])
LIMITS = "customers/{uuid:customer_id}/limits"


def _show(grant: TermEditor) -> dict[str, Any]:
    limits = limits_of(grant)
    amount = limits.amount_per_month
    return {
        "id": grant.customer.id,
        "seats_per_month": limits.seats_per_month,
        "amount_per_month": None if amount is None else money(amount),
        "may_lower": limits.may_lower,
        "may_raise": limits.may_raise,
    }


@router.get(LIMITS, response=LimitsOut)
def read_limits(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """What the customer's own administrators and keys may change (partner and provider only).

    ``amount_per_month`` is shown, and can be set, at or above the payer.
    """
    return tagged(_show(grants.term_editor(request.visit.actor, customer_id)))


@router.put(LIMITS, response=LimitsOut)
def replace_limits(request: ApiRequest, customer_id: UUID, body: LimitsIn) -> HttpResponse:
    """Sets the limits. A change above them is refused with 409 ``above_limit``, and can be asked for by a request."""
    visit = request.visit
    grant = grants.term_editor(visit.actor, customer_id)
    limits = Limits(body.seats_per_month, body.amount_per_month, body.may_lower, body.may_raise)
    with_former = _show(grant)
    must_match(request, with_former)
    set_limits(grant, limits=limits, settings=visit.settings, at=visit.at)
    return tagged(_show(grant))
