"""Requests for seats, by REST: made by those without the role, answered once, all or nothing (SPEC 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Customer, Site


@pytest.fixture
def full(cast: Cast) -> Site:
    """A site whose one seat is taken by Ana, on a day on which seats are enforced."""
    cast.clock("2022-11-15")
    site = cast.brumes.site()
    assert site.allocate(voice=1).status == 201
    assert site.add_user("Ana", email="ana@example.org").status == 201
    return site


@pytest.fixture
def asker(cast: Cast, full: Site) -> ApiClient:
    """Somebody of the customer with User management alone."""
    return cast.key("Théo", customer=full.customer.id, roles=["users"])


def drafted(site: Site, name: str = "Zoé", type_code: str = "voice", **more: Any) -> dict[str, Any]:
    """A user to be asked for."""
    return {"first_name": name, "site": site.id, "type": type_code, **more}


def ask(asker: ApiClient, site: Site, *users: dict[str, Any], **more: Any) -> Answer:
    """A request for these users, for one if none is named."""
    body = {"users": list(users) or [drafted(site, email="zoe@example.org")], **more}
    return asker.post(f"{site.customer.path}/requests", body)


def path(site: Site, request: Answer) -> str:
    """The address of a request."""
    return f"{site.customer.path}/requests/{request.id}"


def people(customer: Customer) -> list[str]:
    """The first names of the customer's users."""
    return sorted(user["first_name"] for user in customer.by.everything(f"{customer.path}/users"))


def test_who_lacks_the_role_asks_and_the_partner_approves(cast: Cast, full: Site, asker: ApiClient) -> None:
    refused = asker.post(f"{full.customer.path}/users", drafted(full))
    assert (refused.code, refused["may_allocate"]) == ("no_free_seat", False)
    asked = ask(asker, full, note="Lundi.")
    assert (asked.status, asked["state"], asked["note"]) == (201, "open", "Lundi.")
    assert asked["effect"] is None and asked["digest"] is None, "the effect is for those who decide"
    maud = cast.partner_administrator(cast.opaline)
    shown = maud.get(path(full, asked))
    assert [(entry["kind"], entry["delta"]) for entry in shown["entries"]] == [("raise", 1)]
    assert shown["effect"]["next_invoice"]["net"] is not None
    assert shown["asked_by"]["name"] == "Théo"
    approved = maud.post(f"{path(full, asked)}/approve", {"digest": shown["digest"]})
    assert (approved.status, approved["state"]) == (200, "approved")
    assert people(full.customer) == ["Ana", "Zoé"]
    assert (full.figures()["allocated"], full.figures()["used"]) == (2, 2)
    read = asker.get(path(full, asked))
    assert (read["decided_by"]["kind"], read["committed_until"]) == ("api_key", "2022-12-01")
    (user,) = read["created_users"]
    assert asker.get(f"{full.customer.path}/users/{user}")["first_name"] == "Zoé"


