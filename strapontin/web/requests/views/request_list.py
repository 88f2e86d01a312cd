"""The requests of a scope: those that wait, those that are answered, one's own (SPEC 5)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import RequestReader
from strapontin.requests import queries
from strapontin.requests.queries import SeatRequest
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.requests.pricing import Priced, price
from strapontin.web.requests.shapes import RequestRow
from strapontin.web.requests.words import Names, people_asked, seats_asked, sites_asked, waiting_since

# Fewer of those that are priced make a page.
OPEN_PAGE_SIZE = 10
_BADGES = {"approved": "ok", "declined": "stop", "withdrawn": "none"}


@require_safe
def show_requests(request: PageRequest) -> HttpResponse:
    """Those who decide see what waits first, priced; the others what they have asked for."""
    reader = grants.request_reader(request.actor)
    decides = request.actor.holds("subscriptions")
    address = Address(request.path, request.GET)
    show = address.get("show", ("open", "answered", "own")) or ("open" if decides else "own")
    place = Keyset(address, of=f"requests {show}")
    # What waits is shown at once. Its amounts are asked for then: each request is priced by the code that bills.
    prices = show == "open" and decides
    asks_prices = prices and address.get("priced", ("1",)) != ""
    size = OPEN_PAGE_SIZE if prices else PAGE_SIZE
    asked = _read(reader, show, after=place.after[1] if place.after else None, limit=size + 1)
    of_page, paging = place.page(asked, key="id", size=size)
    labels, names = types(), Names(request.actor, of_page)
    priced = {one.id: price(request.visit, one) for one in of_page} if asks_prices else {}
    rows = [_row(request, one, labels, names, priced.get(one.id)) for one in of_page]
    customer_id = request.actor.customer_id
    context = {
        "tabs": [
            Link(label, address.url(show=name, priced=""), name == show)
            for name, label in (("open", _("To answer")), ("answered", _("Answered")), ("own", _("Sent by me")))
        ],
        "show": show,
        "decides": decides,
        "rows": rows,
        "people": sum(len(one.users) for one in of_page),
        "priced": any(row.amount is not None for row in rows),
        "prices_url": address.url(priced="1") if prices and rows and not asks_prices else "",
        "sum": _sum(rows) if not (paging.next_url or paging.first_url) else None,
        "paging": paging,
        "ask_url": reverse("request_new", args=[customer_id]) if customer_id else "",
    }
    return page(request, "requests/request_list.html", context)


def _read(reader: RequestReader, show: str, *, after: UUID | None, limit: int) -> list[SeatRequest]:
    if show == "own":
        return queries.own_requests(reader, after=after, limit=limit)
    if show == "answered":
        return queries.answered_requests(reader, after=after, limit=limit)
    return queries.requests_of_scope(reader, state="open", after=after, limit=limit)


def _row(request: PageRequest, asked: SeatRequest, labels: Types, names: Names, priced: Priced | None) -> RequestRow:
    badge, state = _state(request, asked, priced)
    money: dict[str, Any] = {}
    if priced is not None:
        money = {
            "amount": priced.amount,
            "currency": priced.currency,
            "invoice_date": priced.invoice_date,
            "allocates": priced.allocates,
        }
    return RequestRow(
        customer=asked.customer_name,
        url=reverse("request", args=[asked.customer_id, asked.id]),
        sites=sites_asked(asked),
        seats=seats_asked(asked, labels),
        people=people_asked(asked),
        asked_by=names.of(asked.asker),
        asked_at=asked.asked_at,
        badge=badge,
        state=state,
        answer=_answer(asked, names),
        is_open=asked.is_open,
        **money,
    )


def _state(request: PageRequest, asked: SeatRequest, priced: Priced | None) -> tuple[str, str]:
    states = {"approved": _("Accepted"), "declined": _("Declined"), "withdrawn": _("Withdrawn")}
    if not asked.is_open:
        return _BADGES[asked.state], states[asked.state]
    if priced is not None and priced.refusal is not None:
        return "stop", _("Cannot be accepted as it is")
    if priced is not None and not priced.allocates:
        return "ok", _("A seat has become free")
    asked_on, today = request.visit.settings.day(asked.asked_at), request.visit.today
    return "warn" if asked_on < today else "info", waiting_since(asked_on, today)


def _answer(asked: SeatRequest, names: Names) -> str:
    if asked.state == "declined":
        return _("“%(reason)s”") % {"reason": asked.reason}
    return _("by %(name)s") % {"name": names.of(asked.decider)} if asked.decider else ""


def _sum(rows: Sequence[RequestRow]) -> tuple[Decimal, str] | None:
    """What accepting all would cost; ``None`` if some have no amount, or the currencies differ."""
    currencies = {row.currency for row in rows}
    amounts = [row.amount for row in rows if row.amount is not None]
    if len(currencies) != 1 or len(amounts) != len(rows) or not rows:
        return None
    return sum(amounts, Decimal("0.00")), rows[0].currency
