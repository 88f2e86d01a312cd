"""What goes after some time, and what is left of a user who was erased: nothing but the id (SPEC 11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.doors import erasure
from strapontin.jobs.retention import delete_old, users_to_erase
from strapontin.organisation.settings import Retention
from strapontin.refusals import Refusal
from strapontin.seats.erasure import request_erasure
from tests.cast import Cast
from tests.servers import Database
from tests.stack_stories import Story

NAMES = ("Zoé", "Nouvelle", "zoe.nouvelle@client.example", "47*11#")


def dump(database: Database) -> str:
    """Everything that stands in the database, as JSON in the server's own form, bytes as text."""
    with database.superuser() as connection:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        texts = []
        for (table,) in connection.execute(tables).fetchall():
            texts += [str(row) for (row,) in connection.execute(f"SELECT row_to_json(t) FROM {table} t".encode())]
        bodies = connection.execute("SELECT convert_from(body, 'UTF8') FROM kept_answer").fetchall()
    return "\n".join([*texts, *(body for (body,) in bodies)])


def traces(database: Database) -> list[str]:
    """The names that stand somewhere."""
    text = dump(database).casefold()
    return [name for name in NAMES if name.casefold() in text]


def count(database: Database, table: str) -> int:
    with database.superuser() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def erase(story: Story, user_id: UUID) -> None:
    """As an administrator asks for it, and as the worker then does it."""
    with acting(system()):
        request_erasure(grants.user_manager(system(), story.customer), user_id=user_id, at=story.clock()[1])
    erasure.erase_user(customer_id=story.customer, user_id=user_id)


def test_nothing_is_left_of_an_erased_user(story: Story, db: Database) -> None:
    """The user was known to two tenants of a stack, and was told of as a difference when it vanished there."""
    user = story.add_here(NAMES[2], last_name=NAMES[1], first_name=NAMES[0], extension=NAMES[3])
    story.make_all_calls()
    other = story.add_site("Moirans")
    story.attach(other, "Moirans")
    story.change(user, site_id=other)
    story.make_all_calls()
    for known in list(story.simulator.world.users.values()):
        if known.email == NAMES[2]:
            del story.simulator.world.users[known.uuid]
    story.synchronize()
    assert story.user(user)["state"] == "gone"
    assert traces(db) == list(NAMES)
    ledger, events = count(db, "ledger_entry"), count(db, "seat_event")
    erase(story, user)
    assert traces(db) == []
    assert (count(db, "ledger_entry"), count(db, "seat_event")) == (ledger, events)
    assert story.read(f"SELECT 1 AS one FROM journal_entry WHERE action = 'user.erase' AND object_id = '{user}'")


def test_a_user_who_is_still_there_is_not_erased(story: Story) -> None:
    user = story.add_here(NAMES[2])
    with pytest.raises(Refusal, match="not_removed"):
        erase(story, user)
    story.make_all_calls()
    story.remove(user)
    with pytest.raises(Refusal, match="not_removed"):
        erase(story, user)  # the stack is still to be told
    story.make_all_calls()
    erase(story, user)


def test_a_refused_user_is_erased_once_somebody_has_taken_note(story: Story, db: Database) -> None:
    user = story.add_here(NAMES[2], last_name=NAMES[1], first_name=NAMES[0], extension=NAMES[3])
    story.fail("POST", status=400, body=b"[]")
    story.make_all_calls()
    with pytest.raises(Refusal, match="not_removed"):
        erase(story, user)
    story.remove(user)
    erase(story, user)
    assert traces(db) == []


def test_an_erasure_by_rest(cast: Cast, db: Database) -> None:
    """A kept answer to a repeated request is a trace, too."""
    site = cast.brumes.site()
    site.allocate(voice=2)
    who, users = cast.brumes.administrator, f"{cast.brumes.path}/users"
    facts = {"first_name": NAMES[0], "last_name": NAMES[1], "email": NAMES[2], "extension": NAMES[3]}
    user = who.post(users, facts | {"site": site.id, "type": "voice"}, key="once")
    assert who.post(f"{users}/{user.id}/erasure").code == "not_removed"
    assert who.delete(f"{users}/{user.id}").status == 204
    assert traces(db) == list(NAMES)
    assert who.post(f"{users}/{user.id}/erasure").status == 202
    cast.work()
    assert traces(db) == []
    assert cast.zenith.administrator.post(f"{users}/{user.id}/erasure").code == "not_found"


