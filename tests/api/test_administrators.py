"""Administrators are invited, changed, suspended and removed; what they made ends with them (SPEC 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.test import Client, override_settings

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.models import ROLES
from strapontin.access.operations import NewKey, ScopeGiven, create_api_key
from strapontin.access.scope import acting
from strapontin.demo.furnishing import open_accounts
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal
from tests.api.client import ApiClient
from tests.cast import Cast
from tests.concurrently import together

PASSWORD = "a seat in the last row"


@pytest.fixture
def sent() -> Iterator[list[Any]]:
    """The messages sent, the oldest first."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield mail.outbox


def invite(who: ApiClient, email: str, scope: dict[str, Any], roles: tuple[str, ...] = ROLES) -> str:
    """Adds an administrator; answers the address."""
    body = {"name": email.partition("@")[0], "email": email, "scope": scope, "roles": list(roles), "language": "en"}
    return f"/administrators/{who.made('/administrators', body).id}"


def signed_in(email: str) -> Client:
    """A browser in which the person has signed in."""
    open_accounts([email], PASSWORD)
    client = Client(SERVER_NAME="localhost")
    assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302
    assert is_signed_in(client)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def signs_in(email: str) -> bool:
    client = Client(SERVER_NAME="localhost")
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return is_signed_in(client)


def key_made_by(address: str, scope: ScopeGiven, **kind: Any) -> ApiClient:
    """A key that the administrator made at a screen."""
    return ApiClient(make_key(actor_of(address, scope, **kind), scope))


def actor_of(address: str, scope: ScopeGiven, kind: Any = "administrator") -> Actor:
    actor_id = UUID(address.rpartition("/")[2])
    place = (scope.provider, scope.partner_id, scope.customer_id)
    return Actor(kind, actor_id, "Somebody", frozenset(ROLES), "screen", *place)


def make_key(actor: Actor, scope: ScopeGiven) -> str:
    with acting(actor):
        new = NewKey("A key", scope, list(ROLES))
        return create_api_key(grants.administrator_manager(actor), new=new, at=load().now())[1]


def test_who_is_removed_is_out_at_once(cast: Cast) -> None:
    scope = {"partner": cast.opaline}
    address = invite(cast.provider, "zoe@example.org", scope)
    browser = signed_in("zoe@example.org")
    key = key_made_by(address, ScopeGiven(partner_id=UUID(cast.opaline)))
    keys_key = ApiClient(key.made("/api-keys", {"name": "Second", "scope": scope, "roles": []})["key"])
    assert (key.get("/partners").status, keys_key.get("/subscription-types").status) == (200, 200)
    assert cast.provider.delete(address).status == 204
    assert (key.get("/partners").status, keys_key.get("/subscription-types").status) == (401, 401)
    assert not is_signed_in(browser)
    assert not signs_in("zoe@example.org")
    assert cast.provider.get(address).code == cast.provider.delete(address).code == "not_found"
    assert cast.provider.patch(address, {"is_active": True}).code == "not_found"
    assert cast.provider.get("/administrators").items == []
    removed, *_ = cast.provider.get("/journal").items
    assert (removed["action"], removed["before"]) == ("administrator.remove", {"roles": list(ROLES)})
    assert len(removed["after"]["keys_ended"]) == 2
    # The name stays in the journal, the address is free.
    assert "zoe" in {entry["actor"]["name"] for entry in cast.provider.get("/journal").items}
    invite(cast.provider, "zoe@example.org", {"partner": cast.tramontane})
    assert signed_in("zoe@example.org")


def test_who_is_suspended_is_out_until_taken_back(cast: Cast) -> None:
    address = invite(cast.provider, "zoe@example.org", {"customer": cast.brumes.id})
    browser = signed_in("zoe@example.org")
    key = key_made_by(address, ScopeGiven(customer_id=UUID(cast.brumes.id)))
    assert key.get(cast.brumes.path).status == 200
    assert cast.provider.patch(address, {"is_active": False})["is_active"] is False
    assert (key.get(cast.brumes.path).status, is_signed_in(browser), signs_in("zoe@example.org")) == (401, False, False)
    # Nor is a suspended one named as somebody who can help.
    cast.clock("2022-09-01")
    site = cast.brumes.site()
    cast.brumes.by = cast.key("Without seats", customer=cast.brumes.id, roles=["users"])
    assert site.add_user("Ana", email="ana@example.org")["can_help"] == []
    assert cast.provider.patch(address, {"is_active": True})["is_active"] is True
    assert signs_in("zoe@example.org")
    # The old session does not come back, nor does the key.
    assert (is_signed_in(browser), key.get(cast.brumes.path).status) == (False, 401)


