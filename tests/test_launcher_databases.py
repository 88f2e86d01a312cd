"""A database that cannot be used: every refusal is one sentence, in seconds, and leaves the database as it is."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import psycopg
import pytest

from strapontin.cli import database_check
from strapontin.cli.messages import Refused
from tests.launcher import refusal, strapontin
from tests.processes import free_port
from tests.servers import Database


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


def test_a_server_too_new(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "NEWEST", 14)
    with pytest.raises(Refused) as caught:
        database_check.check(database.url)
    assert caught.value.code == "database_version"


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
    diagnosis = strapontin(home, "doctor", DATABASE_URL=fresh_database)
    assert "✗ no worker is running" in diagnosis.stdout
    assert f"✓ the portal signs in as {database.name}_fresh_web, {database.name}_fresh_jobs" in diagnosis.stdout


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


def let_create_roles(database: Database, url: str) -> None:
    """Give the owner of a fresh database the right to create roles."""
    with psycopg.connect(database.server.url_of("postgres", superuser=True), autocommit=True) as administrator:
        administrator.execute(f"ALTER ROLE {database.name}_fresh CREATEROLE".encode())


def test_an_owner_who_may_create_roles_gets_the_logins(home: Path, database: Database, fresh_database: str) -> None:
    let_create_roles(database, fresh_database)
    done = strapontin(home, "migrate", DATABASE_URL=fresh_database)
    assert done.returncode == 0, done
    said = strapontin(home, "doctor", DATABASE_URL=fresh_database).stdout
    assert f"✓ the portal signs in as {database.name}_fresh_web" in said


def test_an_installation_without_logins_works_and_is_told_what_to_run(
    home: Path, database: Database, fresh_database: str
) -> None:
    """As an administrator left it who had made the roles for the first version."""
    let_create_roles(database, fresh_database)
    assert strapontin(home, "migrate", DATABASE_URL=fresh_database).returncode == 0
    superuser = database.server.url_of("postgres", superuser=True)
    with psycopg.connect(superuser, autocommit=True) as administrator:
        for login in (f"{database.name}_fresh_web", f"{database.name}_fresh_jobs"):
            administrator.execute(f"DROP ROLE {login}".encode())
        administrator.execute(f"ALTER ROLE {database.name}_fresh NOCREATEROLE".encode())
    key = strapontin(home, "api-key", "--provider", DATABASE_URL=fresh_database)
    assert key.returncode == 0, key
    said = strapontin(home, "doctor", DATABASE_URL=fresh_database).stdout
    assert f"✗ the portal signs in as {database.name}_fresh, who owns its tables" in said
    with psycopg.connect(superuser, autocommit=True) as administrator:
        for line in said.splitlines():
            if line.strip().endswith(";"):
                administrator.execute(line.strip().encode())
    said = strapontin(home, "doctor", DATABASE_URL=fresh_database).stdout
    assert f"✓ the portal signs in as {database.name}_fresh_web" in said


def test_the_owner_is_needed_for_migrations_alone(home: Path, database: Database, fresh_database: str) -> None:
    """``DATABASE_OWNER_URL`` names the owner, ``DATABASE_URL`` a login that an administrator made."""
    let_create_roles(database, fresh_database)
    name = f"{database.name}_fresh"
    assert strapontin(home, "migrate", DATABASE_URL=fresh_database).returncode == 0
    with psycopg.connect(database.server.url_of("postgres", superuser=True), autocommit=True) as administrator:
        administrator.execute(f"ALTER ROLE {name}_jobs PASSWORD 'given'".encode())
    login = fresh_database.replace(f"//{name}:secret@", f"//{name}_jobs:given@")
    assert strapontin(home, "api-key", "--provider", DATABASE_URL=login).returncode == 0
    done = strapontin(home, "migrate", DATABASE_URL=login, DATABASE_OWNER_URL=fresh_database)
    assert done.returncode == 0, done
    said = strapontin(home, "doctor", DATABASE_URL=login, DATABASE_OWNER_URL=fresh_database).stdout
    assert f"✓ the portal signs in as {name}_jobs" in said
