"""The seats of one customer: an append-only ledger and the requests, claims and returns that write it.

A scheduled lowering is a row of today that becomes effective at the next cycle start; withdrawing or changing
it is a further row with the same effective date. So "allocated at the end of day t as known at k" is, always,
the sum of the rows effective by t and recorded by k, and a cycle start needs no row of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.model import (
    Addition,
    BelowUse,
    Claimed,
    Entry,
    Exchanged,
    Figures,
    NoFreeSeat,
    Refused,
    Row,
)

Change = tuple[str, str, int]
"""Site, type, quantity wanted."""


@dataclass(frozen=True)
class Now:
    """The moment of a write, its local day, and the start of the customer's next cycle."""

    at: datetime
    today: date
    next_cycle_on: date


class Ledger:
    """Every row of one customer, and what may still be handed back."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.additions: list[Addition] = []
        # Every exchange so far; the n-th is undone by its number.
        self.exchanges: list[Exchanged] = []
        # Users per place whom no stack has ever shown: they were typed in before their site had a tenant.
        self.unseen: Counter[tuple[str, str]] = Counter()

    def total(self, what: str, type_code: str, *, on: date, known_at: datetime, site: str | None = None) -> int:
        """Seats `what` ("allocated" or "used") at the end of day `on`, as known at `known_at`."""
        return sum(
            row.delta
            for row in self.rows
            if row.what == what
            and row.type == type_code
            and (site is None or row.site == site)
            and row.effective_on <= on
            and row.recorded_at <= known_at
        )

    def types(self) -> list[str]:
        """The types that ever had a row."""
        return sorted({row.type for row in self.rows})

    def places(self) -> list[tuple[str, str]]:
        """The pairs of site and type that ever had a row."""
        return sorted({(row.site, row.type) for row in self.rows})

    def figures(self, site: str, type_code: str, *, on: date, next_cycle_on: date, known_at: datetime) -> Figures:
        """The figures of one place at the end of day `on`."""

        def total(what: str, day: date) -> int:
            return self.total(what, type_code, on=day, known_at=known_at, site=site)

        return Figures(total("allocated", on), total("allocated", next_cycle_on), total("used", on))

    def present(self, site: str, type_code: str, now: Now) -> Figures:
        """The figures of one place now."""
        return self.figures(site, type_code, on=now.today, next_cycle_on=now.next_cycle_on, known_at=now.at)

    def write(self, what: str, site: str, type_code: str, delta: int, on: date, now: Now, why: str) -> None:
        """Append one row; nothing is written for no difference."""
        if delta:
            self.rows.append(Row(what, site, type_code, delta, now.at, on, why))

    def set_place(self, site: str, type_code: str, *, allocated: int, next_cycle: int, now: Now, why: str) -> None:
        """Bring one place to these quantities, from today and from the next cycle."""
        before = self.present(site, type_code, now)
        step = allocated - before.allocated
        later_step = (next_cycle - before.next_cycle) - step
        self.write("allocated", site, type_code, step, now.today, now, why)
        self.write("allocated", site, type_code, later_step, now.next_cycle_on, now, f"{why}, scheduled")

    # -- requests --------------------------------------------------------------------------------------

    def request(self, changes: Sequence[Change], now: Now, hand_back_days: int) -> list[Entry] | BelowUse:
        """Do what SPEC 4 says for the quantities wanted, or refuse all of it."""
        places = [(site, type_code) for site, type_code, _ in changes]
        if len(set(places)) < len(places) or any(wanted < 0 for _, _, wanted in changes):
            raise ValueError(f"not a request: {changes}")
        in_the_way: dict[tuple[str, str], int] = {}
        for site, type_code, wanted in changes:
            place = self.present(site, type_code, now)
            if wanted < place.allocated and wanted < place.used:
                in_the_way[site, type_code] = place.used - wanted
        if in_the_way:
            return BelowUse(in_the_way)
        entries: list[Entry] = []
        for type_code in dict.fromkeys(type_code for _, type_code, _ in changes):
            wants = {site: wanted for site, wanted_type, wanted in changes if wanted_type == type_code}
            entries += self._request_type(type_code, wants, now, hand_back_days)
        return entries

    def _request_type(self, type_code: str, wants: dict[str, int], now: Now, hand_back_days: int) -> list[Entry]:
        before = {site: self.present(site, type_code, now).allocated for site in wants}
        entries = self._move(type_code, wants, now)
        for site, wanted in wants.items():
            allocated = self.present(site, type_code, now).allocated
            rest = wanted - allocated
            if wanted == before[site]:
                entries += self._schedule(site, type_code, wanted, now)
            elif rest > 0:
                entries += self._schedule(site, type_code, allocated, now)
                entries.append(self._raise(site, type_code, wanted, now))
            elif rest < 0:
                entries += self._hand_back(site, type_code, -rest, now, hand_back_days)
                entries += self._schedule(site, type_code, wanted, now)
        return entries

    def _move(self, type_code: str, wants: dict[str, int], now: Now) -> list[Entry]:
        """Match what sites give with what others take, both in the order of the request."""
        entries = []
        for giver, giver_wants in wants.items():
            for taker, taker_wants in wants.items():
                gives = self.present(giver, type_code, now)
                takes = self.present(taker, type_code, now)
                moved = min(gives.allocated - giver_wants, taker_wants - takes.allocated)
                if moved <= 0:
                    continue
                self._shift((giver, type_code), (taker, type_code), moved, now, "move")
                entries.append(Entry("move", giver, type_code, moved, now.today, taker))
        return entries

    def _shift(
        self, giver: tuple[str, str], taker: tuple[str, str], seats: int, now: Now, why: str, leaving: int = 0
    ) -> None:
        """Present and scheduled seats alike go from one place to another; the scheduled ones not below the use.

        `leaving` users leave the giver in the same moment.
        """
        gives, takes = self.present(*giver, now), self.present(*taker, now)
        left = gives.allocated - seats
        left_next = max(gives.next_cycle - seats, min(gives.used - leaving, left))
        self.set_place(*giver, allocated=left, next_cycle=left_next, now=now, why=why)
        self.set_place(*taker, allocated=takes.allocated + seats, next_cycle=takes.next_cycle + seats, now=now, why=why)

    def _raise(self, site: str, type_code: str, wanted: int, now: Now) -> Entry:
        """Allocate up to `wanted` at once; the seats added may be handed back for some days."""
        added = wanted - self.present(site, type_code, now).allocated
        self.set_place(site, type_code, allocated=wanted, next_cycle=wanted, now=now, why="raise")
        self.additions.append(Addition(type_code, now.today, added))
        return Entry("raise", site, type_code, added, now.today)

    def _hand_back(self, site: str, type_code: str, most: int, now: Now, hand_back_days: int) -> list[Entry]:
        """Give back, newest first, what was added to the customer and type in the last days, on any site."""
        handed = 0
        for addition in reversed(self.additions):
            last_day = addition.day + timedelta(days=hand_back_days - 1)
            if addition.type == type_code and now.today <= last_day:
                taken = min(most - handed, addition.left)
                addition.left -= taken
                handed += taken
        if not handed:
            return []
        place = self.present(site, type_code, now)
        self.set_place(
            site,
            type_code,
            allocated=place.allocated - handed,
            next_cycle=min(place.next_cycle, place.allocated - handed),
            now=now,
            why="hand back",
        )
        return [Entry("hand_back", site, type_code, handed, now.today)]

    def _schedule(self, site: str, type_code: str, wanted: int, now: Now) -> list[Entry]:
        """Let the next cycle start with `wanted` (at most what is allocated now)."""
        place = self.present(site, type_code, now)
        if wanted == place.next_cycle:
            return []
        lowered = place.allocated - wanted
        why = "lowering" if lowered else "withdrawal"
        self.set_place(site, type_code, allocated=place.allocated, next_cycle=wanted, now=now, why=why)
        return [Entry(why, site, type_code, lowered or wanted - place.next_cycle, now.next_cycle_on)]

    # -- exchanges -------------------------------------------------------------------------------------

    def exchange(
        self, site: str, from_type: str, to_type: str, seats: int, now: Now, leaving: int = 0
    ) -> list[Entry] | BelowUse | Refused:
        """Seats of a type become as many of a dearer one, at once. Who asks knows that it is dearer."""
        refused = self._refuse_shift(site, from_type, seats, now, leaving)
        if refused:
            return refused
        self._shift((site, from_type), (site, to_type), seats, now, "exchange", leaving)
        self.exchanges.append(Exchanged(site, from_type, to_type, now.today, seats))
        return [Entry("exchange", site, from_type, seats, now.today, to_type=to_type)]

    def undo_exchange(
        self, number: int, seats: int | None, now: Now, hand_back_days: int
    ) -> list[Entry] | BelowUse | Refused:
        """The seats of an exchange, or some of them, become what they were, for some days after it."""
        exchange = self.exchanges[number]
        if now.today > exchange.day + timedelta(days=hand_back_days - 1):
            return Refused("too_late")
        if not exchange.left:
            return Refused("already_undone")
        seats = exchange.left if seats is None else seats
        if seats > exchange.left:
            return Refused("invalid")
        refused = self._refuse_shift(exchange.site, exchange.to_type, seats, now)
        if refused:
            return refused
        self._shift((exchange.site, exchange.to_type), (exchange.site, exchange.from_type), seats, now, "undo")
        exchange.left -= seats
        return [Entry("undo", exchange.site, exchange.to_type, seats, now.today, to_type=exchange.from_type)]

    def _refuse_shift(
        self, site: str, type_code: str, seats: int, now: Now, leaving: int = 0
    ) -> BelowUse | Refused | None:
        """Not more seats than there are, and none that is in use."""
        place = self.present(site, type_code, now)
        if seats > place.allocated:
            return Refused("invalid")
        in_the_way = place.used - leaving - (place.allocated - seats)
        return BelowUse({(site, type_code): in_the_way}) if in_the_way > 0 else None

    # -- the end, and a new beginning ------------------------------------------------------------------

    def revoke(self, now: Now) -> dict[tuple[str, str], int]:
        """Take every allocated seat; how many, per place that had any."""
        revoked = {}
        for place in self.places():
            seats = self.present(*place, now).allocated
            if seats:
                self.write("allocated", *place, -seats, now.today, now, "revoke")
                revoked[place] = seats
        return revoked

    def reopen(self, site: str, type_code: str, seats: int, now: Now) -> None:
        """Give revoked seats back; they are added today, so they may be handed back for some days."""
        self.write("allocated", site, type_code, seats, now.today, now, "reopen")
        self.additions.append(Addition(type_code, now.today, seats))

    # -- users -----------------------------------------------------------------------------------------

    def claim(
        self, site: str, type_code: str, now: Now, *, checked: bool, allocate_missing: bool
    ) -> Claimed | NoFreeSeat:
        """Take one seat; `allocate_missing` shrinks a scheduled lowering first, then raises."""
        place = self.present(site, type_code, now)
        needed = place.used + 1
        missing = needed - min(place.allocated, place.next_cycle)
        if checked and missing > 0 and not allocate_missing:
            return NoFreeSeat(missing)
        result = Claimed()
        if checked and missing > 0:
            kept = max(place.next_cycle, min(needed, place.allocated))
            self.set_place(site, type_code, allocated=place.allocated, next_cycle=kept, now=now, why="kept for a user")
            added = max(0, needed - place.allocated)
            if added:
                self._raise(site, type_code, needed, now)
            result = Claimed(allocated=added, kept=kept - place.next_cycle)
        self.write("used", site, type_code, 1, now.today, now, "claim")
        return result

    def set_used(self, site: str, type_code: str, used: int, now: Now, why: str) -> None:
        """Make the used seats of one place what they are, even above the allocation."""
        if used < 0:
            raise ValueError(f"{used} seats in use of {type_code} on {site}")
        self.write("used", site, type_code, used - self.present(site, type_code, now).used, now.today, now, why)
