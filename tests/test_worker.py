"""The worker as a process of its own: what a silent stack may hold up, and what it may not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.jobs import requests
from strapontin.kit.database import run, value_of
from tests.servers import Database
from tests.stack_stories import Story, customer_on


@pytest.fixture
def worker(story: Story, database: Database, tmp_path: Path) -> Iterator[None]:
    environment = os.environ | {"DATABASE_URL": database.url, "STRAPONTIN_HOME": str(tmp_path)}
    environment |= {"WORKER_CONCURRENCY": "2"}
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "strapontin.cli.main", "worker"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    yield
    process.terminate()
    assert process.wait(timeout=20) == 0, (tmp_path / "worker.log").read_text()


def hang_and_ask(story: Story, server: socket.socket) -> None:
    """The stack of four customers takes connections and never answers; all four are synchronised."""
    customers = [story, *(customer_on(story.simulator, story.stack, story.partner, f"Client {n}") for n in range(3))]
    with acting(system()):
        run("UPDATE stack SET url = %s", [f"http://127.0.0.1:{server.getsockname()[1]}"])
    for other in customers:
        with acting(system()):
            requests.synchronize(grants.customer(system(), other.customer), at=datetime.now(UTC))


def test_a_silent_stack_keeps_no_bill_waiting(story: Story, worker: None) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        hang_and_ask(story, server)
        # A first job has reached the stack, and waits there.
        server.settimeout(20)
        connection, _ = server.accept()
        with acting(system()):
            at = datetime.now(UTC)
            provider = grants.provider(system())
            run_id = requests.bill(provider, day=at.date(), preview=True, settings=story.settings, at=at)
        states: list[str | None] = []
        while not states or (states[-1] != "done" and len(states) < 90):
            time.sleep(0.1)
            with acting(system(), "billing"):
                states.append(value_of(str, "SELECT state FROM billing_run WHERE id = %s", [run_id]))
        assert states[-1] == "done"
        waiting = story.read("SELECT count(*) AS n FROM synchronization WHERE state = 'running'")
        assert waiting == [{"n": 1}], "the stack still keeps the customer waiting"
        connection.close()
