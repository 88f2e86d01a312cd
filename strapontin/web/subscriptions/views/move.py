"""Moving seats from one site to another: at once, free of charge (SPEC 4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from strapontin.billing.effects import confirm_changes
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.customer import customer_head
from strapontin.web.subscriptions.meanwhile import refused_confirmation
from strapontin.web.subscriptions.move import Move, before_after, giver_choices, open_move, preview, type_choices
from strapontin.web.subscriptions.navigation import crumbs_to_customer


@require_http_methods(["GET", "HEAD", "POST"])
def move_seats(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The sheet of a move. Posted without ``confirm`` it shows what would be; with it, the seats move."""
    typed = request.POST if request.method == "POST" else request.GET
    move = open_move(request.visit, customer_id, site_id, typed)
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, move)
    preview(move)
    return _answer(request, move, 200)


@post_only
def preview_move(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """What would happen with what is being typed, for htmx."""
    move = open_move(request.visit, customer_id, site_id, request.POST)
    preview(move)
    return page(request, "subscriptions/_move_preview.html", _context(request, move))


def _confirm(request: PageRequest, move: Move) -> HttpResponse:
    if move.mistake:
        return _answer(request, move, 422)
    digest = move.confirms(request.POST.get("digest", ""))
    if digest is None:
        preview(move)
        move.refusal = move.refusal or Note("info", _("This is what would happen. Confirm it to save."), focus=True)
        return _answer(request, move, 200)
    visit, customer_id = move.visit, move.grant.customer.id
    confirmed = attempt(
        lambda: confirm_changes(move.grant, changes=move.changes, settings=visit.settings, at=visit.at, digest=digest)
    )
    if isinstance(confirmed, Refusal):
        fresh = open_move(visit, customer_id, move.here.site_id, request.POST)
        preview(fresh)
        fresh.refusal = refused_confirmation(confirmed, fresh.grant, fresh.seen, fresh.types, visit)
        fresh.seen = str(new_id())
        return _answer(request, fresh, confirmed.status)
    count = int(move.seats)
    text = ngettext(
        "%(seats)s %(type)s seat moved from %(giver)s to %(taker)s.",
        "%(seats)s %(type)s seats moved from %(giver)s to %(taker)s.",
        count,
    )
    names = {"type": move.types[move.type_code].name, "giver": move.giver.name, "taker": move.here.name}
    url = reverse("customer", args=[customer_id])
    return Done(url, text % {**names, "seats": count}, _("The invoice does not change."))


def _answer(request: PageRequest, move: Move, status: int) -> HttpResponse:
    in_dialog = bool(request.htmx) and request.htmx.target == "sheet"
    template = "subscriptions/move_sheet.html" if in_dialog else "subscriptions/move.html"
    return page(request, template, _context(request, move), status=status)


def _context(request: PageRequest, move: Move) -> dict[str, Any]:
    customer = move.grant.customer
    keys = [customer.id, move.here.site_id]
    customer_url = reverse("customer", args=[customer.id])
    return {
        "site": move.here.name,
        "customer": customer_head(customer),
        "crumbs": crumbs_to_customer(request.actor, Link(customer.name, customer_url)),
        "type_choices": type_choices(move),
        "givers": giver_choices(move),
        "seats": move.seats,
        "mistake": move.mistake,
        "before_after": before_after(move),
        "effect": move.effect,
        "unpriced": move.unpriced,
        "partner": invoicing_partner(request.actor) if move.effect is None and not move.unpriced else "",
        "type_name": move.types[move.type_code].name,
        "moved": int(move.seats) if move.digest else 0,
        "kept": sum(site.of(move.type_code).allocated for site in move.sites),
        "previewed": bool(move.digest),
        "digest": move.token,
        "seen": move.seen,
        "refusal": move.refusal,
        "save_url": reverse("move", args=keys),
        "preview_url": reverse("move_effect", args=keys),
        "back_url": customer_url,
        "quantities_url": reverse("allocation", args=keys),
        "move_url": reverse("move", args=keys),
        "exchange_url": reverse("exchange", args=keys),
    }
