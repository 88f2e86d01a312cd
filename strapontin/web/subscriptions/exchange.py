"""Seats of one type that become seats of a dearer one on a site, and their way back (SPEC 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strapontin.access import grants
from strapontin.access.grants import AllocationManager
from strapontin.allocations.exchanges import Exchanged, find_exchange
from strapontin.allocations.rules import Exchange
from strapontin.billing import effects as billing
from strapontin.billing.queries import UnitPrice, unit_prices
from strapontin.customers.subscriptions import SiteFigures, subscriptions_of
from strapontin.cycles.queries import price_ranks, sees_money
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal
from strapontin.web.figures import effects, seats
from strapontin.web.figures.shapes import Effect
from strapontin.web.frame.answers import attempt
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.shapes import Note
from strapontin.web.subscriptions.confirmation import digest_in, token_of
from strapontin.web.subscriptions.shapes.allocation import AllocationRow, Consequence, TypeOption


@dataclass(slots=True)
class Swap:
    """Seats on their way from type ``giver`` to type ``taker`` of a site. ``undoes`` is the exchange they come from.

    ``ranks`` has the types that have a price, in the order of their prices; ``sites`` is how many the customer has.
    """

    visit: Visit
    grant: AllocationManager
    site: SiteFigures
    sites: int
    types: Types
    ranks: Mapping[str, int]
    prices: Mapping[str, UnitPrice]
    giver: str
    taker: str
    seats: str
    undoes: Exchanged | None = None
    mistake: str = ""
    effect: Effect | None = None
    unpriced: bool = False
    digest: str = ""
    refusal: Note | None = None

    @property
    def count(self) -> int:
        """The seats typed; 0 if that is no number of seats."""
        return 0 if self.mistake else int(self.seats)

    @property
    def token(self) -> str:
        """The token by which a form confirms what was shown."""
        return token_of(self.digest, self._quantities())

    def confirms(self, token: str) -> str | None:
        """The digest in ``token`` if it was shown for exactly these seats."""
        return digest_in(token, self._quantities())

    def _quantities(self) -> str:
        return f"{self.giver},{self.taker},{self.seats}"

    @property
    def possible(self) -> bool:
        """Whether there are two types to choose: one with seats, and a dearer one."""
        return bool(self.giver and self.taker)

    @property
    def undo_until(self) -> date:
        """The day after the last on which an exchange of today can be undone."""
        return self.visit.today + timedelta(days=self.visit.settings.hand_back_days)

    def why_not_given(self, code: str) -> str:
        """Why seats of a type cannot be given; empty if they can."""
        figures = self.site.of(code)
        if not figures.allocated:
            return _("No seat of this type is allocated here.")
        if not any(self.is_dearer(other, code) for other in self.types.codes):
            return _("No type costs more.")
        return "" if figures.allocated > figures.used else _("All seats are used.")

    def why_not_received(self, code: str) -> str:
        """Why seats of a type cannot be received; empty if they can."""
        if code not in self.ranks:
            return _("This type has no price yet.")
        return "" if self.is_dearer(code, self.giver) else _("It does not cost more.")

    def is_dearer(self, code: str, than: str) -> bool:
        """Whether a type costs this customer more than another."""
        return code in self.ranks and than in self.ranks and self.ranks[code] > self.ranks[than]


def open_exchange(visit: Visit, customer_id: UUID, site_id: UUID, typed: Mapping[str, str]) -> Swap:
    """The exchange as typed. If nothing is typed: one seat of the first type that can be exchanged."""
    grant = grants.allocation_manager(visit.actor, customer_id)
    swap = _swap(visit, grant, site_id, typed.get("seats", "1"))
    codes = swap.types.codes
    possible = [code for code in codes if not swap.why_not_given(code)]
    swap.giver = typed.get("from", "")
    if swap.giver not in codes:
        swap.giver = possible[0] if possible else ""
    dearer = sorted((code for code in codes if swap.is_dearer(code, swap.giver)), key=swap.ranks.__getitem__)
    swap.taker = typed.get("to", "")
    if swap.taker not in codes or swap.taker == swap.giver or (dearer and swap.taker not in dearer):
        swap.taker = dearer[0] if dearer else ""
    _check(swap)
    return swap


def open_undoing(visit: Visit, customer_id: UUID, exchange_id: UUID, typed: Mapping[str, str]) -> Swap:
    """The way back of an exchange, as typed. If nothing is typed: of all seats that are left of it."""
    grant = grants.allocation_manager(visit.actor, customer_id)
    exchanged = find_exchange(customer_id, exchange_id, settings=visit.settings)
    swap = _swap(visit, grant, exchanged.site_id, typed.get("seats", str(max(exchanged.seats, 1))))
    swap.undoes, swap.giver, swap.taker = exchanged, exchanged.to_type, exchanged.from_type
    _check(swap)
    return swap


def _swap(visit: Visit, grant: AllocationManager, site_id: UUID, typed: str) -> Swap:
    sites = {site.site_id: site for site in subscriptions_of(grant, settings=visit.settings, at=visit.at).sites}
    if site_id not in sites:
        raise Refusal("not_found")
    prices = unit_prices(grant) if sees_money(grant) else {}
    ranks = price_ranks(grant.customer)
    return Swap(visit, grant, sites[site_id], len(sites), types(), ranks, prices, "", "", typed.strip()[:7])


def _check(swap: Swap) -> None:
    wanted = whole_number(swap.seats)
    if not wanted:
        swap.mistake = _("Type a whole number of seats.")
    elif swap.possible:
        swap.mistake = _too_many(swap, wanted)


def _too_many(swap: Swap, wanted: int) -> str:
    figures, exchanged = swap.site.of(swap.giver), swap.undoes
    most = max(0, figures.allocated - figures.used)
    if exchanged and wanted > exchanged.seats:
        text = ngettext(
            "%(count)s seat is left of this exchange.", "%(count)s seats are left of this exchange.", exchanged.seats
        )
        # An exchange that is undone already is refused as such.
        return text % {"count": exchanged.seats} if exchanged.seats else ""
    if wanted <= most:
        return ""
    text = ngettext(
        "%(count)s %(type)s seat can be exchanged at most: the others are used.",
        "%(count)s %(type)s seats can be exchanged at most: the others are used.",
        most,
    )
    reason = "" if exchanged else swap.why_not_given(swap.giver)
    return reason or text % {"type": swap.types[swap.giver].name, "count": most}


def preview(swap: Swap) -> None:
    """Fills the swap with its effect, or says why it cannot be; nothing if it was mistyped."""
    if swap.mistake or not swap.possible:
        return
    effect = attempt(lambda: _preview(swap))
    if isinstance(effect, Refusal):
        swap.refusal = Note("stop", effect.sentence, focus=True)
        return
    swap.digest = effect.digest
    swap.effect = effects.compose(effect, swap.grant.customer, swap.types)
    swap.unpriced = effects.is_unpriced(effect)


def _preview(swap: Swap) -> billing.Effect:
    settings, at = swap.visit.settings, swap.visit.at
    if swap.undoes:
        return billing.preview_undo(swap.grant, exchange_id=swap.undoes.id, seats=swap.count, settings=settings, at=at)
    return billing.preview_exchange(swap.grant, exchange=_exchange(swap), settings=settings, at=at)


def confirm(swap: Swap, digest: str) -> billing.Effect:
    """Does what ``digest`` showed, or raises a refusal."""
    settings, at = swap.visit.settings, swap.visit.at
    if swap.undoes:
        return billing.confirm_undo(
            swap.grant, exchange_id=swap.undoes.id, seats=swap.count, settings=settings, at=at, digest=digest
        )
    return billing.confirm_exchange(swap.grant, exchange=_exchange(swap), settings=settings, at=at, digest=digest)


def _exchange(swap: Swap) -> Exchange:
    return Exchange(swap.site.site_id, swap.giver, swap.taker, swap.count)


def givers(swap: Swap) -> list[TypeOption]:
    """The types with seats on the site; those that cannot be given with the reason."""
    return [
        _option(swap, code, swap.giver, swap.why_not_given(code))
        for code in swap.types.codes
        if swap.site.of(code).allocated
    ]


def takers(swap: Swap) -> list[TypeOption]:
    """The types for which the giver's seats can be exchanged, and the others with the reason."""
    return [
        _option(swap, code, swap.taker, swap.why_not_received(code)) for code in swap.types.codes if code != swap.giver
    ]


def _option(swap: Swap, code: str, chosen: str, reason: str) -> TypeOption:
    price = swap.prices.get(code)
    return TypeOption(
        figures=seats.of_type(swap.site.of(code), swap.types),
        selected=code == chosen,
        reason=reason,
        unit_price=price.unit_price if price else None,
        currency=price.currency if price else "",
    )


def before_after(swap: Swap) -> list[AllocationRow]:
    """Both types: the seats now, and as they would be."""
    if not swap.possible:
        return []
    places = [(swap.giver, "move_out", -swap.count), (swap.taker, "move_in", swap.count)]
    return [
        AllocationRow(
            figures=seats.of_type(swap.site.of(code), swap.types),
            name=code,
            typed=str(swap.site.of(code).allocated + delta),
            consequences=[Consequence(kind=kind, seats=swap.count)],  # type: ignore[arg-type]
        )
        for code, kind, delta in places
    ]
