"""What a request for quantities does: moves, raises, hand-backs, lowerings, withdrawals; pure (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.refusals import Refusal, invalid

Kind = Literal["raise", "lower", "withdraw", "hand_back", "move_in", "move_out", "correction"]
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


@dataclass(slots=True)
class Returnable:
    """A raise whose seats can still be handed back: ``seats`` of them."""

    entry_id: UUID
    type_code: str
    seats: int


@dataclass(frozen=True, slots=True)
class Past:
    """What was allocated on a place on a past day, and the least of all days from then until today."""

    then: int
    lowest: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger row to be written."""

    site_id: UUID
    type_code: str
    kind: Kind
    effective_on: date
    delta: int
    quantity_after: int
    reverses_id: UUID | None = None
    counterpart_site_id: UUID | None = None


@dataclass(slots=True)
class Plan:
    """What a request does: ledger rows in order, and the balances after it."""

    entries: list[Entry] = field(default_factory=list)
    after: dict[Place, Quantities] = field(default_factory=dict)


class _Planner:
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
        counterpart: UUID | None = None,
    ) -> None:
        """Adds a row that is effective today. It shifts the present and the scheduled quantity alike."""
        was = self.now(place)
        self.plan.after[place] = replace(was, allocated=was.allocated + delta, next_cycle=was.next_cycle + delta)
        site_id, type_code = place
        self.plan.entries.append(
            Entry(site_id, type_code, kind, self.today, delta, was.allocated + delta, reverses, counterpart)
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
        """Moves seats from one site to another. What is scheduled at the giver does not fall below its use."""
        was = self.now(giver)
        scheduled = max(was.next_cycle - seats, min(was.used, was.allocated - seats))
        self.at_once(giver, "move_out", -seats, counterpart=taker[0])
        self.at_once(taker, "move_in", seats, counterpart=giver[0])
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
        _refuse_below_use(change, before.get(change.place, Quantities()))
    plan = Plan()
    planner = _Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    pool = [replace(raised) for raised in returnable]
    for type_code in dict.fromkeys(change.type_code for change in changes):
        of_type = [change for change in changes if change.type_code == type_code]
        moved = _match_moves(planner, of_type)
        raises = [raised for raised in pool if raised.type_code == type_code]
        for change in of_type:
            if change.place not in moved:
                planner.settle(change, raises)
    return plan


def _match_moves(planner: _Planner, changes: Sequence[Change]) -> set[Place]:
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


def plan_for_user(place: Place, was: Quantities, *, seats: int, today: date, next_cycle_on: date) -> Plan:
    """Plans room for ``seats`` new users: first a scheduled lowering shrinks, then there is a raise."""
    return plan_for_users({place: seats}, {place: was}, today=today, next_cycle_on=next_cycle_on)


def plan_for_users(
    users: Mapping[Place, int], before: Mapping[Place, Quantities], *, today: date, next_cycle_on: date
) -> Plan:
    """As :func:`plan_for_user`, for so many new users of each place."""
    plan = Plan()
    planner = _Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    for place, seats in users.items():
        was = before[place]
        needed = was.used + seats
        if was.next_cycle < min(needed, was.allocated):
            planner.schedule(place, min(needed, was.allocated))
        if was.allocated < needed:
            planner.at_once(place, "raise", needed - was.allocated)
    return plan


def plan_correction(
    changes: Sequence[Change],
    before: Mapping[Place, Quantities],
    since: Mapping[Place, Past],
    *,
    effective_on: date,
    today: date,
    next_cycle_on: date,
) -> Plan:
    """Plans a correction that counts from a past day: the quantity of today becomes that of ``changes``.

    The same difference counts on every day since then. The scheduled quantity follows. Used seats stay scheduled as
    far as they were: a site cannot start its next cycle oversold (SPEC 4). Raises ``below_use``, and ``invalid`` if
    less than no seat would be left on some day.
    """
    plan = Plan()
    planner = _Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    for change in changes:
        was, past = planner.now(change.place), since[change.place]
        delta = change.quantity - was.allocated
        if not delta:
            continue
        _refuse_below_use(change, was)
        if past.lowest + delta < 0:
            raise invalid(_("Less than no seat would be left on a day since then."), field="quantity")
        site_id, type_code = change.place
        plan.entries.append(Entry(site_id, type_code, "correction", effective_on, delta, past.then + delta))
        shifted = was.next_cycle + delta
        plan.after[change.place] = replace(was, allocated=change.quantity, next_cycle=shifted)
        planner.schedule(change.place, max(shifted, min(was.used, was.next_cycle)))
    return plan


def _refuse_below_use(change: Change, was: Quantities) -> None:
    if change.quantity < min(was.allocated, was.used):
        raise Refusal(
            "below_use",
            site=change.site_id,
            type=change.type_code,
            used=was.used,
            quantity=change.quantity,
            in_the_way=was.used - change.quantity,
        )
