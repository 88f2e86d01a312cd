"""``/overview``: sums per type over a scope."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.api.answers import answer
from strapontin.api.routes.common import show_figures
from strapontin.api.schemas.overview import OverviewIn, OverviewOut
from strapontin.api.visit import ApiRequest
from strapontin.customers.customer_list import CustomerFilter, waiting
from strapontin.customers.months import MonthOfType, twelve_months
from strapontin.customers.overview import sums_of_scope

router = Router(tags=["overview"])


@router.get("overview", response=OverviewOut)
def read_overview(request: ApiRequest, query: Query[OverviewIn]) -> HttpResponse:
    """Seats per type and per term, now and at the end of last month.

    Customers not for resale are counted, and their seats are left out. A customer counts as full if it is full of some
    type on some site, and as over before that.
    """
    visit = request.visit
    grant = grants.overview_reader(visit.actor)
    partner = grants.partner(visit.actor, query.partner) if query.partner is not None else None
    overview = sums_of_scope(grant, partner_id=query.partner, recurse=query.recurse)
    attention = waiting(grant, only=CustomerFilter(partner=partner, recurse=query.recurse))
    history = twelve_months(
        grant, settings=visit.settings, at=visit.at, partner_id=query.partner, recurse=query.recurse
    )
    last_day = visit.today.replace(day=1) - timedelta(days=1)
    closed = {month.type_code: month for month in history if month.day == last_day}
    types = [
        show_figures(figures)
        | {
            "by_term": [
                show_figures(by_type[figures.type_code]) | {"term_months": term}
                for term, by_type in sorted(overview.by_term.items())
                if figures.type_code in by_type
            ],
            "last_month": _show_month(closed.get(figures.type_code)),
        }
        for figures in overview.types
    ]
    return answer(
        {
            "types": types,
            "customers": overview.customers,
            "customers_by_term": {str(term): count for term, count in overview.customers_by_term.items()},
            "not_for_resale": overview.not_for_resale,
            "customers_over": attention.over_customers,
            "customers_full": attention.full_customers,
        }
    )


def _show_month(month: MonthOfType | None) -> dict[str, Any] | None:
    if month is None:
        return None
    return {"date": month.day, "allocated": month.allocated, "used": month.used}
