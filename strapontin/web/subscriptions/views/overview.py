"""Souscriptions ▸ Aperçu des clients: how many seats, how many left, what needs attention (SPEC 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import OverviewReader
from strapontin.customers.customer_list import waiting
from strapontin.customers.months import month_ends, twelve_months
from strapontin.customers.overview import Overview, next_periods, sums_of_scope
from strapontin.doors.visit import Visit
from strapontin.outlook.queries import Renewal, renewals, warnings
from strapontin.web.figures import seats
from strapontin.web.figures.shapes import ChartOfType, Month
from strapontin.web.frame.answers import page
from strapontin.web.frame.exports import exports_of
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.menu import new_customer_url
from strapontin.web.frame.visit import PageRequest, home_of
from strapontin.web.subscriptions.navigation import tabs
from strapontin.web.subscriptions.outlook import renewal_rows, warning_rows
from strapontin.web.subscriptions.shapes.overview import OverviewCard, TermRow, ToDo, Upcoming

RENEWALS_ON_THE_PAGE = 5
WARNINGS_ON_THE_PAGE = 2


@require_safe
def show_overview(request: PageRequest) -> HttpResponse:
    """The overview of the reader's scope."""
    grant = grants.overview_reader(request.actor)
    if request.actor.customer_id:
        return redirect("customer", request.actor.customer_id)
    labels = types()
    sums = sums_of_scope(grant, partner_id=request.actor.partner_id)
    charts = _charts(grant, request.visit, labels)
    terms, all_terms = _terms(sums, labels)
    soonest = renewals(grant, today=request.visit.today, limit=RENEWALS_ON_THE_PAGE)
    return page(
        request,
        "subscriptions/overview.html",
        {
            "organisation": home_of(request.visit).name,
            "customers": sums.customers,
            "not_for_resale": sums.not_for_resale,
            "tabs": tabs("overview"),
            "types": labels,
            "cards": _cards(sums, charts, labels, request.visit) if sums.customers else [],
            "charts": charts,
            "terms": terms,
            "all_terms": all_terms,
            "todo": _todo(grant, labels),
            "upcoming": _upcoming(grant, soonest),
            "renewals": renewal_rows(soonest, labels),
            "renewals_count": soonest[0].customers if soonest else 0,
            "renewals_url": reverse("renewals"),
            "exports": exports_of("subscriptions"),
            "new_customer_url": new_customer_url(request.actor),
        },
    )


def _charts(grant: OverviewReader, visit: Visit, labels: Types) -> list[ChartOfType]:
    months = twelve_months(grant, settings=visit.settings, at=visit.at, partner_id=grant.actor.partner_id)
    return seats.charts_of_types(months, month_ends(visit.today), labels)


def _cards(sums: Overview, charts: list[ChartOfType], labels: Types, visit: Visit) -> list[OverviewCard]:
    since = visit.today.replace(day=1) - timedelta(days=1)
    before = {chart.type.code: chart.months[-2] for chart in charts}
    cards = []
    for figures in seats.of_types(sums.types, labels, above=True):
        month = before.get(figures.type.code, Month(since, 0, 0))
        cards.append(
            OverviewCard(
                figures=figures,
                since=since,
                allocated_change=figures.allocated - month.allocated,
                used_change=figures.used - month.used,
            )
        )
    return cards


def _terms(sums: Overview, labels: Types) -> tuple[list[TermRow], TermRow]:
    rows = []
    for months, count in sums.customers_by_term.items():
        of_term = list(sums.by_term.get(months, {}).values())
        rows.append(
            TermRow(
                months=months,
                customers=count,
                cells=seats.of_types(of_term, labels),
                total=seats.over_all(of_term),
                url=reverse("subscriptions") + f"?term={months}",
            )
        )
    together = TermRow(
        months=0,
        customers=sums.customers,
        cells=seats.of_types(sums.types, labels),
        total=seats.over_all(sums.types),
    )
    return rows, together


def _todo(grant: OverviewReader, labels: Types) -> ToDo:
    customers = waiting(grant)
    soon_full = warnings(grant, limit=WARNINGS_ON_THE_PAGE)
    return ToDo(
        over_seats=customers.over_seats,
        over_customers=customers.over_customers,
        over_url=reverse("subscriptions") + "?status=over",
        full_customers=customers.full_customers,
        full_url=reverse("subscriptions") + "?status=full",
        soon_full=soon_full[0].places if soon_full else 0,
        soon_full_first=warning_rows(soon_full, labels),
        soon_full_url=reverse("seat_warnings"),
    )


def _upcoming(grant: OverviewReader, soonest: Sequence[Renewal]) -> Upcoming | None:
    following = next_periods(grant)
    if following is None:
        return None
    return Upcoming(
        periods_on=following.day,
        periods=following.periods,
        term_changes=following.term_changes,
        lowerings=following.lowerings,
        periods_url=reverse("subscriptions") + "?sort=next",
        renewals=soonest[0].customers if soonest else 0,
        renewals_with_unused=soonest[0].with_unused if soonest else 0,
        renewals_url=reverse("renewals"),
    )
