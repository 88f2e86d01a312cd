"""Price lists: what one overrides, what could never apply, and what can be taken back (SPEC 7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Answer
from tests.cast import Customer, Stage


def prices(stage: Stage, valid_from: str, *, expect: int = 201, **more: Any) -> Answer:
    """The answer to a price list from that day on, with Voice at 100.00 unless ``more`` says otherwise."""
    body = {"name": valid_from, "currency": "EUR", "valid_from": valid_from, "prices": {"voice": "100.00"}}
    answer = stage.provider.post("/price-lists", body | more)
    assert answer.status == expect, answer.body
    return answer


def customer_of(stage: Stage, payer: str, *, voice: int, uc: int = 0, term_months: int = 1) -> Customer:
    """A customer with these seats on one site."""
    customer = stage.customer("Les Brumes", payer, term_months=term_months)
    customer.site().allocate(voice=voice, uc=uc)
    return customer


def billed(stage: Stage, on: str, payer: str) -> list[tuple[str, int, str]]:
    """Type, quantity and unit price of each line that this day's run invoices."""
    stage.clock(on)
    run = stage.bill(on)
    assert run["parked"] == [], run.body
    return [
        (line["type"], line["quantity"], line["unit_price"])
        for invoice in stage.invoices(on, payer)
        for line in invoice["lines"]
    ]


def test_a_partners_own_list_overrides_only_what_it_names(stage: Stage) -> None:
    stage.clock("2023-01-01")
    payer = stage.partner("Opaline")
    # The general list has Voice at 10.00 and Unified Communication at 18.00, 10 % off for 12 months.
    prices(stage, "2023-01-01", partner=payer, prices={"voice": "7.00"}, term_discounts={"12": "50"})
    customer_of(stage, payer, voice=2, uc=1, term_months=12)
    assert billed(stage, "2023-02-01", payer) == [("voice", 2, "3.50"), ("uc", 1, "16.20")]


def test_the_list_that_gives_the_price_gives_the_discounts(stage: Stage) -> None:
    stage.clock("2023-01-01")
    payer = stage.partner("Opaline")
    prices(stage, "2023-01-01", partner=payer, prices={"voice": "7.00"})
    customer_of(stage, payer, voice=2, term_months=12)
    assert billed(stage, "2023-02-01", payer) == [("voice", 2, "7.00")]


def test_a_newer_list_of_ones_own_replaces_the_older_one_whole(stage: Stage) -> None:
    stage.clock("2023-01-01")
    payer = stage.partner("Opaline")
    prices(stage, "2023-01-01", partner=payer, prices={"voice": "7.00", "uc": "9.00"})
    prices(stage, "2023-02-01", partner=payer, prices={"voice": "6.00"})
    customer_of(stage, payer, voice=1, uc=1)
    assert billed(stage, "2023-01-01", payer) == [("voice", 1, "7.00"), ("uc", 1, "9.00")]
    assert billed(stage, "2023-02-01", payer) == [("voice", 1, "6.00"), ("uc", 1, "18.00")]


@pytest.mark.parametrize(
    ("partner", "body", "field"),
    [
        ({}, {"currency": "USD"}, "currency"),
        ({"payer": False}, {}, "partner"),
    ],
)
def test_a_list_that_could_never_apply_is_refused(
    stage: Stage, partner: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    above = stage.partner("Opaline")
    below = stage.provider.made("/partners", {"name": "Ouest", "parent": above, "payer": True} | partner).id
    answer = prices(stage, "2023-02-01", expect=422, partner=below, **body)
    assert (answer.code, answer["errors"][0]["field"]) == ("invalid", field)
    assert prices(stage, "2023-02-01", expect=422, prices={})["errors"][0]["field"] == "prices"


def test_a_list_that_has_not_begun_can_be_taken_back(stage: Stage) -> None:
    stage.clock("2023-01-15")
    payer = stage.partner("Opaline")
    mistaken = prices(stage, "2023-02-01")
    assert prices(stage, "2023-02-01", expect=409).code == "already_exists"
    assert stage.provider.delete(f"/price-lists/{mistaken.id}").status == 204
    assert stage.provider.delete(f"/price-lists/{mistaken.id}").code == "not_found"
    assert stage.provider.get(f"/price-lists/{mistaken.id}").code == "not_found"
    assert mistaken.id not in {price_list["id"] for price_list in stage.provider.get("/price-lists").items}
    right = prices(stage, "2023-02-01", prices={"voice": "11.00"})
    customer_of(stage, payer, voice=1)
    assert billed(stage, "2023-02-01", payer) == [("voice", 1, "10.00"), ("voice", 1, "11.00")]
    # Now a period has its price from it.
    refused = stage.provider.delete(f"/price-lists/{right.id}")
    assert (refused.status, refused.code) == (409, "price_list_in_use")
    assert "1 February 2023" in refused["detail"]


def test_a_list_replaces_another_in_one_step(stage: Stage) -> None:
    stage.clock("2023-01-15")
    payer = stage.partner("Opaline")
    mistaken = prices(stage, "2023-02-01")
    right = prices(stage, "2023-02-01", prices={"voice": "11.00"}, replaces=mistaken.id)
    customer_of(stage, payer, voice=1)
    assert billed(stage, "2023-02-01", payer)[-1] == ("voice", 1, "11.00")
    assert prices(stage, "2023-03-01", expect=409, replaces=right.id).code == "price_list_in_use"
    assert stage.provider.get(f"/price-lists/{right.id}").status == 200
    actions = [entry["action"] for entry in stage.provider.get("/journal?limit=50").items]
    assert actions.count("price_list.withdraw") == 1
