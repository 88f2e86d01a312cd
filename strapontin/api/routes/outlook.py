"""``/renewals`` and ``/seat-warnings``: what is ahead in a scope."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.api import paging
from strapontin.api.answers import answer
from strapontin.api.schemas.common import PageIn
from strapontin.api.schemas.outlook import RenewalPage, SeatWarningPage
from strapontin.api.visit import ApiRequest
from strapontin.outlook import queries
from strapontin.outlook.queries import Renewal, SeatWarning

router = Router(tags=["outlook"])


@router.get("renewals", response=RenewalPage)
def list_renewals(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """Commitments of 12 or 36 months that renew within 60 days, with the seats that nobody uses.

    ``id`` is the customer's. Unused seats are as the worker found them last: minutes ago, or this morning.
    """
    grant = grants.overview_reader(request.visit.actor)
    after = paging.decode(page.cursor, date.fromisoformat, str, UUID)
    renewals = queries.renewals(grant, today=request.visit.today, after=after, limit=page.limit + 1)
    return answer(paging.page(renewals, page.limit, ["renews_on", "sort_key", "id"], _show_renewal))


@router.get("seat-warnings", response=SeatWarningPage)
def list_seat_warnings(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """Warnings before seats run out, by the ``warn_at`` of each customer, the most urgent first.

    They are as the worker found them last: minutes ago, or this morning.
    """
    grant = grants.overview_reader(request.visit.actor)
    after = paging.decode(page.cursor, date.fromisoformat, UUID, UUID, str)
    warnings = queries.warnings(grant, after=after, limit=page.limit + 1)
    key = ["urgency", "customer_id", "site_id", "type_code"]
    return answer(paging.page(warnings, page.limit, key, _show_warning))


def _show_renewal(renewal: Renewal) -> dict[str, Any]:
    return {
        "id": renewal.id,
        "name": renewal.name,
        "client_id": renewal.client_id,
        "term_months": renewal.term_months,
        "next_term_months": renewal.next_term_months,
        "renews_on": renewal.renews_on,
        "types": [{"type": type_.type_code, "seats": type_.seats} for type_ in renewal.types],
        "unused": [
            {
                "site": place.site_id,
                "site_name": place.site_name,
                "type": place.type_code,
                "seats": place.seats,
                "since": place.since,
                "lower_to": place.lowered,
            }
            for place in renewal.unused
        ],
    }


def _show_warning(place: SeatWarning) -> dict[str, Any]:
    return {
        "customer": place.customer_id,
        "customer_name": place.customer_name,
        "site": place.site_id,
        "site_name": place.site_name,
        "type": place.type_code,
        "free": place.free,
        "full_on": place.full_on,
        "told_on": place.told_on,
    }
