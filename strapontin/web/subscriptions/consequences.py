"""What happens to each type of a site when its seats change, and when it can be undone (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, ngettext

from strapontin.allocations.queries import ReturnableRaise
from strapontin.allocations.rules import Entry
from strapontin.web import format as fmt
from strapontin.web.figures.shapes import Figures
from strapontin.web.subscriptions.shapes.allocation import AllocationRow, Consequence


@dataclass(frozen=True, slots=True)
class Calendar:
    """What consequences depend on: today, the customer's cycle, and the days for handing back."""

    today: date
    hand_back_days: int
    next_cycle_on: date
    site_names: Mapping[UUID, str]

    @property
    def hand_back_until(self) -> date:
        """The day after the last on which seats added today can be handed back."""
        return self.today + timedelta(days=self.hand_back_days)

    @property
    def committed_until(self) -> date | None:
        """The end of the cycle, if it comes after the last day for handing back."""
        return self.next_cycle_on if self.next_cycle_on > self.hand_back_until else None


def consequences(
    entries: Iterable[Entry], figures: Figures, calendar: Calendar, raised: Sequence[ReturnableRaise], site_id: UUID
) -> list[Consequence]:
    """What happens to one type of one site, in the order in which it happens.

    ``raised`` are this type's raises that can still be handed back, on all sites, the newest first.
    """
    happening: list[Consequence] = []
    back = 0
    for entry in entries:
        if entry.kind == "hand_back":
            back -= entry.delta
        elif entry.kind == "raise":
            happening.append(
                Consequence(
                    kind="raise",
                    seats=entry.delta,
                    until=calendar.hand_back_until,
                    committed_until=calendar.committed_until,
                )
            )
        elif entry.kind in ("move_in", "move_out"):
            other = calendar.site_names.get(entry.counterpart_site_id or UUID(int=0), "")
            kind = "move_in" if entry.kind == "move_in" else "move_out"
            happening.append(Consequence(kind=kind, seats=abs(entry.delta), other_site=other))  # type: ignore[arg-type]
    if back:
        happening.append(_handed_back(back, raised, calendar))
    return happening + _scheduled(entries, figures, calendar) or [
        _unchanged(figures, [raising for raising in raised if raising.site_id == site_id], calendar)
    ]


def _handed_back(seats: int, raised: Sequence[ReturnableRaise], calendar: Calendar) -> Consequence:
    days, left = set(), seats
    for raising in raised:
        if left > 0:
            days.add(raising.effective_on)
            left -= raising.seats
    if len(days) != 1:
        return Consequence(kind="hand_back", seats=seats)
    day = days.pop()
    return Consequence(kind="hand_back", seats=seats, on=day, until=day + timedelta(days=calendar.hand_back_days))


def _scheduled(entries: Iterable[Entry], figures: Figures, calendar: Calendar) -> list[Consequence]:
    later = [entry for entry in entries if entry.kind in ("lower", "withdraw")]
    if not later:
        return []
    at_once = sum(entry.delta for entry in entries if entry.effective_on <= calendar.today)
    allocated, after = figures.allocated + at_once, later[-1].quantity_after
    if after >= allocated:
        return [Consequence(kind="withdrawn", before=figures.allocated, after=figures.next_cycle)]
    return [Consequence(kind="lowering", before=allocated, after=after, on=later[-1].effective_on)]


def _unchanged(figures: Figures, raised: Sequence[ReturnableRaise], calendar: Calendar) -> Consequence:
    if raised:
        return Consequence(
            kind="returnable",
            seats=sum(raising.seats for raising in raised),
            until=min(raising.until for raising in raised),
            committed_until=calendar.next_cycle_on,
        )
    if figures.allocated and figures.used == figures.allocated == figures.next_cycle:
        return Consequence(kind="full", seats=figures.allocated)
    return Consequence(kind="unchanged")


def sentences(rows: Iterable[AllocationRow]) -> str:
    """What was done, for the note after it: one sentence for each thing that happened."""
    done = ((row.figures.type.name, _sentence(consequence)) for row in rows for consequence in row.consequences)
    return " ".join(f"{name}{gettext(': ')}{sentence}" for name, sentence in done if sentence)


def _sentence(c: Consequence) -> str:
    known: dict[str, Any] = {"seats": c.seats, "before": c.before, "after": c.after, "site": c.other_site}
    language = get_language() or "en"
    known["on"] = fmt.day(c.on, language=language) if c.on else ""
    texts = {
        "raise": ngettext("%(seats)s seat allocated at once.", "%(seats)s seats allocated at once.", c.seats),
        "hand_back": ngettext("%(seats)s seat handed back at once.", "%(seats)s seats handed back at once.", c.seats),
        "lowering": gettext(
            "the decrease from %(before)s to %(after)s takes effect on %(on)s. You can withdraw it until then."
        ),
        "withdrawn": gettext("the scheduled decrease from %(before)s to %(after)s is withdrawn."),
        "move_in": ngettext(
            "%(seats)s seat moved here from %(site)s.", "%(seats)s seats moved here from %(site)s.", c.seats
        ),
        "move_out": ngettext("%(seats)s seat moved to %(site)s.", "%(seats)s seats moved to %(site)s.", c.seats),
    }
    return texts.get(c.kind, "") % known
