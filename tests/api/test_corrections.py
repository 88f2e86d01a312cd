"""Corrections of past days: shown to the cent before they are made, and the provider's alone (SPEC 4)."""

from __future__ import annotations

from tests.cast import Cast


def test_a_correction_is_made_as_it_was_shown(cast: Cast) -> None:
    cast.clock("2022-12-01")
    customer = cast.customer("Atelier", cast.opaline)
    site = customer.site()
    assert site.allocate(voice=10).status == 201
    cast.clock("2023-01-01T12:00:00+01:00")
    cast.bill("2023-01-01")
    cast.clock("2023-01-20T12:00:00+01:00")
    changes = f"{customer.path}/allocation-changes"
    body = {
        "changes": [{"site": site.id, "type": "voice", "quantity": 8}],
        "effective_on": "2023-01-10",
        "reason": "Two too many since the move",
    }
    shown = cast.provider.post(f"{changes}/preview", body)
    assert shown.status == 200, shown.body
    assert [(e["kind"], e["delta"], e["effective_on"]) for e in shown["entries"]] == [("correction", -2, "2023-01-10")]
    credit = shown["effect"]["next_invoice"]["lines"][0]
    assert (credit["quantity"], credit["start"], credit["days"]) == (-2, "2023-01-10", 22)
    assert site.figures()["allocated"] == 10

    refused = cast.provider.post(changes, body | {"digest": "of something else"})
    assert (refused.status, refused.code) == (409, "preview_outdated")
    assert site.figures()["allocated"] == 10
    made = cast.provider.post(changes, body | {"digest": shown["effect"]["digest"]})
    assert made.status == 201, made.body
    assert made["effect"] == shown["effect"]
    assert site.figures() == site.figures() | {"allocated": 8, "next_cycle": 8}
    assert site.figures(as_of="2023-01-09")["allocated"] == 10
    assert site.figures(as_of="2023-01-10")["allocated"] == 8


def test_a_correction_is_the_providers(cast: Cast) -> None:
    cast.clock("2022-12-05")
    site = cast.brumes.site()
    body = {"changes": [{"site": site.id, "type": "voice", "quantity": 8}], "effective_on": "2022-12-02"}
    for address in ("allocation-changes", "allocation-changes/preview"):
        refused = cast.brumes.administrator.post(f"{cast.brumes.path}/{address}", body)
        assert (refused.status, refused.code) == (403, "provider_only"), refused.body
