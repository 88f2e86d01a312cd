"""A customer as its pages show it: head, crumbs, sites, what is above, what is to come, what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access.grants import CustomerFacts
from strapontin.allocations.queries import SiteFigures, Subscriptions
from strapontin.web import shapes as s
from strapontin.web.figures import seats as figures
from strapontin.web.frame import labels as names
from strapontin.web.frame.labels import Types


def head(customer: CustomerFacts) -> s.CustomerHead:
    """Name, term and running period."""
    active = customer.status == "active"
    status: s.CustomerStatus = "active"
    if not active:
        status = "expired"
    elif customer.not_for_resale:
        status = "not_for_resale"
    elif customer.unlimited:
        status = "unlimited"
    return s.CustomerHead(
        name=customer.name,
        client_id=customer.client_id,
        term_months=customer.term_months,
        url=reverse("customer", args=[customer.id]),
        period_start=customer.period_starts_on if active else None,
        period_end=customer.period_ends_on if active else None,
        status=status,
    )


def site_rows(found: Subscriptions, customer: CustomerFacts, types: Types, *, synchronizing: bool) -> list[s.SiteRow]:
    """The sites with their seats, the state of each, and when its stack was read."""
    rows = []
    for site in found.sites:
        cells = figures.of_types(site.types, types)
        state, count, full_type = _state(cells)
        url = reverse("allocation", args=[customer.id, site.site_id])
        rows.append(
            s.SiteRow(
                name=site.name,
                cells=cells,
                state=state,
                state_count=count,
                full_type=full_type,
                stack=", ".join(dict.fromkeys(stack["name"] for stack in site.stacks)),
                synchronized_at=_oldest(site),
                synchronizing=synchronizing and bool(site.stacks),
                url=url,
                change_url=url,
            )
        )
    return rows


def _oldest(site: SiteFigures) -> datetime | None:
    # A site is as fresh as the tenant that was read least lately; one that never was makes it unread.
    if any(stack["synchronized_at"] is None for stack in site.stacks):
        return None
    return site.synchronized_at


def _state(cells: Sequence[s.Figures]) -> tuple[s.SiteState, int, s.TypeLabel | None]:
    over = sum(cell.over for cell in cells)
    if over:
        return "over", over, None
    held = [cell for cell in cells if not cell.empty]
    if any(cell.next_cycle != cell.allocated for cell in held):
        return "lowering", 0, None
    full = [cell for cell in held if cell.allocated and not cell.remaining]
    if full:
        return "full", 0, full[0].type if len(full) < len(held) else None
    return ("free" if any(cell.allocated for cell in held) else "none"), 0, None


def cards(
    found: Subscriptions, customer: CustomerFacts, types: Types, prices: Mapping[str, Mapping[str, Any]]
) -> list[s.CustomerCard]:
    """A card per type; the price of the running period where the reader may see it."""
    made = []
    for each in figures.of_types(found.types, types):
        price = prices.get(each.type.code)
        made.append(
            s.CustomerCard(
                figures=each,
                next_cycle_on=customer.period_ends_on if customer.status == "active" else None,
                unit_price=price["unit_price"] if price else None,
                currency=price["currency"] if price else "EUR",
            )
        )
    return made


def over_uses(found: Subscriptions, customer: CustomerFacts, types: Types, *, shows_users: bool) -> list[s.OverUse]:
    """Every type used above its allocation on a site, with the ways out (SPEC 6)."""
    above = []
    for site in found.sites:
        for each in site.types:
            if not each.over:
                continue
            url = reverse("allocation", args=[customer.id, site.site_id])
            giver = _giver(found.sites, site, each.type_code, each.over)
            users = f"?site={site.site_id}"
            move = f"?type={each.type_code}&seats={each.over}&from={giver.site_id}" if giver else ""
            above.append(
                s.OverUse(
                    site=site.name,
                    type=types[each.type_code],
                    used=each.used,
                    allocated=each.allocated,
                    allocate_url=f"{url}?{each.type_code}={each.used}",
                    move_from=giver.name if giver else "",
                    move_url=reverse("move", args=[customer.id, site.site_id]) + move if giver else "",
                    users_url=reverse("users", args=[customer.id]) + users if shows_users else "",
                )
            )
    return above


def _giver(sites: Sequence[SiteFigures], taker: SiteFigures, code: str, seats: int) -> SiteFigures | None:
    """The site with most free seats of the type, if it has enough."""
    others = [site for site in sites if site is not taker and site.of(code).remaining >= seats]
    return max(others, key=lambda site: site.of(code).remaining, default=None)


def pending(
    customer: CustomerFacts,
    types: Types,
    *,
    scheduled: Iterable[Mapping[str, Any]],
    returnable: Iterable[Mapping[str, Any]],
    today: date,
    may_set_term: bool,
    local_day: Any,
) -> list[s.Pending]:
    """Changes to come, each with its way back; ``local_day`` makes the provider's date of a moment."""
    coming = [_lowering(customer, types, each, local_day) for each in scheduled]
    if customer.pending_term_months:
        coming.append(
            s.Pending(
                kind="term",
                on=customer.period_ends_on,
                before=customer.term_months,
                after=customer.pending_term_months,
                action_url=reverse("term_withdraw", args=[customer.id]) if may_set_term else "",
            )
        )
    if customer.cancel_at_end_of_period:
        coming.append(s.Pending(kind="end", on=customer.period_ends_on))
    return coming + [_returnable(customer, types, each) for each in returnable if each["until"] >= today]


