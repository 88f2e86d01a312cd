"""A customer as its pages show it: head, types, sites, and what is above its allocation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from strapontin.access.grants import CustomerFacts
from strapontin.billing.queries import UnitPrice
from strapontin.customers.subscriptions import SiteFigures, Subscriptions
from strapontin.web.figures import seats
from strapontin.web.figures.shapes import Figures
from strapontin.web.frame.labels import Types
from strapontin.web.subscriptions.shapes.customer import (
    CustomerCard,
    CustomerHead,
    CustomerStatus,
    OverUse,
    SiteRow,
    SiteState,
)


def customer_head(customer: CustomerFacts) -> CustomerHead:
    """Name, term and running period."""
    active = customer.status == "active"
    status: CustomerStatus = "active"
    if not active:
        status = "expired"
    elif customer.not_for_resale:
        status = "not_for_resale"
    elif customer.unlimited:
        status = "unlimited"
    return CustomerHead(
        name=customer.name,
        client_id=customer.client_id,
        term_months=customer.term_months,
        url=reverse("customer", args=[customer.id]),
        period_start=customer.period_starts_on if active else None,
        period_end=customer.period_ends_on if active else None,
        status=status,
    )


def site_rows(
    subscriptions: Subscriptions, customer: CustomerFacts, types: Types, *, synchronizing: bool
) -> list[SiteRow]:
    """The sites with their seats, the state of each, and when its stack was read."""
    rows = []
    for site in subscriptions.sites:
        cells = seats.of_types(site.types, types)
        state, count = _state(cells)
        url = reverse("allocation", args=[customer.id, site.site_id])
        rows.append(
            SiteRow(
                name=site.name,
                cells=cells,
                state=state,
                state_count=count,
                full_types=seats.full_types(cells),
                stack=", ".join(dict.fromkeys(stack.name for stack in site.stacks)),
                synchronized_at=_oldest(site),
                synchronizing=synchronizing and bool(site.stacks),
                url=url,
                change_url=url,
            )
        )
    return rows


def _oldest(site: SiteFigures) -> datetime | None:
    # A site is as fresh as the tenant read longest ago. If a tenant was never read, neither was the site.
    if any(stack.synchronized_at is None for stack in site.stacks):
        return None
    return site.synchronized_at


def _state(cells: Sequence[Figures]) -> tuple[SiteState, int]:
    """What needs attention first, in the order of the list of customers; seats above with it."""
    over = sum(cell.over for cell in cells)
    if over:
        return "over", over
    if any(cell.full_sites for cell in cells):
        return "full", 0
    if any(cell.next_cycle != cell.allocated for cell in cells):
        return "lowering", 0
    return ("free" if any(cell.allocated for cell in cells) else "none"), 0


def cards(
    subscriptions: Subscriptions, customer: CustomerFacts, types: Types, prices: Mapping[str, UnitPrice]
) -> list[CustomerCard]:
    """A card per type; the price of the running period if the reader may see it."""
    cards = []
    goes_on = customer.status == "active" and not customer.cancel_at_end_of_period
    for figures in seats.of_types(subscriptions.types, types):
        price = prices.get(figures.type.code)
        cards.append(
            CustomerCard(
                figures=figures,
                next_cycle_on=customer.period_ends_on if goes_on else None,
                unit_price=price.unit_price if price else None,
                currency=price.currency if price else "EUR",
            )
        )
    return cards


def over_uses(
    subscriptions: Subscriptions, customer: CustomerFacts, types: Types, *, shows_users: bool
) -> list[OverUse]:
    """Every type used above its allocation on a site, with the ways out (SPEC 6). None after the customer's end."""
    over_uses: list[OverUse] = []
    if customer.status != "active":
        return over_uses
    for site in subscriptions.sites:
        for figures in site.types:
            if not figures.over:
                continue
            url = reverse("allocation", args=[customer.id, site.site_id])
            giver = _giver(subscriptions.sites, site, figures.type_code, figures.over)
            users = f"?site={site.site_id}"
            move = f"?type={figures.type_code}&seats={figures.over}&from={giver.site_id}" if giver else ""
            over_uses.append(
                OverUse(
                    site=site.name,
                    type=types[figures.type_code],
                    used=figures.used,
                    allocated=figures.allocated,
                    allocate_url=f"{url}?{figures.type_code}={figures.used}",
                    move_from=giver.name if giver else "",
                    move_url=reverse("move", args=[customer.id, site.site_id]) + move if giver else "",
                    users_url=reverse("users", args=[customer.id]) + users if shows_users else "",
                )
            )
    return over_uses


def _giver(sites: Sequence[SiteFigures], taker: SiteFigures, code: str, seats: int) -> SiteFigures | None:
    """The site with most free seats of the type, if it has enough."""
    others = [site for site in sites if site is not taker and site.of(code).remaining >= seats]
    return max(others, key=lambda site: site.of(code).remaining, default=None)
