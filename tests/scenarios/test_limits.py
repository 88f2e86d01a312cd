"""What a customer's own administrators may change without their partner: every door keeps to it (API.md, /limits)."""

from __future__ import annotations

from typing import Any

import pytest

from strapontin.allocations import limits
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Site


@pytest.fixture
def site(cast: Cast) -> Site:
    """A site with five seats, whose customer acts for itself."""
    cast.clock("2022-11-15")
    site = cast.brumes.site()
    assert site.allocate(voice=5).status == 201
    cast.brumes.by = cast.brumes.administrator
    return site


@pytest.fixture
def maud(cast: Cast) -> ApiClient:
    """Somebody of the paying partner."""
    return cast.partner_administrator(cast.opaline)


def limit(maud: ApiClient, site: Site, **allowed: Any) -> Answer:
    """Sets the limits of the customer."""
    body = {"may_lower": True, "may_raise": True, **allowed}
    answer = maud.send("PUT", f"{site.customer.path}/limits", body)
    assert answer.status == 200, answer.body
    return answer


def above(answer: Answer) -> tuple[int, str | None, str, int | None]:
    """How a change above the limits was refused."""
    return answer.status, answer.code, answer["limit"], answer["seats_left"]


def test_without_limits_everything_goes(site: Site, maud: ApiClient) -> None:
    read = maud.get(f"{site.customer.path}/limits")
    assert [read[name] for name in ("seats_per_month", "amount_per_month", "may_lower", "may_raise")] == [
        *(None, None),
        *(True, True),
    ]
    assert site.allocate(voice=50).status == 201


