"""What a request does: moves, raises, hand-backs, lowerings, withdrawals, exchanges; pure (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal, invalid

Kind = Literal[
    "raise",
    "lower",
    "withdraw",
    "hand_back",
    "move_in",
    "move_out",
    "exchange_in",
    "exchange_out",
    "correction",
    "reopen",
]
Place = tuple[UUID, str]
"""A site and the code of a type: the place of a balance."""


@dataclass(frozen=True, slots=True)
class Change:
    """The quantity that a request asks for, of a type on a site."""

    site_id: UUID
    type_code: str
    quantity: int

    @property
    def place(self) -> Place:
        """The balance that the change is about."""
        return (self.site_id, self.type_code)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Seats of a type on a site that become as many seats of another type there."""

    site_id: UUID
    from_type: str
    to_type: str
    seats: int

    @property
    def giver(self) -> Place:
        """The balance that gives the seats."""
        return (self.site_id, self.from_type)

    @property
    def taker(self) -> Place:
        """The balance that gets them."""
        return (self.site_id, self.to_type)


@dataclass(frozen=True, slots=True)
class Room:
    """Seats to be added to a place: ``more`` than it has, and then those that are missing for so many new ``users``."""

    place: Place
    users: int = 0
    more: int = 0


def rooms_for(users: Mapping[Place, int]) -> list[Room]:
    """The seats for so many new users of each place, in one order."""
    return [Room(place, users=count) for place, count in sorted(users.items())]


@dataclass(frozen=True, slots=True)
class Quantities:
    """A balance: seats allocated now, allocated from the next cycle, and used."""

    allocated: int = 0
    next_cycle: int = 0
    used: int = 0

    @property
    def free(self) -> int:
        """Seats for new users: min(now, next cycle) − used; negative if more are used."""
        return min(self.allocated, self.next_cycle) - self.used

    @property
    def over(self) -> int:
        """Seats used above the allocation."""
        return max(0, self.used - self.allocated)

    @property
    def full(self) -> bool:
        """Whether users hold the seats and none is left for a new one, without any above the allocation."""
        return 0 < self.used <= self.allocated and self.free <= 0


@dataclass(slots=True)
class Returnable:
    """A raise whose seats can still be handed back: ``seats`` of them."""

    entry_id: UUID
    type_code: str
    seats: int


