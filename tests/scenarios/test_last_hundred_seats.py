"""Thirty-two clients, over real HTTP, claim the last hundred seats of one site: nobody oversells."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import urllib3

from tests.cast import Cast

if TYPE_CHECKING:
    from tests.processes import LiveServer

CLIENTS, ATTEMPTS_EACH, SEATS = 32, 5, 100


def test_the_last_hundred_seats(cast: Cast, live_server: LiveServer) -> None:
    cast.clock("2022-09-15")
    site = cast.brumes.site("Lyon")
    assert site.allocate(voice=SEATS).status == 201
    cast.key("Somebody who can help", customer=cast.brumes.id, roles=["subscriptions"])
    clerk = cast.key("A clerk", customer=cast.brumes.id, roles=["users"])
    starting = threading.Barrier(CLIENTS)
    http = urllib3.PoolManager(maxsize=CLIENTS, headers={"Authorization": f"Bearer {clerk.key}"})
    address = f"{live_server.url}/api/v1{cast.brumes.path}/users"

    def claim(client: int) -> list[tuple[int, str]]:
        starting.wait()
        answers = []
        for attempt in range(ATTEMPTS_EACH):
            body = {"first_name": f"User {client}.{attempt}", "site": site.id, "type": "voice"}
            body["email"] = f"user-{client}-{attempt}@example.org"
            key = {"Idempotency-Key": f"{client}-{attempt}"} | dict(http.headers)
            response = http.request("POST", address, json=body, headers=key, retries=False, timeout=60)
            answers.append((response.status, str(json.loads(response.data).get("code"))))
        return answers

    with ThreadPoolExecutor(CLIENTS) as clients:
        answered = Counter(answer for answers in clients.map(claim, range(CLIENTS)) for answer in answers)

    refused = CLIENTS * ATTEMPTS_EACH - SEATS
    assert answered == {(201, "None"): SEATS, (409, "no_free_seat"): refused}
    figures = {"allocated": SEATS, "next_cycle": SEATS, "used": SEATS, "unused": 0, "remaining": 0, "over": 0}
    assert site.figures() == figures
    assert site.figures(as_of="2022-09-15") == figures
    assert len(clerk.everything(f"{cast.brumes.path}/users")) == SEATS


def test_the_refusal_says_why_and_who_can_help(cast: Cast) -> None:
    cast.clock("2022-09-15")
    site = cast.brumes.site("Lyon")
    site.allocate(voice=1)
    scope = {"customer": cast.brumes.id}
    for name, role in (("Zoé", "subscriptions"), ("Ana", "users")):
        person = {"name": name, "email": f"{role}@example.org", "scope": scope, "roles": [role]}
        cast.provider.made("/administrators", person)
    clerk = cast.key("A clerk", customer=cast.brumes.id, roles=["users"])
    users = f"{cast.brumes.path}/users"
    body = {"first_name": "One", "site": site.id, "type": "voice"}
    assert clerk.post(users, body).status == 201
    refused = clerk.post(users, body)
    assert (refused.status, refused.code) == (409, "no_free_seat")
    assert (refused["missing"], refused["may_allocate"], refused["can_help"]) == (1, False, ["Zoé"])
    assert clerk.post(users, body | {"allocate_missing": True}).code == "role_missing"
    holder = cast.brumes.administrator
    refused = holder.post(users, body)
    assert (refused.code, refused["may_allocate"]) == ("no_free_seat", True)
    shown = holder.post(f"{users}/preview", body)
    assert [(e["kind"], e["delta"]) for e in shown["entries"]] == [("raise", 1)]
    outdated = holder.post(users, body | {"allocate_missing": True, "digest": "another"})
    assert (outdated.code, outdated["effect"]["digest"]) == ("preview_outdated", shown["effect"]["digest"])
    made = holder.post(users, body | {"allocate_missing": True, "digest": shown["effect"]["digest"]})
    assert made.status == 201
    assert site.figures()["allocated"] == site.figures()["used"] == 2
