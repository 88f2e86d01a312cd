"""What a correction that counts from a past day does; pure (SPEC 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from strapontin.allocations.rules import Change, Entry, Place, Plan, Planner, Quantities, refuse_below_use
from strapontin.refusals import invalid


@dataclass(frozen=True, slots=True)
class Past:
    """What was allocated on a place on a past day, and the least of all days from then until today."""

    then: int
    lowest: int


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
    planner = Planner(plan, before, today=today, next_cycle_on=next_cycle_on)
    for change in changes:
        was, past = planner.now(change.place), since[change.place]
        delta = change.quantity - was.allocated
        if not delta:
            continue
        refuse_below_use(change, was)
        if past.lowest + delta < 0:
            raise invalid(_("Less than no seat would be left on a day since then."), field="quantity")
        site_id, type_code = change.place
        plan.entries.append(Entry(site_id, type_code, "correction", effective_on, delta, past.then + delta))
        shifted = was.next_cycle + delta
        plan.after[change.place] = replace(was, allocated=change.quantity, next_cycle=shifted)
        planner.schedule(change.place, max(shifted, min(was.used, was.next_cycle)))
    return plan