def test_another_address_is_another_login(cast: Cast, sent: list[Any]) -> None:
    address = invite(cast.provider, "zoe@example.org", {"partner": cast.opaline})
    browser = signed_in("zoe@example.org")
    changed = cast.provider.patch(address, {"email": "Zoe@Elsewhere.example"})
    assert (changed.status, changed["email"]) == (200, "zoe@elsewhere.example")
    assert not is_signed_in(browser)
    assert not signs_in("zoe@example.org")
    assert not signs_in("zoe@elsewhere.example"), "the new address is confirmed by its link"
    cast.work()
    message = sent[-1]
    assert {address for one in sent for address in one.to} == {"zoe@elsewhere.example"}
    assert re.search(r"/accounts/password/reset/key/\S+", message.body)
    assert signed_in("zoe@elsewhere.example")
    assert "zoe" not in str(cast.provider.get("/journal?limit=1").items[0]["after"])
    other = invite(cast.provider, "ana@example.org", {"partner": cast.opaline})
    assert cast.provider.patch(other, {"email": "zoe@elsewhere.example"}).code == "already_exists"


def test_nobody_lets_in_more_than_they_hold(cast: Cast) -> None:
    address = invite(cast.provider, "zoe@example.org", {"partner": cast.opaline})
    few = cast.partner_administrator(cast.opaline, ["administrators", "users"])
    assert few.patch(address, {"email": "mine@example.org"}).code == "cannot_grant"
    invite(cast.provider, "other@example.org", {"partner": cast.opaline})
    assert few.patch(address, {"is_active": False}).status == 200
    assert few.patch(address, {"is_active": True}).code == "cannot_grant"
    assert few.patch(address, {"is_active": True, "roles": ["users"]}).status == 200


def test_an_ended_maker_makes_no_more_keys(cast: Cast) -> None:
    scope = ScopeGiven(partner_id=UUID(cast.opaline))
    address = invite(cast.provider, "zoe@example.org", {"partner": cast.opaline})
    actor = actor_of(address, scope)
    assert cast.provider.delete(address).status == 204
    with pytest.raises(Refusal, match="not_signed_in"):
        make_key(actor, scope)


def test_a_key_ends_with_the_key_that_made_it(cast: Cast) -> None:
    first = cast.provider.made("/api-keys", {"name": "1", "scope": {"provider": True}, "roles": ["administrators"]})
    second = ApiClient(first["key"]).made(
        "/api-keys", {"name": "2", "scope": {"partner": cast.opaline}, "roles": ["administrators"]}
    )
    third = ApiClient(second["key"]).made("/api-keys", {"name": "3", "scope": {"partner": cast.ouest}, "roles": []})
    assert third["created_by"] == {"id": second.id, "name": "2"}
    assert cast.provider.delete(f"/api-keys/{first.id}").status == 204
    for key in (first, second, third):
        assert ApiClient(key["key"]).get("/subscription-types").status == 401
        assert cast.provider.get(f"/api-keys/{key.id}")["revoked_at"] is not None
    assert cast.provider.delete(f"/api-keys/{third.id}").code == "not_found"


def test_a_key_says_who_made_it_and_when_it_was_used(cast: Cast) -> None:
    made = cast.provider.made("/api-keys", {"name": "New", "scope": {"customer": cast.brumes.id}, "roles": list(ROLES)})
    assert (made["last_used_at"], made["created_by"]["name"]) == (None, "The provider")
    ours = ApiClient(made["key"])
    assert ours.get("/subscription-types").status == 200
    used = cast.provider.get(f"/api-keys/{made.id}")["last_used_at"]
    assert used is not None
    assert ours.get("/subscription-types").status == 200
    assert cast.provider.get(f"/api-keys/{made.id}")["last_used_at"] == used, "not noted at every request"
    # Whoever made it is above the reader: of them a customer knows no name, and no id that means anything.
    assert ours.get(f"/api-keys/{made.id}")["created_by"]["name"] == "the provider"
    first = cast.provider.get("/api-keys").items[-1]
    assert first["created_by"] is None


