"""Synchronisations from their request to their end, and stacks in trouble (SPEC 6)."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Any, NoReturn, get_args
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.cli import doctor
from strapontin.cli.worker import lanes_of
from strapontin.jobs import tasks
from strapontin.kit.database import run
from strapontin.stacks import inventory, reader, vault
from strapontin.stacks.base import Connector, ErrorCode, Timeouts
from strapontin.stacks.connectors import connector_for
from strapontin.stacks.reader import SILENT_FOR
from strapontin.stacks.vault import open_stack
from strapontin.stacks.wazo.simulator import Fault
from strapontin.web.subscriptions.synchronizations import reason
from tests.answers import rows
from tests.concurrently import together
from tests.stack_stories import FURNISHER, Story, customer_on, differences, reading


class Killed(BaseException):
    """The worker's process ends."""


def killed(stack_id: UUID) -> NoReturn:
    raise Killed


@pytest.mark.parametrize("trouble", ["confd down", "auth down", "gone", "nonsense", "wrong password"])
def test_a_stack_in_trouble_keeps_the_last_figures_and_says_why(story: Story, trouble: str) -> None:
    story.synchronize()
    expected = {
        "confd down": "unavailable",
        "auth down": "unavailable",
        "gone": "unreachable",
        "nonsense": "nonsense",
        "wrong password": "refused",
    }[trouble]
    if trouble == "confd down":
        story.simulator.confd_up = False
    elif trouble == "auth down":
        story.simulator.auth_up = False
    elif trouble == "gone":
        story.simulator.stop()
    elif trouble == "nonsense":
        story.simulator.faults.append(Fault(path="/users", method="GET", times=9, status=200, body=b'{"items": 3}'))
    else:
        story.simulator.revoke_tokens()
        for account in story.simulator.world.accounts.values():
            account.password = "changed"
    progress = story.synchronize()
    assert progress.state == "failed"
    assert (reading(progress).state, reading(progress).error_code) == ("failed", expected)
    assert reading(progress).synchronized_at is not None, "the age of the last figures is kept"
    assert story.used() == {"voice": 5, "uc": 1}


@pytest.mark.parametrize("known", [False, True])
def test_a_stack_that_lists_somebody_twice_talks_nonsense(story: Story, known: bool) -> None:
    if known:
        story.synchronize()
    before = story.used()
    twice = next(iter(story.simulator.world.users.values()))
    story.simulator.world.users[uuid4()] = twice
    progress = story.synchronize()
    assert (progress.state, reading(progress).error_code) == ("failed", "nonsense")
    assert story.used() == before


def contradict(story: Story, *, times: int) -> None:
    """Has the stack list nobody, although it counts seven users."""
    empty = b'{"total": 0, "items": []}'
    story.simulator.faults.append(Fault(path="view=summary", method="GET", times=times, status=200, body=empty))


def test_counts_and_list_that_contradict_each_other_are_nonsense(story: Story) -> None:
    story.synchronize()
    contradict(story, times=2)
    progress = story.synchronize()
    assert (progress.state, reading(progress).error_code) == ("failed", "nonsense")
    assert story.used() == {"voice": 5, "uc": 1}, "the last figures are kept"


def test_counts_and_list_that_agree_on_a_second_look_are_applied(story: Story) -> None:
    contradict(story, times=1)
    progress = story.synchronize()
    assert (progress.state, reading(progress).counts) == ("done", {"voice": 5, "uc": 1})
    assert story.used() == {"voice": 5, "uc": 1}


def test_counts_that_contradict_a_list_that_has_not_changed_are_nonsense(story: Story) -> None:
    for _ in range(2):
        story.synchronize()
    counts = b'{"total": 1, "items": [{"id": 0, "count": 3}]}'
    story.simulator.faults.append(Fault(path="/subscriptions", method="GET", times=2, status=200, body=counts))
    progress = story.synchronize()
    assert (progress.state, reading(progress).error_code) == ("failed", "nonsense")


def test_a_name_that_no_database_keeps_is_nonsense(story: Story) -> None:
    story.simulator.add_user(story.tenant, "A\0B", "Voix", "nul@client.example", 0)
    progress = story.synchronize()
    assert (progress.state, reading(progress).error_code) == ("failed", "nonsense")


