"""Passwords, links and keys cannot be tried without end, and nobody can keep another one out by trying."""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from strapontin.api import authentication
from strapontin.demo.furnishing import open_accounts
from strapontin.doors import limits
from strapontin.doors.address import client_address, client_network
from strapontin.doors.buckets import Buckets
from strapontin.doors.limits import Limit, subject_of, take
from strapontin.doors.sign_ins import Attempt
from tests.api.client import ApiClient
from tests.cast import FURNISHER, Stage
from tests.concurrently import together
from tests.servers import Database

PASSWORD = "a seat in the last row"
MAUD, PAUL = "maud@opaline.example", "paul@opaline.example"
SOON = Limit("test", 3, 60)


@pytest.fixture
def people(db: Database) -> Iterator[Database]:
    """Two administrators with a password."""
    for email in (MAUD, PAUL):
        FURNISHER.make_administrator("Somebody", email, language="en")
    # Hundreds of passwords are tried here. The product's own hasher takes its time.
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        open_accounts([MAUD, PAUL], PASSWORD)
        yield db


def visitor(address: str = "192.0.2.1", **more: str) -> Client:
    headers = {"Accept-Language": "en"}
    return Client(SERVER_NAME="localhost", headers=headers, REMOTE_ADDR=address, **more)  # type: ignore[arg-type]


def sign_in(client: Client, login: str = MAUD, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/accounts/login/", {"login": login, "password": password}, **more)  # type: ignore[return-value,arg-type]


def wait_of(answer: HttpResponse) -> int:
    """The seconds that the page of a refused attempt tells."""
    assert answer.status_code == 429, answer.status_code
    text = answer.content.decode()
    assert "Too many tries. Try again in" in text and 'name="password"' in text
    return int(answer.headers["Retry-After"])


def pass_time(db: Database, seconds: int) -> None:
    """As if so many seconds had gone by for every counter."""
    with db.superuser() as superuser:
        superuser.execute("UPDATE attempt SET free_at = free_at - make_interval(secs => %s)", [seconds])


def count(db: Database) -> int:
    with db.superuser() as superuser:
        (number,) = superuser.execute("SELECT count(*) FROM attempt").fetchone() or (0,)
    return int(number)


# The counters


def test_so_many_at_once_and_then_one_by_one(db: Database) -> None:
    assert [take(SOON, "a") for _ in range(3)] == [0, 0, 0]
    assert 59 <= take(SOON, "a") <= 60
    assert take(SOON, "b") == 0, "another subject"
    pass_time(db, 61)
    assert take(SOON, "a") == 0
    assert 58 <= take(SOON, "a") <= 60


def test_asking_makes_no_wait_longer(db: Database) -> None:
    waits = [take(SOON, "a") for _ in range(50)]
    assert max(waits) <= 60


def test_attempts_made_together_are_counted_one_by_one(db: Database) -> None:
    start = Barrier(8)

    def try_once() -> None:
        start.wait(10)
        allowed.append(take(SOON, "together") == 0)

    allowed: list[bool] = []
    together(*[try_once] * 8)
    assert sum(allowed) == 3


def test_counters_that_say_nothing_are_deleted(db: Database) -> None:
    take(SOON, "old")
    pass_time(db, 61)
    take(SOON, "new")
    assert limits.forget_old() == 1
    assert count(db) == 1


def test_counters_hold_no_address_and_no_login(db: Database) -> None:
    Attempt(MAUD, "192.0.2.1").take()
    with db.superuser() as superuser:
        rows = superuser.execute("SELECT attempt::text FROM attempt").fetchall()
    assert len(rows) == 3
    assert "maud" not in str(rows) and MAUD.encode().hex() not in str(rows) and "192.0.2" not in str(rows)
    assert len(subject_of(MAUD)) == 32


# Where a request comes from


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2:3::4"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_counted_from_the_last_proxy(proxies: int, forwarded: str, expected: str) -> None:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded, "HTTP_HOST": "203.0.113.77"}
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_address(request) == expected


def test_addresses_of_ipv6_count_by_64_bits() -> None:
    networks = set()
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", "2001:db8:1:3::1"):
        request = HttpRequest()
        request.META = {"REMOTE_ADDR": address}
        networks.add(client_network(request))
    assert networks == {"2001:db8:1:2::/64", "2001:db8:1:3::/64"}


# Passwords


def test_one_account_is_not_guessed_from_many_addresses(people: Database) -> None:
    """Sixty wrong passwords from fifteen addresses, each time with another Host."""
    tried = 0
    for number in range(60):
        client = visitor(f"198.51.100.{number % 15}")
        answer = sign_in(client, password="wrong", HTTP_HOST=f"localhost:{number + 1}")
        tried += answer.status_code == 200
    assert 15 <= tried <= 25, "each address tries once, and then waits"
    assert wait_of(sign_in(visitor("198.51.100.14"))) > 60, "the right password is not told from a wrong one"


def test_a_new_device_signs_in_while_others_guess(people: Database) -> None:
    for number in range(60):
        sign_in(visitor(f"198.51.100.{number % 15}"), password="wrong")
    assert sign_in(visitor("203.0.113.5")).status_code == 302


def test_a_known_device_signs_in_whatever_its_neighbours_do(people: Database) -> None:
    """Behind the same address as somebody who guesses passwords of all kinds."""
    mauds = visitor()
    assert sign_in(mauds).status_code == 302
    mauds.post("/accounts/logout/")
    for number in range(60):
        sign_in(visitor(), login=[MAUD, PAUL, f"{number}@example.org"][number % 3], password="wrong")
    wait_of(sign_in(visitor()))
    assert sign_in(mauds).status_code == 302


def test_a_device_is_known_to_its_own_account_alone(people: Database) -> None:
    mauds = visitor()
    sign_in(mauds)
    mauds.post("/accounts/logout/")
    for _ in range(60):
        sign_in(visitor(), password="wrong")
    wait_of(sign_in(mauds, login=PAUL))


def test_a_stolen_device_guesses_no_faster(people: Database) -> None:
    mauds = visitor()
    sign_in(mauds)
    mauds.post("/accounts/logout/")
    tried = [sign_in(mauds, password="wrong").status_code for _ in range(40)].count(200)
    assert 10 <= tried <= 20, "ten as a known device, then as many as a stranger"


def test_a_forged_device_is_a_stranger(people: Database) -> None:
    client = visitor()
    sign_in(client)
    cookie = client.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) > 300 * 24 * 3600
    assert MAUD not in cookie.value
    client.cookies["device"] = cookie.value[:-4] + "AAAA"
    client.post("/accounts/logout/")
    for _ in range(60):
        sign_in(visitor(), password="wrong")
    wait_of(sign_in(client))