def test_the_last_who_manages_stays(cast: Cast) -> None:
    scope = {"partner": cast.opaline}
    own = cast.partner_administrator(cast.opaline)
    zoe = invite(own, "zoe@example.org", scope)
    for answer in (own.patch(zoe, {"roles": ["users"]}), own.patch(zoe, {"is_active": False}), own.delete(zoe)):
        assert (answer.status, answer.code) == (409, "last_administrator")
    assert own.get(zoe)["roles"] == list(ROLES)
    ana = invite(own, "ana@example.org", scope, ("administrators",))
    bea = invite(own, "bea@example.org", scope, ("users",))
    invite(own, "cleo@example.org", {"partner": cast.ouest})
    assert own.patch(ana, {"is_active": False}).status == 200
    assert own.delete(zoe).code == "last_administrator", "somebody suspended manages nothing"
    assert own.patch(ana, {"is_active": True}).status == 200
    assert own.patch(zoe, {"roles": ["users"]}).status == 200
    assert own.delete(bea).status == 204
    assert own.delete(ana).code == "last_administrator"
    # From above, whoever goes on managing the scope may remove also the last one.
    assert cast.provider.delete(ana).status == 204
    boss = invite(cast.provider, "boss@example.org", {"provider": True})
    assert cast.provider.delete(boss).code == "last_administrator"


def remove_each_other(cast: Cast) -> list[int]:
    """Two administrators of a customer remove each other; the statuses of the answers."""
    scope = {"customer": cast.brumes.id}
    pair = [invite(cast.provider, f"{uuid4()}@example.org", scope, ("administrators",)) for _ in range(2)]
    own = [cast.key("Own", customer=cast.brumes.id) for _ in pair]
    statuses: list[int] = []

    def remove(number: int) -> None:
        statuses.append(own[number].delete(pair[number]).status)

    together(lambda: remove(0), lambda: remove(1))
    return sorted(statuses)


def test_two_who_remove_each_other(cast: Cast) -> None:
    for _ in range(5):
        assert remove_each_other(cast) == [204, 409]
        (left,) = cast.provider.get(f"/administrators?customer={cast.brumes.id}").items
        assert cast.provider.delete(f"/administrators/{left['id']}").status == 204


def test_an_address_that_signs_in_elsewhere_is_not_told(cast: Cast, sent: list[Any]) -> None:
    zoe = invite(cast.provider, "zoe@example.org", {"partner": cast.opaline})
    cast.work()
    browser = signed_in("zoe@example.org")
    sent.clear()
    spy = cast.partner_administrator(cast.tramontane)
    body = {"name": "Z", "scope": {"partner": cast.tramontane}, "roles": ["users"], "language": "en"}
    taken = spy.post("/administrators", body | {"email": "Zoe@Example.org"})
    free = spy.post("/administrators", body | {"email": "nobody@example.org"})
    assert taken.status == free.status == 201
    unlike = ("id", "created_at", "email")
    assert {k: v for k, v in taken.body.items() if k not in unlike} == {
        k: v for k, v in free.body.items() if k not in unlike
    }
    cast.work()
    told = {message.to[0]: message.body for message in sent}
    assert "signs in there already" in told["zoe@example.org"]
    assert "/reset/key/" not in told["zoe@example.org"]
    assert "/reset/key/" in told["nobody@example.org"]
    # Nothing that the spy does to its own entry reaches the other one.
    ours = f"/administrators/{taken.id}"
    changes: list[dict[str, Any]] = [
        {"is_active": False},
        {"is_active": True},
        {"email": "zoe@example.org"},
        {"roles": []},
    ]
    for change in changes:
        assert spy.patch(ours, change).status == 200
    assert is_signed_in(browser)
    assert spy.patch(ours, {"email": "other@example.org"}).status == 200
    assert spy.delete(ours).status == 204
    assert is_signed_in(browser)
    # In one's own scope the address is no secret, whoever has it there.
    for who in (cast.provider, cast.partner_administrator(cast.opaline)):
        again = who.post("/administrators", body | {"scope": {"partner": cast.opaline}, "email": "ZOE@example.org"})
        assert (again.status, again.code) == (409, "already_exists")
    assert cast.provider.delete(zoe).status == 204


def test_an_address_that_became_free_is_given_by_a_second_invitation(cast: Cast, sent: list[Any]) -> None:
    first = invite(cast.provider, "zoe@example.org", {"partner": cast.opaline})
    own = cast.partner_administrator(cast.tramontane)
    second = invite(own, "zoe@example.org", {"partner": cast.tramontane})
    assert cast.provider.delete(first).status == 204
    assert own.patch(second, {"email": "zoe@example.org"}).status == 200
    cast.work()
    assert "/reset/key/" in sent[-1].body
    assert signed_in("zoe@example.org")


def test_without_any_role_one_signs_in_and_sees_why(cast: Cast) -> None:
    invite(cast.provider, "boss@example.org", {"partner": cast.opaline})
    invite(cast.provider, "zoe@example.org", {"partner": cast.opaline}, ())
    browser = signed_in("zoe@example.org")
    start = browser.get("/", follow=True)
    text = start.content.decode()
    assert "You hold no role here" in text
    assert "boss" in text
