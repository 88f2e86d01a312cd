"""Would the comparison notice? Each row plants one fault in the product's SQL; some told history must catch it.

A row whose text no longer stands in the SQL fails: the table follows the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getsource
from textwrap import dedent
from types import ModuleType

import pytest
from django.db import IntegrityError

from strapontin.allocations import exchanges, openings, plans, reopening, rules
from strapontin.allocations import operations as allocations
from strapontin.billing import rating, runs
from strapontin.customers import subscriptions
from strapontin.cycles import operations as cycles
from strapontin.cycles import queries as periods
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
    "exchanges": [(exchanges, "_EXCHANGES")],
    "ranks": [(periods, "_RANKS")],
    "move": [(seats, "_MOVE")],
    "observed": [(observed, "_APPLY")],
    "known": [(observed, "_KNOWN")],
    "as of": [(subscriptions, "_AS_OF")],
    "revoked": [(reopening, "_REVOKED")],
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
    Fault("open", "THEN 0 ELSE b.next_cycle END AS left", "THEN 0 ELSE b.allocated END AS left", "worked example 5"),
    Fault("open", "sum(changed.left - allocated)::int", "0", "worked example 5"),
    # The end of a customer, and its new beginning.
    Fault("open", "FROM due WHERE NOT ends", "FROM due", "ended and started anew"),
    Fault(
        "open", "THEN 0 ELSE b.next_cycle END AS left", "THEN 1 ELSE b.next_cycle END AS left", "ended and started anew"
    ),
    Fault("open", "-changed.next_cycle, 0,", "-changed.allocated, 0,", "ended and started anew"),
    Fault("open", "ended.recorded_at, -changed", "%(at)s::timestamptz, -changed", "ended while nobody worked"),
    Fault("open", "'revoke', ended.ended_on,", "'revoke', ended.ended_on + 1,", "ended and started anew"),
    Fault("open", "sum(changed.left - next_cycle)::int", "0", "ended and started anew"),
    Fault(
        "open", "changed.left, used) - free_seats(allocated, next_cycle, used)", "changed.left, used)", "ended twice"
    ),
    Fault("open", "over_seats(changed.left, used) - over_seats(allocated, used)", "0", "ended and started anew"),
    Fault("open", "term_months = due.term_months", "term_months = c.term_months", "ended and started anew"),
    Fault("revoked", "AND effective_on = %s", "AND effective_on <= %s", "ended twice"),
    Fault("returnable", "r.kind IN ('raise', 'reopen')", "r.kind = 'raise'", "ended and started anew"),
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
    # Exchanges.
    Fault(
        "returnable",
        "r.kind IN ('raise', 'reopen')",
        "r.kind IN ('raise', 'reopen', 'exchange_in')",
        "exchanged seats are not handed back",
    ),
    Fault("ranks", "ORDER BY unit_price", "ORDER BY type_code", "an exchange within the year"),
    Fault("ranks", "period_starts_on = %s", "period_starts_on <= %s", "an exchange after the prices changed"),
    Fault(
        "exchanges", "+ %(days)s::int AS until", "+ %(days)s::int + 1 AS until", "an exchange undone in its last hour"
    ),
    Fault(
        "exchanges", "+ %(days)s::int AS until", "+ %(days)s::int - 1 AS until", "an exchange undone in its last hour"
    ),
    Fault("exchanges", "u.reverses_id = e.id", "u.reverses_id IS NULL", "an exchange undone piece by piece"),
    Fault("exchanges", "AND u.type_code = e.type_code", "", "an exchange undone piece by piece"),
]


@dataclass(frozen=True)
class PlanFault:
    """A wrong text for a right one in a function that plans, and a story that must catch it."""

    owner: object
    function: str
    right: str
    wrong: str
    story: str


PLAN_FAULTS = [
    PlanFault(rules.Planner, "_shift", "was.used - leaving", "was.used", "users exchanged with their seats"),
    PlanFault(
        rules.Planner,
        "_shift",
        "max(was.next_cycle - seats, min(was.used - leaving, was.allocated - seats))",
        "max(0, was.next_cycle - seats)",
        "an exchange around users and a decrease",
    ),
    PlanFault(
        rules.Planner, "_shift", "self.schedule(giver, scheduled)", "pass", "an exchange around users and a decrease"
    ),
    PlanFault(rules.Planner, "exchange", "reverses=undoes", "reverses=None", "an exchange undone piece by piece"),
    PlanFault(
        rules.Planner,
        "exchange",
        '("exchange_out", "exchange_in")',
        '("exchange_out", "raise")',
        "exchanged seats are not handed back",
    ),
    PlanFault(rules, "plan_exchange", "used=was.used - leaving", "used=was.used", "users exchanged with their seats"),
    PlanFault(rules, "plan_exchange", "used=was.used - leaving", "used=0", "an exchange around users and a decrease"),
    PlanFault(rules, "plan_exchange", "if left < 0", "if left < -1", "an exchange within the year"),
]


@pytest.mark.parametrize("fault", PLAN_FAULTS, ids=lambda fault: f"{fault.function}: {fault.wrong}")
def test_a_fault_planted_in_a_plan_is_caught(
    database: Database, monkeypatch: pytest.MonkeyPatch, fault: PlanFault
) -> None:
    text = dedent(getsource(getattr(fault.owner, fault.function)))
    assert text.count(fault.right) == 1, f"{fault.function} no longer says {fault.right!r}"
    names = dict(vars(rules))
    exec("from __future__ import annotations\n" + text.replace(fault.right, fault.wrong), names)  # noqa: S102
    for module in (fault.owner, exchanges) if fault.owner is rules else (fault.owner,):
        monkeypatch.setattr(module, fault.function, names[fault.function])
    with pytest.raises((AssertionError, IntegrityError)):
        live_side_by_side(database, STORIES[fault.story], LOOKING_BACK)


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
