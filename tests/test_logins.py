"""What a statement that got into a request could do: the web server's login owns nothing (SPEC 11)."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from strapontin.config.database import role_names
from strapontin.kit.logins import MAY_BECOME, Login, LoginName, provide_logins
from tests.servers import SECRET_KEY, Database

OF_REQUESTS = ["customer", "seat_user", "procrastinate_jobs", "procrastinate_workers", "django_session", "stack_token"]
READABLE = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
   AND has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE')
"""
OPEN_TO_ALL = """
SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
   AND has_function_privilege('public', p.oid, 'EXECUTE')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@pytest.fixture
def web(db: Database) -> Iterator[psycopg.Connection]:
    """The web server's connection in the middle of a request."""
    with psycopg.connect(db.login("web").own_url) as connection:
        connection.execute("SELECT set_config('role', %s, true)", [role_names(db.url).request])
        yield connection


def refused(connection: psycopg.Connection, *statements: str) -> None:
    """The server refuses the last of the statements for want of a right."""
    with pytest.raises(InsufficientPrivilege), connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())


def test_a_request_that_leaves_its_role_sees_nothing(web: psycopg.Connection) -> None:
    web.execute("SELECT set_config('role', 'none', true)")
    assert web.execute(READABLE).fetchall() == []
    for table in OF_REQUESTS:
        refused(web, f"SELECT 1 FROM {table}")
    refused(web, "CREATE TABLE mine (id int)")


def test_a_request_cannot_become_more_than_it_needs(web: psycopg.Connection, db: Database) -> None:
    for role in ("strapontin", "postgres", role_names(db.url).worker, db.login("jobs").name, "pg_read_all_data"):
        refused(web, f"SET LOCAL ROLE {role}")
        refused(web, "SELECT set_config('role', 'none', true)", f"SET LOCAL ROLE {role}")
        refused(web, f"SET SESSION AUTHORIZATION {role}")
    refused(web, "SELECT set_config('role', 'none', true)", "CREATE ROLE more")
    refused(web, "ALTER TABLE customer DISABLE ROW LEVEL SECURITY")


def test_a_request_puts_jobs_into_the_queue_and_does_no_more_with_it(web: psycopg.Connection) -> None:
    refused(web, "SELECT args FROM procrastinate_jobs")
    refused(web, "UPDATE procrastinate_jobs SET status = 'todo'")
    refused(web, "DELETE FROM procrastinate_periodic_defers")
    refused(web, "SELECT procrastinate_finish_job_v1(1, 'failed', true)")
    refused(web, "SELECT nextval('procrastinate_jobs_id_seq')")
    job = "('mail', 'invite', 0, NULL, NULL, '{}', NULL)::procrastinate_job_to_defer_v1"
    deferred = web.execute(f"SELECT procrastinate_defer_jobs_v1(ARRAY[{job}])".encode()).fetchone()
    assert deferred is not None
    web.rollback()


def test_a_request_makes_no_temporary_table(web: psycopg.Connection) -> None:
    refused(web, "CREATE TEMPORARY TABLE customer (id uuid)")
    refused(web, "SELECT set_config('role', 'none', true)", "CREATE TEMPORARY TABLE customer (id uuid)")


def test_no_function_is_open_to_everybody(database: Database) -> None:
    """A new function of ours states by ``Executes`` who calls it."""
    with database.superuser() as connection:
        assert connection.execute(OPEN_TO_ALL).fetchall() == []


@pytest.mark.parametrize("kind", ["web", "jobs"])
def test_a_login_is_ordinary_and_owns_nothing(database: Database, kind: LoginName) -> None:
    name = database.login(kind).name
    with database.superuser() as connection:
        rights = "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
        assert connection.execute(f"{rights} WHERE rolname = %s", [name]).fetchone() == (False,) * 6
        owned = "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole"
        assert connection.execute(owned, [name]).fetchone() == (0,)
        members = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole ORDER BY 1"
        roles = [role for (role,) in connection.execute(members, [name]).fetchall()]
    assert roles == sorted(role_names(database.url).named(*MAY_BECOME[kind]))


def test_a_changed_secret_key_changes_the_passwords(database: Database) -> None:
    former, new = database.login("web"), Login(database.url, "web", "another key")
    provide_logins(database.url, "another key")
    try:
        assert (former.works(), new.works()) == (False, True)
    finally:
        provide_logins(database.url, SECRET_KEY)
    assert (former.works(), new.works()) == (True, False)


def test_a_statement_for_the_administrator_holds_no_password(database: Database) -> None:
    login = Login(database.url, "web", "another key")
    with database.superuser() as connection:
        (statement,) = login.statements(connection)
    assert "SCRAM-SHA-256$" in statement
    assert login.password not in statement
