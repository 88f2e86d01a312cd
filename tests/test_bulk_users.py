"""Many users changed at once, by REST: the same decision as for one, all of them or none (SPEC 5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.answers import rows
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Site
from tests.reading import reading


@pytest.fixture
def lyon(cast: Cast) -> Site:
    """A site with four users on five seats, after seats are enforced."""
    cast.clock("2022-09-15")
    site = cast.brumes.site("Lyon")
    site.allocate(voice=5)
    for number in range(4):
        assert site.add_user(f"User {number}", email=f"user{number}@example.org").status == 201
    return site


def users_of(site: Site, **query: str) -> list[dict[str, Any]]:
    """The users of a site."""
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return site.customer.by.everything(f"{site.customer.path}/users?site={site.id}&{words}")


def ids(site: Site) -> list[str]:
    """The ids of the users of a site."""
    return [user["id"] for user in users_of(site)]


def bulk(of: Site, action: str, users: list[str], by: ApiClient | None = None, **more: Any) -> Answer:
    """Asks for one change of many users."""
    return (by or of.customer.by).post(f"{of.customer.path}/users/bulk", {"users": users, "action": action, **more})


def test_users_move_to_free_seats_and_leave_theirs(lyon: Site) -> None:
    nantes = lyon.customer.site("Nantes")
    nantes.allocate(voice=3)
    moved = ids(lyon)[:3]
    shown = bulk(lyon, "move", moved, site=nantes.id, preview=True)
    assert (shown.status, shown["changed"], shown["missing"]) == (200, 3, [])
    assert lyon.figures()["used"] == 4
    assert bulk(lyon, "move", moved, site=nantes.id)["changed"] == 3
    assert (lyon.figures()["used"], nantes.figures()["used"], nantes.figures()["remaining"]) == (1, 3, 0)
    assert sorted(ids(nantes)) == sorted(moved)
    # Those who are there already stay as they are.
    assert bulk(lyon, "move", moved, site=nantes.id)["changed"] == 0


def test_what_is_missing_is_allocated_once_confirmed(lyon: Site) -> None:
    everybody = ids(lyon)
    refused = bulk(lyon, "change_type", everybody, type="uc")
    assert (refused.status, refused.code, refused["missing"]) == (409, "no_free_seat", 4)
    assert refused["places"] == [{"site": lyon.id, "type": "uc", "seats": 4}]
    shown = bulk(lyon, "change_type", everybody, type="uc", preview=True)
    assert shown["missing"] == [{"site": lyon.id, "type": "uc", "seats": 4}]
    assert [(entry["kind"], entry["delta"]) for entry in shown["entries"]] == [("raise", 4)]
    other = bulk(lyon, "change_type", everybody, type="uc", allocate_missing=True, digest="of something else")
    assert (other.status, other.code) == (409, "preview_outdated")
    assert other["effect"] == shown["effect"]
    assert (lyon.figures("uc")["allocated"], lyon.figures()["used"]) == (0, 4)
    digest = shown["effect"]["digest"]
    done = bulk(lyon, "change_type", everybody, type="uc", allocate_missing=True, digest=digest)
    assert (done.status, done["changed"]) == (200, 4)
    assert (lyon.figures("uc")["used"], lyon.figures("uc")["allocated"], lyon.figures()["used"]) == (4, 4, 0)


def test_seats_are_missing_by_site_and_type(lyon: Site) -> None:
    nantes = lyon.customer.site("Nantes")
    lyon.allocate(uc=1)
    assert lyon.add_user("Uma", "uc").status == 201
    shown = bulk(lyon, "move", ids(lyon), site=nantes.id, preview=True)
    assert sorted((place["type"], place["seats"]) for place in shown["missing"]) == [("uc", 1), ("voice", 4)]
    done = bulk(lyon, "move", ids(lyon), site=nantes.id, allocate_missing=True, digest=shown["effect"]["digest"])
    assert done["changed"] == 5
    assert [nantes.figures(code)["allocated"] for code in ("voice", "uc")] == [4, 1]


def test_without_the_role_nothing_is_allocated(cast: Cast, lyon: Site) -> None:
    helper = cast.key("Theo", customer=lyon.customer.id, roles=["users"])
    shown = bulk(lyon, "change_type", ids(lyon), helper, type="uc", preview=True)
    assert (shown["missing"][0]["seats"], shown["effect"]) == (4, None)
    refused = bulk(lyon, "change_type", ids(lyon), helper, type="uc", allocate_missing=True)
    assert (refused.status, refused.code) == (403, "role_missing")
    refused = bulk(lyon, "change_type", ids(lyon), helper, type="uc")
    assert (refused.code, refused["may_allocate"]) == ("no_free_seat", False)


def test_disabled_users_keep_their_seats_and_removed_ones_leave_them(lyon: Site) -> None:
    everybody = ids(lyon)
    assert bulk(lyon, "disable", everybody)["changed"] == 4
    assert bulk(lyon, "disable", everybody)["changed"] == 0
    assert [user["enabled"] for user in users_of(lyon)] == [False] * 4
    assert len(users_of(lyon, state="disabled")) == 4 and users_of(lyon, state="active") == []
    assert bulk(lyon, "enable", everybody[:1])["changed"] == 1
    assert lyon.figures()["used"] == 4
    assert bulk(lyon, "remove", everybody[:3])["changed"] == 3
    assert (lyon.figures()["used"], len(users_of(lyon))) == (1, 1)


def test_all_or_none(lyon: Site) -> None:
    everybody = ids(lyon)
    gone = bulk(lyon, "remove", [*everybody, str(uuid4())])
    assert (gone.status, gone.code, gone["count"]) == (409, "users_gone", 1)
    assert lyon.figures()["used"] == 4
    nantes = lyon.customer.site("Nantes")
    nantes.allocate(voice=2)
    refused = bulk(lyon, "move", everybody, site=nantes.id)
    assert (refused.code, refused["missing"]) == ("no_free_seat", 2)
    assert (lyon.figures()["used"], nantes.figures()["used"]) == (4, 0)


def test_bad_input(cast: Cast, lyon: Site) -> None:
    everybody = ids(lyon)
    other = cast.zenith.site("Paris")
    assert bulk(lyon, "move", everybody).code == "invalid"
    assert bulk(lyon, "change_type", everybody).code == "invalid"
    assert bulk(lyon, "change_type", everybody, type="nothing").code == "invalid"
    assert bulk(lyon, "move", everybody, site=other.id).code == "not_found"
    assert bulk(lyon, "remove", []).status == 422
    assert bulk(lyon, "remove", [str(uuid4()) for _ in range(1001)]).status == 422
    assert bulk(lyon, "dance", everybody).status == 422
    # Somebody named twice is one.
    assert bulk(lyon, "disable", [everybody[0], everybody[0]])["changed"] == 1


def test_the_journal_and_the_events_tell_of_each_user(lyon: Site) -> None:
    nantes = lyon.customer.site("Nantes")
    nantes.allocate(voice=4)
    bulk(lyon, "move", ids(lyon), site=nantes.id)
    with reading(UUID(lyon.customer.id)):
        events = rows(
            "SELECT delta, used_after FROM seat_event WHERE customer_id = %s AND kind = 'retyped'"
            " ORDER BY delta, used_after",
            [lyon.customer.id],
        )
        entries = rows(
            "SELECT before ->> 'site' AS site, before ->> 'type' AS type, after ->> 'site' AS to_site"
            " FROM journal_entry WHERE customer_id = %s AND action = 'user.change'",
            [lyon.customer.id],
        )
    assert [(event["delta"], event["used_after"]) for event in events] == [
        *[(-1, used) for used in range(4)],
        *[(1, used) for used in range(1, 5)],
    ]
    assert entries == [{"site": lyon.id, "type": None, "to_site": nantes.id}] * 4


def test_a_site_of_two_tenants_asks_which(lyon: Site) -> None:
    nantes = lyon.customer.site("Nantes")
    nantes.allocate(voice=4)
    first, second = nantes.attach(), nantes.attach()
    everybody = ids(lyon)
    assert bulk(lyon, "move", everybody, site=nantes.id).code == "tenant_required"
    assert bulk(lyon, "move", everybody, site=nantes.id, tenant=str(uuid4())).code == "invalid"
    assert bulk(lyon, "move", everybody, site=nantes.id, tenant=second)["changed"] == 4
    assert {user["tenant"] for user in users_of(nantes)} == {second} != {first}
    assert {user["stack_state"] for user in users_of(nantes, state="waiting")} == {"waiting"}
    # Without an e-mail nobody can be created there.
    lyon.add_user("Nobody")
    refused = bulk(lyon, "move", ids(lyon), site=nantes.id, tenant=second)
    assert (refused.status, refused.code, refused["count"]) == (422, "emails_missing", 1)
    assert bulk(lyon, "remove", ids(nantes))["changed"] == 4


def test_of_a_customer_that_has_expired_users_are_only_removed(cast: Cast, lyon: Site) -> None:
    everybody = ids(lyon)
    lyon.customer.by.patch(lyon.customer.path, {"cancel_at_end_of_period": True})
    cast.clock("2022-10-20")
    for preview in (True, False):
        refused = bulk(lyon, "change_type", everybody, type="uc", preview=preview)
        assert (refused.status, refused.code) == (409, "customer_expired")
        assert "1 October 2022" in refused["detail"]
    assert bulk(lyon, "remove", everybody)["changed"] == 4
