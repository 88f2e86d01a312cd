"""Exchanging seats for dearer ones on a site, and undoing it while that is possible (SPEC 4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.refusals import Refusal
from strapontin.web import format as fmt
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.shapes import Link, Note, NoteKind
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.customer import customer_head
from strapontin.web.subscriptions.exchange import (
    Swap,
    before_after,
    confirm,
    givers,
    open_exchange,
    open_undoing,
    preview,
    takers,
)
from strapontin.web.subscriptions.navigation import crumbs_to_customer


@require_http_methods(["GET", "HEAD", "POST"])
def exchange_seats(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The sheet of an exchange. Posted without ``confirm`` it shows what would be; with it, the seats change."""
    typed = request.POST if request.method == "POST" else request.GET
    return _answer(request, open_exchange(request.visit, customer_id, site_id, typed))


@post_only
def preview_exchange(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """What would happen with what is being chosen, for htmx."""
    return _fragment(request, open_exchange(request.visit, customer_id, site_id, request.POST))


@require_http_methods(["GET", "HEAD", "POST"])
def undo_exchange(request: PageRequest, customer_id: UUID, exchange_id: UUID) -> HttpResponse:
    """The sheet of an exchange's way back, whole or in part; as :func:`exchange_seats`."""
    typed = request.POST if request.method == "POST" else request.GET
    return _answer(request, open_undoing(request.visit, customer_id, exchange_id, typed))


@post_only
def preview_undoing(request: PageRequest, customer_id: UUID, exchange_id: UUID) -> HttpResponse:
    """What would happen with what is being typed, for htmx."""
    return _fragment(request, open_undoing(request.visit, customer_id, exchange_id, request.POST))


def _fragment(request: PageRequest, swap: Swap) -> HttpResponse:
    preview(swap)
    return page(request, "subscriptions/_exchange_preview.html", _context(request, swap))


def _answer(request: PageRequest, swap: Swap) -> HttpResponse:
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, swap)
    preview(swap)
    return _sheet(request, swap, 200)


def _confirm(request: PageRequest, swap: Swap) -> HttpResponse:
    digest = swap.confirms(request.POST.get("digest", ""))
    if swap.mistake or not swap.possible or digest is None:
        preview(swap)
        if swap.digest:
            swap.refusal = Note("info", _("This is the effect of what you typed. Confirm it to save."), focus=True)
        return _sheet(request, swap, 422 if swap.mistake else 200)
    confirmed = attempt(lambda: confirm(swap, digest))
    if isinstance(confirmed, Refusal):
        preview(swap)
        kind: NoteKind = "warn" if confirmed.code == "preview_outdated" else "stop"
        body = _("These are the new ones.") if kind == "warn" else ""
        swap.refusal = Note(kind, confirmed.sentence, body, focus=True)
        return _sheet(request, swap, confirmed.status)
    return Done(reverse("customer", args=[swap.grant.customer.id]), _title(swap), _body(swap))


def _title(swap: Swap) -> str:
    if swap.undoes:
        text = ngettext(
            "The exchange is undone: %(seats)s %(giver)s seat is a %(taker)s seat again at %(site)s.",
            "The exchange is undone: %(seats)s %(giver)s seats are %(taker)s seats again at %(site)s.",
            swap.count,
        )
    else:
        text = ngettext(
            "%(seats)s %(giver)s seat exchanged for a %(taker)s seat at %(site)s.",
            "%(seats)s %(giver)s seats exchanged for %(taker)s seats at %(site)s.",
            swap.count,
        )
    names = {"giver": swap.types[swap.giver].name, "taker": swap.types[swap.taker].name, "site": swap.site.name}
    return text % {**names, "seats": swap.count}


def _body(swap: Swap) -> str:
    if swap.undoes or swap.undo_until <= swap.visit.today:
        return ""
    text = _("You can undo this exchange until %(until)s inclusive; exchanged seats cannot be handed back.")
    return text % {"until": fmt.day(fmt.last_day(swap.undo_until), language=get_language() or "en")}


def _sheet(request: PageRequest, swap: Swap, status: int) -> HttpResponse:
    in_dialog = bool(request.htmx) and request.htmx.target == "sheet"
    template = "subscriptions/exchange_sheet.html" if in_dialog else "subscriptions/exchange.html"
    return page(request, template, _context(request, swap), status=status)


def _context(request: PageRequest, swap: Swap) -> dict[str, Any]:
    customer = swap.grant.customer
    keys = [customer.id, swap.site.site_id]
    customer_url, until = reverse("customer", args=[customer.id]), swap.undo_until
    name, of_exchange = "exchange", keys
    if swap.undoes:
        name, of_exchange = "exchange_undo", [customer.id, swap.undoes.id]
    shows_partner = swap.effect is None and not swap.unpriced and swap.digest
    return {
        "site": swap.site.name,
        "customer": customer_head(customer),
        "crumbs": crumbs_to_customer(request.actor, Link(customer.name, customer_url)),
        "undoing": swap.undoes,
        "possible": swap.possible,
        "givers": givers(swap),
        "takers": takers(swap),
        "giver": swap.types[swap.giver],
        "taker": swap.types[swap.taker],
        "rows": before_after(swap),
        "seats": swap.seats,
        "count": swap.count,
        "mistake": swap.mistake,
        "effect": swap.effect,
        "unpriced": swap.unpriced,
        "partner": invoicing_partner(request.actor) if shows_partner else "",
        "digest": swap.token,
        "refusal": swap.refusal,
        "undo_until": until if until > swap.visit.today else None,
        "committed_until": customer.period_ends_on if customer.period_ends_on > until else None,
        "lowers_on": customer.period_ends_on if customer.status == "active" else None,
        "save_url": reverse(name, args=of_exchange),
        "preview_url": reverse(f"{name}_effect", args=of_exchange),
        "back_url": customer_url,
        "quantities_url": reverse("allocation", args=keys),
        "move_url": reverse("move", args=keys) if swap.sites > 1 else "",
        "exchange_url": reverse("exchange", args=keys),
        "users_url": f"{reverse('users', args=[customer.id])}?site={swap.site.site_id}"
        if request.actor.holds("users")
        else "",
    }
