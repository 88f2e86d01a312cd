"""Whether a database is a demo: the comment of the database says so.

So known passwords are shown for a demo only, by whatever directory or address it is reached. If the building of a demo
was interrupted, the comment says this too, and the demo is built again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import psycopg
from psycopg import sql

from strapontin.cli.environment import Environment
from strapontin.cli.migrate import seed

State = Literal["none", "unfinished", "finished"]
COMMENTS: dict[State, str] = {"unfinished": "Strapontin demo, unfinished", "finished": "Strapontin demo"}
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def demo_state(url: str) -> State:
    """What the comment of the database says."""
    query = """
        SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()
    """
    with psycopg.connect(url, connect_timeout=3) as connection:
        row = connection.execute(query).fetchone()
    return next((state for state, comment in COMMENTS.items() if row == (comment,)), "none")


def begin(url: str) -> None:
    """Note that the demo is being built; empty the database first if an earlier building was interrupted."""
    if demo_state(url) == "unfinished":
        _clear(url)
        seed()
    _note_state(url, "unfinished")


def build(environment: Environment) -> None:
    """Build the demo after ``begin``, and note that it is finished."""
    from strapontin.demo.build import build_demo

    build_demo(home=environment.home, at=datetime.now(UTC))
    _note_state(environment.url, "finished")


def is_empty() -> bool:
    """Whether the database is unused: it has no partner, and nobody who may sign in."""
    from strapontin.access.actors import system
    from strapontin.access.models import Account
    from strapontin.access.scope import acting
    from strapontin.organisation.models import Partner

    if Account.objects.exists():
        return False
    with acting(system("cli")):
        return not Partner.objects.exists()


def _note_state(url: str, state: Literal["unfinished", "finished"]) -> None:
    """Write the state into the comment of the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(COMMENTS[state])))


def _clear(url: str) -> None:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> ALL(%s)"
    with psycopg.connect(url) as connection:
        tables = [sql.Identifier(name) for (name,) in connection.execute(query, [list(KEPT)]).fetchall()]
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
