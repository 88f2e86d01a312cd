"""The command line in real use: everything started and ended, and every refusal one sentence in seconds."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import urllib3

from strapontin.cli import database_check
from strapontin.cli.messages import FRENCH_OF_START_ERRORS, MESSAGES, Refused
from strapontin.kit.postgres import EmbeddedServer, StartError
from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.postmaster import processes
from tests.processes import free_port
from tests.servers import REPOSITORY, Database

COMMAND = [sys.executable, "-P", "-m", "strapontin.cli.main"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """A user's environment: nothing of the tests' own."""
    ours = {
        "DATABASE_URL",
        "STRAPONTIN_SECRET_KEY",
        "STRAPONTIN_TESTING",
        "SANDBOX",
        "DJANGO_SETTINGS_MODULE",
    }
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    settings = {"STRAPONTIN_HOME": str(home), "DEMO": "0", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(REPOSITORY)}
    return kept | settings | more


def strapontin(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(home, **more), capture_output=True, text=True, check=False
    )


def refusal(home: Path, *arguments: str, **more: str) -> str:
    """What a refused command says: one line, exit code 2, within seconds, nothing left behind."""
    began = time.monotonic()
    done = strapontin(home, *arguments, **more)
    assert time.monotonic() - began < 15, "at most four seconds on an idle machine; a pool would wait for thirty"
    assert done.returncode == 2, done
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not left_of(home)
    return done.stderr


def left_of(home: Path) -> set[int]:
    """The processes that belong to a home: ours have its name in their environment, PostgreSQL's a marker."""
    wanted = f"STRAPONTIN_HOME={home}\0".encode()
    found = set(processes(Cluster(home).marker))
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (directory / "environ").read_bytes():
                found.add(int(directory.name))
        except OSError:
            continue
    return found


def kill(pids: set[int]) -> None:
    """kill -9, all of them; some die with another."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Portal:
    """``strapontin up`` as a person runs it at a terminal."""

    def __init__(self, home: Path, *, await_ready: bool = True, **more: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*COMMAND, "up"],
            env=environment(home, PORT=str(self.port), **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if await_ready:
            self.wait_for(f"ready {self.url}")

    def wait_for(self, start: str) -> str:
        """Read on until a line that starts so; who has not said it after two minutes is ended."""
        assert self.process.stdout is not None
        patience = threading.Timer(120, self.process.kill)
        patience.start()
        try:
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if line.startswith(start):
                    return line.rstrip()
        finally:
            patience.cancel()
        raise AssertionError(f"ended without “{start}”:\n" + "\n".join(self.lines))

    def status(self) -> int:
        """The status of an answer, whatever it is."""
        return urllib3.request("GET", self.url, retries=False, timeout=10, redirect=False).status

    def pid_of(self, *words: str) -> int:
        """The launcher's own child whose command line has these words; its children have the same."""
        for pid in left_of(self.home):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if parent == self.process.pid and command[-1 - len(words) : -1] == list(words):
                return pid
        raise LookupError(words)

    def end(self, how: int = signal.SIGINT) -> None:
        """As Ctrl-C does: the signal goes to everything in the terminal's foreground."""
        began = time.monotonic()
        os.killpg(self.process.pid, how)
        self.process.wait(timeout=20)
        assert time.monotonic() - began < 15


@pytest.fixture
def home() -> Iterator[Path]:
    """A data directory, of a path short enough for a socket in it; what still runs there after a test is ended."""
    with tempfile.TemporaryDirectory(prefix="sp-", ignore_cleanup_errors=True) as directory:
        yield Path(directory) / "home"
        kill(left_of(Path(directory) / "home"))


# --- up ---


def test_up_serves_and_ctrl_c_leaves_nothing_behind(home: Path) -> None:
    portal = Portal(home)
    assert portal.status() < 500
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600
    portal.end()
    assert portal.process.returncode == 0
    assert not left_of(home)
    assert not (home / "postgres" / "socket").exists()


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


# --- refusals ---


def test_a_port_in_use_is_said_before_anything_starts(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(home, "up", PORT=str(port))
    assert f"Port {port}" in said
    assert not home.exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000 ", "9" * 5000])
def test_a_port_that_is_none(home: Path, port: str) -> None:
    assert f"PORT is {port}; it must be a number from 1 to 65535." in refusal(home, "up", PORT=port)


def test_a_flag_that_is_neither_0_nor_1(home: Path) -> None:
    assert "SANDBOX is yes" in refusal(home, "migrate", SANDBOX="yes")
    assert "DEMO is no" in refusal(home, "up", DEMO="no", PORT=str(free_port()))


@pytest.mark.parametrize("value", ["abc", "0", "65", "-1", "9" * 5000])
def test_a_number_that_is_none(home: Path, value: str) -> None:
    said = f"{{}} is {value}; it must be a number from 1 to 64."
    assert said.format("WEB_WORKERS") in refusal(home, "web", WEB_WORKERS=value, PORT=str(free_port()))
    assert said.format("WORKER_CONCURRENCY") in refusal(home, "worker", WORKER_CONCURRENCY=value)
    for name in ("WEB_WORKERS", "WORKER_CONCURRENCY"):
        assert said.format(name) in refusal(home, "up", PORT=str(free_port()), **{name: value})
    assert not home.exists()


def test_a_mail_server_without_a_port(home: Path) -> None:
    assert "EMAIL_PORT is smtp; it must be a number from 1 to 65535." in refusal(home, "migrate", EMAIL_PORT="smtp")


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refusal(tmp_path / "file" / "home", "up", PORT=str(free_port()))
    assert f"The data directory {tmp_path / 'file' / 'home'} cannot be written" in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:p@127.0.0.1:1/none", "No PostgreSQL answers at 127.0.0.1:1"),
        ("postgresql://u:p@no-such-host.invalid/none", "unknown: no-such-host.invalid"),
        ("postgresql:///none?host=/nowhere", "No PostgreSQL answers at /nowhere"),
        ("mysql://u:p@127.0.0.1/none", "not of the form postgresql://"),
        ("sqlite:///file", "not of the form postgresql://"),
        ("postgresql://u:p@127.0.0.1:port/none", "not of the form postgresql://"),
        ("nonsense", "not of the form postgresql://"),
    ],
)
def test_a_database_that_cannot_be_reached(home: Path, url: str, said: str) -> None:
    assert said in refusal(home, "up", DATABASE_URL=url, PORT=str(free_port()))


