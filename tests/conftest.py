"""Installations furnished for the tests of this folder and of those below."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from strapontin.kit.postgres import EmbeddedServer
from tests.launcher import kill, left_of

# This file is read before Django is set up (tests/ground.py): what needs models is imported by the fixtures.
if TYPE_CHECKING:
    from tests.cast import Cast, Stage
    from tests.servers import Database
    from tests.stack_stories import Story


@pytest.fixture
def stage(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty installation with a provider."""
    from tests.cast import Stage

    monkeypatch.setenv("STRAPONTIN_HOME", str(tmp_path))
    return Stage(db)


@pytest.fixture
def cast(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """An installation with the fixed people in it."""
    from tests.cast import Cast

    monkeypatch.setenv("STRAPONTIN_HOME", str(tmp_path))
    return Cast(db)


@pytest.fixture
def story(db: Database) -> Iterator[Story]:
    """A customer with one site on a simulated stack."""
    from tests.stack_stories import beginning

    with beginning() as story:
        yield story


@pytest.fixture
def home() -> Iterator[Path]:
    """A data directory, of a path short enough for a socket in it; what still runs there after a test is ended."""
    with tempfile.TemporaryDirectory(prefix="sp-", ignore_cleanup_errors=True) as directory:
        yield Path(directory) / "home"
        kill(left_of(Path(directory) / "home"))


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
    for role in (
        f"{name}_door",
        f"{name}_request",
        f"{name}_worker",
        f"{name}_billing",
        f"{name}_web",
        f"{name}_jobs",
        name,
    ):
        administrator.execute(f"DROP ROLE IF EXISTS {role}".encode())


def _as_user(server: EmbeddedServer, user: str, database: str) -> str:
    return re.sub(r"//[^@]+@", f"//{user}:secret@", server.url_of(database), count=1)
