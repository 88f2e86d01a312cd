"""What a request for quantities does (SPEC 4), without a database: rule by rule, and drawn against the slow oracle."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strapontin.allocations.corrections import Past, plan_correction
from strapontin.allocations.rules import (
    Change,
    Place,
    Plan,
    Quantities,
    Returnable,
    Room,
    plan_changes,
    plan_rooms,
)
from strapontin.refusals import Refusal
from tests.oracle.model import Addition, BelowUse
from tests.oracle.seats import Ledger, Now
from tests.oracle.stage import PARIS

A, B, C, D = (UUID(int=n) for n in range(1, 5))
NAMES = {A: "a", B: "b", C: "c", D: "d"}
TODAY, NEXT_CYCLE = date(2023, 1, 20), date(2023, 2, 1)
Balances = dict[Place, Quantities]


def plan(changes: list[Change], before: Balances, *returnable: Returnable) -> Plan:
    """The plan for a request made on 2023-01-20."""
    return plan_changes(changes, before, returnable=returnable, today=TODAY, next_cycle_on=NEXT_CYCLE)


def voice(site: UUID, quantity: int) -> Change:
    """So many Voice seats on a site."""
    return Change(site, "voice", quantity)


def balances(**sites: tuple[int, int, int]) -> Balances:
    """Voice balances by the site's letter: allocated, next cycle, used."""
    by_name = {name: site for site, name in NAMES.items()}
    return {(by_name[name], "voice"): Quantities(*figures) for name, figures in sites.items()}


def words(done: Plan) -> list[str]:
    """ "raise +3 = 13 at a", with "later" for what waits for the next cycle and the site that moves give to."""
    return [
        f"{e.kind} {e.delta:+} = {e.quantity_after} at {NAMES[e.site_id]}"
        + ("" if e.effective_on == TODAY else " later")
        + (f" ({NAMES[e.counterpart_site_id]})" if e.counterpart_site_id else "")
        for e in done.entries
    ]


def after(done: Plan, site: UUID = A) -> tuple[int, int, int]:
    """Allocated, next cycle, used."""
    q = done.after[site, "voice"]
    return q.allocated, q.next_cycle, q.used


def test_a_raise_is_at_once() -> None:
    done = plan([voice(A, 13)], balances(a=(10, 10, 4)))
    assert words(done) == ["raise +3 = 13 at a"]
    assert after(done) == (13, 13, 4)


def test_a_raise_withdraws_what_was_to_fall() -> None:
    done = plan([voice(A, 13)], balances(a=(10, 6, 4)))
    assert words(done) == ["raise +3 = 13 at a", "withdraw +4 = 13 at a later"]
    assert after(done) == (13, 13, 4)


def test_a_lowering_waits_and_can_be_changed_and_withdrawn() -> None:
    assert words(plan([voice(A, 4)], balances(a=(10, 10, 4)))) == ["lower -6 = 4 at a later"]
    assert words(plan([voice(A, 8)], balances(a=(10, 4, 4)))) == ["withdraw +4 = 8 at a later"]
    assert words(plan([voice(A, 10)], balances(a=(10, 4, 4)))) == ["withdraw +6 = 10 at a later"]
    assert words(plan([voice(A, 10)], balances(a=(10, 10, 4)))) == []


def test_nothing_where_nothing_was_writes_nothing() -> None:
    assert plan([voice(A, 0)], {}).entries == []


@pytest.mark.parametrize(("wanted", "in_the_way"), [(6, 1), (0, 7)])
def test_below_present_and_used_is_refused_with_how_many_are_in_the_way(wanted: int, in_the_way: int) -> None:
    with pytest.raises(Refusal) as refusal:
        plan([voice(B, 12), voice(A, wanted)], balances(a=(10, 10, 7), b=(0, 0, 0)))
    assert refusal.value.code == "below_use"
    facts = refusal.value.facts
    assert (facts["site"], facts["type"], facts["used"], facts["in_the_way"]) == (A, "voice", 7, in_the_way)


def test_more_used_than_allocated_may_still_be_raised() -> None:
    done = plan([voice(A, 12)], balances(a=(10, 10, 15)))
    assert words(done) == ["raise +2 = 12 at a"]
    assert done.after[A, "voice"].over == 3