def test_the_delay_grows_and_is_told(people: Database) -> None:
    waits: list[int] = []
    while len(waits) < 12:
        answer = sign_in(visitor(), password="wrong")
        if answer.status_code == 429:
            waits.append(wait_of(answer))
            with people.superuser() as superuser:
                superuser.execute("UPDATE attempt SET free_at = now() WHERE action = 'sign_in.here'")
    assert waits == sorted(waits)
    assert waits[0] <= 2 and waits[-1] > 250
    assert waits[-1] <= 300


def test_a_wait_passes(people: Database) -> None:
    while (answer := sign_in(visitor(), password="wrong")).status_code == 200:
        pass
    wait = wait_of(answer)
    pass_time(people, wait + 1)
    assert sign_in(visitor()).status_code == 302


def test_an_unknown_account_is_slowed_like_a_known_one(people: Database) -> None:
    waits = {}
    for login, address in ((MAUD, "192.0.2.1"), ("nobody@example.org", "192.0.2.2")):
        waits[login] = [sign_in(visitor(address), login=login, password="wrong").status_code for _ in range(10)]
    assert waits[MAUD] == waits["nobody@example.org"]


def test_an_office_signs_in_from_one_address(people: Database) -> None:
    """Good sign-ins are not counted."""
    for _ in range(40):
        assert sign_in(visitor()).status_code == 302


def test_a_refused_attempt_counts_in_all_processes(people: Database) -> None:
    """The counter is a row that is committed, whatever becomes of the request."""
    sign_in(visitor(), password="wrong")
    assert count(people) == 3


def test_what_a_sign_in_costs(people: Database) -> None:
    known = visitor()
    sign_in(known)
    known.post("/accounts/logout/")
    with CaptureQueriesContext(connection) as asked:
        assert sign_in(known).status_code == 302
    assert sum("attempt" in query["sql"] for query in asked) == 1


def test_the_present_password_is_not_guessed_by_a_stolen_session(people: Database) -> None:
    client = visitor()
    sign_in(client)
    for path, field in (("/accounts/password/change/", "oldpassword"), ("/accounts/reauthenticate/", "password")):
        form = {field: "wrong", "password1": "another seat by the aisle", "password2": "another seat by the aisle"}
        answers = [client.post(path, form) for _ in range(12)]
        assert answers[-1].status_code == 429 and "Retry-After" in answers[-1].headers
        pass_time(people, 3600)


# REST


def test_wrong_keys_are_answered_429_in_the_end(stage: Stage) -> None:
    stranger = ApiClient("strapontin_" + "x" * 43)
    answers = [stranger.get("/clock") for _ in range(25)]
    assert [answer.status for answer in answers] == [401] * 20 + [429] * 5
    last = answers[-1]
    assert last.code == "too_many_requests"
    assert int(last.headers["Retry-After"]) == last["seconds"] > 0
    assert re.match(r"Too many requests: try again in \d+ seconds?\.", last["detail"])
    assert stage.provider.get("/clock").status == 200, "a good key from the same address goes on"
    assert ApiClient(None).get("/clock").status == 401


def test_a_key_may_call_so_often(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    other = stage.key("Another one")
    monkeypatch.setattr(authentication, "_CALLS", Buckets(at_once=5, every=10))
    answers = [stage.provider.get("/clock").status for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert other.get("/clock").status == 200
    with override_settings(API_CALLS_PER_MINUTE=0):
        assert stage.provider.get("/clock").status == 200


def test_a_call_costs_no_statement_more(stage: Stage) -> None:
    with CaptureQueriesContext(connection) as asked:
        stage.provider.get("/clock")
    assert not any("attempt" in query["sql"] for query in asked)


def test_invitations_are_limited_also_if_they_are_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may send an e-mail, and a refusal tells that a login exists."""
    from strapontin.api import door

    for route in door.LIMITED:
        monkeypatch.setitem(door.LIMITED, route, Limit("invitation", 3, 60))
    body = {"name": "Ada", "email": MAUD, "scope": {"provider": True}, "roles": []}
    answers = [stage.provider.post("/administrators", body) for _ in range(5)]
    assert [answer.status for answer in answers] == [201, 409, 409, 429, 429]
    other = stage.key("Another one")
    added = other.post("/administrators", body | {"email": PAUL})
    assert added.status == 201
    # The same e-mail address sends the invitation again.
    again = [other.patch(f"/administrators/{added.id}", {"email": PAUL}).status for _ in range(4)]
    assert again == [200, 200, 429, 429]


def test_memory_is_bounded() -> None:
    buckets = Buckets(at_once=1, every=60)
    for number in range(25_000):
        buckets.take(number)
    assert len(buckets._free_at) <= Buckets._MANY + 1
