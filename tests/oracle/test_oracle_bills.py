"""Periods, bases, lines and runs of the oracle, rule by rule (SPEC 7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.model import Partner, Settings, to_cents
from tests.oracle.oracle import World
from tests.oracle.stage import customer, moment, price_list, run, shorts, world_of_examples


def boundaries(world: World, last: str) -> list[str]:
    """The starts of the periods."""
    return [str(period.start) for period in world.periods("c", date.fromisoformat(last))]


# -- periods and prices --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "term", "starts"),
    [
        ("2023-01-31", 1, ["2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30"]),
        ("2024-01-30", 1, ["2024-01-30", "2024-02-29", "2024-03-30", "2024-04-30"]),
        ("2023-01-29", 1, ["2023-01-29", "2023-02-28", "2023-03-29", "2023-04-29"]),
        ("2020-02-29", 12, ["2020-02-29", "2021-02-28", "2022-02-28", "2023-02-28"]),
        ("2020-02-29", 36, ["2020-02-29", "2023-02-28"]),
    ],
)
def test_anniversaries_keep_their_anchor(created: str, term: int, starts: list[str]) -> None:
    world = world_of_examples()
    customer(world, created, seats=0, term=term, alignment="anniversary")
    last = "2023-04-30" if created < "2024" else "2024-04-30"
    assert boundaries(world, last) == starts


def test_a_leap_day_comes_back_after_four_years() -> None:
    world = world_of_examples()
    customer(world, "2024-02-29", seats=0, term=12, alignment="anniversary")
    assert boundaries(world, "2028-03-01")[-1] == "2028-02-29"


@pytest.mark.parametrize(("created", "days"), [("2024-02-29", "1/29"), ("2023-12-31", "1/31")])
def test_the_shortest_stub_is_a_day(created: str, days: str) -> None:
    world = world_of_examples()
    customer(world, created, seats=3, term=36)
    lines = shorts(run(world, created, "20:00"))
    assert len(lines) == 1
    assert f"3 × 8.00 × 1 × {days}, {created}" in lines[0]


def test_created_on_the_first_there_is_no_stub() -> None:
    world = world_of_examples()
    customer(world, "2023-02-01", seats=1, term=12)
    assert boundaries(world, "2024-02-01") == ["2023-02-01", "2024-02-01"]


def test_a_full_leap_february_is_a_full_month() -> None:
    world = world_of_examples()
    customer(world, "2024-02-01", seats=1)
    assert shorts(run(world, "2024-02-01", "20:00")) == ["1 × 10.00 × 1, 2024-02-01 to 2024-03-01 = 10.00"]


def test_a_year_with_a_leap_day_has_366_days() -> None:
    world = world_of_examples()
    customer(world, "2024-01-01", seats=1, term=12)
    run(world, "2024-01-01", "20:00")
    world.request_quantities("c", [("s", "voice", 2)], moment("2024-02-29 10:00"))
    assert shorts(run(world, "2024-03-01")) == ["1 × 9.00 × 12 × 307/366, 2024-02-29 to 2025-01-01 = 90.59"]


def test_a_term_set_in_the_stub_applies_after_it_and_can_be_withdrawn() -> None:
    world = world_of_examples()
    customer(world, "2023-02-15", seats=1)
    assert world.set_term("c", 12, moment("2023-02-20 10:00")) == 12
    assert world.set_term("c", 36, moment("2023-02-21 10:00")) == 36
    assert [p.months for p in world.periods("c", date(2023, 3, 1))] == [1, 36]
    assert world.set_term("c", 1, moment("2023-02-22 10:00")) is None
    assert [p.months for p in world.periods("c", date(2023, 3, 1))] == [1, 1]


def test_a_term_set_on_the_first_day_of_a_period_waits_for_the_next() -> None:
    world = world_of_examples()
    customer(world, "2023-01-31", seats=1, alignment="anniversary")
    world.set_term("c", 12, moment("2023-02-28 00:30"))
    assert boundaries(world, "2024-03-31") == ["2023-01-31", "2023-02-28", "2023-03-31", "2024-03-31"]


def test_a_lowering_and_a_new_term_meet_at_the_boundary() -> None:
    world = world_of_examples()
    customer(world, "2022-12-01", seats=10)
    run(world, "2022-12-01", "20:00")
    world.request_quantities("c", [("s", "voice", 7)], moment("2022-12-20 10:00"))
    world.set_term("c", 12, moment("2022-12-21 10:00"))
    assert shorts(run(world, "2023-01-01")) == ["7 × 9.00 × 12, 2023-01-01 to 2024-01-01 = 756.00"]


def test_the_unit_price_is_rounded_once_half_up() -> None:
    """9.99 × 0.9 × 0.95 = 8.54145; 10.05 × 0.9 = 9.045 goes up."""
    world = world_of_examples()
    world.set_partner(Partner("q", level="silver"))
    world.add_price_list(price_list("9.99", partner="q"))
    world.add_price_list(price_list("10.05", partner="p"))
    customer(world, "2023-01-01", seats=1, term=12)
    world.create_customer("d", partner="q", term_months=12, at=moment("2023-01-01 08:02"))
    world.request_quantities("d", [("s", "voice", 1)], moment("2023-01-01 08:03"))
    prices = {line.customer: line.unit_price for line in run(world, "2023-01-01", "20:00").lines}
    assert prices == {"c": Decimal("9.05"), "d": Decimal("8.54")}


def test_amounts_are_rounded_away_from_zero() -> None:
    assert to_cents(Decimal("0.005")) == Decimal("0.01")
    assert to_cents(Decimal("-0.005")) == Decimal("-0.01")
    assert to_cents(Decimal("-1.0049")) == Decimal("-1.00")


def test_a_new_price_waits_for_the_next_period_and_for_its_validity() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=1)
    world.add_price_list(price_list("11.00", valid_from=date(2023, 2, 1)), moment("2023-01-10 10:00"))
    assert [line.unit_price for line in run(world, "2023-01-15").lines] == [Decimal("10.00")]
    world.add_price_list(price_list("12.00", valid_from=date(2023, 2, 1)), moment("2023-02-01 10:00"))
    assert [line.unit_price for line in run(world, "2023-02-01", "20:00").lines] == [Decimal("11.00")]


def test_a_raise_within_a_year_has_the_price_of_its_beginning() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=1, term=12)
    run(world, "2023-01-01", "20:00")
    world.add_price_list(price_list("99.00", valid_from=date(2023, 2, 1)), moment("2023-01-10 10:00"))
    world.request_quantities("c", [("s", "voice", 2)], moment("2023-06-01 10:00"))
    assert [line.unit_price for line in run(world, "2023-07-01").lines] == [Decimal("9.00")]


# -- payers --------------------------------------------------------------------------------------------


def test_the_nearest_payer_pays_at_its_own_level() -> None:
    world = world_of_examples()
    world.set_partner(Partner("top", level="gold"))
    world.set_partner(Partner("p", parent="top", payer=False, level="platinum"))
    customer(world, "2023-01-01", seats=10)
    result = run(world, "2023-01-01", "20:00")
    assert list(result.invoices) == ["top"]
    assert result.net == Decimal("90.00")


def test_a_payer_is_fixed_when_the_period_starts() -> None:
    world = world_of_examples()
    world.set_partner(Partner("top"))
    world.set_partner(Partner("p", parent="top"))
    customer(world, "2023-01-01", seats=10)
    run(world, "2023-01-01", "20:00")
    world.set_partner(Partner("p", parent="top", payer=False), moment("2023-01-10 10:00"))
    world.request_quantities("c", [("s", "voice", 13)], moment("2023-01-20 10:00"))
    result = run(world, "2023-02-01")
    nets = {payer: invoice.net for payer, invoice in result.invoices.items()}
    assert nets == {"p": Decimal("11.61"), "top": Decimal("130.00")}


def test_one_invoice_for_all_customers_of_a_payer() -> None:
    world = world_of_examples()
    for name in ("c", "d"):
        world.create_customer(name, partner="p", term_months=1, at=moment("2023-01-01 08:00"))
    for name in ("c", "d"):
        world.request_quantities(name, [("s", "voice", 1), ("s", "uc", 2)], moment("2023-01-01 08:01"))
    invoice = run(world, "2023-01-01", "20:00").invoices["p"]
    assert [(line.customer, line.type) for line in invoice.lines] == [
        ("c", "uc"),
        ("c", "voice"),
        ("d", "uc"),
        ("d", "voice"),
    ]
    assert (invoice.net, invoice.tax, invoice.total) == (
        Decimal("80.00"),
        Decimal("16.00"),
        Decimal("96.00"),
    )


# -- before the change ---------------------------------------------------------------------------------


def test_before_the_change_more_use_is_billed_from_the_run_on_and_less_is_not_given_back() -> None:
    world = world_of_examples()
    customer(world, "2022-03-01", seats=10, term=12)
    world.stack_shows("c", "s", "voice", 5, moment("2022-03-01 09:00"))
    run(world, "2022-03-01", "20:00")
    world.stack_shows("c", "s", "voice", 7, moment("2022-04-10 09:00"))
    world.stack_shows("c", "s", "voice", 8, moment("2022-04-20 09:00"))
    assert shorts(run(world, "2022-05-01")) == ["3 × 9.00 × 12 × 304/365, 2022-05-01 to 2023-03-01 = 269.85"]
    world.stack_shows("c", "s", "voice", 2, moment("2022-05-10 09:00"))
    assert shorts(run(world, "2022-06-01")) == []


def test_before_the_change_an_unrated_past_period_is_billed_at_the_use_of_the_run() -> None:
    world = world_of_examples()
    customer(world, "2022-08-20", seats=10)
    world.stack_shows("c", "s", "voice", 5, moment("2022-08-20 09:00"))
    world.stack_shows("c", "s", "voice", 3, moment("2022-09-30 09:00"))
    assert shorts(run(world, "2022-10-01")) == [
        "3 × 10.00 × 1 × 12/31, 2022-08-20 to 2022-09-01 = 11.61",
        "3 × 10.00 × 1, 2022-09-01 to 2022-10-01 = 30.00",
        "3 × 10.00 × 1, 2022-10-01 to 2022-11-01 = 30.00",
    ]


def test_rated_with_nothing_in_use_counts_as_rated_on_use() -> None:
    world = world_of_examples()
    customer(world, "2022-10-01", seats=10, term=12)
    assert shorts(run(world, "2022-10-01", "20:00")) == []
    assert shorts(run(world, "2022-11-01")) == ["10 × 9.00 × 12 × 334/365, 2022-11-01 to 2023-10-01 = 988.27"]


def test_a_period_that_no_run_rated_before_the_change_is_billed_on_allocations_whole() -> None:
    world = world_of_examples()
    customer(world, "2022-10-01", seats=10)
    world.stack_shows("c", "s", "voice", 3, moment("2022-10-01 09:00"))
    assert shorts(run(world, "2022-11-01")) == [
        "10 × 10.00 × 1, 2022-10-01 to 2022-11-01 = 100.00",
        "10 × 10.00 × 1, 2022-11-01 to 2022-12-01 = 100.00",
    ]


def test_first_rated_on_use_then_raised_and_handed_back() -> None:
    """Nothing is given back below what was invoiced before the change; what came after it is."""
    world = world_of_examples()
    customer(world, "2022-06-01", seats=4, term=12)
    world.stack_shows("c", "s", "voice", 6, moment("2022-06-01 09:00"))
    run(world, "2022-06-01", "20:00")
    world.request_quantities("c", [("s", "voice", 9)], moment("2022-11-28 10:00"))
    assert shorts(run(world, "2022-12-01")) == ["3 × 9.00 × 12 × 185/365, 2022-11-28 to 2023-06-01 = 164.22"]
    world.stack_shows("c", "s", "voice", 2, moment("2022-12-02 09:00"))
    world.request_quantities("c", [("s", "voice", 3)], moment("2022-12-03 10:00"))
    assert world.figures("c")["s", "voice"].allocated == 4
    assert shorts(run(world, "2023-01-01")) == ["-3 × 9.00 × 12 × 180/365, 2022-12-03 to 2023-06-01 = -159.78"]


def test_a_raise_before_the_change_in_a_period_rated_on_use_counts_from_the_change_on() -> None:
    settings = Settings(allocation_billing_from=date(2022, 11, 16))
    world = world_of_examples(settings)
    customer(world, "2022-11-01", seats=4)
    world.stack_shows("c", "s", "voice", 6, moment("2022-11-01 09:00"))
    run(world, "2022-11-01", "20:00")
    world.request_quantities("c", [("s", "voice", 9)], moment("2022-11-10 10:00"))
    assert shorts(run(world, "2022-11-15")) == []
    assert shorts(run(world, "2022-11-16")) == ["3 × 10.00 × 1 × 15/30, 2022-11-16 to 2022-12-01 = 15.00"]


# -- after the change ----------------------------------------------------------------------------------


def test_a_move_is_free() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    run(world, "2023-01-01", "20:00")
    world.request_quantities("c", [("s", "voice", 4), ("t", "voice", 6)], moment("2023-01-15 10:00"))
    assert shorts(run(world, "2023-01-20")) == []


def test_a_raise_handed_back_across_the_month_is_credited() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    run(world, "2023-01-01", "20:00")
    world.request_quantities("c", [("s", "voice", 13)], moment("2023-01-30 10:00"))
    run(world, "2023-02-01")
    world.request_quantities("c", [("s", "voice", 10)], moment("2023-02-04 10:00"))
    assert shorts(run(world, "2023-03-01")) == [
        "-3 × 10.00 × 1 × 25/28, 2023-02-04 to 2023-03-01 = -26.79",
        "10 × 10.00 × 1, 2023-03-01 to 2023-04-01 = 100.00",
    ]


def test_a_backdated_correction_is_billed_for_the_days_it_concerns() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    run(world, "2023-01-01", "20:00")
    run(world, "2023-02-01")
    world.correct("c", "s", "voice", -2, effective_on=date(2023, 1, 22), at=moment("2023-02-10 10:00"))
    assert shorts(run(world, "2023-02-15")) == [
        "-2 × 10.00 × 1 × 10/31, 2023-01-22 to 2023-02-01 = -6.45",
        "-2 × 10.00 × 1, 2023-02-01 to 2023-03-01 = -20.00",
    ]


def test_an_invoice_may_be_a_credit_with_its_tax() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10, term=12)
    run(world, "2023-01-01", "20:00")
    world.request_quantities("c", [("s", "voice", 9)], moment("2023-01-02 10:00"))
    invoice = run(world, "2023-02-01").invoices["p"]
    assert shorts(run(world, "2023-02-02")) == []
    assert (invoice.net, invoice.tax, invoice.total) == (
        Decimal("-107.70"),
        Decimal("-21.54"),
        Decimal("-129.24"),
    )


def test_two_raises_make_two_stretches() -> None:
    world = world_of_examples()
    customer(world, "2023-04-01", seats=1)
    run(world, "2023-04-01", "20:00")
    world.request_quantities("c", [("s", "voice", 2)], moment("2023-04-11 10:00"))
    world.request_quantities("c", [("t", "voice", 2)], moment("2023-04-21 10:00"))
    assert shorts(run(world, "2023-04-30")) == [
        "1 × 10.00 × 1 × 10/30, 2023-04-11 to 2023-04-21 = 3.33",
        "3 × 10.00 × 1 × 10/30, 2023-04-21 to 2023-05-01 = 10.00",
    ]