def test_a_fault_of_our_own_leaves_the_other_sites_to_be_read(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    site_id = story.add_site("Alleins")  # before Voiron
    story.attach(site_id, "Alleins")
    opened: list[UUID] = []

    def once_unknown(stack_id: UUID) -> Connector:
        opened.append(stack_id)
        return open_stack(uuid4() if len(opened) == 1 else stack_id)

    with caplog.at_level(logging.WARNING):
        progress = story.synchronize(once_unknown)
    assert progress.state == "partial"
    assert [(reading.state, reading.error_code) for reading in progress.readings] == [
        ("failed", "internal"),
        ("done", ""),
    ]
    assert "internal: LookupError" in caplog.text


def test_a_password_sealed_with_another_key_is_said(story: Story) -> None:
    with acting(system()):
        run("UPDATE stack SET password_sealed = 'damaged'")
    progress = story.synchronize()
    assert (progress.state, reading(progress).error_code) == ("failed", "password_unreadable")


def test_every_reason_not_to_be_read_is_a_sentence() -> None:
    unknown = reason("of tomorrow", "Isère-2")
    # Said of a single user, never of a reading.
    codes = set(get_args(ErrorCode)) - {"conflict", "failed", "unknown_user", "associated"}
    assert {code for code in codes if reason(code, "Isère-2") == unknown} == set()


def test_a_token_sealed_with_another_key_is_replaced(story: Story) -> None:
    story.synchronize()
    with acting(system("job"), "worker"):
        run("UPDATE stack_token SET token_sealed = 'damaged'")
    assert story.synchronize().state == "done"


def test_two_that_stood_in_each_others_way_are_no_failure(story: Story) -> None:
    story.synchronize()
    holds = Event()

    def hold() -> None:
        # On a slow machine this one may find out first, and gives way.
        with suppress(OperationalError), acting(system()):
            grants.customer(system(), story.customer)
            rows("SELECT 1 AS locked FROM balance WHERE customer_id = %s FOR UPDATE", [story.customer])
            holds.set()
            # Meanwhile the synchronisation locks the users and waits for the balances: it is the first to find out.
            run("SELECT pg_sleep(0.7)")
            rows("SELECT 1 AS locked FROM seat_user WHERE customer_id = %s FOR UPDATE", [story.customer])
        connection.close()

    thread = Thread(target=hold)

    def begin() -> None:
        thread.start()
        assert holds.wait(10)

    story.simulator.add_user(story.tenant, "Léa", "Voix", "lea@client.example", 0)
    progress = story.synchronize_while(begin)
    thread.join(30)
    assert (progress.state, differences(progress)) == ("done", {"unknown": 1})


def test_a_second_request_joins_the_running_one_until_that_is_dead(story: Story) -> None:
    first, new = story.request()
    assert new
    story.now += timedelta(minutes=5)
    assert story.request() == (first, False), "it waits in the queue"
    with pytest.raises(Killed):
        story.execute(first, killed)
    assert story.request() == (first, False)
    story.now += timedelta(minutes=2)
    later, new = story.request()
    assert new
    assert later != first
    story.execute(first)
    assert story.progress(first).state == "failed", "what was given up stays so"
    assert story.used() == {}
    story.execute(later)
    assert story.progress(later).state == "done"


def test_one_whose_job_was_lost_is_given_up_in_the_end(story: Story) -> None:
    first, _ = story.request()
    story.now += timedelta(hours=2)
    later, new = story.request()
    assert new
    assert story.progress(first).state == "failed"
    assert story.progress(later).state == "running"


def test_what_was_given_up_while_the_stack_answered_applies_nothing(story: Story) -> None:
    requested: list[UUID] = []

    def give_up() -> None:
        if not requested:
            story.now += timedelta(minutes=5)
            requested.append(story.request()[0])
            story.execute(requested[0])
            story.simulator.remove_user(next(iter(story.simulator.world.users)))

    progress = story.synchronize_while(give_up)
    assert progress.state == "failed"
    assert story.progress(requested[0]).state == "done"
    assert story.used() == {"voice": 5, "uc": 1}


def test_a_request_for_the_whole_customer_widens_the_one_for_a_site(story: Story) -> None:
    site_id = story.add_site("Alleins")
    story.attach(site_id, "Alleins")
    first, _ = story.request(story.site)

    def ask_for_all() -> None:
        assert story.request() == (first, False)

    story.execute_while(first, ask_for_all)
    progress = story.progress(first)
    assert [(reading.site_name, reading.state) for reading in progress.readings] == [
        ("Alleins", "done"),
        ("Voiron", "done"),
    ]
    assert progress.state == "done"


def test_at_night_every_customer_with_a_stack_is_asked_for_with_its_job(story: Story) -> None:
    other = customer_on(story.simulator, story.stack, story.partner, "Lagune")
    other.now = datetime.now(UTC)
    other.request()
    tasks.nightly(0)
    with acting(system(), "worker"):
        jobs = rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'synchronize'")
        assert len(jobs) == 1, "the other one is running already"
    (found,) = story.read("SELECT id, state FROM synchronization")
    assert found["state"] == "running"
    assert str(found["id"]) in str(jobs[0]["args"])


def test_one_that_two_workers_make_is_applied_once(story: Story) -> None:
    sync_id, _ = story.request()
    story.simulator.faults.append(Fault(path="view=summary", method="GET", times=2, wait_after=0.3))
    together(partial(story.execute, sync_id), partial(story.execute, sync_id))
    assert story.progress(sync_id).state == "done"
    assert story.used() == {"voice": 5, "uc": 1}


def test_one_server_added_as_two_stacks_is_told(story: Story) -> None:
    again = FURNISHER.make_stack("Again", url=story.simulator.url, username="portal", password="secret")
    site_id = story.add_site("Moirans")
    tenant = story.simulator.add_tenant("Moirans").uuid
    FURNISHER.attach_tenant(story.customer, site_id, stack_id=again, tenant_uuid=tenant)
    for _ in range(2):
        assert story.synchronize().state == "done"
    assert len([target for _, target in story.simulator.requests if "/infos" in target]) == 2, "asked once each"
    with acting(system()):
        assert inventory.stack(grants.stack_manager(system()), again).same_server == [story.stack]
    (finding,) = doctor._doubles()
    assert "Again, Isère-2" in finding.text


def test_an_account_that_may_not_ask_for_the_server_is_read_all_the_same(story: Story) -> None:
    refused = b'["Unauthorized"]'
    story.simulator.faults.append(Fault(path="/infos", method="GET", status=401, body=refused))
    assert story.synchronize().state == "done"


@pytest.fixture
def hanging(story: Story) -> Iterator[socket.socket]:
    """The address of the stack takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        with acting(system()):
            run("UPDATE stack SET url = %s", [f"http://127.0.0.1:{server.getsockname()[1]}"])
        yield server


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to stacks wait for half a second."""
    monkeypatch.setattr(vault, "connector_for", partial(connector_for, timeouts=Timeouts(0.5, 0.5, 0.5)))


@pytest.mark.usefixtures("hasty", "hanging")
def test_one_silence_counts_for_every_customer(story: Story) -> None:
    others = [customer_on(story.simulator, story.stack, story.partner, name) for name in ("Lagune", "Marais")]
    story.attach(story.add_site("Alleins"), "Alleins")
    began = monotonic()
    first, second = story.synchronize().readings
    assert (first.error_code, first.silent_since) == ("timeout", None)
    assert second.error_code == "silent"
    assert second.silent_since is not None
    for other in others:
        other.now = story.now
        assert reading(other.synchronize()).error_code == "silent"
    assert monotonic() - began < 3, "one wait for all"


def test_a_stack_that_speaks_again_is_read_after_a_while(story: Story) -> None:
    with acting(system()):
        values = [story.now, story.now + SILENT_FOR]
        run("UPDATE stack SET silent_since = %s, silent_until = %s", values)
    assert reading(story.synchronize()).error_code == "silent"
    story.now += SILENT_FOR
    assert story.synchronize().state == "done"
    with acting(system()):
        assert rows("SELECT silent_since, silent_until FROM stack") == [{"silent_since": None, "silent_until": None}]


def test_what_was_left_out_is_read_again_later_and_not_for_ever(story: Story) -> None:
    def jobs() -> list[dict[str, Any]]:
        with acting(system(), "worker"):
            return rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'synchronize_again'")

    with acting(system()):
        run("UPDATE stack SET silent_since = now(), silent_until = now() + interval '1 hour'")
    for attempt in (tasks.MOST_ATTEMPTS, 0, 0):
        story.now = datetime.now(UTC)
        sync_id, _ = story.request()
        assert jobs() == [] or attempt == 0
        tasks.synchronize(str(story.customer), str(sync_id), attempt)
        assert story.progress(sync_id).state == "failed"
    (job,) = jobs()
    assert json.loads(job["args"]) == {"customer_id": str(story.customer), "attempt": 1}
    tasks.synchronize_again(str(story.customer), 1)
    with acting(system(), "worker"):
        (again,) = rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'synchronize'")
    assert json.loads(again["args"])["attempt"] == 1


def test_a_synchronisation_ends_in_bounded_time(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_SECONDS", -1)
    assert reading(story.synchronize()).error_code == "out_of_time"


def test_stacks_and_everything_else_have_slots_of_their_own() -> None:
    queues = {task.queue for task in app.tasks.values()}
    for jobs_at_a_time, expected in ((1, [1, 1]), (2, [1, 1]), (5, [2, 3])):
        lanes = lanes_of(queues, jobs_at_a_time)
        assert [jobs for _, jobs in lanes] == expected
        assert lanes[0][0] == {"stacks"}
        assert lanes[1][0] >= {"billing", "mail"}
        assert lanes[0][0] | lanes[1][0] == queues
