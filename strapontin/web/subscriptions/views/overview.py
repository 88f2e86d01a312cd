"""Souscriptions ▸ Aperçu des clients: how many seats, how many left, what needs me (SPEC 9)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import OverviewReader
from strapontin.allocations import customer_list
from strapontin.allocations.months import twelve_months
from strapontin.allocations.queries import Overview, month_ends, overview
from strapontin.web import shapes as s
from strapontin.web.figures import seats as figures
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.visit import PageRequest, Visit, home_of


def tabs(current: str) -> list[s.Link]:
    """The two tabs of Souscriptions."""
    return [
        s.Link(_("Customer overview"), reverse("overview"), current == "overview"),
        s.Link(_("Details by customer"), reverse("subscriptions"), current == "subscriptions"),
    ]


@require_safe
def show(request: PageRequest) -> HttpResponse:
    """The overview of one's scope."""
    grant = grants.overview_reader(request.actor)
    if request.actor.customer_id:
        return redirect("customer", request.actor.customer_id)
    labels = types()
    sums = overview(grant, partner_id=request.actor.partner_id)
    charts = _charts(grant, request.visit, labels)
    terms, all_terms = _terms(sums, labels)
    return page(
        request,
        "subscriptions/overview.html",
        {
            "organisation": home_of(request.visit).name,
            "customers": sums.customers,
            "tabs": tabs("overview"),
            "types": labels,
            "cards": _cards(sums, charts, labels, request.visit) if sums.customers else [],
            "charts": charts,
            "terms": terms,
            "all_terms": all_terms,
            "todo": _todo(grant),
            "upcoming": _upcoming(grant),
            "export_url": reverse("subscriptions_export"),
            "new_customer_url": new_customer_url(request),
        },
    )


def new_customer_url(request: PageRequest) -> str:
    """Where a customer is created, for those who may."""
    may = request.actor.holds("customers") and request.actor.scope != "customer"
    return reverse("customer_new") if may else ""


def _charts(grant: OverviewReader, visit: Visit, labels: Types) -> list[s.ChartOfType]:
    months = twelve_months(grant, settings=visit.settings, at=visit.at, partner_id=grant.actor.partner_id)
    return figures.charts(months, month_ends(visit.today), labels)


def _cards(sums: Overview, charts: list[s.ChartOfType], labels: Types, visit: Visit) -> list[s.OverviewCard]:
    since = visit.today.replace(day=1) - timedelta(days=1)
    before = {chart.type.code: chart.months[-2] for chart in charts}
    cards = []
    for each in figures.of_types(sums.types, labels, above=True):
        month = before.get(each.type.code, s.Month(since, 0, 0))
        change = each.allocated - month.allocated
        cards.append(
            s.OverviewCard(figures=each, since=since, allocated_change=change, used_change=each.used - month.used)
        )
    return cards


def _terms(sums: Overview, labels: Types) -> tuple[list[s.TermRow], s.TermRow]:
    rows = []
    for months, count in sums.customers_by_term.items():
        found = list(sums.by_term.get(months, {}).values())
        rows.append(
            s.TermRow(
                months=months,
                customers=count,
                cells=figures.of_types(found, labels),
                total=figures.over_all(found),
                url=reverse("subscriptions") + f"?term={months}",
            )
        )
    together = s.TermRow(
        months=0,
        customers=sums.customers,
        cells=figures.of_types(sums.types, labels),
        total=figures.over_all(sums.types),
    )
    return rows, together


def _todo(grant: OverviewReader) -> s.ToDo:
    waiting = customer_list.waiting(grant)
    return s.ToDo(
        over_seats=waiting.over_seats,
        over_customers=waiting.over_customers,
        over_url=reverse("subscriptions") + "?status=over",
        full_customers=waiting.full_customers,
        full_url=reverse("subscriptions") + "?status=full",
    )


def _upcoming(grant: OverviewReader) -> s.Upcoming | None:
    following = customer_list.next_periods(grant)
    if following is None:
        return None
    return s.Upcoming(
        periods_on=following.day,
        periods=following.periods,
        term_changes=following.term_changes,
        lowerings=following.lowerings,
        periods_url=reverse("subscriptions") + "?sort=next",
    )