def test_users_are_erased_some_days_after_they_were_removed(story: Story, db: Database) -> None:
    user = story.add_here(NAMES[2], last_name=NAMES[1], first_name=NAMES[0], extension=NAMES[3])
    story.make_all_calls()
    story.remove(user)
    story.make_all_calls()
    later = story.now + timedelta(days=40)
    for days, erased in ((0, False), (60, False), (30, True)):
        settings = replace(story.settings, retention=Retention(removed_users=days))
        assert ((story.customer, user) in users_to_erase(settings=settings, at=later, batch=1)) == erased
    assert traces(db) != []


def test_old_synchronizations_and_calls_go(story: Story, db: Database) -> None:
    """In batches smaller than what there is; the latest of a customer and of a user stay."""
    story.add_here("ada@client.example")
    for n in range(3):
        story.make_all_calls()
        story.simulator.add_user(story.tenant, f"Neuf{n}", "Voix", f"neuf{n}@client.example", 0)
        story.synchronize()
        story.now += timedelta(days=5)
    assert count(db, "synchronization") == 3
    delete_old(settings=story.settings, at=story.now, batch=1)
    assert count(db, "synchronization") == 3, "each found something, and none is thirty days old"
    at = story.now + timedelta(days=100)
    assert delete_old(settings=story.settings, at=at, batch=1) > 0
    assert (count(db, "synchronization"), count(db, "tenant_reading"), count(db, "stack_call")) == (1, 1, 1)
    assert delete_old(settings=story.settings, at=at, batch=1) == 0


def test_what_a_stack_refused_stays_until_somebody_has_taken_note(story: Story, db: Database) -> None:
    user = story.add_here(NAMES[2])
    story.make_all_calls()
    story.fail("DELETE", status=400, body=b"[]")
    story.remove(user)
    story.make_all_calls()
    late = story.now + timedelta(days=100)
    delete_old(settings=story.settings, at=late)
    assert story.calls() == [("delete", "failed", "invalid")]
    story.change(user, extension="101")
    delete_old(settings=story.settings, at=late)
    assert story.calls() == []


def test_a_night_that_found_nothing_goes_the_next_day(story: Story, db: Database) -> None:
    for _ in range(4):
        story.synchronize()
        story.now += timedelta(days=2)
    delete_old(settings=story.settings, at=story.now)
    assert count(db, "synchronization") == 2, "the one that found users, and the latest"


def test_what_is_kept_for_ever(story: Story, db: Database) -> None:
    for _ in range(3):
        story.synchronize()
    settings = replace(story.settings, retention=Retention(0, 0, 0, 0, 0))
    delete_old(settings=settings, at=story.now + timedelta(hours=1))
    assert count(db, "synchronization") == 3


def test_failed_jobs_go(db: Database, story: Story) -> None:
    with db.superuser() as superuser:
        superuser.execute("DELETE FROM procrastinate_jobs")
        for days in (40, 10):
            superuser.execute(
                "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
                " VALUES ('mail', 'invite', '{}', 'failed') RETURNING id)"
                " INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'failed', %s FROM job",
                [datetime.now(UTC) - timedelta(days=days)],
            )
        superuser.execute("UPDATE procrastinate_events SET at = now() - interval '40 days' WHERE type = 'deferred'")
    delete_old(settings=story.settings, at=story.now)
    assert count(db, "procrastinate_jobs") == 1


def test_the_provider_says_how_long(cast: Cast) -> None:
    """What is not named stays; nobody else may say it."""
    assert cast.provider.get("/settings")["retention"]["synchronizations"] == 30
    changed = cast.provider.patch("/settings", {"retention": {"synchronizations": 7}})
    assert changed["retention"] == {
        "synchronizations": 7,
        "stack_calls": 90,
        "failed_jobs": 30,
        "removed_users": 0,
        "requests": 365,
    }
    assert cast.provider.patch("/settings", {"retention": {"removed_users": -1}}).code == "invalid"
    (entry,) = [e for e in cast.provider.everything("/journal") if e["action"] == "settings.change"][:1]
    assert entry["after"]["retention"]["synchronizations"] == 7
