"""Moving seats from one site to another: at once, free of charge (SPEC 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import AllocationManager
from strapontin.allocations.queries import SiteFigures, subscriptions
from strapontin.allocations.rules import Change
from strapontin.billing import effects as billing
from strapontin.refusals import Refusal
from strapontin.web import shapes as s
from strapontin.web.figures import effects
from strapontin.web.figures import seats as figures
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.visit import PageRequest, Visit
from strapontin.web.subscriptions import customer as customers


@dataclass(slots=True)
class Move:
    """Seats of one type on their way from ``giver`` to ``taker``."""

    visit: Visit
    grant: AllocationManager
    sites: list[SiteFigures]
    here: SiteFigures
    types: Types
    type_code: str
    giver: SiteFigures
    taker: SiteFigures
    seats: str
    mistakes: dict[str, str] = field(default_factory=dict)
    effect: s.Effect | None = None
    digest: str = ""
    refusal: s.Note | None = None

    @property
    def changes(self) -> list[Change]:
        """The two quantities wanted."""
        seats = int(self.seats)
        gives, takes = self.giver.of(self.type_code), self.taker.of(self.type_code)
        return [
            Change(self.giver.site_id, self.type_code, gives.allocated - seats),
            Change(self.taker.site_id, self.type_code, takes.allocated + seats),
        ]

    @property
    def token(self) -> str:
        """The digest with what it is about."""
        asked = f"{self.type_code},{self.giver.site_id},{self.taker.site_id},{self.seats}"
        return f"{self.digest}~{asked}" if self.digest else ""


def _open(request: PageRequest, customer_id: UUID, site_id: UUID, typed: QueryDict) -> Move:
    visit = request.visit
    grant = grants.allocation_manager(request.actor, customer_id)
    sites = subscriptions(grant, settings=visit.settings, at=visit.at).sites
    by_id = {str(site.site_id): site for site in sites}
    here = by_id.get(str(site_id))
    if here is None or len(sites) < 2:
        raise Refusal("not_found")
    labels = types()
    code = typed.get("type", "") if typed.get("type", "") in labels.codes else labels.codes[0]
    others = [site for site in sites if site is not here]
    freest = max(others, key=lambda site: site.of(code).remaining)
    giver = by_id.get(typed.get("from", ""), freest)
    taker = by_id.get(typed.get("to", ""), here if giver is not here else others[0])
    seats = typed.get("seats", "1").strip()[:7]
    move = Move(visit, grant, sites, here, labels, code, giver, taker, seats)
    _check(move)
    return move


def _check(move: Move) -> None:
    if move.giver is move.taker:
        move.mistakes["to"] = _("Choose another site than the one that gives.")
    if not (move.seats.isascii() and move.seats.isdigit() and int(move.seats) > 0):
        move.mistakes["seats"] = _("Type a whole number of seats.")
        return
    gives = move.giver.of(move.type_code)
    most = max(0, gives.allocated - gives.used)
    if int(move.seats) > most:
        text = ngettext("%(site)s can give %(count)s seat at most.", "%(site)s can give %(count)s seats at most.", most)
        move.mistakes["seats"] = text % {"site": move.giver.name, "count": most}


def _preview(move: Move) -> None:
    if move.mistakes:
        return
    visit = move.visit
    tried = attempt(
        lambda: billing.preview_changes(move.grant, changes=move.changes, settings=visit.settings, at=visit.at)
    )
    if isinstance(tried, Refusal):
        move.refusal = s.Note("stop", tried.sentence, focus=True)
        return
    move.digest = tried.digest
    move.effect = effects.compose(tried, move.grant.customer, move.types)


def _context(move: Move, request: PageRequest) -> dict[str, Any]:
    customer = move.grant.customer
    keys = [customer.id, move.here.site_id]
    choices = [s.Option(str(site.site_id), site.name) for site in move.sites]
    return {
        "site": move.here.name,
        "customer": customers.head(customer),
        "crumbs": customers.crumbs(
            True, s.Link(customer.name, reverse("customer", args=[customer.id])), scope=request.actor.scope
        ),
        "givers": [s.Option(o.value, o.label, o.value == str(move.giver.site_id)) for o in choices],
        "takers": [s.Option(o.value, o.label, o.value == str(move.taker.site_id)) for o in choices],
        "type_options": [s.Option(t.code, t.name, t.code == move.type_code) for t in move.types],
        "seats": move.seats,
        "mistakes": {"to": "", "seats": ""} | move.mistakes,
        "before_after": _before_after(move),
        "difference": move.effect.difference if move.effect else None,
        "currency": move.effect.currency if move.effect else "",
        "previewed": bool(move.digest),
        "digest": move.token,
        "refusal": move.refusal,
        "save_url": reverse("move", args=keys),
        "preview_url": reverse("move_effect", args=keys),
        "back_url": reverse("customer", args=[customer.id]),
        "quantities_url": reverse("allocation", args=keys),
    }


def _before_after(move: Move) -> list[dict[str, Any]]:
    """Giver and taker: the seats of the type now, and as they would be."""
    seats = 0 if move.mistakes else int(move.seats)
    places = [(move.giver, "move_out", -seats), (move.taker, "move_in", seats)]
    return [
        {
            "site": site.name,
            "row": s.AllocationRow(
                figures=figures.of_type(site.of(move.type_code), move.types),
                name=move.type_code,
                wanted=str(site.of(move.type_code).allocated + delta),
                consequences=[s.Consequence(kind=kind, seats=seats)],  # type: ignore[arg-type]
            ),
        }
        for site, kind, delta in places
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The sheet of a move. Posted without ``confirm`` it shows what would be; with it, the seats move."""
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, customer_id, site_id)
    typed = request.POST if request.method == "POST" else request.GET
    move = _open(request, customer_id, site_id, typed)
    _preview(move)
    return _answer(request, move, 200)


def _answer(request: PageRequest, move: Move, status: int) -> HttpResponse:
    in_dialog = bool(request.htmx) and request.htmx.target == "sheet"
    template = "subscriptions/move_sheet.html" if in_dialog else "subscriptions/move.html"
    return page(request, template, _context(move, request), status=status)


def _confirm(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    move = _open(request, customer_id, site_id, request.POST)
    if move.mistakes:
        return _answer(request, move, 422)
    digest, _separator, asked = request.POST.get("digest", "").partition("~")
    move.digest = digest
    if move.token != f"{digest}~{asked}" or not digest:
        _preview(move)
        move.refusal = move.refusal or s.Note("info", _("This is what would happen. Confirm it to save."), focus=True)
        return _answer(request, move, 200)
    visit = move.visit
    tried = attempt(
        lambda: billing.confirm_changes(
            move.grant, changes=move.changes, settings=visit.settings, at=visit.at, digest=digest
        )
    )
    if isinstance(tried, Refusal):
        _preview(move)
        move.refusal = s.Note("warn", tried.sentence, focus=True)
        return _answer(request, move, tried.status)
    said = ngettext(
        "%(seats)s %(type)s seat moved from %(giver)s to %(taker)s.",
        "%(seats)s %(type)s seats moved from %(giver)s to %(taker)s.",
        int(move.seats),
    ) % {
        "seats": int(move.seats),
        "type": move.types[move.type_code].name,
        "giver": move.giver.name,
        "taker": move.taker.name,
    }
    return Done(reverse("customer", args=[customer_id]), said, _("The invoice does not change."))


@post_only
def effect(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """What would happen with what is being typed, for htmx."""
    move = _open(request, customer_id, site_id, request.POST)
    _preview(move)
    return page(request, "subscriptions/_move_preview.html", _context(move, request))