def _lowering(customer: CustomerFacts, types: Types, found: Mapping[str, Any], local_day: Any) -> s.Pending:
    return s.Pending(
        kind="lowering",
        on=found["effective_on"],
        site=found["site_name"],
        type=types[found["type_code"]],
        before=found["allocated"],
        after=found["next_cycle"],
        by=found["actor_name"] or "",
        asked_on=local_day(found["recorded_at"]),
        action_url=reverse("withdraw", args=[customer.id, found["site_id"], found["type_code"]]),
    )


def _returnable(customer: CustomerFacts, types: Types, found: Mapping[str, Any]) -> s.Pending:
    url = reverse("hand_back", args=[customer.id, found["site_id"], found["type_code"]])
    return s.Pending(
        kind="hand_back",
        site=found["site_name"],
        type=types[found["type_code"]],
        seats=found["seats"],
        added_on=found["effective_on"],
        until=found["until"] + timedelta(days=1),
        action_url=f"{url}?seats={found['seats']}",
    )


def history(ledger: Iterable[Mapping[str, Any]], types: Types, *, local_day: Any) -> list[s.LedgerRow]:
    """Rows of the ledger as people read them: of the two rows of a move, the one of the taker."""
    return [
        s.LedgerRow(
            recorded_at=each["recorded_at"],
            who=names.who(each["actor_name"], each["actor_kind"]),
            door=names.door(each["door"]),
            site=each["site_name"],
            type=types[each["type_code"]],
            delta=each["delta"],
            quantity_after=each["quantity_after"],
            other_site=each["counterpart_name"] or "",
            effective_on=each["effective_on"] if each["effective_on"] != local_day(each["recorded_at"]) else None,
            reason=each["reason"],
        )
        for each in ledger
        if each["kind"] != "move_out"
    ]


def crumbs(holds_subscriptions: bool, *more: s.Link, scope: str) -> list[s.Link]:
    """The way to a customer's page, as far as the reader may go it."""
    way: list[s.Link] = []
    if scope != "customer" and holds_subscriptions:
        way = [
            s.Link(_("Subscriptions"), reverse("overview")),
            s.Link(_("Details by customer"), reverse("subscriptions")),
        ]
    elif scope != "customer":
        way = [s.Link(_("Customers"), reverse("customers"))]
    return [*way, *more]