def test_seats_of_a_month(cast: Cast, site: Site, maud: ApiClient) -> None:
    limit(maud, site, seats_per_month=3)
    assert site.allocate(voice=7).status == 201
    refused = site.allocate(voice=9)
    assert above(refused) == (409, "above_limit", "seats", 1)
    assert "1 seat can still be added" in refused["detail"]
    assert site.figures()["allocated"] == 7, "nothing is half done"
    assert site.allocate(voice=8).status == 201
    assert above(site.allocate(voice=9)) == (409, "above_limit", "seats", 0)
    assert site.allocate(voice=7).status == 201 and site.allocate(voice=8).status == 201, "handed back is not added"
    assert (
        maud.post(
            f"{site.customer.path}/allocation-changes",
            {"changes": [{"site": site.id, "type": "voice", "quantity": 12}]},
        ).status
        == 201
    ), "the partner has no limit, and its seats are not counted"
    assert above(site.allocate(voice=13)) == (409, "above_limit", "seats", 0)
    cast.clock("2022-12-01")
    assert site.allocate(voice=15).status == 201, "another month"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("e.kind IN ('raise', 'hand_back')", "e.kind IN ('raise')"),
        ("AND (e.actor_id IN (SELECT id FROM own)", "AND (true"),
        ("AND e.effective_on >= date_trunc('month', %(day)s::date)::date", ""),
    ],
)
def test_a_fault_in_what_counts_is_seen(
    cast: Cast, site: Site, maud: ApiClient, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    assert right in limits._ADDED
    monkeypatch.setattr(limits, "_ADDED", limits._ADDED.replace(right, wrong))
    with pytest.raises(AssertionError):
        test_seats_of_a_month(cast, site, maud)


def test_every_door_keeps_to_it(site: Site, maud: ApiClient) -> None:
    """Preview, change, allocate and create, another type for a user."""
    site.add_users(5)
    limit(maud, site, seats_per_month=1)
    path, changes = site.customer.path, {"changes": [{"site": site.id, "type": "uc", "quantity": 2}]}
    by = site.customer.by
    assert by.post(f"{path}/allocation-changes/preview", changes).code == "above_limit"
    assert by.post(f"{path}/allocation-changes", changes).code == "above_limit"
    assert site.add_user("Zoé", allocate_missing=True).status == 201
    refused = site.add_user("Luc", allocate_missing=True)
    assert above(refused) == (409, "above_limit", "seats", 0)
    shown = by.post(f"{path}/users/preview", {"first_name": "Luc", "site": site.id, "type": "voice"})
    assert shown.code == "above_limit"
    zoe = by.get(f"{path}/users?search=Zo").items[0]["id"]
    assert by.patch(f"{path}/users/{zoe}", {"type": "uc", "allocate_missing": True}).code == "above_limit"
    assert site.figures("uc")["allocated"] == 0 and site.figures()["used"] == 6


def test_what_somebody_else_takes_back_is_not_counted(site: Site, maud: ApiClient) -> None:
    limit(maud, site, seats_per_month=1, amount_per_month="5.33")
    assert site.allocate(voice=6).status == 201
    assert above(site.allocate(voice=7)) == (409, "above_limit", "seats", 0)
    back = {"changes": [{"site": site.id, "type": "voice", "quantity": 5}]}
    assert maud.post(f"{site.customer.path}/allocation-changes", back).status == 201
    assert site.allocate(voice=6).status == 201


def test_a_move_is_always_free(site: Site, maud: ApiClient) -> None:
    other = site.customer.site("Metz")
    limit(maud, site, seats_per_month=0, amount_per_month="0.00", may_raise=False, may_lower=False)
    changes = [
        {"site": site.id, "type": "voice", "quantity": 2},
        {"site": other.id, "type": "voice", "quantity": 3},
    ]
    assert site.customer.by.post(f"{site.customer.path}/allocation-changes", {"changes": changes}).status == 201
    assert (site.figures()["allocated"], other.figures()["allocated"]) == (2, 3)


def test_only_by_request(site: Site, maud: ApiClient) -> None:
    limit(maud, site, may_raise=False)
    refused = site.allocate(voice=6)
    assert above(refused) == (409, "above_limit", "raise", 0)
    body = {"allocations": [{"site": site.id, "type": "voice", "seats": 1}]}
    asked = site.customer.by.post(f"{site.customer.path}/requests", body)
    assert asked.status == 201 and asked["problem"]["code"] == "above_limit"
    own = site.customer.by.post(f"{site.customer.path}/requests/{asked.id}/approve")
    assert own.code == "above_limit", "one's own limit holds for one's own approval"
    assert maud.post(f"{site.customer.path}/requests/{asked.id}/approve").status == 200
    assert site.figures()["allocated"] == 6


def test_no_lowering(cast: Cast, site: Site, maud: ApiClient) -> None:
    cast.clock("2022-11-25")
    limit(maud, site, may_lower=False)
    refused = site.allocate(voice=3)
    assert (refused.status, refused.code) == (409, "lowering_not_allowed")
    assert site.allocate(voice=6).status == 201
    assert site.allocate(voice=5).status == 201, "what was just added can be handed back"
    assert (
        maud.post(
            f"{site.customer.path}/allocation-changes", {"changes": [{"site": site.id, "type": "voice", "quantity": 4}]}
        ).status
        == 201
    )


def test_an_amount_of_a_month(cast: Cast, site: Site, maud: ApiClient) -> None:
    """A voice seat costs 10.00 a month: from 15 November on, 10.00 × 16/30 = 5.33, and 4.67 from the 17th."""
    limit(maud, site, amount_per_month="10.01")
    assert site.allocate(voice=6).status == 201
    refused = site.allocate(voice=7)
    assert above(refused) == (409, "above_limit", "amount", None)
    assert not any(figure in str(refused.body) for figure in ("10.0", "5.33", "4.68")), "a customer sees no amount"
    cast.clock("2022-11-17")
    assert site.allocate(voice=7).status == 201, "5.33 + 4.67 = 10.00"
    assert above(site.allocate(voice=8)) == (409, "above_limit", "amount", None)
    assert site.allocate(voice=5).status == 201
    assert site.allocate(voice=7).status == 201


def test_who_sets_them(cast: Cast, site: Site, maud: ApiClient) -> None:
    path = f"{site.customer.path}/limits"
    body = {"may_lower": True, "may_raise": True, "seats_per_month": 3}
    assert site.customer.by.get(path).code == "scope_too_small"
    assert site.customer.by.send("PUT", path, body).code == "scope_too_small"
    without = cast.partner_administrator(cast.opaline, roles=["subscriptions"])
    assert without.send("PUT", path, body)["role"] == "customers"
    for wrong in ({"seats_per_month": -1}, {"amount_per_month": "1.234"}, {"may_raise": None}, {"seats": 3}):
        assert maud.send("PUT", path, body | wrong).code == "invalid", wrong
    etag = maud.get(path).etag
    assert maud.send("PUT", path, body, headers={"If-Match": etag}).status == 200
    assert maud.send("PUT", path, body, headers={"If-Match": etag}).code == "changed_meanwhile"


def test_below_the_payer_no_amount_is_shown_or_set(cast: Cast, maud: ApiClient) -> None:
    ouest, path = cast.partner_administrator(cast.ouest), f"{cast.lagune.path}/limits"
    body = {"may_lower": True, "may_raise": True}
    assert maud.send("PUT", path, body | {"amount_per_month": "50.00"})["amount_per_month"] == "50.00"
    assert ouest.get(path)["amount_per_month"] is None
    assert ouest.send("PUT", path, body | {"amount_per_month": "60.00"}).code == "scope_too_small"
    assert ouest.send("PUT", path, body | {"seats_per_month": 2}).status == 200
    assert maud.get(path)["amount_per_month"] == "50.00", "what the payer has set stays"


def test_the_journal_tells_no_amount(site: Site, maud: ApiClient, cast: Cast) -> None:
    limit(maud, site, amount_per_month="77.00", seats_per_month=4)
    entries = site.customer.by.everything(f"/journal?customer={site.customer.id}")
    (entry,) = [entry for entry in entries if entry["action"] == "customer.limit"]
    assert entry["after"] == {"seats_per_month": 4, "amount_per_month": "…"}
