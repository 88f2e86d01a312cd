"""Each app's migrations make the rules of its own tables; and what the operations of ``kit.rules`` mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connections
from django.db.migrations import Migration, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from strapontin.kit.roles import roles_of
from strapontin.kit.rules.operation import Rule, Statements
from strapontin.kit.rules.rights import ALL, READ, Grants, MakeRoles
from strapontin.kit.rules.visibility import Scope, WrittenIf
from tests.schema.databases import Beside, database_beside
from tests.servers import Database

# The apps with tables, from the bottom up. Those that stand in one line know nothing of each other.
ROOMS = (
    ("organisation",),
    ("access", "journal"),
    ("catalogue",),
    ("cycles",),
    ("allocations",),
    ("seats",),
    ("billing", "stacks"),
    ("outlook",),
    ("jobs",),
    ("doors",),
)
HEIGHTS = {app: height for height, room in enumerate(ROOMS) for app in room}
# Who gives rights to the tables of others: of Django and allauth (signing in), and of procrastinate (the queue).
HOSTS = dict.fromkeys(("account", "auth", "contenttypes", "mfa", "sessions", "socialaccount"), "access") | {
    "procrastinate": "jobs"
}


@pytest.fixture(scope="module")
def owners(database: Database) -> dict[str, str]:
    """Which app gives a table its rules."""
    models = {m._meta.db_table: HOSTS.get(m._meta.app_label, m._meta.app_label) for m in apps.get_models(True)}
    return models | {"django_migrations": "access"}


def migrations() -> Iterator[Migration]:
    """The migrations of our apps."""
    for migration in MigrationLoader(None).disk_migrations.values():
        if apps.get_app_config(migration.app_label).name.startswith("strapontin."):
            yield migration


def sql_of(migration: Migration) -> Iterator[str]:
    """The SQL that a migration states itself."""
    for operation in migration.operations:
        if isinstance(operation, Statements):
            yield from operation.statements(roles_of("any"))
        elif isinstance(operation, RunSQL):
            yield from [operation.sql] if isinstance(operation.sql, str) else map(str, operation.sql)


def test_a_rule_stands_in_the_app_of_its_table(owners: dict[str, str]) -> None:
    tables = {(m.app_label, o.table) for m in migrations() for o in m.operations if isinstance(o, Rule)}
    assert [(app, table) for app, table in tables if owners.get(table) != app] == []
    ruled = {table for _app, table in tables}
    assert owners.keys() - ruled == set(), "tables without a rule"


def test_rules_name_no_table_of_a_room_above(owners: dict[str, str]) -> None:
    for migration in migrations():
        app = migration.app_label
        for statement in sql_of(migration):
            for table in set(re.findall(r"\w+", statement)) & owners.keys():
                owner = owners[table]
                assert owner == app or HEIGHTS[owner] < HEIGHTS[app], (migration, table, statement)


@pytest.mark.parametrize(
    ("allocated", "next_cycle", "used", "free", "over"),
    [(10, 10, 4, 6, 0), (10, 10, 10, 0, 0), (10, 3, 4, 0, 0), (10, 6, 4, 2, 0), (4, 4, 7, 0, 3), (0, 0, 0, 0, 0)],
)
def test_seats_free_and_over(
    database: Database, allocated: int, next_cycle: int, used: int, free: int, over: int
) -> None:
    with database.superuser() as connection:
        query = "SELECT free_seats(%s::int, %s::int, %s::int), over_seats(%s::int, %s::int)"
        seats = connection.execute(query, [allocated, next_cycle, used, allocated, used]).fetchone()
    assert seats == (free, over)


def test_the_functions_of_seats_become_part_of_a_statement(database: Database) -> None:
    query = "EXPLAIN VERBOSE SELECT free_seats(allocated, next_cycle, used), over_seats(allocated, used) FROM balance"
    with database.superuser() as connection:
        plan = "\n".join(line for (line,) in connection.execute(query).fetchall())
    assert "GREATEST(0, (LEAST(allocated, next_cycle) - used)), GREATEST(0, (used - allocated))" in plan
    assert "_seats(" not in plan


@pytest.fixture
def note(database: Database) -> Iterator[Beside]:
    """A database with the roles and one table, ``note``."""
    with database_beside(database, "toy") as beside:
        with psycopg.connect(beside.url) as connection:
            connection.execute("CREATE TABLE note (id int, customer_id uuid, text text)")
        apply(beside, MakeRoles())
        yield beside


def apply(beside: Beside, *rules: Statements) -> None:
    """Run the rules as a migration does."""
    state = ProjectState()
    with connections[beside.name].schema_editor() as editor:
        for rule in rules:
            rule.database_forwards("toy", editor, state, state)


def ask(beside: Beside, query: str) -> list[str]:
    """The first column of a query's rows."""
    with psycopg.connect(beside.superuser_url) as connection:
        return [str(value) for (value,) in connection.execute(query.encode()).fetchall()]


def test_grants_replace_those_of_before(note: Beside) -> None:
    apply(note, Grants("note", request=ALL, door=f"{READ}, UPDATE (text)"))
    apply(note, Grants("note", request=READ))
    query = "SELECT DISTINCT privilege_type FROM pg_class, aclexplode(relacl) WHERE relname = 'note' AND grantee = {}"
    roles = roles_of(note.name)
    assert ask(note, query.format(f"'{roles.request}'::regrole")) == ["SELECT"]
    assert ask(note, query.format(f"'{roles.door}'::regrole")) == []
    assert ask(note, f"SELECT has_column_privilege('{roles.door}', 'note', 'text', 'UPDATE')") == ["False"]


def test_a_scope_replaces_that_of_before(note: Beside) -> None:
    policies = "SELECT policyname FROM pg_policies WHERE tablename = 'note' ORDER BY 1"
    apply(note, Scope("note", "true", whole_for=("worker", "billing")), WrittenIf("note", "false"))
    names = ["note_billing", "note_changed", "note_in_scope", "note_inserted", "note_worker"]
    assert ask(note, policies) == names
    apply(note, Scope("note", "id = 1", whole_for=("billing",)), WrittenIf("note", "true", commands=("INSERT",)))
    assert ask(note, policies) == ["note_billing", "note_in_scope", "note_inserted"]
    assert ask(note, "SELECT qual FROM pg_policies WHERE policyname = 'note_in_scope'") == ["(id = 1)"]


def test_roles_are_made_once(note: Beside) -> None:
    apply(note, MakeRoles())
    assert ask(note, "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, current_database() || '_')") == ["4"]
