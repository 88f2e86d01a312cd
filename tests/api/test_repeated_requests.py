"""Idempotency-Key: done once, answered the same, for 24 hours."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import urllib3

from tests.cast import Cast, Stage

if TYPE_CHECKING:
    from tests.processes import LiveServer

BODY = {"name": "Opaline"}


def test_the_same_again_is_done_once(stage: Stage) -> None:
    first = stage.provider.post("/partners", BODY, key="one")
    again = stage.provider.post("/partners", BODY, key="one")
    assert (again.status, again.body, again.etag) == (201, first.body, first.etag)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(stage.provider.get("/partners").items) == 1
    assert stage.provider.post("/partners", BODY, key="two").id != first.id


def test_another_request_with_the_key_is_refused(stage: Stage) -> None:
    stage.provider.post("/partners", BODY, key="one")
    for path, body in (("/partners", {"name": "Other"}), ("/partners?x=1", BODY), ("/api-keys", BODY)):
        refused = stage.provider.post(path, body, key="one")
        assert (refused.status, refused.code) == (422, "key_reused")


def test_keys_are_each_callers_own(stage: Stage) -> None:
    other = stage.key("Another")
    assert stage.provider.post("/partners", BODY, key="one").id != other.post("/partners", BODY, key="one").id


def test_a_refusal_is_not_kept(stage: Stage) -> None:
    body = {"code": "fax", "name_fr": "Fax", "name_en": "Fax", "stack_ids": [0]}
    assert stage.provider.post("/subscription-types", body, key="one").code == "already_exists"
    assert stage.provider.post("/subscription-types", body | {"stack_ids": []}, key="one").status == 201


def test_a_key_in_flight(stage: Stage) -> None:
    actor = stage.provider.get("/api-keys").items[0]["id"]
    with stage.database.superuser() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{actor} one"])
        refused = stage.provider.post("/partners", BODY, key="one")
        assert (refused.status, refused.code) == (409, "in_progress")
        assert stage.provider.post("/partners", BODY, key="two").status == 201
        # A closed connection lets go of its locks a moment later: let go of it here.
        connection.execute("SELECT pg_advisory_unlock_all()")
    assert stage.provider.post("/partners", BODY, key="one").status == 201


def test_what_was_answered_is_repeated_to_many_at_once(stage: Stage) -> None:
    """Another repetition, which holds the key while it reads the answer, keeps nobody from it."""
    first = stage.provider.post("/partners", BODY, key="one")
    clock = stage.provider.post("/clock", {"now": "2030-01-01T00:00:00Z"}, key="two")
    actor = stage.provider.get("/api-keys").items[0]["id"]
    with stage.database.superuser() as connection:
        for key in ("one", "two", "three"):
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{actor} {key}"])
        again = stage.provider.post("/partners", BODY, key="one")
        assert (again.status, again.body) == (201, first.body)
        assert stage.provider.post("/partners", {"name": "Other"}, key="one").code == "key_reused"
        assert stage.provider.post("/clock", {"now": "2030-01-01T00:00:00Z"}, key="two").body == clock.body
        assert stage.provider.post("/clock", {"now": "2031-01-01T00:00:00Z"}, key="three").code == "in_progress"
        connection.execute("SELECT pg_advisory_unlock_all()")


def test_after_24_hours_the_key_is_free(stage: Stage) -> None:
    first = stage.provider.post("/partners", BODY, key="one")
    with stage.database.superuser() as connection:
        connection.execute("UPDATE kept_answer SET kept_at = now() - interval '25 hours'")
    second = stage.provider.post("/partners", BODY, key="one")
    assert second.id != first.id
    assert stage.provider.post("/partners", BODY, key="one").id == second.id


def test_old_answers_are_forgotten(stage: Stage) -> None:
    from procrastinate.contrib.django import app

    from strapontin.doors.kept import forget_old

    stage.provider.post("/partners", BODY, key="old")
    with stage.database.superuser() as connection:
        connection.execute("UPDATE kept_answer SET kept_at = now() - interval '25 hours'")
    stage.provider.post("/partners", BODY, key="new")
    assert forget_old() == 1
    assert forget_old() == 0
    assert "forget_answers" in app.tasks


def test_a_secret_is_not_repeated(stage: Stage) -> None:
    body = {"name": "x", "scope": {"provider": True}, "roles": []}
    first = stage.provider.post("/api-keys", body, key="one")
    again = stage.provider.post("/api-keys", body, key="one")
    assert "key" in first.body
    assert again.body == {name: value for name, value in first.body.items() if name != "key"}
    with stage.database.superuser() as connection:
        (kept,) = connection.execute("SELECT body FROM kept_answer").fetchall()
    assert first["key"].encode() not in kept[0]


def test_keys_that_are_none(stage: Stage) -> None:
    for key in ("", "x" * 256, "with space", "é"):
        refused = stage.provider.post("/partners", BODY, key=key)
        assert (refused.status, refused.code) == (422, "invalid")
        assert refused["errors"][0]["field"] == "Idempotency-Key"


def test_the_clock_is_set_once(stage: Stage) -> None:
    stage.clock("2022-09-01")
    payer = stage.partner("Opaline")
    stage.customer("Les Brumes", payer)
    body = {"now": "2022-09-02T00:00:00Z"}
    first = stage.provider.post("/clock", body, key="one")
    assert stage.provider.post("/clock", body, key="one").body == first.body
    assert stage.provider.post("/clock", body, key="two").code == "clock_backwards"


def test_a_clock_set_by_many_at_once(stage: Stage, live_server: LiveServer) -> None:
    """Its work is of many transactions: the key is held over all of them, and one sets the clock."""
    http = urllib3.PoolManager(maxsize=8)
    for number in range(20):
        starting = threading.Barrier(8)
        body = {"now": f"2030-01-{number + 1:02}T00:00:00Z"}
        headers = {"Authorization": f"Bearer {stage.provider.key}", "Idempotency-Key": str(number)}

        def send(_sender: int) -> tuple[int, str | None]:
            starting.wait()  # noqa: B023  each round ends before the next begins
            address = f"{live_server.url}/api/v1/clock"
            response = http.request("POST", address, json=body, headers=headers, retries=False, timeout=30)  # noqa: B023
            return response.status, json.loads(response.data).get("code")

        with ThreadPoolExecutor(8) as senders:
            answers = set(senders.map(send, range(8)))
        assert (200, None) in answers
        assert answers <= {(200, None), (409, "in_progress")}, number
    entries = [entry for entry in stage.provider.everything("/journal") if entry["action"] == "clock.set"]
    assert len(entries) == 20


def test_eight_at_once(cast: Cast, live_server: LiveServer) -> None:
    """However they interleave, one does the work; the others get its answer or are told to wait."""
    address = f"{live_server.url}/api/v1{cast.brumes.path}/sites"
    headers = {"Authorization": f"Bearer {cast.provider.key}", "Idempotency-Key": "one"}
    starting = threading.Barrier(8)
    http = urllib3.PoolManager(maxsize=8)

    def send(_number: int) -> tuple[int, str]:
        starting.wait()
        response = http.request("POST", address, json={"name": "Lyon"}, headers=headers, retries=False, timeout=30)
        answer = json.loads(response.data)
        return response.status, answer.get("code") or answer["id"]

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(send, range(8)))
    (site,) = cast.provider.get(f"{cast.brumes.path}/sites").items
    assert set(answers) <= {(201, site["id"]), (409, "in_progress")}
    assert (201, site["id"]) in answers


def test_a_repetition_is_authorised_again(cast: Cast) -> None:
    """The answer is not given to somebody who may no longer see what it tells."""
    opaline = cast.partner_administrator(cast.opaline)
    site = cast.lagune.site()
    body = {"first_name": "Zoé", "email": "zoe@client.example", "site": site.id, "type": "voice"}
    users, keys = f"{cast.lagune.path}/users", {"name": "New", "scope": {"partner": cast.ouest}, "roles": []}
    first = opaline.post(users, body, key="one")
    assert (first.status, opaline.post("/api-keys", keys, key="two").status) == (201, 201)
    # As long as the scope is there, also if the request could not be done a second time.
    again = opaline.post(users, body, key="one")
    assert (again.status, again.body) == (201, first.body)
    assert len(cast.provider.get(users).items) == 1
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.tramontane}).status == 200
    for path, sent, key in ((users, body, "one"), ("/api-keys", keys, "two")):
        lost = opaline.post(path, sent, key=key)
        assert (lost.status, lost.code) == (404, "not_found")
        assert "zoe" not in str(lost.body)
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.opaline}).status == 200
    assert opaline.post(users, body, key="one").body == first.body


def test_a_repetition_of_what_takes_something_away_is_answered_the_same(cast: Cast) -> None:
    """What is not there any more is not out of reach: the first request took it away."""
    site = cast.brumes.site()
    cast.arrive_on_stack(site, 1)
    tenants = f"{cast.brumes.path}/sites/{site.id}/stack-tenants"
    (tenant,) = cast.provider.get(tenants).items
    prices: dict[str, object] = {"name": "2023", "currency": "EUR", "valid_from": "2023-01-01"}
    prices["prices"] = {"voice": "12.50"}
    former = cast.provider.made("/price-lists", prices)
    repeated = {f"{tenants}/{tenant['id']}/detachment": {}, "/price-lists": prices | {"replaces": former.id}}
    for path, body in repeated.items():
        first, again = (cast.provider.post(path, body, key=path) for _ in range(2))
        assert first.status in (200, 201)
        assert (again.status, again.body) == (first.status, first.body)
