"""Runs and sums over REST: lists that go on, and figures of one population."""

from __future__ import annotations

import pytest

from tests.cast import Cast


def test_runs_go_on_where_the_page_ended(cast: Cast) -> None:
    made = [
        cast.provider.made("/billing-runs", {"date": day, "preview": True}).id
        for day in ("2022-06-01", "2022-08-01", "2022-08-01", "2022-07-01", "2022-08-01")
    ]
    cast.bill("2022-06-01")
    listed = cast.provider.everything("/billing-runs")
    assert [run["date"][5:7] for run in listed] == ["08", "08", "08", "07", "06", "06"]
    assert [run["id"] for run in listed[:3]] == [made[4], made[2], made[1]]
    assert cast.provider.get("/billing-runs?limit=6")["next"] is None
    for limit in (1, 2, 5):
        assert cast.provider.everything(f"/billing-runs?limit={limit}") == listed


def test_a_run_says_where_its_other_invoices_are(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from strapontin.api.routes import billing_runs

    cast.brumes.site().add_users(1)
    cast.zenith.site().add_users(1)
    run = cast.bill("2022-06-01")
    assert (len(run["invoices"]), run["invoices_next"]) == (2, None)
    monkeypatch.setattr(billing_runs, "MOST_INVOICES", 1)
    cut = cast.provider.get(f"/billing-runs/{run.id}")
    assert cut["invoices"] == run["invoices"][:1]
    others = cast.provider.get(f"/invoices?run={run.id}&cursor={cut['invoices_next']}")
    assert [invoice["id"] for invoice in others.items] == [run["invoices"][1]["id"]]
    assert len(cast.provider.get(f"/invoices?run={run.id}").items) == 2


def test_the_overview_compares_one_population(cast: Cast) -> None:
    cast.provider.patch("/settings", {"automatic_billing": False})
    for customer, seats in ((cast.brumes, 2), (cast.lagune, 3)):
        assert customer.allocate(customer.site(), voice=seats).status == 201
    cast.clock("2022-07-02")
    for recurse, seats in (("true", 5), ("false", 2)):
        shown = cast.provider.get(f"/overview?partner={cast.opaline}&recurse={recurse}")
        (voice,) = (figures for figures in shown["types"] if figures["type"] == "voice")
        assert (voice["allocated"], voice["last_month"]["allocated"]) == (seats, seats), recurse
