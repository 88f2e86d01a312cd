"""The ten worked examples of SPEC 7, to the cent (Paris, EUR, VAT 20 %, Voice 10.00, terms 0/10/20 %)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.oracle.oracle import World
from tests.oracle.stage import customer, moment, run, shorts, world_of_examples


def example_1() -> World:
    """Ten allocated and in use since 2022-09-01, invoiced; two more arrive on the stack."""
    world = world_of_examples()
    customer(world, "2022-09-01", seats=10)
    world.stack_shows("c", "s", "voice", 10, moment("2022-09-01 09:00"))
    assert run(world, "2022-09-01", "20:00").net == Decimal("100.00")
    world.stack_shows("c", "s", "voice", 12, moment("2022-09-20 09:00"))
    return world


def test_1_before_the_change_the_seats_in_use_are_billed() -> None:
    result = run(example_1(), "2022-10-01")
    assert shorts(result) == ["12 × 10.00 × 1, 2022-10-01 to 2022-11-01 = 120.00"]
    invoice = result.invoices["p"]
    assert (invoice.net, invoice.tax, invoice.total) == (
        Decimal("120.00"),
        Decimal("24.00"),
        Decimal("144.00"),
    )


def test_2_after_the_change_the_seats_allocated_are_billed() -> None:
    world = example_1()
    run(world, "2022-10-01")
    result = run(world, "2022-11-01")
    assert shorts(result) == ["10 × 10.00 × 1, 2022-11-01 to 2022-12-01 = 100.00"]


def test_3_a_raise_is_a_prorated_line_of_the_next_invoice() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    run(world, "2023-01-01", "20:00")
    world.request_quantities("c", [("s", "voice", 13)], moment("2023-01-20 10:00"))
    assert shorts(run(world, "2023-02-01")) == [
        "3 × 10.00 × 1 × 12/31, 2023-01-20 to 2023-02-01 = 11.61",
        "13 × 10.00 × 1, 2023-02-01 to 2023-03-01 = 130.00",
    ]


def example_4() -> World:
    """Twelve months from 2023-01-01, ten seats, invoiced; five more on 2023-07-02."""
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10, term=12)
    assert run(world, "2023-01-01", "20:00").net == Decimal("1080.00")
    world.request_quantities("c", [("s", "voice", 15)], moment("2023-07-02 10:00"))
    return world


def test_4_a_raise_within_a_year() -> None:
    assert shorts(run(example_4(), "2023-08-01")) == ["5 × 9.00 × 12 × 183/365, 2023-07-02 to 2024-01-01 = 270.74"]


def test_5_a_lowering_waits_for_the_end_of_the_term() -> None:
    world = example_4()
    run(world, "2023-08-01")
    world.request_quantities("c", [("s", "voice", 8)], moment("2023-09-10 10:00"))
    for month in (9, 10, 11, 12):
        day = date(2023, month, 12)
        assert world.run(day, moment(f"{day} 12:00")).lines == []
    assert shorts(run(world, "2024-01-01")) == ["8 × 9.00 × 12, 2024-01-01 to 2025-01-01 = 864.00"]


def test_6_handed_back_on_the_same_day_costs_nothing() -> None:
    world = world_of_examples()
    customer(world, "2023-03-01", seats=10)
    run(world, "2023-03-01", "20:00")
    world.request_quantities("c", [("s", "voice", 14)], moment("2023-03-10 10:00"))
    world.request_quantities("c", [("s", "voice", 10)], moment("2023-03-10 15:00"))
    assert shorts(run(world, "2023-04-01")) == ["10 × 10.00 × 1, 2023-04-01 to 2023-05-01 = 100.00"]


def test_7_a_longer_term_begins_with_the_next_period() -> None:
    world = world_of_examples()
    customer(world, "2023-05-01", seats=10)
    run(world, "2023-05-01", "20:00")
    assert world.set_term("c", 12, moment("2023-05-15 10:00")) == 12
    assert shorts(run(world, "2023-06-01")) == ["10 × 9.00 × 12, 2023-06-01 to 2024-06-01 = 1080.00"]


def test_8_the_stub_is_billed_with_the_first_month() -> None:
    world = world_of_examples()
    customer(world, "2023-02-15", seats=6)
    assert shorts(run(world, "2023-03-01")) == [
        "6 × 10.00 × 1 × 14/28, 2023-02-15 to 2023-03-01 = 30.00",
        "6 × 10.00 × 1, 2023-03-01 to 2023-04-01 = 60.00",
    ]


def test_9_the_stub_of_a_year_has_the_price_of_the_year() -> None:
    world = world_of_examples()
    customer(world, "2023-02-15", seats=6, term=12)
    assert shorts(run(world, "2023-03-01")) == [
        "6 × 9.00 × 1 × 14/28, 2023-02-15 to 2023-03-01 = 27.00",
        "6 × 9.00 × 12, 2023-03-01 to 2024-03-01 = 648.00",
    ]


def test_10_a_period_rated_on_use_keeps_what_was_invoiced() -> None:
    world = world_of_examples()
    customer(world, "2022-06-01", seats=10, term=12)
    world.stack_shows("c", "s", "voice", 12, moment("2022-06-01 09:00"))
    assert run(world, "2022-06-01", "20:00").net == Decimal("1296.00")
    world.request_quantities("c", [("s", "voice", 15)], moment("2022-11-10 10:00"))
    result = run(world, "2022-12-01")
    assert shorts(result) == ["3 × 9.00 × 12 × 203/365, 2022-11-10 to 2023-06-01 = 180.20"]
