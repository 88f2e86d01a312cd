"""The journal: who changed what, when, through which door, before and after, and nothing that names a person."""

from __future__ import annotations

import json
from typing import Any

from tests.api.client import ApiClient
from tests.cast import Cast


def entries(cast: Cast, action: str) -> list[dict[str, Any]]:
    """The journal's entries of an action, the newest first."""
    return [entry for entry in cast.provider.everything("/journal") if entry["action"] == action]


def told(entry: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was before, and what is after."""
    return entry["before"], entry["after"]


def test_a_changed_user_stands_in_the_journal_without_its_name(cast: Cast) -> None:
    site, other = cast.brumes.site(), cast.brumes.site("Brest")
    user = site.add_user("Zoé", last_name="Faure", email="zoe@client.example").id
    address = f"{cast.brumes.path}/users/{user}"
    cast.provider.patch(address, {"type": "uc", "enabled": False})
    cast.provider.patch(address, {"site": other.id})
    cast.provider.patch(address, {"first_name": "Chloé", "email": "chloe@client.example"})
    cast.provider.patch(address, {"first_name": "Chloé"})
    named, moved, retyped = entries(cast, "user.change")
    assert {entry["object"]["id"] for entry in (named, moved, retyped)} == {user}
    assert told(retyped) == ({"type": "voice", "enabled": True}, {"type": "uc", "enabled": False})
    assert told(moved) == ({"site": site.id}, {"site": other.id})
    assert told(named) == ({"first_name": "…", "email": "…"}, {"first_name": "…", "email": "…"})
    written = json.dumps(cast.provider.everything("/journal"))
    assert not [word for word in ("Zo", "Chlo", "Faure", "client.example") if word in written]


def test_a_changed_customer_stands_in_the_journal_with_what_differs(cast: Cast) -> None:
    for changes in (
        {"name": "Grandes Brumes", "purchase_order": "PO 9"},
        {"term_months": 12},
        {"term_months": 12, "name": "Grandes Brumes"},
        {"client_id": "B-1", "term_months": 1},
    ):
        assert cast.provider.patch(cast.brumes.path, changes).status == 200
    withdrawn, term, named = map(told, entries(cast, "customer.change"))
    assert named == (
        {"name": "Les Brumes", "purchase_order": ""},
        {"name": "Grandes Brumes", "purchase_order": "PO 9"},
    )
    assert term == ({"pending_term_months": None}, {"pending_term_months": 12})
    assert withdrawn == (
        {"client_id": "", "pending_term_months": 12},
        {"client_id": "B-1", "pending_term_months": None},
    )
    created = entries(cast, "customer.create")[-1]
    assert created["after"]["name"] == "Les Brumes"


def test_the_journal_of_a_moved_partner_follows_it(cast: Cast) -> None:
    opaline, tramontane = (cast.partner_administrator(partner) for partner in (cast.opaline, cast.tramontane))
    cast.provider.patch(cast.lagune.path, {"purchase_order": "PO 9"})
    cast.provider.made("/api-keys", {"name": "New", "scope": {"partner": cast.ouest}, "roles": []})

    def moved(reader: ApiClient) -> set[str]:
        own = reader.everything("/journal")
        return {entry["id"] for entry in own if cast.lagune.id == entry["customer"] or not entry["customer"]}

    history = {entry["id"] for entry in cast.provider.everything("/journal") if entry["customer"] == cast.lagune.id}
    of_ouest = entries(cast, "partner.create")[1]["id"], entries(cast, "api_key.create")[0]["id"]
    assert moved(opaline) >= history | set(of_ouest)
    assert not moved(tramontane) & (history | set(of_ouest))
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.tramontane}).status == 200
    assert moved(tramontane) >= history | set(of_ouest)
    assert not moved(opaline) & (history | set(of_ouest))
    assert opaline.get(f"/journal?customer={cast.lagune.id}").code == "not_found"
    assert history <= {entry["id"] for entry in tramontane.everything(f"/journal?customer={cast.lagune.id}")}


def test_those_above_are_named_as_one_may_know_them(cast: Cast) -> None:
    by_partner = cast.partner_administrator(cast.ouest)
    above_it = cast.partner_administrator(cast.opaline)
    site = cast.lagune.site()
    address = f"{cast.lagune.path}/sites/{site.id}"
    for who in (cast.provider, above_it, by_partner, cast.lagune.administrator):
        assert who.patch(address, {"address": str(who.key)[-8:]}).status == 200

    def names(reader: ApiClient) -> list[str]:
        own = reader.get(f"/journal?customer={cast.lagune.id}").items
        return [entry["actor"]["name"] for entry in own if entry["action"] == "site.change"][::-1]

    own, partner = "La Lagune: administrator", "A partner's administrator"
    assert names(cast.provider) == ["The provider", partner, partner, own]
    assert names(by_partner) == ["the provider", "Opaline", partner, own]
    assert names(cast.lagune.administrator) == ["the provider", "the provider", "Opaline Ouest", own]
    hidden = cast.lagune.administrator.get("/journal").items[1]["actor"]
    assert hidden["id"] is None
    # The ledger tells it in the same way.
    assert by_partner.post(f"{cast.lagune.path}/allocation-changes", changes(site.id)).status == 201
    (row,) = cast.lagune.administrator.get(f"{cast.lagune.path}/ledger").items
    assert row["actor"] == {"kind": "api_key", "id": None, "name": "Opaline Ouest"}


def changes(site_id: str) -> dict[str, Any]:
    return {"changes": [{"site": site_id, "type": "voice", "quantity": 3}]}