def test_a_move_is_free_and_at_once() -> None:
    done = plan([voice(A, 7), voice(B, 5)], balances(a=(10, 10, 0), b=(2, 2, 0)))
    assert words(done) == ["move_out -3 = 7 at a (b)", "move_in +3 = 5 at b (a)"]


def test_a_move_shifts_the_scheduled_but_not_below_use() -> None:
    done = plan([voice(A, 7), voice(B, 5)], balances(a=(10, 6, 4), b=(2, 2, 0)))
    assert after(done) == (7, 4, 4)
    assert words(done)[-1] == "withdraw +1 = 4 at a later"
    done = plan([voice(A, 7), voice(B, 5)], balances(a=(10, 8, 4), b=(2, 1, 0)))
    assert (after(done), after(done, B)) == ((7, 5, 4), (5, 4, 0))


def test_moves_match_in_the_order_of_the_request() -> None:
    before = balances(a=(5, 5, 0), b=(5, 5, 0))
    done = plan([voice(C, 3), voice(B, 3), voice(D, 4), voice(A, 1)], before)
    assert [word for word in words(done) if "out" in word] == [
        "move_out -2 = 3 at b (c)",
        "move_out -1 = 4 at a (c)",
        "move_out -3 = 1 at a (d)",
    ]
    assert words(done)[-1] == "raise +1 = 4 at d"


def test_what_moves_leave_is_lowered() -> None:
    done = plan([voice(A, 4), voice(B, 2)], balances(a=(10, 10, 0)))
    assert after(done) == (8, 4, 0)


def test_types_do_not_move_into_one_another() -> None:
    done = plan([voice(A, 8), Change(B, "uc", 2)], balances(a=(10, 10, 0)))
    assert words(done) == ["lower -2 = 8 at a later", "raise +2 = 2 at b"]


def test_hand_backs_come_first_and_newest_first() -> None:
    newest, older = Returnable(UUID(int=91), "voice", 2), Returnable(UUID(int=92), "voice", 3)
    other = Returnable(UUID(int=93), "uc", 9)
    done = plan([voice(A, 4)], balances(a=(10, 10, 0)), other, newest, older)
    assert words(done) == ["hand_back -2 = 8 at a", "hand_back -3 = 5 at a", "lower -1 = 4 at a later"]
    assert [e.reverses_id for e in done.entries] == [newest.entry_id, older.entry_id, None]
    assert after(done) == (5, 4, 0)
    assert (newest.seats, older.seats) == (2, 3), "the caller's values stay as they are"


def test_two_sites_share_what_may_be_handed_back() -> None:
    raised = Returnable(UUID(int=91), "voice", 3)
    done = plan([voice(B, 8), voice(A, 8)], balances(a=(10, 10, 0), b=(10, 10, 0)), raised)
    assert words(done) == ["hand_back -2 = 8 at b", "hand_back -1 = 9 at a", "lower -1 = 8 at a later"]


def test_for_users_a_lowering_shrinks_first() -> None:
    def room(was: Quantities, seats: int) -> list[str]:
        return words(
            plan_rooms(
                [Room((A, "voice"), users=seats)],
                {(A, "voice"): was},
                limited=True,
                today=TODAY,
                next_cycle_on=NEXT_CYCLE,
            )
        )

    assert room(Quantities(10, 4, 4), 1) == ["withdraw +1 = 5 at a later"]
    assert room(Quantities(10, 4, 9), 2) == ["withdraw +6 = 10 at a later", "raise +1 = 11 at a"]
    assert room(Quantities(2, 2, 5), 1) == ["raise +4 = 6 at a"]
    assert room(Quantities(10, 10, 4), 6) == []


def corrected(quantity: int, was: Quantities, past: Past) -> Plan:
    """The plan for a correction since 2023-01-10."""
    place = (A, "voice")
    return plan_correction(
        [voice(A, quantity)],
        {place: was},
        {place: past},
        effective_on=date(2023, 1, 10),
        today=TODAY,
        next_cycle_on=NEXT_CYCLE,
    )


