"""Cuts, late and repeated runs, parked customers (SPEC 7, "Run")."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.model import Partner
from tests.oracle.stage import customer, moment, price_list, run, shorts, world_of_examples


def test_a_late_run_knows_no_more_than_the_end_of_its_date() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    world.request_quantities("c", [("s", "voice", 12)], moment("2023-02-01 23:30"))
    world.request_quantities("c", [("s", "voice", 20)], moment("2023-02-02 00:30"))
    result = world.run(date(2023, 2, 1), moment("2023-02-05 10:00"))
    assert result.cut < moment("2023-02-02 00:00")
    assert shorts(result) == [
        "10 × 10.00 × 1, 2023-01-01 to 2023-02-01 = 100.00",
        "12 × 10.00 × 1, 2023-02-01 to 2023-03-01 = 120.00",
    ]
    assert shorts(run(world, "2023-02-06")) == ["8 × 10.00 × 1 × 27/28, 2023-02-02 to 2023-03-01 = 77.14"]


def test_an_early_run_does_not_know_the_rest_of_its_day() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    run(world, "2023-01-01", "08:30")
    world.request_quantities("c", [("s", "voice", 12)], moment("2023-01-01 09:00"))
    assert run(world, "2023-01-01", "10:00").lines == []
    assert shorts(run(world, "2023-01-02")) == ["2 × 10.00 × 1, 2023-01-01 to 2023-02-01 = 20.00"]


def test_a_customer_created_after_the_cut_takes_no_part() -> None:
    world = world_of_examples()
    run(world, "2023-01-01", "07:00")
    customer(world, "2023-01-01", seats=10)
    assert run(world, "2023-01-01", "20:00").lines == []
    assert len(run(world, "2023-01-02").lines) == 1


def test_a_missing_price_parks_the_customer_and_only_it() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    world.create_customer("d", partner="p", term_months=1, at=moment("2023-01-02 08:00"))
    wanted = [("s", "cr", 1), ("s", "voice", 1)]
    world.request_quantities("d", wanted, moment("2023-01-02 08:01"))
    first = run(world, "2023-02-01")
    assert first.parked == {"d": "missing_price"}
    assert {line.customer for line in first.lines} == {"c"}
    world.request_quantities("c", [("s", "voice", 12)], moment("2023-02-01 10:00"))
    world.request_quantities("d", [("s", "voice", 5)], moment("2023-02-01 10:01"))
    assert run(world, "2023-02-01", "11:00").parked == {"d": "missing_price"}
    world.add_price_list(
        price_list("11.00", uc="15.00", cr="25.00", valid_from=date(2000, 1, 2)), moment("2023-02-02 10:00")
    )
    again = world.run(date(2023, 2, 1), moment("2023-02-03 10:00"))
    assert again.parked == {}
    assert again.cut == first.cut
    assert shorts(again) == [
        "1 × 25.00 × 1 × 30/31, 2023-01-02 to 2023-02-01 = 24.19",
        "1 × 10.00 × 1 × 30/31, 2023-01-02 to 2023-02-01 = 9.68",
        "1 × 25.00 × 1, 2023-02-01 to 2023-03-01 = 25.00",
        "1 × 10.00 × 1, 2023-02-01 to 2023-03-01 = 10.00",
    ]
    assert world.run(date(2023, 2, 1), moment("2023-02-03 11:00")).lines == []


def test_a_price_that_nobody_needs_may_be_missing() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10)
    world.request_quantities("c", [("s", "cr", 1)], moment("2023-01-10 10:00"))
    world.request_quantities("c", [("s", "cr", 0)], moment("2023-01-10 11:00"))
    assert run(world, "2023-02-01").parked == {}


def test_a_customer_parked_before_the_change_is_still_billed_on_use_at_that_date() -> None:
    world = world_of_examples()
    world.create_customer("c", partner="p", term_months=1, at=moment("2022-10-01 08:00"))
    world.request_quantities("c", [("s", "cr", 9)], moment("2022-10-01 08:01"))
    world.stack_shows("c", "s", "cr", 2, moment("2022-10-01 08:02"))
    assert run(world, "2022-10-01", "20:00").parked == {"c": "missing_price"}
    world.add_price_list(price_list(cr="25.00", valid_from=date(2000, 1, 2)), moment("2022-11-10 10:00"))
    late = world.run(date(2022, 10, 1), moment("2022-11-11 10:00"))
    assert shorts(late) == ["2 × 25.00 × 1, 2022-10-01 to 2022-11-01 = 50.00"]
    assert shorts(run(world, "2022-11-12")) == ["9 × 25.00 × 1, 2022-11-01 to 2022-12-01 = 225.00"]


def test_without_a_payer_a_customer_is_parked_until_there_is_one() -> None:
    world = world_of_examples()
    world.set_partner(replace(Partner("p"), payer=False))
    customer(world, "2023-01-01", seats=10)
    assert run(world, "2023-01-01", "20:00").parked == {"c": "missing_payer"}
    world.set_partner(Partner("p"), moment("2023-01-02 10:00"))
    assert world.run(date(2023, 1, 1), moment("2023-01-02 11:00")).net == Decimal("100.00")


def test_whom_a_later_run_has_billed_an_earlier_date_leaves_alone() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=0)
    world.request_quantities("c", [("s", "cr", 1)], moment("2023-01-01 09:00"))
    run(world, "2023-01-01", "20:00")
    world.add_price_list(price_list(cr="25.00", valid_from=date(2000, 1, 2)), moment("2023-01-10 10:00"))
    world.request_quantities("c", [("s", "cr", 2)], moment("2023-01-10 11:00"))
    assert len(run(world, "2023-01-11").lines) == 2
    assert world.run(date(2023, 1, 1), moment("2023-01-12 10:00")).lines == []


def test_runs_go_forward_and_not_ahead() -> None:
    world = world_of_examples()
    run(world, "2023-02-01")
    for day in (date(2023, 1, 1), date(2023, 3, 1)):
        with pytest.raises(ValueError, match="no run"):
            world.run(day, moment("2023-02-02 10:00"))


def test_what_another_payer_owes_does_not_wait_for_a_missing_price() -> None:
    world = world_of_examples()
    world.set_partner(Partner("top"))
    world.set_partner(Partner("p", parent="top", payer=False))
    customer(world, "2023-01-01", seats=10)
    world.request_quantities("c", [("s", "cr", 1)], moment("2023-01-10 10:00"))
    world.request_quantities("c", [("s", "cr", 0)], moment("2023-01-20 10:00"))
    world.set_partner(Partner("p", parent="top"), moment("2023-01-25 10:00"))
    first = run(world, "2023-02-01")
    assert first.parked == {"c": "missing_price"}
    assert shorts(first) == ["10 × 10.00 × 1, 2023-02-01 to 2023-03-01 = 100.00"]
    world.add_price_list(price_list(cr="25.00", valid_from=date(2000, 1, 2)), moment("2023-02-02 10:00"))
    again = world.run(date(2023, 2, 1), moment("2023-02-03 10:00"))
    assert list(again.invoices) == ["top"]
    assert shorts(again) == [
        "1 × 25.00 × 1 × 22/31, 2023-01-10 to 2023-02-01 = 17.74",
        "10 × 10.00 × 1, 2023-01-01 to 2023-02-01 = 100.00",
    ]