@dataclass(frozen=True, slots=True)
class Revoked:
    """What the end of a customer took from a place: ``seats``, by the ledger row ``entry_id``."""

    entry_id: UUID
    site_id: UUID
    type_code: str
    seats: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger row to be written. Two that do the same are equal, whatever their ids are."""

    site_id: UUID
    type_code: str
    kind: Kind
    effective_on: date
    delta: int
    quantity_after: int
    reverses_id: UUID | None = None
    counterpart_site_id: UUID | None = None
    counterpart_type: str | None = None
    id: UUID = field(default_factory=new_id, compare=False)


@dataclass(slots=True)
class Plan:
    """What a request does: ledger rows in order, and the balances after it."""

    entries: list[Entry] = field(default_factory=list)
    after: dict[Place, Quantities] = field(default_factory=dict)


class Planner:
    """Plans the changes of a request step by step; ``plan`` collects the outcome."""

    def __init__(
        self,
        plan: Plan,
        before: Mapping[Place, Quantities],
        *,
        today: date,
        next_cycle_on: date,
    ) -> None:
        self.plan = plan
        self.before = before
        self.today = today
        self.next_cycle_on = next_cycle_on

    def now(self, place: Place) -> Quantities:
        return self.plan.after.get(place) or self.before.get(place) or Quantities()

    def at_once(
        self,
        place: Place,
        kind: Kind,
        delta: int,
        *,
        reverses: UUID | None = None,
        counterpart: Place | None = None,
    ) -> None:
        """Adds a row that is effective today. It shifts the present and the scheduled quantity alike.

        Of ``counterpart``, the place at the other end, the row names what differs: site or type.
        """
        was = self.now(place)
        self.plan.after[place] = replace(was, allocated=was.allocated + delta, next_cycle=was.next_cycle + delta)
        site_id, type_code = place
        other_site, other_type = counterpart or place
        self.plan.entries.append(
            Entry(
                site_id,
                type_code,
                kind,
                self.today,
                delta,
                was.allocated + delta,
                reverses,
                other_site if other_site != site_id else None,
                other_type if other_type != type_code else None,
            )
        )

    def schedule(self, place: Place, next_cycle: int) -> None:
        """Makes ``next_cycle`` the quantity from the next cycle on, by a row that is effective then."""
        was = self.now(place)
        self.plan.after[place] = replace(was, next_cycle=next_cycle)
        delta = next_cycle - was.next_cycle
        if delta:
            site_id, type_code = place
            kind: Kind = "lower" if delta < 0 else "withdraw"
            self.plan.entries.append(Entry(site_id, type_code, kind, self.next_cycle_on, delta, next_cycle))

    def move(self, giver: Place, taker: Place, seats: int) -> None:
        """Moves seats from one site to another."""
        self._shift(giver, taker, seats, ("move_out", "move_in"))

    def exchange(self, giver: Place, taker: Place, seats: int, *, leaving: int = 0, undoes: UUID | None = None) -> None:
        """Turns seats of a type into seats of another one; ``undoes`` is the exchange that is taken back thereby."""
        self._shift(giver, taker, seats, ("exchange_out", "exchange_in"), leaving=leaving, reverses=undoes)

    def _shift(
        self,
        giver: Place,
        taker: Place,
        seats: int,
        kinds: tuple[Kind, Kind],
        *,
        leaving: int = 0,
        reverses: UUID | None = None,
    ) -> None:
        """Takes seats from one place to another. What is scheduled at the giver does not fall below its use.

        ``leaving`` users leave the giver in the same transaction.
        """
        was = self.now(giver)
        scheduled = max(was.next_cycle - seats, min(was.used - leaving, was.allocated - seats))
        self.at_once(giver, kinds[0], -seats, counterpart=taker, reverses=reverses)
        self.at_once(taker, kinds[1], seats, counterpart=giver, reverses=reverses)
        self.schedule(giver, scheduled)

    def settle(self, change: Change, returnable: list[Returnable]) -> None:
        """Does what the moves have left: raises or hands back at once, and lowers the rest with the next cycle."""
        place = change.place
        rest = change.quantity - self.now(place).allocated
        if rest > 0:
            self.at_once(place, "raise", rest)
        for raised in returnable:
            back = min(raised.seats, -rest)
            if back > 0:
                self.at_once(place, "hand_back", -back, reverses=raised.entry_id)
                raised.seats -= back
                rest += back
        self.schedule(place, change.quantity)

    def make_free(self, place: Place, seats: int) -> None:
        """Makes ``seats`` free for new users: first a scheduled lowering shrinks, then there is a raise."""
        was = self.now(place)
        needed = was.used + seats
        if was.next_cycle < min(needed, was.allocated):
            self.schedule(place, min(needed, was.allocated))
        if was.allocated < needed:
            self.at_once(place, "raise", needed - was.allocated)


def plan_changes(
    changes: Sequence[Change],
    before: Mapping[Place, Quantities],
    *,
    returnable: Iterable[Returnable],
    today: date,
    next_cycle_on: date,
) -> Plan:
    """What a request does, type by type, in the order of the request.

    ``returnable`` are the raises of the last ``hand_back_days``, the newest first. Raises ``below_use`` if a
    quantity is below both the present one and the seats in use.
    """
    for change in changes:
        refuse_below_use(change, before.get(change.place, Quantities()))
    plan = Plan()
    planner = Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    pool = [replace(raised) for raised in returnable]
    for type_code in dict.fromkeys(change.type_code for change in changes):
        of_type = [change for change in changes if change.type_code == type_code]
        moved = _match_moves(planner, of_type)
        raises = [raised for raised in pool if raised.type_code == type_code]
        for change in of_type:
            if change.place not in moved:
                planner.settle(change, raises)
    return plan


def _match_moves(planner: Planner, changes: Sequence[Change]) -> set[Place]:
    """Moves what one site gives and another takes. Answers the places that need nothing more."""
    gives = {c.place: max(0, planner.now(c.place).allocated - c.quantity) for c in changes}
    takes = {c.place: max(0, c.quantity - planner.now(c.place).allocated) for c in changes}
    touched = set()
    for taker in takes:
        for giver in gives:
            seats = min(takes[taker], gives[giver])
            if seats > 0:
                planner.move(giver, taker, seats)
                takes[taker] -= seats
                gives[giver] -= seats
                touched |= {giver, taker}
    return {place for place in touched if takes[place] == 0 and gives[place] == 0}


def plan_rooms(
    rooms: Iterable[Room], before: Mapping[Place, Quantities], *, limited: bool, today: date, next_cycle_on: date
) -> Plan:
    """Plans the seats of ``rooms``. Unless ``limited``, a user needs no free seat, and none is allocated for it."""
    plan = Plan()
    planner = Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    for room in rooms:
        if room.more:
            planner.settle(Change(*room.place, planner.now(room.place).allocated + room.more), [])
        if room.users and limited:
            planner.make_free(room.place, room.users)
    return plan


def plan_exchange(
    exchange: Exchange,
    before: Mapping[Place, Quantities],
    *,
    today: date,
    next_cycle_on: date,
    leaving: int = 0,
    undoes: UUID | None = None,
) -> Plan:
    """Plans an exchange: seats shift at once from one type to the other, present and scheduled alike, as in a move.

    ``leaving`` users of the first type leave their seats in the same transaction. ``undoes`` is the id of the exchange
    that this one takes back. Raises ``below_use`` for seats in use, ``invalid`` for more seats than are allocated.
    """
    was = before[exchange.giver]
    left = was.allocated - exchange.seats
    if left < 0:
        raise invalid(_("Not so many seats of this type are allocated on this site."), field="quantity")
    refuse_below_use(Change(*exchange.giver, left), replace(was, used=was.used - leaving))
    plan = Plan()
    planner = Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    planner.exchange(exchange.giver, exchange.taker, exchange.seats, leaving=leaving, undoes=undoes)
    return plan


def plan_return(
    place: Place, was: Quantities, raised: Sequence[Returnable], *, kept: int, today: date, next_cycle_on: date
) -> Plan:
    """Takes back what :func:`plan_rooms` did, as far as the seats are free.

    The raises ``raised`` are handed back, and ``kept`` seats are planned to go with the next cycle again.
    """
    plan = Plan()
    planner = Planner(plan, {place: was}, today=today, next_cycle_on=next_cycle_on)
    for entry in raised:
        back = min(entry.seats, planner.now(place).free)
        if back > 0:
            planner.at_once(place, "hand_back", -back, reverses=entry.entry_id)
    now = planner.now(place)
    planner.schedule(place, now.next_cycle - max(0, min(kept, now.free)))
    return plan


def plan_reopening(revoked: Iterable[Revoked], before: Mapping[Place, Quantities], *, today: date) -> Plan:
    """Plans that what was revoked is allocated again from today on, row by row (SPEC 3)."""
    plan = Plan()
    for row in revoked:
        place = (row.site_id, row.type_code)
        was = plan.after.get(place) or before[place]
        now = replace(was, allocated=was.allocated + row.seats, next_cycle=was.next_cycle + row.seats)
        plan.entries.append(
            Entry(row.site_id, row.type_code, "reopen", today, row.seats, now.allocated, reverses_id=row.entry_id)
        )
        plan.after[place] = now
    return plan


def refuse_below_use(change: Change, was: Quantities) -> None:
    if change.quantity < min(was.allocated, was.used):
        raise Refusal(
            "below_use",
            site=change.site_id,
            type=change.type_code,
            used=was.used,
            quantity=change.quantity,
            in_the_way=was.used - change.quantity,
        )
