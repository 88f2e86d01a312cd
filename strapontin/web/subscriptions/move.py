"""Seats of one type on their way from one site to another: at once, free of charge (SPEC 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strapontin.access import grants
from strapontin.access.grants import AllocationManager
from strapontin.allocations.rules import Change
from strapontin.billing import effects as billing
from strapontin.customers.subscriptions import SiteFigures, subscriptions_of
from strapontin.doors.visit import Visit
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal
from strapontin.web.figures import effects, seats
from strapontin.web.figures.shapes import Effect, Figures
from strapontin.web.frame.answers import attempt
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.shapes import Note
from strapontin.web.subscriptions.confirmation import digest_in, token_of
from strapontin.web.subscriptions.shapes.allocation import AllocationRow, Consequence


@dataclass(slots=True)
class Move:
    """Seats of one type on their way from ``giver`` to the site of the page, ``here``."""

    visit: Visit
    grant: AllocationManager
    sites: list[SiteFigures]
    here: SiteFigures
    types: Types
    type_code: str
    giver: SiteFigures
    seats: str
    mistake: str = ""
    effect: Effect | None = None
    unpriced: bool = False
    digest: str = ""
    refusal: Note | None = None
    # Made before the figures were read: what the ledger has after it, the reader has not seen.
    seen: str = ""

    @property
    def changes(self) -> list[Change]:
        """The two quantities asked for."""
        seats = int(self.seats)
        gives, takes = self.giver.of(self.type_code), self.here.of(self.type_code)
        return [
            Change(self.giver.site_id, self.type_code, gives.allocated - seats),
            Change(self.here.site_id, self.type_code, takes.allocated + seats),
        ]

    @property
    def token(self) -> str:
        """The token by which a form confirms what was shown."""
        return token_of(self.digest, self._quantities())

    def _quantities(self) -> str:
        return f"{self.type_code},{self.giver.site_id},{self.seats}"

    def confirms(self, token: str) -> str | None:
        """The digest in ``token`` if it was shown for exactly this move."""
        return digest_in(token, self._quantities())


def open_move(visit: Visit, customer_id: UUID, site_id: UUID, typed: Mapping[str, str]) -> Move:
    """The move as typed. If nothing is typed: one seat of the first type, from the site with the most unused ones.

    So it is, too, if the site that was chosen has none of the type: the reader has chosen another type since.
    """
    seen = typed.get("seen") or str(new_id())
    grant = grants.allocation_manager(visit.actor, customer_id)
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at).sites
    here = next((site for site in sites if site.site_id == site_id), None)
    others = [site for site in sites if site is not here]
    if here is None or not others:
        raise Refusal("not_found")
    labels = types()
    code = typed.get("type", "") if typed.get("type", "") in labels.codes else labels.codes[0]
    freest = max(others, key=lambda site: site.of(code).unused)
    chosen = next((site for site in others if str(site.site_id) == typed.get("from")), freest)
    giver = chosen if chosen.of(code).unused else freest
    move = Move(visit, grant, sites, here, labels, code, giver, typed.get("seats", "1").strip()[:7], seen=seen)
    _check(move)
    return move


def _check(move: Move) -> None:
    if not (move.seats.isascii() and move.seats.isdigit() and int(move.seats) > 0):
        move.mistake = _("Type a whole number of seats.")
        return
    most = move.giver.of(move.type_code).unused
    if int(move.seats) > most:
        text = ngettext("%(site)s can give %(count)s seat at most.", "%(site)s can give %(count)s seats at most.", most)
        move.mistake = text % {"site": move.giver.name, "count": most}


def preview(move: Move) -> None:
    """Fills the move with its effect, or says why it cannot be; nothing if it was mistyped."""
    visit = move.visit
    effect: billing.Effect | Refusal | None = None
    if not move.mistake:
        effect = attempt(
            lambda: billing.preview_changes(move.grant, changes=move.changes, settings=visit.settings, at=visit.at)
        )
    if isinstance(effect, Refusal):
        move.refusal = Note("stop", effect.sentence, focus=True)
    if not isinstance(effect, billing.Effect):
        move.effect = effects.unchanged(move.grant, today=visit.today, settings=visit.settings)
        return
    move.digest = effect.digest
    move.effect = effects.compose(effect, move.grant.customer, move.types)
    move.unpriced = effects.is_unpriced(effect)


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """A type or a site that one may choose, with its seats; ``read_at`` if its stack was read more than a day ago."""

    value: str
    name: str
    figures: Figures
    chosen: bool
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SiteOfMove:
    """A site of a move, with the seats of the type now and as they would be."""

    site: str
    row: AllocationRow
    after: int

    @property
    def free(self) -> int:
        """Seats left after the move; negative if more are used."""
        return self.after - self.row.figures.used

    @property
    def over(self) -> int:
        """Seats used above the allocation after the move."""
        return max(0, -self.free)


def before_after(move: Move) -> list[SiteOfMove]:
    """Giver and taker: the seats of the type now, and as they would be."""
    moved = 0 if move.mistake else int(move.seats)
    places = [(move.giver, "move_out", -moved), (move.here, "move_in", moved)]
    return [
        SiteOfMove(
            site.name,
            AllocationRow(
                figures=seats.of_type(site.of(move.type_code), move.types),
                name=move.type_code,
                typed=str(site.of(move.type_code).allocated + delta),
                consequences=[Consequence(kind=kind, seats=moved)],  # type: ignore[arg-type]
            ),
            site.of(move.type_code).allocated + delta,
        )
        for site, kind, delta in places
    ]


def type_choices(move: Move) -> list[SeatChoice]:
    """The types, with the seats of the site of the page."""
    return [
        SeatChoice(
            label.code, label.name, seats.of_type(move.here.of(label.code), move.types), label.code == move.type_code
        )
        for label in move.types
    ]


def _is_stale(site: SiteFigures, visit: Visit) -> bool:
    return site.synchronized_at is not None and visit.at - site.synchronized_at > timedelta(days=1)


def giver_choices(move: Move) -> list[SeatChoice]:
    """The other sites, with their seats of the type."""
    return [
        SeatChoice(
            str(site.site_id),
            site.name,
            seats.of_type(site.of(move.type_code), move.types),
            site is move.giver,
            read_at=site.synchronized_at if _is_stale(site, move.visit) else None,
        )
        for site in move.sites
        if site is not move.here
    ]
