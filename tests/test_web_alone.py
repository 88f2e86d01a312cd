"""``strapontin web`` under a supervisor of its own, without ``up``."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
import urllib3

from strapontin.cli.web import listen_address
from strapontin.kit.postgres import open_server
from tests.launcher import COMMAND, environment, left_of, refusal, strapontin
from tests.processes import free_port


def sockets(pid: int) -> set[str]:
    """The sockets that a process has open."""
    links = (path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir())
    return {link.name for link in links if link.name.startswith("socket:")}


def test_each_process_of_the_web_server_speaks_to_the_database_by_itself(home: Path) -> None:
    """Two that shared a connection would get each other's answers, in each other's scope."""
    assert strapontin(home, "migrate").returncode == 0
    port = free_port()
    address = f"http://127.0.0.1:{port}/api/v1/clock"
    with open_server(home):
        variables = environment(home, PORT=str(port), WEB_WORKERS="2")
        web = subprocess.Popen([*COMMAND, "web"], env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            statuses = call_often(address)
            workers = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
            first, second = (sockets(int(pid)) for pid in workers)
            assert first & second <= sockets(web.pid)
            # What all three have is the socket that listens, and no connection to the database.
            assert len(first & second) == 1
            assert statuses <= {401, 429}
        finally:
            web.send_signal(signal.SIGTERM)
            output, _ = web.communicate(timeout=30)
        assert b"Traceback" not in output
    assert not left_of(home)


def call_often(address: str) -> set[int]:
    """The statuses of 60 calls with a key that nobody has, each by a connection of its own."""
    statuses = set()
    deadline = time.monotonic() + 30
    headers = {"Authorization": "Bearer unknown", "Connection": "close"}
    while time.monotonic() < deadline:
        try:
            for _ in range(60):
                answer = urllib3.PoolManager().request("GET", address, headers=headers, retries=False, timeout=10)
                statuses.add(answer.status)
            return statuses
        except urllib3.exceptions.NewConnectionError:
            time.sleep(0.2)
    raise AssertionError("the web server does not answer")


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1"), ("", "127.0.0.1")]
)
def test_a_host_may_be_a_name(monkeypatch: pytest.MonkeyPatch, host: str, address: str) -> None:
    monkeypatch.setenv("HOST", host)
    assert listen_address().host == address


def test_a_host_that_nobody_knows_is_refused_in_one_sentence(home: Path) -> None:
    for command in ("up", "web"):
        assert "nowhere.invalid is not an address" in refusal(
            home, command, HOST="nowhere.invalid", PORTAL_ADDRESS="https://seats.example.net", PORT=str(free_port())
        )
