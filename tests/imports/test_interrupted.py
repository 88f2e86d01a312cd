"""An import that is interrupted, or meets others at the same site: nothing half done, no seat sold twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from uuid import UUID

import pytest

from strapontin.imports import execution
from strapontin.imports.execution import execute_import, left_imports
from strapontin.jobs.tasks import clock
from tests.api.client import ApiClient
from tests.cast import Cast, Site
from tests.concurrently import together
from tests.servers import Database

WORK = """
import sys, django
django.setup()
from uuid import UUID
from strapontin.imports.execution import execute_import
from strapontin.jobs.tasks import clock
execute_import(customer_id=UUID(sys.argv[1]), import_id=UUID(sys.argv[2]), clock=clock)
"""


@pytest.fixture
def lyon(cast: Cast) -> Site:
    """A site of Les Brumes with 4,000 seats."""
    cast.clock("2022-11-10")
    site = cast.brumes.site("Lyon")
    assert site.allocate(voice=4_000).status == 201
    return site


def listed(site: Site, users: int) -> bytes:
    """A list of so many users."""
    lines = [f"Zoé,Côté {n},u{n}@example.org,{site.name},voice" for n in range(users)]
    return "\n".join(["first name,last name,email,site,type", *lines]).encode()


def start(by: ApiClient, site: Site, users: int) -> UUID:
    """A list that is to be imported at once; its job waits."""
    return UUID(by.post_file(f"{site.customer.path}/user-imports", listed(site, users)).id)


def age(database: Database) -> None:
    """Lets the last sign of life of every import be old."""
    with database.superuser() as connection:
        connection.execute("UPDATE user_import SET beat_at = beat_at - interval '2 minutes'")


def counts(database: Database) -> tuple[int, ...]:
    """Users, seats used by the balances and by the totals, events, and journal rows of users."""
    with database.superuser() as connection:
        row = connection.execute("""
            SELECT (SELECT count(*) FROM seat_user), (SELECT coalesce(sum(used), 0) FROM balance),
                   (SELECT coalesce(sum(used), 0) FROM customer_total), (SELECT count(*) FROM seat_event),
                   (SELECT count(*) FROM journal_entry WHERE action = 'user.create')
        """).fetchone()
    assert row is not None
    return tuple(int(count) for count in row)


@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.2])
def test_a_worker_that_is_killed(cast: Cast, lyon: Site, database: Database, seconds: float) -> None:
    """SIGKILL soon after the import was taken, and later: another worker takes it up, and all users are there once."""
    import_id = start(cast.provider, lyon, 4_000)
    environment = os.environ | {"DATABASE_URL": database.login("jobs").own_url}
    worker = subprocess.Popen([sys.executable, "-c", WORK, cast.brumes.id, str(import_id)], env=environment)
    deadline = time.monotonic() + 60
    path = f"{cast.brumes.path}/user-imports/{import_id}"
    while cast.provider.get(path)["state"] == "queued" and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    worker.wait(30)
    assert counts(database) in ((0,) * 5, (4_000,) * 5)
    if cast.provider.get(path)["state"] != "done":
        # The one that was killed is not given up yet.
        execute_import(customer_id=UUID(cast.brumes.id), import_id=import_id, clock=clock)
        assert cast.provider.get(path)["state"] == "running"
        age(database)
        assert [left.id for left in left_imports()] == [import_id]
        execute_import(customer_id=UUID(cast.brumes.id), import_id=import_id, clock=clock)
    done = cast.provider.get(path)
    assert (done["state"], done["created"]) == ("done", 4_000)
    assert counts(database) == (4_000,) * 5
    assert left_imports() == []


def test_a_fault_in_the_middle_takes_everything_back(
    cast: Cast, lyon: Site, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = start(cast.provider, lyon, 50)

    def fail(*_arguments: object, **_facts: object) -> None:
        raise RuntimeError("after the claim")

    monkeypatch.setattr(execution, "record_below", fail)
    with pytest.raises(RuntimeError):
        execute_import(customer_id=UUID(cast.brumes.id), import_id=import_id, clock=clock)
    failed = cast.provider.get(f"{cast.brumes.path}/user-imports/{import_id}")
    assert (failed["state"], failed["refusal"]["code"], failed["created"]) == ("failed", "server_error", 0)
    assert counts(database) == (0,) * 5
    with database.superuser() as connection:
        assert connection.execute("SELECT file IS NULL FROM user_import").fetchall() == [(True,)]


def test_an_import_and_others_at_the_last_seats(cast: Cast, lyon: Site, database: Database) -> None:
    """Two lists and twelve single users want 8 seats: whoever gets them, no more than 8 are used."""
    assert lyon.allocate(voice=8).status == 201
    lists = [start(cast.provider, lyon, 6), start(cast.provider, lyon, 6)]

    def work(import_id: UUID) -> None:
        execute_import(customer_id=UUID(cast.brumes.id), import_id=import_id, clock=clock)

    def add(number: int) -> None:
        client = ApiClient(cast.provider.key)
        for name in range(3):
            answer = client.post(
                f"{cast.brumes.path}/users", {"first_name": f"Single {number} {name}", "site": lyon.id, "type": "voice"}
            )
            assert answer.status == 201 or answer.code == "no_free_seat"

    works = [partial(work, import_id) for import_id in lists] + [partial(add, number) for number in range(4)]
    together(*works)
    states = [cast.provider.get(f"{cast.brumes.path}/user-imports/{import_id}")["state"] for import_id in lists]
    assert states.count("done") <= 1
    assert set(states) <= {"done", "failed"}
    assert lyon.figures()["used"] <= 8
    assert len(set(counts(database))) == 1
