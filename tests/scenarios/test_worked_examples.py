"""The ten worked examples of the specification, told through the REST door on the sandbox's clock.

Paris, EUR, VAT 20 %, Voice at 10.00 a month, 0, 10 and 20 % off for 1, 12 and 36 months, bronze partners.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.cast import Customer, Site, Stage


class Story:
    """A partner who pays, and one customer of it with one site."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.payer = ""
        self.customer: Customer
        self.site: Site

    def begins(self, on: str, *, term_months: int = 1) -> Site:
        """The customer is created on this day."""
        self.stage.clock(on)
        self.payer = self.stage.partner("Opaline")
        self.customer = self.stage.customer("Les Brumes", self.payer, term_months=term_months)
        self.site = self.customer.site()
        return self.site

    def then(self, on: str) -> Site:
        """Days pass."""
        self.stage.clock(on)
        return self.site

    def billed(self, on: str) -> list[tuple[int, str, str]]:
        """The lines of the invoice of that day: quantity, unit price, amount. Its sums are right, at 20 %."""
        self.stage.clock(on)
        self.stage.bill(on)
        invoices = self.stage.invoices(on, self.payer)
        if not invoices:
            return []
        (invoice,) = invoices
        check_sums(invoice)
        return [(line["quantity"], line["unit_price"], line["amount"]) for line in invoice["lines"]]


def check_sums(invoice: dict[str, Any]) -> None:
    """Net is the sum of the lines; tax is 20 % of it, rounded; total is both."""
    net = sum((Decimal(line["amount"]) for line in invoice["lines"]), Decimal("0.00"))
    tax = (net * Decimal("0.20")).quantize(Decimal("0.01"))
    assert (invoice["net"], invoice["tax"], invoice["total"]) == (str(net), str(tax), str(net + tax))
    assert invoice["currency"] == "EUR"
    (row,) = invoice["taxes"]
    assert (row["category"], row["rate"], row["base"], row["amount"]) == ("S", "20", str(net), str(tax))


@pytest.fixture
def story(stage: Stage) -> Story:
    """An empty stage, on which one of the ten is told."""
    return Story(stage)


def test_1_before_the_change_seats_in_use_are_billed(story: Story) -> None:
    story.begins("2022-09-01").allocate(voice=10)
    story.stage.arrive_on_stack(story.site, 10)
    assert story.billed("2022-09-01") == [(10, "10.00", "100.00")]
    story.stage.arrive_on_stack(story.then("2022-09-20"), 12)
    assert story.billed("2022-10-01") == [(12, "10.00", "120.00")]


def test_2_from_the_change_on_allocated_seats_are_billed(story: Story) -> None:
    story.begins("2022-09-01").allocate(voice=10)
    story.stage.arrive_on_stack(story.site, 12)
    story.billed("2022-09-01")
    story.billed("2022-10-01")
    assert story.site.figures()["over"] == 2
    assert story.billed("2022-11-01") == [(10, "10.00", "100.00")]


def test_3_a_raise_is_prorated_by_days(story: Story) -> None:
    story.begins("2023-01-01").allocate(voice=10)
    assert story.billed("2023-01-01") == [(10, "10.00", "100.00")]
    story.then("2023-01-20").allocate(voice=13)
    assert story.billed("2023-02-01") == [(3, "10.00", "11.61"), (13, "10.00", "130.00")]


def test_4_a_raise_within_a_year_costs_the_rest_of_the_year(story: Story) -> None:
    story.begins("2023-01-01", term_months=12).allocate(voice=10)
    assert story.billed("2023-01-01") == [(10, "9.00", "1080.00")]
    story.then("2023-07-02").allocate(voice=15)
    assert story.billed("2023-08-01") == [(5, "9.00", "270.74")]


def test_5_a_lowering_waits_for_the_next_cycle(story: Story) -> None:
    story.begins("2023-01-01", term_months=12).allocate(voice=10)
    story.billed("2023-01-01")
    story.then("2023-07-02").allocate(voice=15)
    story.billed("2023-08-01")
    story.then("2023-09-10").allocate(voice=8)
    assert (story.site.figures()["allocated"], story.site.figures()["next_cycle"]) == (15, 8)
    for month in ("2023-10-01", "2023-11-01", "2023-12-01"):
        assert story.billed(month) == []
    assert story.billed("2024-01-01") == [(8, "9.00", "864.00")]


def test_6_seats_handed_back_the_same_day_cost_nothing(story: Story) -> None:
    story.begins("2023-03-01").allocate(voice=10)
    story.billed("2023-03-01")
    story.then("2023-03-10").allocate(voice=14)
    story.site.allocate(voice=10)
    assert story.billed("2023-04-01") == [(10, "10.00", "100.00")]


def test_7_a_longer_term_applies_from_the_next_period(story: Story) -> None:
    story.begins("2023-05-01").allocate(voice=10)
    story.billed("2023-05-01")
    story.then("2023-05-15")
    story.customer.set_term(12)
    assert story.customer.read()["pending_term_months"] == 12
    assert story.billed("2023-06-01") == [(10, "9.00", "1080.00")]
    shown = story.customer.read()
    assert (shown["term_months"], shown["pending_term_months"]) == (12, None)
    assert shown["period"] == {"start": "2023-06-01", "end": "2024-06-01"}


def test_8_the_first_days_of_a_month_are_a_stub(story: Story) -> None:
    story.begins("2023-02-15").allocate(voice=6)
    assert story.billed("2023-03-01") == [(6, "10.00", "30.00"), (6, "10.00", "60.00")]


def test_9_a_stub_has_the_price_of_its_term(story: Story) -> None:
    story.begins("2023-02-15", term_months=12).allocate(voice=6)
    assert story.billed("2023-03-01") == [(6, "9.00", "27.00"), (6, "9.00", "648.00")]


def test_10_a_commitment_billed_on_use_is_not_given_back(story: Story) -> None:
    story.begins("2022-06-01", term_months=12).allocate(voice=10)
    story.site.add_users(12)
    assert story.billed("2022-06-01") == [(12, "9.00", "1296.00")]
    story.then("2022-11-10").allocate(voice=15)
    assert story.billed("2022-12-01") == [(3, "9.00", "180.20")]