def test_a_server_that_never_answers(home: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        said = refusal(home, "migrate", DATABASE_URL=f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/none")
    assert "did not answer within" in said


def test_a_wrong_password_and_a_wrong_database(home: Path, database: Database) -> None:
    wrong = re.sub(r":[^:@]+@", ":guessed-wrong@", database.url, count=1)
    said = refusal(home, "migrate", DATABASE_URL=wrong)
    assert "does not accept the user or password" in said
    assert "guessed-wrong" not in said
    missing = database.url.replace(f"/{database.name}", "/not_there")
    assert "There is no database “not_there”" in refusal(home, "migrate", DATABASE_URL=missing)


def test_in_french(home: Path) -> None:
    said = refusal(home, "up", PORT="abc", LC_ALL="fr_FR.UTF-8")
    assert "PORT vaut abc\u00a0; il faut un nombre de 1 à 65535." in said


def test_every_sentence_exists_in_both_languages_with_the_same_values() -> None:
    assert set(FRENCH_OF_START_ERRORS) == set(StartError.MESSAGES)
    pairs = [*MESSAGES.values(), *((StartError.MESSAGES[c], fr) for c, fr in FRENCH_OF_START_ERRORS.items())]
    for english, french in pairs:
        assert set(re.findall(r"{(\w+)", english)) == set(re.findall(r"{(\w+)", french)), english
        assert " ;" not in french and " :" not in french and " ?" not in french, "no-break space: " + french


def test_a_server_too_new(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "NEWEST", 14)
    with pytest.raises(Refused) as caught:
        database_check.check(database.url)
    assert caught.value.code == "database_version"


# --- databases of others ---


@pytest.fixture
def fresh_database(database: Database) -> Iterator[str]:
    """An empty database whose owner may do nothing else; gone after the test, with its roles."""
    name = f"{database.name}_fresh"
    with psycopg.connect(database.server.url_of("postgres", superuser=True), autocommit=True) as administrator:
        _drop(administrator, name)
        administrator.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'".encode())
        administrator.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0".encode())
        yield _as_user(database.server, name, name)
        _drop(administrator, name)


def _drop(administrator: psycopg.Connection, name: str) -> None:
    administrator.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    for role in (f"{name}_door", f"{name}_request", f"{name}_worker", f"{name}_billing", name):
        administrator.execute(f"DROP ROLE IF EXISTS {role}".encode())


def _as_user(server: EmbeddedServer, user: str, database: str) -> str:
    return re.sub(r"//[^@]+@", f"//{user}:secret@", server.url_of(database), count=1)


def test_a_user_who_may_not_create_roles_learns_what_to_ask_for(
    home: Path, database: Database, fresh_database: str
) -> None:
    said = refusal(home, "migrate", DATABASE_URL=fresh_database)
    assert "may not create the database roles" in said
    assert f"{database.name}_fresh_door" in said
    diagnosis = strapontin(home, "doctor", DATABASE_URL=fresh_database)
    assert diagnosis.returncode == 1
    statements = [line.strip() for line in diagnosis.stdout.splitlines() if line.strip().endswith(";")]
    assert statements
    url = database.server.url_of(f"{database.name}_fresh", superuser=True)
    with psycopg.connect(url, autocommit=True) as administrator:
        for statement in statements:
            administrator.execute(statement.encode())
    done = strapontin(home, "migrate", DATABASE_URL=fresh_database)
    assert done.returncode == 0, done
    assert "✗ no worker is running" in strapontin(home, "doctor", DATABASE_URL=fresh_database).stdout


def test_a_database_of_a_newer_version_is_refused_untouched(home: Path, fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz)")
        connection.execute("INSERT INTO django_migrations VALUES (1, 'organisation', '9999_from_the_future')")
    said = refusal(home, "migrate", DATABASE_URL=fresh_database)
    assert "organisation.9999_from_the_future" in said
    with psycopg.connect(fresh_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)


def test_commands_other_than_migrate_want_a_migrated_database(home: Path, fresh_database: str) -> None:
    assert "run “strapontin migrate”" in refusal(home, "worker", DATABASE_URL=fresh_database)


def test_a_database_in_another_encoding(home: Path, database: Database) -> None:
    name = f"{database.name}_latin"
    with psycopg.connect(database.server.url_of("postgres", superuser=True), autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        options = "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' OWNER strapontin"
        administrator.execute(f"CREATE DATABASE {name} {options}".encode())
        assert "must be UTF8" in refusal(home, "migrate", DATABASE_URL=database.server.url_of(name))
        administrator.execute(f"DROP DATABASE {name}".encode())
