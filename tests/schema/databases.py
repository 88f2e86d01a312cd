"""Databases beside the one of the test process, each gone after its test, with its roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from strapontin.kit.roles import roles_of
from tests.schema.description import Description, describe
from tests.servers import Database

# The migrations of the first run that still stand as they were. What its migration of the rules did is kept beside.
FIRST_RUN = [
    ("access", "0002_database_rules"),
    ("account", "0009_emailaddress_unique_primary_email"),
    ("allocations", "0001_initial"),
    ("api", "0001_initial"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("billing", "0001_initial"),
    ("catalogue", "0001_initial"),
    ("contenttypes", "0002_remove_content_type_name"),
    ("cycles", "0001_initial"),
    ("journal", "0001_initial"),
    ("organisation", "0001_initial"),
    ("procrastinate", "0041_post_retry_failed_job"),
    ("seats", "0001_initial"),
    ("sessions", "0001_initial"),
    ("stacks", "0001_initial"),
]
FIRST_RUN_RULES = Path(__file__).with_name("first_run_rules.sql")


@dataclass(frozen=True, slots=True)
class Beside:
    """A database of its own; ``name`` is also the alias of Django's connection to it, as its owner."""

    name: str
    url: str
    superuser_url: str

    def load_first_run(self) -> None:
        """Make the schema of the first run in the empty database."""
        self.migrate_to(FIRST_RUN)
        rules = FIRST_RUN_RULES.read_text(encoding="utf-8").replace("{database}", self.name)
        with psycopg.connect(self.url) as connection:
            connection.execute(rules.encode())

    def migrate(self) -> None:
        """Apply every migration that is missing."""
        call_command("migrate", database=self.name, verbosity=0, interactive=False)

    def migrate_to(self, targets: list[tuple[str, str]]) -> None:
        """Apply these migrations and those on which they depend, no others."""
        MigrationExecutor(connections[self.name]).migrate(targets)

    def describe(self) -> Description:
        """What the catalogue says of it."""
        return describe(self.superuser_url)


@contextmanager
def database_beside(database: Database, purpose: str) -> Iterator[Beside]:
    """An empty database on the server of ``database``."""
    name = f"{purpose}_of_{database.name}"
    with psycopg.connect(database.server.url_of("postgres", superuser=True), autocommit=True) as administrator:
        _drop(administrator, name)
        create = sql.SQL("CREATE DATABASE {} OWNER strapontin TEMPLATE template0")
        administrator.execute(create.format(sql.Identifier(name)))
        connections.settings[name] = deepcopy(connections.settings["owner"]) | {"NAME": name}
        try:
            yield Beside(name, database.server.url_of(name), database.server.url_of(name, superuser=True))
        finally:
            connections[name].close()
            del connections[name], connections.settings[name]
            _drop(administrator, name)


def _drop(administrator: psycopg.Connection, name: str) -> None:
    administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    for role in roles_of(name).all():
        administrator.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
