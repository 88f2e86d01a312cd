"""The journal: who changed what, when, through which door, before and after, and nothing that names a person."""

from __future__ import annotations

import json
from typing import Any

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
