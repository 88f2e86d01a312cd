"""What every door shares: who acts, attempts that begin anew, answers that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.test import Client

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.administrators import NewAdministrator, create_administrator
from strapontin.access.models import ROLES, Account
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.doors import kept
from strapontin.doors.attempts import ATTEMPTS, in_one_transaction
from strapontin.doors.kept import Answer, AnsweredMeanwhileError, Asked
from strapontin.doors.keys import find_by_key
from strapontin.kit.database import run, value_of
from strapontin.refusals import Refusal
from tests.api.client import ApiClient
from tests.cast import FURNISHER
from tests.concurrently import together
from tests.ground import SEEDED_AT
from tests.servers import Database

SYSTEM = system("api")
DEADLOCK, SERIALIZATION, LOCK_NOT_AVAILABLE = "40P01", "40001", "55P03"


def fail(sqlstate: str) -> None:
    """An error of the server itself."""
    run(f"DO $$ BEGIN RAISE SQLSTATE '{sqlstate}'; END $$")


@pytest.fixture
def restart(db: Database) -> Iterator[Callable[[], None]]:
    """Leaves one connection in the pool, and ends it on the server as a restart does."""
    pooled: Any = connections[DEFAULT_DB_ALIAS]

    def end_idle_connection() -> None:
        pooled.close()
        pooled.close_pool()
        pooled.pool.open(wait=True)
        backend = value_of(int, "SELECT pg_backend_pid()")
        pooled.close()
        with db.superuser() as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])

    yield end_idle_connection
    pooled.close()


def somebody() -> tuple[Actor, Asked]:
    """An actor, and a request that it has not made before."""
    actor = Actor(kind="api_key", id=uuid4(), name="Somebody", roles=frozenset(), door="api", provider=True)
    return actor, Asked(actor.id, "one", b"digest")


def test_a_key_is_found_after_a_restart(restart: Callable[[], None]) -> None:
    client = ApiClient(FURNISHER.make_key())
    restart()
    assert client.get("/clock").status == 200


def test_a_session_is_found_after_a_restart(restart: Callable[[], None]) -> None:
    with acting(SYSTEM):
        new = NewAdministrator("Maud", "maud@example.org", ScopeGiven(provider=True), list(ROLES))
        create_administrator(grants.administrator_manager(SYSTEM), new=new, at=SEEDED_AT)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(Account.objects.get(email="maud@example.org"))
    restart()
    assert client.get("/account/").status_code == 200


def test_the_language_of_a_request_replaces_that_of_the_key(db: Database) -> None:
    key = FURNISHER.make_key()
    own, asked = find_by_key(key, door="api"), find_by_key(key, door="api", language="fr")
    assert own and asked
    assert (own.actor.language, asked.actor.language) == ("en", "fr")
    assert (own.actor.kind, own.actor.door, own.actor.roles) == ("api_key", "api", frozenset(ROLES))
    assert own.settings == asked.settings and own.today == own.settings.day(own.at)


@pytest.mark.parametrize("sqlstate", [DEADLOCK, SERIALIZATION])
def test_work_begins_anew_after_a_conflict(db: Database, sqlstate: str) -> None:
    attempts = []

    def work() -> str:
        attempts.append(value_of(int, "SELECT pg_current_xact_id()::text::bigint"))
        if len(attempts) < ATTEMPTS:
            fail(sqlstate)
        return "done"

    assert in_one_transaction(SYSTEM, work) == "done"
    assert len(set(attempts)) == ATTEMPTS, "each attempt is a transaction of its own"


def test_work_ends_with_the_third_conflict(db: Database) -> None:
    attempts = []

    def work() -> None:
        attempts.append("again")
        fail(DEADLOCK)

    with pytest.raises(OperationalError):
        in_one_transaction(SYSTEM, work)
    assert len(attempts) == ATTEMPTS


@pytest.mark.parametrize("error", [LOCK_NOT_AVAILABLE, "refusal"])
def test_another_error_ends_work_at_once(db: Database, error: str) -> None:
    attempts = []

    def work() -> None:
        attempts.append("once")
        if error == "refusal":
            raise Refusal("not_found")
        fail(error)

    with pytest.raises((OperationalError, Refusal)):
        in_one_transaction(SYSTEM, work)
    assert attempts == ["once"]


def test_two_that_lock_crosswise_are_both_done(database: Database) -> None:
    """A real deadlock: the server ends one of the two, which begins anew."""
    both_hold_one = Barrier(2)
    attempts: list[int] = []

    def cross(first: int, second: int) -> None:
        def work() -> None:
            begun_anew = first in attempts
            attempts.append(first)
            run("SELECT pg_advisory_xact_lock(%s)", [first])
            if not begun_anew:
                both_hold_one.wait(10)
            run("SELECT pg_advisory_xact_lock(%s)", [second])

        in_one_transaction(SYSTEM, work)

    together(lambda: cross(8001, 8002), lambda: cross(8002, 8001))
    assert len(attempts) == 3


def test_an_answer_that_came_meanwhile_is_given(db: Database) -> None:
    """Another one answers between our look and our work; :func:`in_one_transaction` brings its answer."""
    (actor, asked), other = somebody(), Answer(201, b"other")
    attempts = []

    def work() -> Answer | None:
        attempts.append("again")
        if len(attempts) == 1:
            # As in the instant between the snapshot of the look and its lock.
            together(lambda: in_one_transaction(actor, lambda: kept.keep(asked, other)))
            kept.keep(asked, Answer(201, b"ours"))
        return kept.find_or_refuse(asked)

    assert in_one_transaction(actor, work) == other
    assert len(attempts) == 2


def test_who_waits_gets_the_answer_of_the_first(db: Database) -> None:
    actor, asked = somebody()
    works: list[bytes] = []
    first_owns_it, second_has_come = Event(), Event()

    def once(name: bytes) -> Answer:
        if answer := kept.find_or_wait(asked):
            return answer
        works.append(name)
        first_owns_it.set()
        assert second_has_come.wait(10)
        kept.keep(asked, Answer(302, name))
        return Answer(302, name)

    def come_second() -> None:
        assert first_owns_it.wait(10)
        with pytest.raises(Refusal, match="in_progress"):
            in_one_transaction(actor, lambda: kept.find_or_refuse(asked))
        second_has_come.set()
        assert in_one_transaction(actor, lambda: once(b"second")) == Answer(302, b"first")

    together(lambda: in_one_transaction(actor, lambda: once(b"first")), come_second)
    assert works == [b"first"]


@pytest.mark.parametrize("find", [kept.find_or_refuse, kept.find_or_wait])
def test_an_old_answer_gives_way_to_a_new_one(db: Database, find: Callable[[Asked], Answer | None]) -> None:
    """Also before the daily job has deleted it."""
    actor, asked = somebody()
    old, new = Answer(200, b"old"), Answer(201, b"new", '"2"')
    in_one_transaction(actor, lambda: kept.keep(asked, old))
    with db.superuser() as superuser:
        superuser.execute("UPDATE kept_answer SET kept_at = now() - interval '25 hours'")
    with acting(actor):
        assert find(asked) is None
        kept.keep(asked, new)
    with acting(actor):
        assert find(asked) == new
    with acting(actor), pytest.raises(AnsweredMeanwhileError):
        kept.keep(asked, old)
