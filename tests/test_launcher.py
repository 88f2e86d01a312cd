"""``strapontin up`` in real use: started, killed, started again, and ended."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import urllib3

from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.postmaster import processes
from tests.launcher import COMMAND, Portal, environment, kill, left_of
from tests.servers import Database


def test_up_serves_and_ctrl_c_leaves_nothing_behind(home: Path) -> None:
    portal = Portal(home)
    assert portal.status() < 500
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600
    portal.end()
    assert portal.process.returncode == 0
    assert not left_of(home)
    assert not (home / "postgres" / "socket").exists()


def test_the_start_asks_under_a_name_that_is_allowed(home: Path) -> None:
    portal = Portal(home, ALLOWED_HOSTS="seats.example.net", TRUSTED_ORIGINS="https://seats.example.net")
    portal.end()
    assert "Invalid HTTP_HOST" not in (home / "log" / "web.log").read_text()
    assert not left_of(home)


def test_up_again_after_kill_minus_nine_of_everything(home: Path) -> None:
    portal = Portal(home)
    key = (home / "secret-key").read_text()
    kill(left_of(home))
    portal.process.wait()
    began = time.monotonic()
    again = Portal(home)
    assert time.monotonic() - began < 30, "three seconds on an idle machine; here others work too"
    assert again.status() < 500
    assert (home / "secret-key").read_text() == key, "sessions stay valid"
    again.end(signal.SIGTERM)
    assert not left_of(home)


def test_children_end_with_a_killed_launcher_and_the_next_adopts_its_database(home: Path) -> None:
    portal = Portal(home)
    portal.process.kill()
    portal.process.wait()
    deadline = time.monotonic() + 15
    while len(left_of(home)) > len(processes(Cluster(home).marker)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_of(home) == set(processes(Cluster(home).marker)), "only PostgreSQL stays"
    again = Portal(home)
    again.end()
    assert not left_of(home)


def test_a_killed_child_and_a_killed_database_come_back(home: Path) -> None:
    portal = Portal(home)
    os.kill(portal.pid_of("web"), signal.SIGKILL)
    portal.wait_for("web ended (signal 9)")
    os.kill(min(processes(Cluster(home).marker)), signal.SIGKILL)
    portal.wait_for("PostgreSQL had died")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if portal.status() < 500:
                break
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    assert portal.status() < 500
    portal.end()
    assert not left_of(home)


def test_up_on_an_outside_database(home: Path, database: Database, fresh_database: str) -> None:
    with database.superuser() as administrator:
        administrator.execute(f"ALTER ROLE {database.name}_fresh CREATEROLE".encode())
    portal = Portal(home, DATABASE_URL=fresh_database)
    assert portal.status() < 500
    assert not (home / "postgres").exists()
    environ = Path(f"/proc/{portal.pid_of('web')}/environ").read_text()
    assert ":secret@" not in environ, "the web server does not know the owner's password"
    headers = {"Authorization": "Bearer unknown"}
    assert urllib3.request("GET", f"{portal.url}/api/v1/clock", headers=headers, retries=False).status == 401
    with database.superuser() as administrator:
        users = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s AND application_name = ''"
        seen = {user for (user,) in administrator.execute(users, [f"{database.name}_fresh"]).fetchall()}
    assert f"{database.name}_fresh_web" in seen
    assert seen <= {f"{database.name}_fresh_web", f"{database.name}_fresh_jobs"}
    portal.end()
    assert not left_of(home)


def test_a_demo_whose_building_was_interrupted_is_built_again(home: Path) -> None:
    interrupted = Portal(home, await_ready=False, DEMO="1")
    interrupted.wait_for("Building the demo")
    time.sleep(1)
    kill(left_of(home))
    interrupted.process.wait()
    again = Portal(home, DEMO="1")
    assert "The demo was not finished; it is built again." in again.lines
    again.wait_for("Sign in as:")
    again.end()
    third = Portal(home, DEMO="1")
    assert "Building the demo…" not in third.lines
    third.wait_for("Sign in as:")
    third.end()
    assert not left_of(home)


def test_two_commands_at_once_share_the_server_and_migrate_once(home: Path) -> None:
    crowd = [subprocess.Popen([*COMMAND, "migrate"], env=environment(home)) for _ in range(3)]
    assert [process.wait(timeout=120) for process in crowd] == [0, 0, 0]
    assert not left_of(home)
