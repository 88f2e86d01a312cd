"""Would the comparison notice? Each row plants one fault in the product's SQL; some told history must catch it.

A row whose text no longer stands in the SQL fails: the table follows the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import pytest
from django.db import IntegrityError

from strapontin.allocations import openings, plans
from strapontin.allocations import operations as allocations
from strapontin.billing import rating, runs
from strapontin.customers import subscriptions
from strapontin.cycles import operations as cycles
from strapontin.seats import claims, observed
from strapontin.seats import seated as seats
from tests.comparison import live_side_by_side
from tests.servers import Database
from tests.stories import all_stories

STORIES = all_stories()
# Days and moments at which the figures are asked for again, as fractions of the time that has passed.
LOOKING_BACK = [(0.1, 0.9), (0.5, 0.6), (0.9, 0.5), (0.3, 0.3), (0.99, 0.95)]


@dataclass(frozen=True)
class Fault:
    """A wrong text for a right one in a statement of the product, and a story that must catch it."""

    statement: str
    right: str
    wrong: str
    story: str
    times: int = 1


STATEMENTS: dict[str, list[tuple[ModuleType, str]]] = {
    # The run carries a copy of the rating's text.
    "rating": [(rating, "RATING"), (runs, "_BILL")],
    "bill": [(runs, "_BILL")],
    "open": [(openings, "_OPEN")],
    "price": [(cycles, "_FIX_PRICES")],
    "claim": [(claims, "_CLAIM")],
    "release": [(seats, "_RELEASE")],
    "write": [(plans, "_WRITE")],
    "returnable": [(allocations, "_RETURNABLE")],
    "move": [(seats, "_MOVE")],
    "observed": [(observed, "_APPLY")],
    "known": [(observed, "_KNOWN")],
    "as of": [(subscriptions, "_AS_OF")],
}

FAULTS = [
    # What a line costs.
    Fault("rating", "/ p.full_days, 2)", "/ (p.ends_on - p.starts_on), 2)", "worked example 8"),
    Fault("rating", "/ p.full_days, 2)", "/ 30, 2)", "worked example 3"),
    Fault("rating", "q.months, q.full_days", "q.term_months AS months, q.full_days", "worked example 9"),
    Fault("rating", "p.months * (l.line_ends_on", "(l.line_ends_on", "worked example 4"),
    Fault("rating", "round(l.quantity * price", "trunc(l.quantity * price", "worked example 4"),
    # Which days and which periods.
    Fault(
        "rating",
        "q.starts_on <= %(date)s::date AND q.billable AND c",
        "q.starts_on < %(date)s::date AND q.billable AND c",
        "worked example 3",
    ),
    Fault("rating", "e.effective_on < o.ends_on", "e.effective_on <= o.ends_on", "a run before the lowering"),
    Fault("rating", "greatest(e.effective_on, o.starts_on)", "e.effective_on", "worked example 3"),
    Fault("rating", "greatest(e.effective_on, o.starts_on)", "o.starts_on", "worked example 3"),
    Fault("rating", "edge.day < o.ends_on", "edge.day <= o.ends_on", "a run before the lowering"),
    Fault("rating", "(c.ends_on, -c.quantity)", "(c.ends_on, 0)", "the same seats in two stretches"),
    Fault("rating", "= quantity THEN 0 ELSE 1", "= quantity THEN 1 ELSE 1", "a move splits no line"),
    Fault("rating", "type_code, stretch, quantity", "type_code, quantity", "the same seats in two stretches"),
    # What was known, and what was invoiced.
    Fault(
        "rating",
        "e.effective_on < o.ends_on AND e.recorded_at <= %(cut)s::timestamptz",
        "e.effective_on < o.ends_on",
        "a late run knows no more than its cut",
    ),
    Fault(
        "rating",
        "e.effective_on <= %(date)s::date AND e.recorded_at <= %(cut)s::timestamptz",
        "e.recorded_at <= now() + interval '9999 years'",
        "use is known up to the cut",
    ),
    Fault("rating", "END - d.invoiced AS", "END AS", "worked example 3"),
    # The change of model.
    Fault("rating", "AND r.basis IS NULL THEN", "THEN", "more use is billed on, less is not given back"),
    Fault("rating", "%(allocation_from)s::date AND r.basis", "%(date)s::date + 1 AND r.basis", "worked example 2"),
    Fault(
        "rating",
        "greatest(d.invoiced, o.in_use)",
        "least(d.invoiced, o.in_use)",
        "more use is billed on, less is not given back",
    ),
    Fault("rating", "greatest(d.invoiced, o.in_use)", "o.in_use", "more use is billed on, less is not given back"),
    Fault(
        "rating", "d.day >= %(date)s::date", "d.day > %(date)s::date", "more use is billed on, less is not given back"
    ),
    Fault(
        "rating",
        "('use_again', %(date)s::date)",
        "('use_again', starts_on)",
        "more use is billed on, less is not given back",
    ),
    Fault("rating", "WHEN r.basis = 'used' THEN 'committed'", "WHEN false THEN 'committed'", "worked example 10"),
    Fault("rating", "greatest(d.committed, d.allocated)", "least(d.committed, d.allocated)", "worked example 10"),
    Fault("rating", "greatest(d.committed, d.allocated)", "d.allocated", "worked example 10"),
    Fault(
        "rating",
        "c.run_date < %(allocation_from)s::date",
        "c.run_date <= %(allocation_from)s::date",
        "a raise billed on the day of the change is given back",
    ),
    Fault(
        "rating", "d.day < %(allocation_from)s::date", "d.day <= %(allocation_from)s::date", "rated with nothing in use"
    ),
    Fault(
        "rating", "('committed', %(allocation_from)s::date)", "('committed', starts_on)", "rated with nothing in use"
    ),
    # Runs.
    Fault("rating", "OR q.payer_id = %(payer)s::uuid", "OR true", "two payers"),
    Fault(
        "bill",
        "THEN 'used' ELSE 'allocated' END\n      FROM period",
        "THEN 'allocated' ELSE 'allocated' END\n      FROM period",
        "worked example 10",
    ),
    Fault(
        "bill",
        "AND q.customer_id NOT IN (SELECT customer_id FROM faulty)",
        "",
        "parked before the change, billed after it",
    ),
    Fault(
        "bill",
        "AND q.starts_on <= %(date)s::date AND q.billable\n       AND c.created_at",
        "AND q.billable\n       AND c.created_at",
        "a run so late that a later period has begun",
    ),
    # Periods and prices.
    Fault("open", "least(anchor_day,", "least(28,", "the last day of each month"),
    Fault(
        "open",
        "coalesce(c.pending_term_months, c.term_months) AS term_months",
        "c.term_months AS term_months",
        "worked example 7",
    ),
    Fault("open", "SET allocated = lowered.next_cycle,", "SET allocated = lowered.allocated,", "worked example 5"),
    Fault("open", "sum(next_cycle - allocated)::int", "0", "worked example 5"),
    Fault("open", "WHERE p.payer ORDER BY depth DESC", "WHERE p.payer ORDER BY depth", "two payers"),
    Fault(
        "price", "p.type_code, l.partner_id IS NULL", "p.type_code, l.partner_id IS NOT NULL", "lists, levels and terms"
    ),
    Fault("price", "OR partner_id IS NULL)", "OR partner_id IS NULL AND payer.name <> 'q')", "lists, levels and terms"),
    Fault("price", "td.price_list_id = p.price_list_id", "false", "lists, levels and terms"),
    Fault("price", "valid_from <= q.starts_on", "true", "lists, levels and terms"),
    Fault("price", "valid_from DESC", "valid_from", "lists, levels and terms"),
    Fault("price", "round(p.monthly_amount", "trunc(p.monthly_amount", "lists, levels and terms"),
    Fault("price", "* (100 - coalesce(ld.rate_percent, 0)) / 10000", "/ 100", "lists, levels and terms"),
    # Seats.
    Fault(
        "claim", "free_seats(b.allocated, b.next_cycle, b.used) > 0", "b.allocated > b.used", "a lowered site refuses"
    ),
    Fault(
        "claim",
        "free_seats(b.allocated, b.next_cycle, b.used) > 0",
        "least(b.allocated, b.next_cycle) >= b.used",
        "a lowered site refuses",
    ),
    Fault("claim", "NOT %(enforced)s OR", "", "before seats counted"),
    Fault("claim", "over = t.over + seat.over", "over = t.over", "before seats counted"),
    # How many sites are full.
    Fault(
        "claim", "full_sites = t.full_sites + seat.full_sites", "full_sites = t.full_sites", "a lowered site refuses"
    ),
    Fault("release", "t.full_sites + seat.full_sites", "t.full_sites", "more used than allocated"),
    Fault("move", "t.full_sites + change.full_sites", "t.full_sites", "users who move between sites and types"),
    Fault("observed", "t.full_sites + excluded.full_sites", "t.full_sites", "more used than allocated"),
    Fault("write", "t.full_sites + excluded.full_sites", "t.full_sites", "more used than allocated"),
    Fault("open", "t.full_sites + change.full_sites", "t.full_sites", "full until the next cycle"),
    Fault(
        "release", "remaining = t.remaining + seat.remaining", "remaining = t.remaining + 1", "more used than allocated"
    ),
    Fault(
        "release",
        "over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used + 1)",
        "over_seats(b.allocated, b.used - 1) - over_seats(b.allocated, b.used)",
        "more used than allocated",
    ),
    Fault("write", "remaining = t.remaining + excluded.remaining", "remaining = t.remaining", "worked example 3"),
    Fault(
        "returnable", "r.effective_on > %(since)s::date", "r.effective_on >= %(since)s::date", "seven days and no more"
    ),
    Fault(
        "move",
        "free_seats(allocated, next_cycle, used) > 0 OR",
        "allocated > used OR",
        "a user moves to a lowered site",
    ),
    Fault("move", "sum(remaining) AS remaining", "max(remaining) AS remaining", "a user moves to a lowered site"),
    Fault("move", "sum(used) AS used", "min(used) AS used", "users who move between sites and types"),
    Fault("observed", "over = t.over + excluded.over", "over = t.over", "more used than allocated"),
    Fault("known", "stack_user_uuid IS NOT NULL AS seen", "true AS seen", "users typed in before the tenant"),
    Fault("known", "stack_user_uuid IS NOT NULL AS seen", "false AS seen", "users typed in before the tenant"),
    # What was known.
    Fault("as of", "CASE WHEN effective_on <= %(next)s", "CASE WHEN effective_on <= %(day)s", "worked example 5"),
    Fault(
        "as of",
        "ledger_entry WHERE customer_id = %(customer)s AND recorded_at <= %(known_at)s",
        "ledger_entry WHERE customer_id = %(customer)s",
        "corrections of past days",
    ),
    Fault("as of", "%(known_at)s AND effective_on <= %(day)s", "%(known_at)s", "more used than allocated"),
    Fault("returnable", "coalesce(sum(h.delta), 0))::int", "0)::int", "handed back once"),
]


def plant(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    """Puts the wrong text where the right one stands, wherever the product keeps that statement."""
    for module, name in STATEMENTS[fault.statement]:
        text = getattr(module, name)
        assert text.count(fault.right) == fault.times, f"{module.__name__}.{name} no longer says {fault.right!r}"
        monkeypatch.setattr(module, name, text.replace(fault.right, fault.wrong))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.statement}: {fault.wrong}")
def test_a_planted_fault_is_caught(database: Database, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    plant(monkeypatch, fault)
    # The comparison notices, or a constraint of the database does; wrong SQL would prove nothing.
    with pytest.raises((AssertionError, IntegrityError)):
        live_side_by_side(database, STORIES[fault.story], LOOKING_BACK)