def test_a_customer_approves_without_a_price(full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    shown = full.customer.administrator.get(path(full, asked))
    assert shown["effect"]["next_invoice"] is None and shown["digest"]
    assert full.customer.administrator.post(f"{path(full, asked)}/approve", {"digest": shown["digest"]}).status == 200


def test_the_same_request_twice_is_one(cast: Cast, full: Site, asker: ApiClient) -> None:
    first, second = ask(asker, full), ask(asker, full, note="Lundi.")
    assert first.id == second.id and second["note"] == "Lundi."
    assert len(asker.get(f"{full.customer.path}/requests").items) == 1
    another = cast.key("Léa", customer=full.customer.id, roles=["users"])
    assert ask(another, full).id != first.id, "somebody else's is another request"
    assert asker.post(f"{path(full, first)}/withdraw").status == 200
    assert ask(asker, full).id != first.id, "after an answer it can be asked for again"


def test_a_request_is_answered_once(full: Site, asker: ApiClient) -> None:
    asked, by = ask(asker, full), full.customer.by
    declined = by.post(f"{path(full, asked)}/decline", {"reason": "Un siège se libère vendredi."})
    assert (declined["state"], declined["reason"]) == ("declined", "Un siège se libère vendredi.")
    for call, body in (("approve", None), ("decline", {"reason": "x"}), ("withdraw", None), ("reminder", None)):
        again = by.post(f"{path(full, asked)}/{call}", body)
        assert (again.status, again.code, again["state"]) == (409, "already_decided", "declined"), call
    assert people(full.customer) == ["Ana"] and full.figures()["allocated"] == 1


def test_declining_needs_a_reason(full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    for reason in ("", "  ", "\u200b"):
        assert full.customer.by.post(f"{path(full, asked)}/decline", {"reason": reason}).code == "invalid"
    assert full.customer.by.post(f"{path(full, asked)}/decline", {}).code == "invalid"
    assert asker.get(path(full, asked))["state"] == "open"


def test_changed_figures_are_shown_before_they_are_approved(full: Site, asker: ApiClient) -> None:
    asked, by = ask(asker, full), full.customer.by
    digest = by.get(path(full, asked))["digest"]
    assert full.allocate(voice=2).status == 201
    outdated = by.post(f"{path(full, asked)}/approve", {"digest": digest})
    assert (outdated.status, outdated.code, outdated["entries"]) == (409, "preview_outdated", [])
    assert by.get(path(full, asked))["state"] == "open" and people(full.customer) == ["Ana"]
    fresh = by.get(path(full, asked))
    assert fresh["entries"] == [], "a seat has come free: nothing is allocated"
    approved = by.post(f"{path(full, asked)}/approve", {"digest": fresh["digest"]})
    assert (approved["state"], approved["committed_until"]) == ("approved", None)
    assert (full.figures()["allocated"], full.figures()["used"]) == (2, 2)


def test_several_users_and_seats_together_or_not_at_all(full: Site, asker: ApiClient) -> None:
    users = [drafted(full, "Zoé", email="zoe@example.org"), drafted(full, "Luc", "uc"), drafted(full, "Noé")]
    asked = ask(asker, full, *users, allocations=[{"site": full.id, "type": "uc", "seats": 3}])
    by = full.customer.by
    assert full.add_user("Zoé bis", email="ZOE@example.org", allocate_missing=True).status == 201
    refused = by.post(f"{path(full, asked)}/approve")
    assert (refused.status, refused.code) == (409, "users_not_created")
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [("users.0.email", "email_in_use")]
    assert full.figures("uc")["allocated"] == 0 and people(full.customer) == ["Ana", "Zoé bis"]
    zoe = by.get(f"{full.customer.path}/users?search=bis").items[0]["id"]
    assert by.delete(f"{full.customer.path}/users/{zoe}").status == 204
    approved = by.post(f"{path(full, asked)}/approve")
    assert approved.status == 200 and len(approved["created_users"]) == 3
    assert people(full.customer) == ["Ana", "Luc", "Noé", "Zoé"]
    voice, uc = full.figures("voice"), full.figures("uc")
    assert (voice["allocated"], voice["used"]) == (3, 3)
    assert (uc["allocated"], uc["used"]) == (3, 1), "users take of the seats that are asked for beside them"


def test_what_is_asked_for_is_checked_where_it_is_typed(cast: Cast, full: Site, asker: ApiClient) -> None:
    url = f"{full.customer.path}/requests"
    seats = {"site": full.id, "type": "voice", "seats": 1}
    theirs = cast.zenith.site()
    refused: list[tuple[Any, str, str | None]] = [
        ({}, "invalid", "users"),
        ({"users": [drafted(full, email="ana@example.org")]}, "email_in_use", "email"),
        (
            {"users": [drafted(full, "A", email="b@example.org"), drafted(full, "B", email="B@example.org")]},
            "email_in_use",
            "users.1.email",
        ),
        ({"users": [drafted(full, extension="12a")]}, "invalid", "extension"),
        ({"users": [drafted(full, type_code="fax")]}, "invalid", "type"),
        ({"users": [drafted(theirs)]}, "not_found", None),
        ({"allocations": [{**seats, "seats": 0}]}, "invalid", "seats"),
        ({"allocations": [seats, seats]}, "invalid", "allocations"),
        ({"allocations": [{**seats, "site": theirs.id}]}, "not_found", None),
        ({"allocations": [seats], "note": "a\u202eb"}, "invalid", "note"),
    ]
    for body, code, field in refused:
        answer = asker.post(url, body)
        fields = [error["field"] for error in answer.body.get("errors", [])]
        assert (answer.code, fields) == (code, [field] if field else []), body
    assert asker.get(url).items == []


def test_who_withdraws(cast: Cast, full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    only_seats = cast.key("Sol", customer=full.customer.id, roles=["subscriptions"])
    refused = only_seats.post(f"{path(full, asked)}/withdraw")
    assert (refused.code, refused["role"]) == ("role_missing", "users")
    colleague = cast.key("Léa", customer=full.customer.id, roles=["users"])
    assert colleague.post(f"{path(full, asked)}/withdraw")["state"] == "withdrawn"
    own = only_seats.post(
        f"{full.customer.path}/requests", {"allocations": [{"site": full.id, "type": "voice", "seats": 2}]}
    )
    assert only_seats.post(f"{path(full, own)}/withdraw")["state"] == "withdrawn"


def test_seats_alone_need_no_user_management_but_users_do(cast: Cast, full: Site) -> None:
    only_seats = cast.key("Sol", customer=full.customer.id, roles=["subscriptions"])
    refused = ask(only_seats, full)
    assert (refused.code, refused["role"]) == ("role_missing", "users")
    nothing = cast.key("Nina", customer=full.customer.id, roles=["customers"])
    assert ask(nothing, full).code == "role_missing"


def test_a_reminder_a_day(cast: Cast, full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    assert asker.post(f"{path(full, asked)}/reminder").code == "reminded_today"
    cast.clock("2022-11-16")
    assert asker.post(f"{path(full, asked)}/reminder").status == 200
    assert asker.post(f"{path(full, asked)}/reminder").code == "reminded_today"


def test_an_asker_without_the_role_any_more_is_still_answered(cast: Cast, full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    (key,) = [key for key in cast.provider.everything("/api-keys") if key["name"] == "Théo"]
    assert cast.provider.delete(f"/api-keys/{key['id']}").status == 204
    assert full.customer.by.post(f"{path(full, asked)}/approve")["state"] == "approved"


def test_who_may_not_decide_any_more_is_refused(cast: Cast, full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    without = cast.partner_administrator(cast.opaline, roles=["users", "customers"])
    for call, body in (("approve", None), ("decline", {"reason": "x"})):
        refused = without.post(f"{path(full, asked)}/{call}", body)
        assert (refused.code, refused["role"]) == ("role_missing", "subscriptions")
    assert asker.post(f"{path(full, asked)}/approve").code == "role_missing"
    outsider = cast.partner_administrator(cast.tramontane)
    assert outsider.post(f"{path(full, asked)}/approve").code == "not_found"
    assert asker.get(path(full, asked))["state"] == "open"


def test_lists_of_a_scope_show_nothing_beside_it(cast: Cast, full: Site, asker: ApiClient) -> None:
    first = ask(asker, full)
    second = ask(asker, full, drafted(full, "Luc"))
    asker.post(f"{path(full, second)}/withdraw")
    third = ask(asker, full, drafted(full, "Noé"))
    opaline, tramontane = (cast.partner_administrator(of) for of in (cast.opaline, cast.tramontane))
    assert [row["id"] for row in opaline.get("/requests?state=open").items] == [first.id, third.id], "oldest first"
    assert [row["id"] for row in opaline.get("/requests").items] == [third.id, second.id, first.id]
    assert [row["id"] for row in opaline.get("/requests?state=withdrawn").items] == [second.id]
    page = opaline.get("/requests?limit=2")
    assert [row["id"] for row in opaline.get(f"/requests?limit=2&cursor={page['next']}").items] == [first.id]
    assert tramontane.get("/requests").items == [] and cast.zenith.administrator.get("/requests").items == []
    assert [row["customer_name"] for row in asker.get("/requests?state=open").items] == ["Les Brumes"] * 2
    assert opaline.get("/requests?state=lost").code == "invalid"


def test_requests_go_along_when_a_partner_moves(cast: Cast) -> None:
    cast.clock("2022-11-15")
    site = cast.lagune.site()
    asker = cast.key("Théo", customer=cast.lagune.id, roles=["users"])
    asked = ask(asker, site)
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.tramontane}).status == 200
    assert cast.partner_administrator(cast.opaline).get("/requests").items == []
    tramontane = cast.partner_administrator(cast.tramontane)
    assert [row["id"] for row in tramontane.get("/requests").items] == [asked.id]
    assert tramontane.post(f"{path(site, asked)}/approve").status == 200


def test_a_user_with_a_stack_is_called_for_as_any_other(cast: Cast, full: Site, asker: ApiClient) -> None:
    stacked = full.customer.site("Metz")
    stacked.attach()
    assert ask(asker, stacked, drafted(stacked)).code == "invalid", "the stack asks for an e-mail address"
    asked = ask(asker, stacked, drafted(stacked, email="zoe@example.org"))
    approved = full.customer.by.post(f"{path(stacked, asked)}/approve")
    (user,) = approved["created_users"]
    assert asker.get(f"{full.customer.path}/users/{user}")["stack_state"] == "waiting"


def test_the_journal_tells_who_asked_and_who_answered(full: Site, asker: ApiClient) -> None:
    asked = ask(asker, full)
    full.customer.by.post(f"{path(full, asked)}/approve")
    entries = full.customer.by.everything(f"/journal?customer={full.customer.id}")
    told = {entry["action"]: entry for entry in entries if entry["object"]["id"] == asked.id}
    assert set(told) == {"request.create", "request.approve"}
    assert told["request.create"]["after"] == {"users": 1, "seats": 1}
    assert "Zoé" not in str(entries)


def test_an_expired_customer_asks_for_nothing(full: Site, asker: ApiClient, cast: Cast) -> None:
    asked = ask(asker, full)
    with cast.database.superuser() as connection:
        connection.execute("UPDATE customer SET status = 'expired' WHERE id = %s", [full.customer.id])
    assert ask(asker, full, drafted(full, "Luc")).code == "customer_expired"
    shown = full.customer.by.get(path(full, asked))
    assert (shown["effect"], shown["problem"]["code"]) == (None, "customer_expired")
    assert full.customer.by.post(f"{path(full, asked)}/approve").code == "customer_expired"
