"""Partners, customers, sites, settings and the clock."""

from __future__ import annotations

import pytest

from tests.cast import Cast, Stage

NOBODY = "00000000-0000-7000-8000-000000000000"


def test_a_partner_and_its_defaults(stage: Stage) -> None:
    made = stage.provider.made("/partners", {"name": "Opaline"})
    assert {name: made[name] for name in ("level", "currency", "language", "payer", "parent")} == {
        "level": "bronze",
        "currency": "EUR",
        "language": "fr",
        "payer": True,
        "parent": None,
    }
    below = stage.provider.made("/partners", {"name": "Ouest", "parent": made.id})
    assert (below["payer"], below["parent"]) == (False, made.id)
    assert stage.provider.post("/partners", {"name": "X", "parent": NOBODY}).code == "not_found"


def test_moving_a_partner_moves_what_is_below(cast: Cast) -> None:
    site = cast.lagune.site()
    assert site.allocate(voice=3).status == 201
    opaline = cast.partner_administrator(cast.opaline)
    tramontane = cast.partner_administrator(cast.tramontane)
    assert opaline.get(cast.lagune.path).status == 200
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.tramontane}).status == 200
    assert opaline.get(cast.lagune.path).code == "not_found"
    assert opaline.get(f"/partners/{cast.ouest}").code == "not_found"
    assert [customer["name"] for customer in tramontane.get("/customers").items] == ["La Lagune", "Zénith"]
    (voice,) = (figures for figures in tramontane.get("/overview")["types"] if figures["type"] == "voice")
    assert voice["allocated"] == 3
    (voice,) = (figures for figures in opaline.get("/overview")["types"] if figures["type"] == "voice")
    assert voice["allocated"] == 0
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": None}).body["parent"] is None
    assert tramontane.get(cast.lagune.path).code == "not_found"


def test_a_partner_cannot_stand_below_itself(cast: Cast) -> None:
    deeper = cast.partner("Opaline Brest", parent=cast.ouest)
    for parent in (cast.opaline, cast.ouest, deeper):
        refused = cast.provider.patch(f"/partners/{cast.opaline}", {"parent": parent})
        assert (refused.status, refused.code) == (409, "would_loop")
    assert cast.provider.patch(f"/partners/{cast.opaline}", {"parent": NOBODY}).code == "not_found"


def test_if_match(cast: Cast) -> None:
    site = cast.brumes.site()
    for path, change in (
        (f"/partners/{cast.opaline}", {"region": "Bretagne"}),
        (cast.brumes.path, {"purchase_order": "PO 1"}),
        (f"{cast.brumes.path}/sites/{site.id}", {"address": "1 quai"}),
        ("/settings", {"contact": "1 rue"}),
    ):
        first = cast.provider.get(path)
        changed = cast.provider.patch(path, change, if_match=first.etag)
        assert changed.status == 200
        assert changed.etag != first.etag
        assert cast.provider.get(path).etag == changed.etag
        for tag in (first.etag, f"W/{changed.etag}", '"x"', "1"):
            refused = cast.provider.patch(path, change, if_match=tag)
            assert (refused.status, refused.code) == (412, "changed_meanwhile"), (path, tag)
        assert cast.provider.patch(path, change, if_match="*").status == 200
        assert cast.provider.patch(path, change).status == 200
        assert cast.provider.patch(path, change, if_match='"1", "2"').code == "invalid"


def test_lists_go_on_where_they_stopped(cast: Cast) -> None:
    names = [f"Partner {number:02}" for number in range(7)]
    for name in names:
        cast.partner(name)
    paged = cast.provider.everything("/partners?limit=2&search=Partner")
    assert [partner["name"] for partner in paged] == names
    first = cast.provider.get("/partners?limit=7&search=partner")
    assert first["next"] is None
    sites = f"{cast.brumes.path}/sites"
    for name in ("a", "B", "é", "z"):
        cast.brumes.site(name)
    whole = cast.provider.everything(sites)
    assert cast.provider.everything(f"{sites}?limit=1") == whole
    assert cast.provider.everything("/journal?limit=3") == cast.provider.everything("/journal")
    for narrowed, found in (("search=brum", ["Les Brumes"]), (f"partner={cast.ouest}", ["La Lagune"])):
        assert [c["name"] for c in cast.provider.get(f"/customers?{narrowed}").items] == found


