"""What was invoiced stays as it is, whatever is set afterwards (SPEC 7), and no setting stops the daily work."""

from __future__ import annotations

import pytest

from tests.cast import Cast

# -- the day from which allocations are billed ----------------------------------------------------------


def test_the_change_of_basis_moves_only_while_nothing_was_billed_on_it(cast: Cast) -> None:
    site = cast.brumes.site()
    site.allocate(voice=10)
    cast.arrive_on_stack(site, 12)
    cast.clock("2022-10-02")
    cast.bill("2022-10-01")
    issued = cast.invoice("2022-10-01", cast.opaline)
    for day in ("2022-10-01", "2022-06-01"):
        refused = cast.provider.patch("/settings", {"allocation_billing_from": day})
        assert (refused.status, refused.code) == (409, "already_billed")
    assert cast.provider.patch("/settings", {"allocation_billing_from": "2022-10-02"}).status == 200
    assert cast.provider.patch("/settings", {"allocation_billing_from": "2022-11-01"}).status == 200
    cast.clock("2022-11-01")
    cast.bill("2022-11-01")
    (line,) = cast.invoice("2022-11-01", cast.opaline)["lines"]
    assert (line["quantity"], line["start"]) == (10, "2022-11-01")
    refused = cast.provider.patch("/settings", {"allocation_billing_from": "2023-03-01"})
    assert (refused.status, refused.code) == (409, "already_billed")
    assert cast.invoice("2022-10-01", cast.opaline) == issued


def test_a_preview_holds_nothing_back(cast: Cast) -> None:
    cast.bill("2022-11-01", preview=True)
    assert cast.provider.patch("/settings", {"allocation_billing_from": "2022-07-01"}).status == 200


def test_a_day_does_not_begin_twice(cast: Cast) -> None:
    """In Toronto it is still the evening before: what changed there would count for a day that is over here."""
    cast.clock("2022-07-01T03:00:00+02:00")
    refused = cast.provider.patch("/settings", {"time_zone": "America/Toronto"})
    assert (refused.status, refused.code) == (409, "day_would_repeat")
    assert cast.provider.patch("/settings", {"time_zone": "Asia/Tokyo"}).status == 200
    cast.clock("2022-07-01T12:00:00+02:00")
    assert cast.provider.patch("/settings", {"time_zone": "America/Toronto"}).status == 200


# -- automatic runs -------------------------------------------------------------------------------------


def dates(cast: Cast) -> list[str]:
    """The dates of the invoices to Opaline, in order."""
    return sorted(invoice["date"] for invoice in cast.provider.everything(f"/invoices?payer={cast.opaline}"))


def test_after_a_run_by_hand_automatic_billing_waits_for_the_next_date(cast: Cast) -> None:
    cast.brumes.site().add_users(3)
    cast.clock("2022-06-10")
    cast.bill("2022-06-05")
    assert cast.provider.patch("/settings", {"automatic_billing": True}).status == 200
    cast.clock("2022-07-02")
    assert dates(cast) == ["2022-06-05", "2022-07-01"]
    assert cast.brumes.read()["period"]["start"] == "2022-07-01"


@pytest.mark.parametrize("day", [1, 28])
def test_after_another_invoice_day_automatic_billing_goes_on(cast: Cast, day: int) -> None:
    cast.brumes.site().add_users(3)
    cast.provider.patch("/settings", {"automatic_billing": True, "invoice_day": 15})
    cast.clock("2022-06-20")
    assert cast.provider.patch("/settings", {"invoice_day": day}).status == 200
    cast.clock("2022-08-02")
    expected = {1: ["2022-07-01", "2022-08-01"], 28: ["2022-07-28"]}[day]
    # The run of the 28th of June has nothing to bill: July begins after it.
    assert dates(cast) == ["2022-06-15", *expected]