def test_a_correction_shifts_the_schedule_too() -> None:
    done = corrected(12, Quantities(10, 6, 5), Past(10, 10))
    assert words(done) == ["correction +2 = 12 at a later"]
    assert (done.entries[0].effective_on, after(done)) == (date(2023, 1, 10), (12, 8, 5))


def test_a_correction_leaves_used_seats_scheduled() -> None:
    done = corrected(8, Quantities(10, 6, 5), Past(10, 10))
    assert words(done) == ["correction -2 = 8 at a later", "withdraw +1 = 5 at a later"]
    assert (done.entries[1].effective_on, after(done)) == (NEXT_CYCLE, (8, 5, 5))
    assert after(corrected(8, Quantities(10, 2, 0), Past(10, 10))) == (8, 0, 0)
    assert after(corrected(9, Quantities(10, 2, 5), Past(10, 10))) == (9, 2, 5), "it never raises the schedule"


def test_a_correction_of_more_than_there_was() -> None:
    with pytest.raises(Refusal) as refused:
        corrected(5, Quantities(10, 10, 0), Past(10, 4))
    assert refused.value.code == "invalid"
    with pytest.raises(Refusal) as refused:
        corrected(5, Quantities(10, 10, 6), Past(10, 10))
    assert (refused.value.code, refused.value.facts["in_the_way"]) == ("below_use", 1)


# -- drawn ---------------------------------------------------------------------------------------------


@st.composite
def places(draw: st.DrawFn) -> Balances:
    """Balances as they may stand: next cycle at most allocated, used as it comes."""
    sites = draw(st.lists(st.sampled_from((A, B, C, D)), unique=True, max_size=4))
    found = {}
    for site in sites:
        allocated = draw(st.integers(0, 9))
        next_cycle = draw(st.integers(0, allocated))
        found[site, "voice"] = Quantities(allocated, next_cycle, draw(st.integers(0, 10)))
    return found


def oracle_of(before: Balances, additions: list[tuple[int, int]]) -> tuple[Ledger, Now]:
    """The oracle's ledger with these balances, and with (days ago, seats) to be handed back."""
    ledger, now = Ledger(), Now(datetime(2023, 1, 20, 10, tzinfo=PARIS), TODAY, NEXT_CYCLE)
    for (site, type_code), q in before.items():
        name = NAMES[site]
        ledger.set_place(name, type_code, allocated=q.allocated, next_cycle=q.next_cycle, now=now, why="before")
        ledger.write("used", name, type_code, q.used, TODAY, now, "before")
    ledger.additions = [Addition("voice", TODAY - timedelta(days=days), seats) for days, seats in additions]
    return ledger, now


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(
    before=places(),
    wanted=st.lists(st.tuples(st.sampled_from((A, B, C, D)), st.integers(0, 10)), min_size=1, unique_by=lambda w: w[0]),
    additions=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=3),
)
def test_plans_are_those_of_the_oracle(
    before: Balances, wanted: list[tuple[UUID, int]], additions: list[tuple[int, int]]
) -> None:
    additions = sorted(additions, reverse=True)
    ledger, now = oracle_of(before, additions)
    expected = ledger.request([(NAMES[site], "voice", seats) for site, seats in wanted], now, 7)
    returnable = [Returnable(UUID(int=90), "voice", seats) for days, seats in reversed(additions) if days < 7]
    try:
        done = plan([voice(site, seats) for site, seats in wanted], before, *returnable)
    except Refusal as refusal:
        assert isinstance(expected, BelowUse)
        place = (NAMES[refusal.facts["site"]], "voice")
        assert expected.in_the_way[place] == refusal.facts["in_the_way"]
        return
    assert isinstance(expected, list)
    for site, _ in wanted:
        figures = ledger.present(NAMES[site], "voice", now)
        assert after(done, site) == (figures.allocated, figures.next_cycle, figures.used)
    # Each row says what stands after it, in the order in which the rows are written.
    running = {place: [q.allocated, q.next_cycle] for place, q in before.items()}
    for entry in done.entries:
        stands = running.setdefault((entry.site_id, entry.type_code), [0, 0])
        at_once = entry.effective_on == TODAY
        stands[0] += entry.delta if at_once else 0
        stands[1] += entry.delta
        assert entry.quantity_after == stands[0 if at_once else 1]
        assert entry.delta