def test_sites_have_names_of_their_own(cast: Cast) -> None:
    lyon, brest = cast.brumes.site("Lyon"), cast.brumes.site("Brest")
    sites = f"{cast.brumes.path}/sites"
    assert cast.provider.post(sites, {"name": "Lyon"}).code == "already_exists"
    assert cast.provider.patch(f"{sites}/{brest.id}", {"name": lyon.name}).code == "already_exists"
    assert cast.zenith.site("Lyon").id


def test_the_nearest_partner_has_a_name_and_nothing_else(cast: Cast) -> None:
    shown = cast.lagune.administrator.get(cast.lagune.path)
    assert (shown["partner"], shown["partner_name"]) == (cast.ouest, "Opaline Ouest")
    assert cast.lagune.administrator.get("/partners").items == []
    below = cast.partner_administrator(cast.ouest)
    assert [(p["name"], p["parent"]) for p in below.get("/partners").items] == [("Opaline Ouest", None)]


def test_settings(stage: Stage) -> None:
    for field, value in (
        ("alignment", "weekly"),
        ("invoice_day", 29),
        ("hand_back_days", 32),
        ("time_zone", "Mars/Base"),
        ("automatic_billing", 1),
        ("seats_enforced_from", "yesterday"),
    ):
        refused = stage.provider.patch("/settings", {field: value})
        assert [error["field"] for error in refused["errors"]] == [field]
    wanted = {"alignment": "anniversary", "hand_back_days": 0, "time_zone": "America/Toronto", "contact": "a\nb"}
    assert wanted.items() <= stage.provider.patch("/settings", wanted).body.items()
    assert wanted.items() <= stage.provider.get("/settings").body.items()


def test_the_clock_of_an_empty_sandbox_takes_any_moment(stage: Stage) -> None:
    for moment in ("2030-01-01T00:00:00+01:00", "2021-06-01T00:00:00+02:00"):
        assert stage.provider.post("/clock", {"now": moment})["now"] == moment
    assert stage.provider.get("/clock")["now"].startswith("2021-06-01T00:00:0")


def test_the_clock_goes_forward_and_does_the_days_in_between(cast: Cast) -> None:
    cast.provider.patch("/settings", {"automatic_billing": True})
    site = cast.brumes.site()
    site.add_users(2)
    refused = cast.provider.post("/clock", {"now": "2022-05-31T00:00:00Z"})
    assert (refused.status, refused.code) == (409, "clock_backwards")
    cast.clock("2022-09-15")
    assert cast.brumes.read()["period"] == {"start": "2022-09-01", "end": "2022-10-01"}
    dates = [invoice["date"] for invoice in cast.provider.everything(f"/invoices?payer={cast.opaline}")]
    # The first of June is made up for: it was an invoice day, and no run had been.
    assert dates == ["2022-09-01", "2022-08-01", "2022-07-01", "2022-06-01"]


@pytest.mark.parametrize("now", ["2022-06-01", "2022-06-01T00:00:00", 1654041600, None, "9999-12-31T23:59:59Z"])
def test_moments_have_an_offset(stage: Stage, now: object) -> None:
    refused = stage.provider.post("/clock", {"now": now})
    assert (refused.status, refused.code) == (422, "invalid")


def test_a_production_clock_cannot_be_set(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "SANDBOX", False)
    refused = stage.provider.post("/clock", {"now": "2030-01-01T00:00:00Z"})
    assert (refused.status, refused.code) == (403, "not_a_sandbox")


def test_a_client_id_twice_is_allowed_and_said(cast: Cast) -> None:
    body = {"partner": cast.opaline, "name": "Les Brumes II", "term_months": 1, "client_id": "C-7"}
    assert cast.provider.patch(cast.brumes.path, {"client_id": "C-7"})["warnings"] == []
    # The same client id at another partner is nobody's business here.
    cast.provider.patch(cast.zenith.path, {"client_id": "C-7"})
    made = cast.provider.made("/customers", body)
    (warning,) = made["warnings"]
    assert warning["code"] == "client_id_twice"
    assert warning["customers"] == [{"id": cast.brumes.id, "name": cast.brumes.name}]
    assert cast.brumes.name in warning["detail"]
    path = f"/customers/{made.id}"
    assert cast.provider.patch(path, {"client_id": "C-8"})["warnings"] == []
    assert len(cast.provider.patch(path, {"client_id": "C-7"})["warnings"]) == 1
    assert cast.provider.patch(path, {"client_id": ""})["warnings"] == []
    # A customer's own administrator does not learn of another customer.
    assert cast.brumes.administrator.patch(cast.brumes.path, {"purchase_order": "PO 8"})["warnings"] == []
